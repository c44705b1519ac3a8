"""What a question asks for: one typed plan, every name and instant resolved. Engines give it, operations run it."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from twin.clock import Span
from twin.scenario import Change, Move, Scenario

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(StrEnum):
    """Where a window comes from."""

    SAID = "said"
    DEFAULT = "default"
    SESSION = "session"
    EVENT = "event"
    MOVE = "move"


class Window(_Value):
    """The half-open window [start, end)."""

    start: AwareDatetime
    end: AwareDatetime
    basis: Basis = Basis.SAID
    anchor: str | None = Field(default=None, description="An event's id, or tag@instant of a logged move")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a window ends after its start")
        return self

    @property
    def span(self) -> Span:
        """The window as the operations take it."""
        return Span(self.start, self.end)


class Length(_Value):
    """A length of time, amount and unit apart: small models turn "90 minutes" into 90 h otherwise."""

    amount: float = Field(gt=0, allow_inf_nan=False)
    unit: Literal["s", "min", "h", "d"]

    @property
    def delta(self) -> timedelta:
        """The length."""
        return timedelta(seconds=self.amount * _SECONDS[self.unit])


class AskedMove(_Value):
    """A change of a movable tag that the question speaks of, as `twin.scenario.Move`, but at an instant."""

    tag: str = Field(description="A movable tag: the handle, not what was said")
    change: Change
    amount: float = Field(allow_inf_nan=False)
    unit: str | None = Field(default=None, description="As said; it converts to the tag's. None for a factor")
    at: AwareDatetime | None = Field(default=None, description="None: at the scenario's start")
    duration: Length | None = Field(default=None, description="None: to the horizon's end")


class Limit(_Value):
    """A limit of a tag: a value in its unit, or one of the plant file's by name."""

    tag: str
    side: Literal["above", "below"]
    value: float | None = None
    name: Literal["lo", "lolo", "trip_lo", "hi", "hihi", "trip_hi"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.value is None) == (self.name is None):
            raise ValueError("a limit has a value or a name, one of them")
        return self


class Aggregation(StrEnum):
    """What is asked of a tag's values in a window."""

    MEAN = "mean"
    MAX = "max"
    MIN = "min"
    STD = "std"
    RANGE = "range"
    COUNT = "count"
    FIRST = "first"
    LAST = "last"
    AT = "at"
    NOW = "now"
    SHARE = "share"
    SUMMARY = "summary"


class _Plan(_Value):
    tags: tuple[str, ...] = Field(default=(), description="What it is about, in the plant file's names, as said")
    assets: tuple[str, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="What was taken for granted, for the person to see")


class EventsPlan(_Plan):
    """Unusual events in a window, of the whole plant or around some tags or assets."""

    intent: Literal["events"] = "events"
    window: Window
    severity: Literal["low", "medium", "high"] | None = Field(default=None, description="At least this severe")
    count_only: bool = False


class ExplainPlan(_Plan):
    """Why an event happened: one by id, the nth in the window (1 the first, -1 the last), or the gravest."""

    intent: Literal["explain"] = "explain"
    window: Window
    event_id: str | None = None
    which: int | None = None


class DescribePlan(_Plan):
    """An aggregation of some tags over a window, or their value at its end; with a limit: was it passed?"""

    intent: Literal["describe"] = "describe"
    window: Window
    aggregation: Aggregation = Aggregation.SUMMARY
    limit: Limit | None = None


class TrendPlan(_Plan):
    """Whether some tags rose, fell or held in a window, and how fast."""

    intent: Literal["trend"] = "trend"
    window: Window


class ComparePlan(_Plan):
    """Events or tags over two windows, or two or more tags over one (`other` None)."""

    intent: Literal["compare"] = "compare"
    what: Literal["events", "tags"] = "tags"
    window: Window
    other: Window | None = None
    aggregation: Aggregation = Aggregation.MEAN


class ForecastPlan(_Plan):
    """What will be, if nothing is moved; with a limit: will it be passed?"""

    intent: Literal["forecast"] = "forecast"
    horizon: Length
    limit: Limit | None = None


