"""What a route needs: the state of the app, and parameters that several routes share."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, Protocol

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from api.bodies import Bodies
from api.intake import Pipeline
from api.language.stages import Stage
from api.metrics import Metrics
from api.notebook import Notebook
from api.roles import Role
from twin.answer import Question
from twin.clock import Span
from twin.errors import ModelNotReady
from twin.event import Feedback
from twin.lifecycle import (
    BandReport,
    DriftReport,
    GateDecision,
    Job,
    ModelVersion,
    Promotion,
    ThresholdChange,
    TrainingRequest,
    VersionDetail,
)
from twin.protocols import Twin
from twin.settings import Settings

DEFAULT_SPAN = timedelta(hours=24)
PRINTABLE = r"^[^\x00]*$"
"""Text that Postgres keeps: it knows no NUL."""

AtStart = Callable[[], Awaitable[None]]


class Interpreter(Protocol):
    """Turns a question into an answer."""

    def stream(self, question: Question) -> AsyncGenerator[Stage, None]:
        """Plan, tools, text, and at the end the answer with its evidence; closed early, it stops its work."""
        ...

    def cancel(self, session: str) -> bool:
        """Stop what runs for a session; gives whether anything did."""
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


class Lifecycle(Protocol):
    """Versions of the world model, trainings, drift, and what judgements of events do to thresholds."""

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first."""
        ...

    def detail(self, version: str) -> VersionDetail:
        """One of them with its card and history; raises NotFound."""
        ...

    def promote(self, version: str, who: str, reason: str, *, gate: bool = False) -> Promotion:
        """Make it champion, if asked only when it passes the gate; raises NotFound, InvalidInput."""
        ...

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again; raises InvalidInput when there is none."""
        ...

    def remove(self, version: str) -> ModelVersion:
        """Delete a version that is not champion; raises NotFound, InvalidInput."""
        ...

    def compare(self, version: str) -> GateDecision:
        """Put a challenger through the gate, and keep what it said; raises NotFound, InvalidInput."""
        ...

    def train(self, request: TrainingRequest) -> Job:
        """Begin a training in the background; raises InvalidInput while another one runs."""
        ...

    def jobs(self) -> tuple[Job, ...]:
        """Trainings, the newest first."""
        ...

    def drift(self) -> DriftReport | None:
        """Whether the champion still describes the plant; None while nobody has looked."""
        ...

    def bands(self) -> BandReport | None:
        """What live coverage has made of the champion's bands; None while nobody has looked."""
        ...

    def judged(self, feedback: Feedback) -> tuple[ThresholdChange, ...]:
        """What a judgement, which is kept already, does to thresholds: the changes made and those taken back."""
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
    lifecycle: Lifecycle | None = None
    at_start: tuple[AtStart, ...] = ()

    @property
    def max_horizon(self) -> timedelta:
        """Longest what-if that is accepted."""
        return timedelta(hours=self.settings.max_horizon_h)


def app_state(request: Request) -> AppState:
    """The state that `create_app` was given; a promotion in the middle of a request does not change its model."""
    state: AppState = request.app.state.foretell
    return replace(state, twin=state.twin.at(state.twin.clock))


State = Annotated[AppState, Depends(app_state)]


def lifecycle_of(state: State) -> Lifecycle:
    """What keeps the versions; raises ModelNotReady in a process that knows no model."""
    if state.lifecycle is None:
        raise ModelNotReady("this process keeps no world models")
    return state.lifecycle


Models = Annotated[Lifecycle, Depends(lifecycle_of)]

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
