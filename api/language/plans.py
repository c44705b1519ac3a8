"""What a question asks for, resolved: tags by name, times as instants, moves with amounts."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.clock import Span
from twin.scenario import Scenario


class Statistic(StrEnum):
    """What is asked of a tag."""

    MEAN = "mean"
    MAX = "max"
    MIN = "min"
    STD = "std"
    RANGE = "range"
    TREND = "trend"
    AT = "at"
    NOW = "now"


class _Plan(BaseModel):
    model_config = ConfigDict(frozen=True)

    notes: tuple[str, ...] = Field(default=(), description="What was taken for granted, for the person to see")


class _Windowed(_Plan):
    start: AwareDatetime
    end: AwareDatetime

    @property
    def span(self) -> Span:
        """The window."""
        return Span(self.start, self.end)


class EventsPlan(_Windowed):
    """Unusual events in a window, of the whole plant or around some tags or an asset."""

    intent: Literal["events"] = "events"
    tags: tuple[str, ...] = ()
    asset: str | None = None


class ExplainPlan(_Windowed):
    """Why an event happened: one by id, or the nth in the window (-1: the last), or those around some tags."""

    intent: Literal["explain"] = "explain"
    event_id: str | None = None
    which: int | None = None
    tags: tuple[str, ...] = ()


class DescribePlan(_Windowed):
    """A statistic of some tags in a window, or their value at its end."""

    intent: Literal["describe"] = "describe"
    tags: tuple[str, ...] = Field(min_length=1)
    statistic: Statistic
    threshold: float | None = Field(default=None, description="Was it passed? In the first tag's unit")
    below: bool = False


class StatusPlan(_Plan):
    """How the plant is now."""

    intent: Literal["status"] = "status"
    asset: str | None = None


class MovesPlan(_Windowed):
    """What the operators moved."""

    intent: Literal["moves"] = "moves"
    tags: tuple[str, ...] = ()


class WhatIfPlan(_Plan):
    """A scenario, and the tags whose answer to it is of interest."""

    intent: Literal["what_if"] = "what_if"
    scenario: Scenario
    focus: tuple[str, ...] = ()
    imperative: bool = Field(default=False, description="Said as an order; nothing here can carry it out")


class UndoPlan(_Windowed):
    """A counterfactual without a move that was really made: the last one on these tags (or on any) in the window."""

    intent: Literal["undo"] = "undo"
    tags: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()


class ForecastPlan(_Plan):
    """What will be, if nothing is moved."""

    intent: Literal["forecast"] = "forecast"
    tags: tuple[str, ...] = ()
    horizon: timedelta


class AboutPlan(_Plan):
    """What the plant, an asset or a tag is."""

    intent: Literal["about"] = "about"
    tags: tuple[str, ...] = ()
    asset: str | None = None
    movable: bool = False


class HelpPlan(_Plan):
    """What can be asked."""

    intent: Literal["help"] = "help"


Plan = Annotated[
    EventsPlan
    | ExplainPlan
    | DescribePlan
    | StatusPlan
    | MovesPlan
    | WhatIfPlan
    | UndoPlan
    | ForecastPlan
    | AboutPlan
    | HelpPlan,
    Field(discriminator="intent"),
]


def default_window(intent: str, now: datetime) -> tuple[datetime, datetime]:
    """The window of a question that names none: a day for events and moves, a shift for statistics."""
    hours = {"describe": 8}.get(intent, 24)
    return now - timedelta(hours=hours), now
