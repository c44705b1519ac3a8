"""What to move to bring a tag where it should be: a bounded search over rollouts. Advice only."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from twin.protocols import Twin
from twin.query import AdvisePlan
from twin.scenario import AppliedMove, Support, WhatIf

MOST = 24


class Goal(BaseModel):
    """Where a tag should be at the end of the horizon, as a mean over the last hour: between `low` and `high`."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    low: float | None = None
    high: float | None = None
    assumed: str | None = Field(default=None, description="What was taken for granted about the bounds, in words")

    @model_validator(mode="after")
    def _bounded(self) -> "Goal":
        if self.low is None and self.high is None:
            raise ValueError("a goal has a bound")
        return self

    def margin(self, value: float) -> float:
        """How far a value lies inside the goal, in the tag's unit; negative: outside."""
        raise NotImplementedError


class Tried(BaseModel):
    """One scenario of the search; values of the goal's tag, means over the last hour."""

    model_config = ConfigDict(frozen=True)

    moves: tuple[AppliedMove, ...] = Field(description="Empty: nothing is moved")
    value: float
    p05: float
    p95: float
    margin: float = Field(description="Of the expected value; negative: the goal is missed by so much")
    sure: bool = Field(description="The whole 90 % band lies inside the goal")
    support: Support


class Advice(BaseModel):
    """The smallest move that was found to reach a goal, or the nearest to it that is in reach."""

    model_config = ConfigDict(frozen=True)

    goal: Goal
    start: AwareDatetime
    end: AwareDatetime
    unmoved: Tried = Field(description="What comes if nobody moves anything")
    best: Tried | None = Field(description="Advised; null: nothing needs to be moved, or nothing helps")
    reached: bool = Field(description="The expected value lies inside the goal: of `best`, or unmoved without one")
    outcome: WhatIf | None = Field(description="The full what-if of `best`, with effects, risks and verdict")
    tried: tuple[Tried, ...] = Field(description="Every scenario that was rolled out, best first")
    handles: tuple[str, ...] = Field(description="The movable tags that were tried")
    left_out: tuple[str, ...] = Field(default=(), description="Movable tags that the bounded search did not try")
    model_version: str


def goal_of(twin: Twin, plan: AdvisePlan) -> Goal:
    """The goal of a plan, about its first tag.

    A target, and to hold, is taken to mean within a quarter of the tag's ordinary standard deviation; to raise or
    lower, by one such deviation at least. Raises InvalidInput, ModelNotReady, UnknownTag.
    """
    raise NotImplementedError


def advise(
    twin: Twin,
    goal: Goal,
    handles: Sequence[str] = (),
    horizon: timedelta = timedelta(hours=8),
    *,
    max_horizon: timedelta,
    most: int = MOST,
    seed: int = 0,
) -> Advice:
    """A search over one movable tag at a time, then over the best pair, with at most `most` rollouts.

    Amounts stay within the tag's range and the trained envelope; `handles` empty means any movable tag. Raises
    InvalidInput (also for a handle that cannot be moved), ModelNotReady, HorizonTooLong.
    """
    raise NotImplementedError
