"""What a training log covers: how each setpoint was moved in it, and where the plant stood."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.window import Window
from twin.world import Envelope, MoveCoverage

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
TOGETHER = timedelta(hours=1)
"""Changes within one such stretch of time were made together: what follows them cannot be told apart."""

Values = NDArray[np.float64]


def coverage_of(windows: Sequence[Window], moves: Sequence[str]) -> tuple[MoveCoverage, ...]:
    """How often and how far each move was made in the windows, and with which other one together.

    The share explained by another move is the squared cosine between both's changes, hour by hour: 1 where they
    always changed together and in proportion, 0 where they never changed in the same hour.
    """
    columns = [window.select(moves) for window in windows]
    share = _shared(np.concatenate([_hourly_changes(window) for window in columns]))
    return tuple(_covered(name, i, columns, share, moves) for i, name in enumerate(moves))


def operation_of(windows: Sequence[Window], tags: Sequence[str]) -> tuple[Envelope, ...]:
    """Lowest and highest hourly mean of each tag; a tag that was never measured is left out."""
    means = np.concatenate([_hourly_means(window.select(tags)) for window in windows])
    known = np.isfinite(means).any(axis=0)
    return tuple(
        Envelope(tag=tag, low=float(np.nanmin(column)), high=float(np.nanmax(column)))
        for tag, column, seen in zip(tags, means.T, known, strict=True)
        if seen
    )


def _covered(name: str, index: int, windows: Sequence[Window], share: Values, moves: Sequence[str]) -> MoveCoverage:
    columns = [window.values[window.valid[:, index], index] for window in windows]
    steps = np.concatenate([_steps(column) for column in columns])
    companion = int(np.argmax(share[index]))
    explained = float(share[index, companion])
    return MoveCoverage(
        tag=name,
        moves=len(steps),
        largest=float(np.abs(steps).max(initial=0.0)),
        levels=tuple(np.quantile(np.concatenate(columns), QUANTILES).tolist()),
        explained=explained,
        companion=moves[companion] if explained > 0 else None,
    )


def _steps(levels: Values) -> Values:
    """Changes of a level; rows in a row that change are one."""
    changes = np.diff(levels)
    starts = np.flatnonzero((changes != 0) & (np.concatenate([[0.0], changes[:-1]]) == 0))
    ends = np.flatnonzero((changes != 0) & (np.concatenate([changes[1:], [0.0]]) == 0))
    steps: Values = levels[ends + 1] - levels[starts]
    made: Values = steps[steps != 0]
    return made


def _hourly_changes(window: Window) -> Values:
    """(hour, move) changes of the levels from hour to hour; NaN where a level is not known."""
    rows = max(1, TOGETHER // window.step)
    changes: Values = np.diff(window.values[::rows], axis=0)
    return changes


def _shared(changes: Values) -> Values:
    """(move, move) squared cosine between the changes of two moves, 0 of one with itself."""
    known = np.nan_to_num(changes)
    length = np.linalg.norm(known, axis=0)
    unit = np.divide(known, length, out=np.zeros_like(known), where=length > 0)
    share: Values = np.clip((unit.T @ unit) ** 2, 0.0, 1.0)
    np.fill_diagonal(share, 0.0)
    return share


def _hourly_means(window: Window) -> Values:
    """(hour, tag) means over whole hours, or over the whole of a shorter window; NaN where nothing was measured."""
    rows = min(len(window), max(1, TOGETHER // window.step))
    hours = len(window) // rows
    shape = (hours, rows, len(window.tags))
    values = np.where(window.valid, window.values, 0.0)[: hours * rows].reshape(shape).sum(axis=1)
    count = window.valid[: hours * rows].reshape(shape).sum(axis=1)
    means: Values = np.divide(values, count, out=np.full(values.shape, np.nan), where=count > 0)
    return means
