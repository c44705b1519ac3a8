"""Samples onto the regular grid of a Window."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span, to_datetime64
from twin.errors import EmptyWindow
from twin.plant import Plant
from twin.window import Window

Points = tuple[NDArray[np.datetime64], NDArray[np.float64]]


def grid(span: Span, step: timedelta) -> NDArray[np.datetime64]:
    """Whole multiples of `step` since the epoch in (span.start, span.end]; raises EmptyWindow when there is none."""
    width = np.timedelta64(step).astype("m8[us]").astype(np.int64)
    first = to_datetime64(span.start).astype(np.int64) // width + 1
    last = to_datetime64(span.end).astype(np.int64) // width
    if last < first:
        raise EmptyWindow(
            f"no whole step of {step} lies in ({span.start.isoformat()}, {span.end.isoformat()}]",
            field="window",
            value=[span.start.isoformat(), span.end.isoformat()],
            limit=str(step),
        )
    rows: NDArray[np.datetime64] = (np.arange(first, last + 1) * width).astype("M8[us]")
    return rows


def lay_out(
    plant: Plant, tags: Sequence[str], time: NDArray[np.datetime64], step: timedelta, good: Mapping[str, Points]
) -> Window:
    """The Window of good samples, per tag in order of time.

    A tag that holds (see `Window`) needs its last good sample from before the first row as well.
    """
    values = np.full((len(time), len(tags)), np.nan)
    for column, name in enumerate(tags):
        hold = plant.tag(name).cadence is None
        values[:, column] = _at_rows(time, None if hold else np.timedelta64(step), *good[name])
    return Window(tuple(tags), time, values, ~np.isnan(values), step)


def _at_rows(
    rows: NDArray[np.datetime64],
    reach: np.timedelta64 | None,
    time: NDArray[np.datetime64],
    value: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The last value at or before each row, NaN when it is older than `reach`."""
    newest = np.searchsorted(time, rows, side="right") - 1
    found = newest >= 0
    if reach is not None:
        found[found] = time[newest[found]] > rows[found] - reach
    result = np.full(len(rows), np.nan)
    result[found] = value[newest[found]]
    return result
