"""From a change as it was said to a move of what an operator sets."""

from dataclasses import dataclass
from typing import Literal

from api.language.reading.amounts import Amount, unit_for, value_of
from api.language.reading.measures import POINTS
from twin.errors import AmbiguousTag, InvalidInput
from twin.operations.levels import PERCENT, RATIO
from twin.operations.numbers import plain
from twin.plant import Plant, Tag
from twin.query import AskedMove
from twin.scenario import Change
from twin.units import convert


@dataclass(frozen=True, slots=True)
class Said:
    """A change in the words of the question.

    Attributes:
        amount: signed by its direction for `by`; None for an end of the range.
        relative: whether a % is said to be of the value: "10 % of its value", "a third".
        end: lowest or highest, where the range's end is meant.
        words: how the amount was said.
    """

    change: Change
    amount: Amount | None
    sign: int = 1
    relative: bool = False
    end: Literal["lowest", "highest"] | None = None
    words: str = ""


def reach(said: Said, tag: Tag, plant: Plant) -> tuple[AskedMove, str | None]:
    """The move on what an operator sets, with a note when something was taken for granted.

    Raises InvalidInput for a tag that nothing moves, UnitMismatch, AmbiguousTag when the amount means two things.
    """
    target = _target(tag, plant)
    move, note = _ended(said, target) if said.end else (_sized(said, target), None)
    if target.unit == RATIO and target is not tag and move.change is not Change.TIMES:
        raise InvalidInput(
            f"{tag.name} is moved through {target.name}, a factor: say by how many per cent",
            field="moves",
            value=said.words,
            candidates=(target.name,),
        )
    through = None if target is tag else f"an operator moves {tag.name} through {target.name}"
    return move, "; ".join(part for part in (through, note) if part) or None


def _target(tag: Tag, plant: Plant) -> Tag:
    if tag.movable:
        return tag
    if tag.handle is not None:
        return plant.tag(tag.handle)
    near = [item.name for item in plant.tags_of(tag.asset) if item.movable]
    hint = f"; around it one can set {', '.join(near)}" if near else ""
    raise InvalidInput(
        f"{tag.name} is not something an operator sets{hint}", field="moves", value=tag.name, candidates=near
    )


def _ended(said: Said, tag: Tag) -> tuple[AskedMove, str | None]:
    """To an end of the range; a factor cannot be stopped, its range's end is no stop."""
    value = tag.low if said.end == "lowest" else tag.high
    unit = None if tag.unit == RATIO else tag.unit
    note = f"{said.words!r} is taken as {plain(value)} {tag.unit}, the {said.end} that {tag.name} can be set to"
    return AskedMove(tag=tag.name, change=Change.TO, amount=value, unit=unit), note


def _sized(said: Said, tag: Tag) -> AskedMove:
    amount = said.amount
    if amount is None:
        raise InvalidInput(
            f"say by how much, or to what value, {tag.name} is moved", field="amount", value=said.words
        )
    if amount.fraction and tag.unit != RATIO:
        return _times(said, tag, amount.value)
    if said.change is Change.TIMES:
        return AskedMove(tag=tag.name, change=Change.TIMES, amount=amount.value)
    if amount.fraction:
        return _times(said, tag, amount.value)
    if amount.unit == "%" and (said.relative or tag.unit not in PERCENT):
        return _times(said, tag, amount.value / 100)
    if amount.unit == "%" and said.change is Change.BY:
        raise _either(said, tag, amount)
    return _plain(said, tag, amount)


def _times(said: Said, tag: Tag, share: float) -> AskedMove:
    factor = share if said.change is not Change.BY else 1 + said.sign * abs(share)
    return AskedMove(tag=tag.name, change=Change.TIMES, amount=factor)


def _plain(said: Said, tag: Tag, amount: Amount) -> AskedMove:
    difference = said.change is Change.BY
    value = value_of(amount, tag, difference=difference)
    if difference:
        value = said.sign * abs(value)
    unit = unit_for(amount.unit, tag)
    if amount.unit == POINTS and tag.unit not in PERCENT:
        unit = POINTS
    convert(value, unit, tag, difference=difference)
    return AskedMove(tag=tag.name, change=said.change, amount=value, unit=unit)


def _either(said: Said, tag: Tag, amount: Amount) -> AmbiguousTag:
    size = plain(abs(amount.value))
    return AmbiguousTag(
        f"{tag.name} is itself in {tag.unit}: is a change of {size} % meant in points, or relative to its value?",
        field="amount",
        value=said.words,
        unit="%",
        candidates=(f"{size} percentage points", f"{size} % of its value"),
    )