class WhatIfPlan(_Plan):
    """What moves from now on would do; `tags` are those of interest."""

    intent: Literal["what_if"] = "what_if"
    moves: tuple[AskedMove, ...] = Field(min_length=1, max_length=20)
    horizon: Length = Length(amount=8, unit="h")
    order: bool = Field(default=False, description="Said as an order; nothing here can carry it out")
    limit: Limit | None = None


class CounterfactualPlan(_Plan):
    """What other moves from a past instant on would have done, or the logged moves in `undone` not made."""

    intent: Literal["counterfactual"] = "counterfactual"
    start: AwareDatetime | None = Field(default=None, description="None with `undone`: at the move")
    moves: tuple[AskedMove, ...] = Field(default=(), max_length=20)
    undone: Window | None = Field(default=None, description="Where the move that is undone was made, the last one")
    undone_tags: tuple[str, ...] = Field(default=(), description="The handles that were moved; empty: any")
    horizon: Length = Length(amount=8, unit="h")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if bool(self.moves) == (self.undone is not None) or (self.moves and self.start is None):
            raise ValueError("a counterfactual has moves and a start, or a window of moves undone")
        return self


class AdvisePlan(_Plan):
    """How to bring or keep a tag where it should be. Advice only: nothing here writes to a plant."""

    intent: Literal["plan"] = "plan"
    goal: Limit | None = None
    target: float | None = Field(default=None, description="Bring the first tag to this value, in its unit")
    direction: Literal["raise", "lower", "hold"] | None = None
    handles: tuple[str, ...] = Field(default=(), description="Only with these; empty: any movable tag")
    horizon: Length = Length(amount=8, unit="h")


class StatusPlan(_Plan):
    """How the plant, or an asset, is now."""

    intent: Literal["status"] = "status"


class MovesPlan(_Plan):
    """What the operators moved."""

    intent: Literal["moves"] = "moves"
    window: Window


class LogPlan(_Plan):
    """What people wrote down, asked or tried."""

    intent: Literal["log"] = "log"
    window: Window
    text: str = Field(default="", max_length=200, description="Words to look for; empty: everything")
    where: Literal["entries", "answers", "scenarios", "all"] = "entries"


class AboutPlan(_Plan):
    """What the plant, an asset or a tag is."""

    intent: Literal["about"] = "about"
    aspect: Literal["meaning", "limits", "range", "unit", "members", "movable"] = "meaning"


class HelpPlan(_Plan):
    """What can be asked."""

    intent: Literal["help"] = "help"


class OutOfScopePlan(_Plan):
    """Nothing that this twin answers or does."""

    intent: Literal["out_of_scope"] = "out_of_scope"
    reason: Literal["other_topic", "write_to_plant", "secrets", "instructions", "unreadable"] = "other_topic"


Plan = Annotated[
    EventsPlan
    | ExplainPlan
    | DescribePlan
    | TrendPlan
    | ComparePlan
    | ForecastPlan
    | WhatIfPlan
    | CounterfactualPlan
    | AdvisePlan
    | StatusPlan
    | MovesPlan
    | LogPlan
    | AboutPlan
    | HelpPlan
    | OutOfScopePlan,
    Field(discriminator="intent"),
]
PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)
INTENTS = (
    "events",
    "explain",
    "describe",
    "trend",
    "compare",
    "forecast",
    "what_if",
    "counterfactual",
    "plan",
    "status",
    "moves",
    "log",
    "about",
    "help",
    "out_of_scope",
)


def scenario_of(plan: WhatIfPlan | CounterfactualPlan, now: AwareDatetime) -> Scenario:
    """The scenario of a plan with moves: `twin.scenario` speaks in delays from a start, a plan in instants."""
    start = plan.start if isinstance(plan, CounterfactualPlan) else None
    moves = tuple(_move(move, start or now) for move in plan.moves)
    return Scenario(moves=moves, start=start, horizon=plan.horizon.delta)


def _move(move: AskedMove, start: AwareDatetime) -> Move:
    return Move(
        tag=move.tag,
        change=move.change,
        amount=move.amount,
        unit=move.unit,
        after=max(timedelta(0), move.at - start) if move.at else timedelta(0),
        duration=move.duration.delta if move.duration else None,
    )
