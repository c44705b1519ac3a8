"""What the fields of a move may hold: where its slider runs, what the model has learned there, what is wrong."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.console.bench.draft import DraftMove, Kind, move_before
from api.console.writing import Writer
from twin.plant import Tag
from twin.world import Envelope

STEPS = 200
"""Places that a slider has, about."""
BLIND = (-100.0, 100.0)
"""Where a slider in per cent runs when the level in force is not known or not above zero."""

Learned = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the movable tags at the start: their levels, and the levels that the model has learned."""

    levels: Mapping[str, float]
    learned: Mapping[str, Learned]

    @classmethod
    def of(cls, levels: Mapping[str, float], envelope: Sequence[Envelope]) -> "Known":
        """From the levels in force and the model's envelope."""
        return cls(levels, {item.tag: (item.low, item.high) for item in envelope})


@dataclass(frozen=True, slots=True)
class Track:
    """Where a slider runs, in the unit of the amount, and the part of it that the model has learned."""

    low: float
    high: float
    step: float
    learned: Learned | None

    def place(self, value: float) -> float:
        """Per cent of the way from the low to the high end, cut at both."""
        return min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low)))


def track(move: DraftMove, tag: Tag, before: float | None, learned: Learned | None) -> Track:
    """The slider for the amount of a move that starts from the level `before`: to the tag's limits and no farther."""
    low, high = _amounts(move.kind, (tag.low, tag.high), before) or BLIND
    step = nice((high - low) / STEPS)
    return Track(
        math.ceil(round(low / step, 6)) * step,
        math.floor(round(high / step, 6)) * step,
        step,
        _amounts(move.kind, learned, before) if learned else None,
    )


def nice(step: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    digit = next(digit for digit in (5, 2, 1) if digit * power <= step * (1 + 1e-9))
    return float(f"{digit * power:.6g}")


def amount_problem(moves: Sequence[DraftMove], place: int, tag: Tag, known: Known, write: Writer) -> str | None:
    """What is wrong with the amount of a move, in words; None when the twin would take it."""
    move, present = moves[place], known.levels.get(moves[place].tag)
    if move.amount is None or not math.isfinite(move.amount):
        return write.words("whatif.problem.no_amount")
    level = move.amount if move.kind is Kind.TO else None
    if present is not None:
        level = move.level(move_before(moves, place, present))
    if level is None or tag.low <= level <= tag.high:
        return None
    return write.words(
        "whatif.problem.limits",
        level=write.quantity(level, tag.unit),
        low=write.number(tag.low),
        high=write.quantity(tag.high, tag.unit),
    )


def begin_problem(move: DraftMove, horizon: timedelta, write: Writer) -> str | None:
    """What is wrong with the begin of a move."""
    if timedelta(0) <= move.begin < horizon:
        return None
    return write.words("whatif.problem.begin", horizon=write.duration(horizon))


def end_problem(move: DraftMove, step: timedelta, write: Writer) -> str | None:
    """What is wrong with the end of a move."""
    if move.end is None or move.end - move.begin >= step:
        return None
    return write.words("whatif.problem.end", step=write.duration(step))


def horizon_problem(horizon: timedelta | None, step: timedelta, most: timedelta, write: Writer) -> str | None:
    """What is wrong with the horizon."""
    if horizon is not None and step <= horizon <= most:
        return None
    return write.words("whatif.problem.horizon", low=write.duration(step), high=write.duration(most))


def amount_for(kind: Kind, level: float | None, before: float | None) -> float | None:
    """The amount that leads from `before` to a level; None where there is none."""
    if kind is Kind.TO or level is None:
        return level
    if before is None:
        return None
    if kind is Kind.BY:
        return level - before
    return 100 * (level / before - 1) if before > 0 else None


def _amounts(kind: Kind, levels: tuple[float, float], before: float | None) -> tuple[float, float] | None:
    low, high = (amount_for(kind, level, before) for level in levels)
    return None if low is None or high is None else (low, high)
