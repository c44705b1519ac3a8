"""The operations of one plan: counted, told as they begin, stopped when nobody waits for them any more."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from api.language.run.findings import Result
from twin.answer import Series, Status, ToolCall
from twin.clock import Span
from twin.errors import TooLarge
from twin.protocols import Twin

T = TypeVar("T")

Tell = Callable[[ToolCall], None]


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one plan; setting `cancelled` stops it before its next operation."""

    max_horizon: timedelta = timedelta(hours=24)
    steps: int = 12
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """What the operations of a plan gave, and how the question ends."""

    result: Result
    status: Status = Status.ANSWERED
    window: Span | None = None
    series: tuple[Series, ...] = ()
    model_version: str | None = None


class Steps:
    """Runs operations one after the other and remembers them."""

    def __init__(self, twin: Twin, limits: Limits, tell: Tell) -> None:
        self.twin = twin
        self.limits = limits
        self.calls: list[ToolCall] = []
        self.raw: dict[str, Any] = {}
        self._tell = tell

    def run(self, name: str, operation: Callable[[], T], **arguments: object) -> T:
        """The operation's result; raises Cancelled, and TooLarge for one operation too many."""
        self.check()
        if len(self.calls) >= self.limits.steps:
            raise TooLarge(
                f"the question takes more than the {self.limits.steps} operations accepted: ask about fewer tags",
                field="tags",
                value=len(self.calls) + 1,
                limit=self.limits.steps,
            )
        call = ToolCall(name=name, arguments=arguments)
        self.calls.append(call)
        self._tell(call)
        result = operation()
        self._keep(name, result)
        return result

    def check(self) -> None:
        """Raise Cancelled when nobody waits any more."""
        if self.limits.cancelled.is_set():
            raise Cancelled

    def _keep(self, name: str, result: object) -> None:
        if isinstance(result, BaseModel):
            self.raw[numbered(name, self.raw)] = result.model_dump(mode="json")
        elif isinstance(result, tuple) and result and all(isinstance(item, BaseModel) for item in result):
            self.raw[numbered(name, self.raw)] = [item.model_dump(mode="json") for item in result]


def numbered(name: str, taken: dict[str, Any]) -> str:
    """The name, or with a number behind it when it is taken: "describe_tag", "describe_tag_2"."""
    number = 1 + sum(1 for key in taken if key == name or key.rpartition("_")[0] == name)
    return name if number == 1 else f"{name}_{number}"
