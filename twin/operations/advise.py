"""What to move to bring a tag where it should be: a bounded search over rollouts. Advice only."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from twin.clock import Span
from twin.errors import EmptyWindow, InvalidInput
from twin.operations.numbers import amount_of, hours
from twin.operations.rollout import LAST, context, ready
from twin.operations.verdict import after_rollout, before_rollout, judged
from twin.operations.whatif import baseline_levels, what_if
from twin.plant import Tag
from twin.protocols import Twin
from twin.query import AdvisePlan, Limit
from twin.scenario import AppliedMove, Change, Move, Scenario, Support, WhatIf
from twin.world import quantiles

MOST = 24
SAMPLES = 32
STEPS, TINY = 500, 1e-9
PROBE = 0.2
"""Of a tag's room to move: the first step, which tells how the goal's tag answers."""
FELT = 0.05
"""Of an ordinary standard deviation: a tag that does less over its whole room cannot help."""
IMPROVED = 0.1
"""Of an ordinary standard deviation: what a move must gain to be advised."""


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
        rooms = ([] if self.low is None else [value - self.low]) + ([] if self.high is None else [self.high - value])
        return min(rooms)


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
    """The goal of a plan, about its first tag or its limit's.

    A target, and to hold, is taken to mean within half of the tag's ordinary standard deviation; to raise or lower,
    by one such deviation at least. Raises InvalidInput, EmptyWindow, ModelNotReady, UnknownTag.
    """
    if plan.goal is not None:
        return _limited(twin, plan.goal)
    if not plan.tags:
        raise InvalidInput("say which tag: for example the one that should be lower", field="tag")
    tag, scale = twin.plant.tag(plan.tags[0]), _scale(twin, plan.tags[0])
    if plan.target is None and plan.direction is None:
        raise InvalidInput(f"say where {tag.name} should be, for example below a value", field="goal")
    centre = plan.target if plan.target is not None else _present(twin, tag)
    if plan.target is not None or plan.direction == "hold":
        assumed = f"within {amount_of(scale / 2, tag.unit, 2)} of {amount_of(centre, tag.unit)}"
        return Goal(tag=tag.name, unit=tag.unit, low=centre - scale / 2, high=centre + scale / 2, assumed=assumed)
    bound = centre + scale if plan.direction == "raise" else centre - scale
    assumed = f"by at least {amount_of(scale, tag.unit, 2)}, one standard deviation of its ordinary movement"
    low, high = (bound, None) if plan.direction == "raise" else (None, bound)
    return Goal(tag=tag.name, unit=tag.unit, low=low, high=high, assumed=assumed)


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
    _scale(twin, goal.tag)
    names = _handles(twin, goal, handles)
    chosen = names[: max(1, (most - 2) // 2)]
    search = _Search(twin, goal, horizon, max_horizon, seed)
    unmoved = search.tried({})
    if unmoved.margin < 0:
        search.singles(chosen, unmoved)
        search.pair(unmoved)
    tried = sorted(search.found, key=_worth)
    best = next((item for item in tried if item.margin > unmoved.margin + IMPROVED * search.scale), None)
    return Advice(
        goal=goal,
        start=search.ground.start,
        end=search.ground.start + search.ground.rows * search.step,
        unmoved=unmoved,
        best=best,
        reached=(best or unmoved).margin >= 0,
        outcome=_outcome(twin, best, horizon, max_horizon, seed) if best else None,
        tried=tuple(tried),
        handles=tuple(chosen) if unmoved.margin < 0 else (),
        left_out=tuple(names[len(chosen) :]) if unmoved.margin < 0 else (),
        model_version=search.ground.model.card.version,
    )


class _Search:
    """Rolls scenarios out from one belief and keeps what they led to."""

    def __init__(self, twin: Twin, goal: Goal, horizon: timedelta, max_horizon: timedelta, seed: int) -> None:
        self._twin, self._goal, self._seed = twin, goal, seed
        self.ground = context(twin, None, horizon, max_horizon)
        self._card = self.ground.model.card
        self.step = self._card.step
        self._column = self._card.tags.index(goal.tag)
        self.scale = self._card.scale[self._column]
        self._baseline = baseline_levels(twin, self.ground)
        self.found: list[Tried] = []

    def singles(self, names: Sequence[str], unmoved: Tried) -> None:
        """Move each tag a little, and from what that does as far as the goal needs it or its bounds allow."""
        for name in names:
            low, high = self._bounds(name)
            present = self._present(name)
            step = PROBE * (high - low)
            level = present + step if present + step <= high else present - step
            if step <= 0 or not low <= level <= high:
                continue
            probe = self._kept({name: level})
            gain = (probe.value - unmoved.value) / (level - present)
            if abs(gain * (high - low)) > FELT * self.scale:
                wanted = present + (self._aim(unmoved) - unmoved.value) / gain
                self._kept({name: min(max(_round(wanted, present, high - low), low), high)})

    def pair(self, unmoved: Tried) -> None:
        """The two tags that help most, together, when neither reaches the goal alone."""
        if any(item.margin >= 0 and item.support is not Support.REFUSED for item in self.found):
            return
        best: dict[str, float] = {}
        for item in sorted(self.found, key=lambda item: -item.margin):
            if item.margin > unmoved.margin and item.support is not Support.REFUSED:
                best.setdefault(item.moves[0].tag, item.moves[0].after)
        if len(best) > 1:
            self._kept(dict(list(best.items())[:2]))

    def tried(self, to: Mapping[str, float]) -> Tried:
        """What comes of holding some tags at a level from now on."""
        levels = self._baseline.copy()
        for name, level in to.items():
            levels[:, self._card.moves.index(name)] = level
        model, belief = self.ground.model, self.ground.belief
        both = model.compare(belief, self._baseline, levels, samples=SAMPLES, seed=self._seed)
        rows = slice(-max(1, LAST // self.step), None)
        paths = both.scenario.paths[:, rows, self._column].mean(axis=1)
        low, high = quantiles(paths, (0.05, 0.95))
        value = float(both.scenario.mean[rows, self._column].mean())
        before = before_rollout(self.ground, levels, self._twin.plant, self._twin.events, moved=list(to))
        verdict = judged(
            [*before, *after_rollout(self.ground, both.scenario, both.effect)], hours(self._card.horizon)
        )
        return Tried(
            moves=tuple(self._applied(name, level) for name, level in to.items()),
            value=value,
            p05=float(low),
            p95=float(high),
            margin=self._goal.margin(value),
            sure=min(self._goal.margin(float(low)), self._goal.margin(float(high))) >= 0,
            support=verdict.support,
        )

    def _kept(self, to: Mapping[str, float]) -> Tried:
        item = self.tried(to)
        self.found.append(item)
        return item

    def _aim(self, unmoved: Tried) -> float:
        """The value that brings the whole band inside the goal, or the middle where it is too narrow for that."""
        low = None if self._goal.low is None else self._goal.low + (unmoved.value - unmoved.p05)
        high = None if self._goal.high is None else self._goal.high - (unmoved.p95 - unmoved.value)
        if low is not None and high is not None:
            return (low + high) / 2
        return low if low is not None else float(high or 0.0)

    def _present(self, name: str) -> float:
        return float(self.ground.present[self._card.moves.index(name)])

    def _bounds(self, name: str) -> tuple[float, float]:
        tag = self._twin.plant.tag(name)
        seen = next((item for item in self._card.envelope if item.tag == name), None)
        return (max(tag.low, seen.low), min(tag.high, seen.high)) if seen else (tag.low, tag.high)

    def _applied(self, name: str, level: float) -> AppliedMove:
        start = self.ground.start
        return AppliedMove(
            tag=name,
            unit=self._twin.plant.tag(name).unit,
            before=self._present(name),
            after=level,
            start=start,
            end=start + self.ground.rows * self.step,
        )


def _round(level: float, present: float, room: float) -> float:
    """A level that an operator would set, further from the present one: at least 500 such steps are in the room."""
    digits = -math.floor(math.log10(room / STEPS))
    step = 10.0**-digits
    whole = math.ceil(level / step - TINY) if level > present else math.floor(level / step + TINY)
    return round(whole * step, digits)


def _worth(item: Tried) -> tuple[bool, bool, bool, bool, float]:
    """Sorts the best first: not refused, inside the goal, supported, surely inside, and then the larger margin."""
    return (
        item.support is Support.REFUSED,
        item.margin < 0,
        item.support is not Support.SUPPORTED,
        not item.sure,
        -item.margin if item.margin < 0 else len(item.moves),
    )


def _outcome(twin: Twin, best: Tried, horizon: timedelta, max_horizon: timedelta, seed: int) -> WhatIf:
    moves = tuple(Move(tag=move.tag, change=Change.TO, amount=move.after) for move in best.moves)
    return what_if(twin, Scenario(moves=moves, horizon=horizon), max_horizon=max_horizon, seed=seed)


def _limited(twin: Twin, limit: Limit) -> Goal:
    tag = twin.plant.tag(limit.tag)
    _scale(twin, tag.name)
    value = limit.value if limit.name is None else dict(tag.limits.items()).get(limit.name)
    if value is None:
        raise InvalidInput(f"{tag.name} has no limit {limit.name}", field="goal", value=limit.name)
    low, high = (value, None) if limit.side == "above" else (None, value)
    return Goal(tag=tag.name, unit=tag.unit, low=low, high=high)


def _scale(twin: Twin, name: str) -> float:
    """The standard deviation of a tag's ordinary movement; raises InvalidInput for one that is set, not observed."""
    card, tag = ready(twin).card, twin.plant.tag(name)
    if name not in card.tags:
        reason = "is set by the operator: set it" if tag.movable else "is not among the tags of the world model"
        raise InvalidInput(f"{name} {reason}", field="goal", value=name)
    return card.scale[card.tags.index(name)]


def _present(twin: Twin, tag: Tag) -> float:
    now = twin.clock.now()
    mean = twin.historian.statistics([tag.name], Span(now - LAST, now))[0].mean
    if mean is None:
        raise EmptyWindow(f"{tag.name} has no good sample in the last hour", field="goal", value=tag.name)
    return mean


def _handles(twin: Twin, goal: Goal, asked: Sequence[str]) -> list[str]:
    """The movable tags to try: those asked for, or all, with the goal's own handle and stated gains first."""
    moves = ready(twin).card.moves
    if asked:
        names = [tag.name if tag.movable else tag.handle for tag in map(twin.plant.tag, asked)]
        for said, name in zip(asked, names, strict=True):
            if name not in moves:
                raise InvalidInput(f"{said} is not something an operator sets", field="handles", value=said)
        return list(dict.fromkeys(str(name) for name in names))
    tag = twin.plant.tag(goal.tag)
    stated = {gain.move for gain in twin.plant.gains if gain.tag == tag.name and gain.sign}
    near = {tag.asset, *twin.plant.neighbours(tag.asset)}
    return sorted(
        moves, key=lambda name: (name != tag.handle, name not in stated, twin.plant.tag(name).asset not in near)
    )
