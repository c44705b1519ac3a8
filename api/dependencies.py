"""What a route needs: the state of the app, and parameters that several routes share."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Protocol

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from api.bodies import Bodies
from api.intake import Pipeline
from api.metrics import Metrics
from api.notebook import Notebook
from api.roles import Role
from twin.answer import Answer, Question
from twin.clock import Span
from twin.protocols import Twin
from twin.settings import Settings

DEFAULT_SPAN = timedelta(hours=24)


class Interpreter(Protocol):
    """Turns a question into an answer."""

    async def ask(self, question: Question) -> Answer:
        """The answer, with its evidence."""
        ...


class Worker(Protocol):
    """Something that runs beside the API in this process."""

    @property
    def name(self) -> str:
        """For /readyz and logs."""
        ...

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        ...

    @property
    def failure(self) -> str | None:
        """Why it last failed, if it did."""
        ...


class Store(Protocol):
    """The database behind historian and event log."""

    def check(self) -> None:
        """Raise StoreUnavailable or SchemaMismatch unless it can be used."""
        ...


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything the API stands on, built by the composition root."""

    settings: Settings
    twin: Twin
    interpreter: Interpreter
    pipeline: Pipeline
    store: Store
    api_key: str
    bodies: Bodies
    notebook: Notebook
    role: Role = Role.ALL
    workers: tuple[Worker, ...] = ()
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def max_horizon(self) -> timedelta:
        """Longest what-if that is accepted."""
        return timedelta(hours=self.settings.max_horizon_h)


def app_state(request: Request) -> AppState:
    """The state that `create_app` was given."""
    state: AppState = request.app.state.foretell
    return state


State = Annotated[AppState, Depends(app_state)]

Start = Annotated[
    AwareDatetime | None,
    Query(description="Begin of the window, ISO 8601 with zone; default: 24 h before its end"),
]
End = Annotated[AwareDatetime | None, Query(description="End of the window (exclusive); default: now")]


def asked_span(state: State, start: Start = None, end: End = None) -> Span:
    """The window of a request; raises InvalidInput when it is empty."""
    until = end or state.twin.clock.now()
    return Span(start or until - DEFAULT_SPAN, until)


AskedSpan = Annotated[Span, Depends(asked_span)]
