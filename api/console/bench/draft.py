"""What stands in the form: scenarios as they are being written, and what they become."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from twin.errors import InvalidInput
from twin.operations.levels import PERCENT, movable
from twin.plant import Plant
from twin.scenario import Change, Move, Scenario
from twin.units import convert


class Kind(StrEnum):
    """How the amount of a move is meant: a value, a difference, per cent of the value in force."""

    TO = "to"
    BY = "by"
    PER_CENT = "per_cent"


@dataclass(frozen=True, slots=True)
class DraftMove:
    """A move as the form has it; `end` None: it lasts to the end of the horizon."""

    tag: str
    kind: Kind = Kind.BY
    amount: float | None = None
    begin: timedelta = timedelta(0)
    end: timedelta | None = None

    def until(self, horizon: timedelta) -> timedelta:
        """When it ends, after the scenario's start."""
        return horizon if self.end is None else min(self.end, horizon)

    def level(self, before: float) -> float | None:
        """What it leads to from `before`; None without an amount."""
        if self.amount is None:
            return None
        if self.kind is Kind.TO:
            return self.amount
        return before + self.amount if self.kind is Kind.BY else before * (1 + self.amount / 100)

    def asked(self) -> Move:
        """The move as the twin takes it; raises InvalidInput without an amount."""
        if self.amount is None:
            raise InvalidInput(f"the move of {self.tag} has no amount", field="amount")
        times = self.kind is Kind.PER_CENT
        return Move(
            tag=self.tag,
            change=Change.TIMES if times else Change(self.kind.value),
            amount=1 + self.amount / 100 if times else self.amount,
            after=self.begin,
            duration=None if self.end is None else self.end - self.begin,
        )


@dataclass(frozen=True, slots=True)
class DraftScenario:
    """One of the scenarios that are compared; without a name it goes by its letter."""

    moves: tuple[DraftMove, ...]
    name: str = ""

    def with_move(self, place: int, move: DraftMove) -> "DraftScenario":
        """The same with another move at that place."""
        return replace(self, moves=(*self.moves[:place], move, *self.moves[place + 1 :]))

    def without_move(self, place: int) -> "DraftScenario":
        """The same without the move at that place."""
        return replace(self, moves=(*self.moves[:place], *self.moves[place + 1 :]))


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that the form holds; `start` None means now."""

    scenarios: tuple[DraftScenario, ...]
    start: datetime | None = None
    horizon: timedelta = timedelta(hours=8)

    def with_scenario(self, place: int, scenario: DraftScenario) -> "Draft":
        """The same with another scenario at that place, or with one more."""
        return replace(self, scenarios=(*self.scenarios[:place], scenario, *self.scenarios[place + 1 :]))

    def without_scenario(self, place: int) -> "Draft":
        """The same without the scenario at that place."""
        return replace(self, scenarios=(*self.scenarios[:place], *self.scenarios[place + 1 :]))

    def asked(self) -> tuple[Scenario, ...]:
        """The scenarios as the twin takes them; raises InvalidInput for a move without an amount."""
        return tuple(
            Scenario(moves=tuple(move.asked() for move in item.moves), start=self.start, horizon=self.horizon)
            for item in self.scenarios
        )


def move_before(moves: Sequence[DraftMove], place: int, present: float) -> float:
    """The level in force just before the move at that place, given the level at the scenario's start.

    Moves before it in the list that hold then have changed it; of those the last one counts, as in the rollout.
    """
    move, level = moves[place], present
    for index, earlier in enumerate(moves[:place]):
        holds = earlier.begin < move.begin and (earlier.end is None or move.begin <= earlier.end)
        if earlier.tag == move.tag and holds:
            led = earlier.level(move_before(moves, index, present))
            level = level if led is None else led
    return level


def drafted(scenario: Scenario, plant: Plant, name: str = "") -> DraftScenario:
    """The form's scenario for one that the twin has been asked."""
    return DraftScenario(tuple(_drafted(move, plant) for move in scenario.moves), name)


def local_text(moment: datetime, plant: Plant) -> str:
    """The instant as the date and time field writes it."""
    return moment.astimezone(plant.time_zone).strftime("%Y-%m-%dT%H:%M")


def picked(
    begin: datetime, end: datetime, now: datetime, most: timedelta, step: timedelta
) -> tuple[datetime, timedelta]:
    """Start and horizon for a stretch drawn on the chart of the past: whole steps, at most `most` long."""
    start = min(begin, now)
    length = max(step, min(end - start, most))
    return start, max(1, round(length / step)) * step


def _drafted(asked: Move, plant: Plant) -> DraftMove:
    """Per cent of the level in force stay per cent; any other amount is told in the tag's unit."""
    tag, move = movable(plant, asked)
    relative = move.change is Change.BY and move.unit in PERCENT and tag.unit not in PERCENT
    if move.change is Change.TIMES:
        kind, amount = Kind.PER_CENT, 100 * (move.amount - 1)
    elif relative:
        kind, amount = Kind.PER_CENT, move.amount
    else:
        kind = Kind(move.change.value)
        amount = convert(move.amount, move.unit, tag, difference=move.change is Change.BY)
    end = None if move.duration is None else move.after + move.duration
    return DraftMove(tag.name, kind, float(f"{amount:.10g}"), move.after, end)
