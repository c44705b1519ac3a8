"""What a historian takes and gives: results of writing, stretches that changed, series, statistics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span

RESOLUTIONS = tuple(timedelta(seconds=s) for s in (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600, 86400))
"""Distances of the rows of a series that is not told its resolution."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of a batch; the three numbers add up to its samples.

    Attributes:
        written: samples whose (tag, time) was new.
        duplicates: samples that were there already with the same value and quality, or twice in the batch.
        corrected: samples that replaced another value or quality; the historian remembers what they replaced.
    """

    written: int
    duplicates: int
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Backfill:
    """A write that changed the past: samples older than the newest of their tag, or corrections.

    Attributes:
        number: increases with every backfill.
        span: from the oldest to just after the newest sample that it changed.
        tags: what it changed.
        stored_at: when it was committed.
    """

    number: int
    span: Span
    tags: tuple[str, ...]
    stored_at: datetime


class Fill(StrEnum):
    """What stands in a row of a series in which no good sample lies."""

    NULL = "null"
    LAST = "last"
    LINEAR = "linear"


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """History of some tags at one resolution, good samples only. Row t stands for [time[t], time[t] + resolution).

    Attributes:
        tags: (tag,) names, the columns.
        time: (time,) datetime64[us], UTC: multiples of the resolution since the epoch.
        resolution: distance of the rows.
        count: (time, tag) int64 good samples in the row.
        bad: (time, tag) int64 samples of other quality in the row.
        mean, low, high, first, last: (time, tag) float64, engineering units; NaN where nothing was measured and
            nothing filled in.
        filled: (time, tag) bool: no good sample lies in the row, the value was filled in.
        fill: how gaps were filled.
    """

    tags: tuple[str, ...]
    time: NDArray[np.datetime64]
    resolution: timedelta
    count: NDArray[np.int64]
    bad: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    filled: NDArray[np.bool_]
    fill: Fill


@dataclass(frozen=True, slots=True)
class Statistics:
    """Good samples of one tag in a window, in its engineering unit; the numbers are None when count is 0."""

    tag: str
    count: int
    bad: int
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    first: float | None
    last: float | None
