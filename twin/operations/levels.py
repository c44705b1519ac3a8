"""Moves as levels: what is in force now, what was logged, and what a scenario lays over it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span
from twin.errors import InvalidInput, OutsideLimits
from twin.operations.numbers import amount_of, hours, plain, unit_of
from twin.plant import Plant, Tag
from twin.protocols import Twin
from twin.scenario import AppliedMove, Change, Move
from twin.units import convert
from twin.window import Window

RATIO = "1"
PERCENT = frozenset({"%", "percent", "mol%"})


def held(window: Window, moves: Sequence[str], rows: int) -> NDArray[np.float64]:
    """(rows, move) the levels of the window's last row, held."""
    return np.tile(window.select(moves).values[-1], (rows, 1))


def logged(
    twin: Twin, moves: Sequence[str], present: NDArray[np.float64], start: datetime, step: timedelta
) -> NDArray[np.float64]:
    """(rows, move) `present` (rows, move), with the levels that were really logged from `start` up to now."""
    rows = min(len(present), (twin.clock.now() - start) // step)
    if rows <= 0:
        return present
    window = twin.historian.window(moves, Span(start, start + rows * step), step)
    levels = present.copy()
    levels[:rows] = np.where(window.valid, window.values, present[:rows])
    levels[rows:] = levels[rows - 1]
    return levels


def overlay(
    plant: Plant,
    moves: Sequence[Move],
    names: Sequence[str],
    baseline: NDArray[np.float64],
    present: NDArray[np.float64],
    start: datetime,
    step: timedelta,
) -> tuple[NDArray[np.float64], tuple[AppliedMove, ...]]:
    """The scenario's (rows, move) levels over the `baseline`, and each move as it enters the rollout.

    `present` (move,) holds the levels in force at the start.
    A move holds from the row that ends one step after it until its duration is over, then the baseline comes back.
    Amounts by and times start from the level in force just before the move. Raises UnknownTag, InvalidInput (not
    movable, outside the horizon), UnitMismatch, OutsideLimits.
    """
    levels = baseline.copy()
    applied = []
    for asked in moves:
        tag, move = movable(plant, asked)
        rows = _rows(move, tag, len(levels), step)
        column = names.index(tag.name)
        before = float((levels[rows.start - 1] if rows.start else present)[column])
        after = level(move, tag, before)
        levels[rows, column] = after
        applied.append(
            AppliedMove(
                tag=tag.name,
                unit=tag.unit,
                before=before,
                after=after,
                start=start + rows.start * step,
                end=start + rows.stop * step,
            )
        )
    return levels, tuple(applied)


def movable(plant: Plant, move: Move) -> tuple[Tag, Move]:
    """The tag that is moved, and the move on it.

    A tag that no operator sets is refused with the name of its handle; except that a factor on a tag whose handle
    is a ratio (a bias) is the same factor on the handle: feed x0.9 is bias x0.9.
    """
    tag = plant.tag(move.tag)
    if tag.movable:
        return tag, move
    if tag.handle is not None:
        handle = plant.tag(tag.handle)
        if handle.unit == RATIO and (move.change is Change.TIMES or _relative(move, tag)):
            return handle, move.model_copy(update={"tag": handle.name})
        raise InvalidInput(
            f"{tag.name} is not something an operator sets; move {handle.name} ({handle.description}) instead",
            field="moves",
            value=tag.name,
            candidates=(handle.name,),
        )
    raise InvalidInput(f"{tag.name} is not something an operator sets", field="moves", value=tag.name)


def level(move: Move, tag: Tag, before: float) -> float:
    """The level in the tag's unit that a move leads to from `before`; raises UnitMismatch, OutsideLimits.

    A difference in % of a tag that is not in % itself is relative to `before`.
    """
    if move.change is Change.TIMES:
        after = before * move.amount
    elif _relative(move, tag):
        after = before * (1 + move.amount / 100)
    else:
        amount = convert(move.amount, move.unit, tag, difference=move.change is Change.BY)
        after = amount if move.change is Change.TO else before + amount
    if not tag.low <= after <= tag.high:
        raise OutsideLimits(
            f"{tag.name} = {amount_of(after, tag.unit)} is outside "
            f"[{plain(tag.low)}, {plain(tag.high)}]{unit_of(tag.unit)}",
            field="moves",
            value=after,
            limit=[tag.low, tag.high],
            unit=tag.unit,
        )
    return after


def _relative(move: Move, tag: Tag) -> bool:
    return move.change is Change.BY and move.unit in {"%", "percent"} and tag.unit not in PERCENT


def _rows(move: Move, tag: Tag, rows: int, step: timedelta) -> slice:
    first = move.after // step
    if move.after < timedelta(0) or first >= rows:
        raise InvalidInput(
            f"the move of {tag.name} begins {hours(move.after)} after the start, "
            f"outside the horizon of {hours(rows * step)}",
            field="moves",
            value=str(move.after),
            limit=str(rows * step),
        )
    if move.duration is None:
        return slice(first, rows)
    if move.duration < step:
        raise InvalidInput(
            f"the move of {tag.name} lasts {hours(move.duration)}, less than the model's step of {hours(step)}",
            field="moves",
            value=str(move.duration),
            limit=str(step),
        )
    return slice(first, min(rows, (move.after + move.duration) // step))
