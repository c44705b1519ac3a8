"""History at a resolution: buckets onto the rows of a Series, and what stands in its gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span, to_datetime64
from twin.errors import InvalidInput
from twin.protocols import RESOLUTIONS, Fill, Series

Floats = NDArray[np.float64]
Instants = NDArray[np.datetime64]

_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = ("mean", "low", "high", "first", "last")


@dataclass(frozen=True, eq=False, slots=True)
class Buckets:
    """Samples rolled up, in any order; rows and tags without samples are absent.

    Attributes:
        tag: (bucket,) positions among the tags asked for.
        time: (bucket,) where each begins, a multiple of the resolution since the epoch.
        count, bad: (bucket,) good samples, and those of other quality.
        total, low, high, first, last: (bucket,) of the good samples; NaN when there is none.
        first_time, last_time: (bucket,) of the good samples; NaT when there is none.
    """

    tag: NDArray[np.intp]
    time: Instants
    count: NDArray[np.int64]
    bad: NDArray[np.int64]
    total: Floats
    low: Floats
    high: Floats
    first: Floats
    first_time: Instants
    last: Floats
    last_time: Instants


@dataclass(frozen=True, eq=False, slots=True)
class Edge:
    """The good sample of each tag that is nearest to the series on one side.

    Attributes:
        time: (tag,) NaT when there is none.
        value: (tag,) NaN when there is none.
    """

    time: Instants
    value: Floats


def choose_resolution(span: Span, resolution: timedelta | None, rows: int) -> timedelta:
    """The given resolution, or the finest of RESOLUTIONS, or of whole days, at which a span has at most `rows` rows.

    Raises InvalidInput for a resolution or a number of rows that is not positive.
    """
    if resolution is not None:
        if resolution < _MICROSECOND:
            raise InvalidInput(
                f"a resolution of {resolution} is not positive", field="resolution", value=str(resolution)
            )
        return resolution
    if rows < 1:
        raise InvalidInput(f"{rows} rows are not positive", field="rows", value=rows, limit=1)
    for finest in RESOLUTIONS:
        if _row_count(span, finest) <= rows:
            return finest
    days = 2
    while _row_count(span, timedelta(days=days)) > rows and timedelta(days=days) < span.end - span.start:
        days += 1
    return timedelta(days=days)


def row_times(span: Span, resolution: timedelta) -> Instants:
    """Where the rows begin that cover the span, the first and the last one in whole."""
    width = resolution // _MICROSECOND
    first = to_datetime64(span.start).astype(np.int64) // width
    times: Instants = (np.arange(first, first + _row_count(span, resolution)) * width).astype("M8[us]")
    return times


def lay_series(tags: Sequence[str], time: Instants, resolution: timedelta, buckets: Buckets) -> Series:
    """The series of these buckets, its gaps not filled."""
    shape = len(time), len(tags)
    cell = (buckets.time - time[0]) // np.timedelta64(resolution), buckets.tag
    count, bad = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    count[cell], bad[cell] = buckets.count, buckets.bad
    numbers = {name: np.full(shape, np.nan) for name in _NUMBERS}
    for name in _NUMBERS[1:]:
        numbers[name][cell] = getattr(buckets, name)
    numbers["mean"][cell] = buckets.total / np.where(buckets.count > 0, buckets.count, np.nan)
    none = np.zeros(shape, dtype=bool)
    return Series(tuple(tags), time, resolution, count, bad, filled=none, fill=Fill.NULL, **numbers)


def pick(series: Series, tags: Sequence[str]) -> Series:
    """The series with these columns, in this order; one may come several times."""
    if tuple(tags) == series.tags:
        return series
    index = [series.tags.index(name) for name in tags]
    columns = {name: getattr(series, name)[:, index] for name in ("count", "bad", "filled", *_NUMBERS)}
    return replace(series, tags=tuple(tags), **columns)


def hold_last(series: Series, before: Edge) -> Series:
    """Rows without a good sample hold the last good value before them."""
    held = np.concatenate([before.value[None], series.last])
    row = np.where(np.isnan(held), 0, np.arange(len(held))[:, None])
    last = np.take_along_axis(held, np.maximum.accumulate(row), axis=0)[1:]
    return _fill(series, Fill.LAST, dict.fromkeys(_NUMBERS, last))


def interpolate(series: Series, buckets: Buckets, before: Edge, after: Edge) -> Series:
    """Rows without a good sample lie on the line from the last good sample before them to the first one after them.

    Before the first and after the last sample nothing is filled.
    """
    start = series.time.astype(np.float64)
    width = series.resolution / _MICROSECOND
    starts, ends = np.full(series.count.shape, np.nan), np.full(series.count.shape, np.nan)
    for tag in range(len(series.tags)):
        time, value = _corners(buckets, tag, before, after)
        if len(time):
            starts[:, tag] = np.interp(start, time, value, np.nan, np.nan)
            ends[:, tag] = np.interp(start + width, time, value, np.nan, np.nan)
    line = {"mean": (starts + ends) / 2, "first": starts, "last": ends}
    line |= {"low": np.minimum(starts, ends), "high": np.maximum(starts, ends)}
    return _fill(series, Fill.LINEAR, line)


def _corners(buckets: Buckets, tag: int, before: Edge, after: Edge) -> tuple[Floats, Floats]:
    """First and last good samples of one tag's buckets and its edges, in order of time, in microseconds."""
    mine = (buckets.tag == tag) & (buckets.count > 0)
    time = np.concatenate([before.time[[tag]], buckets.first_time[mine], buckets.last_time[mine], after.time[[tag]]])
    value = np.concatenate([before.value[[tag]], buckets.first[mine], buckets.last[mine], after.value[[tag]]])
    known = ~np.isnat(time)
    order = np.argsort(time[known], kind="stable")
    return time[known][order].astype("M8[us]").astype(np.float64), value[known][order]


def _fill(series: Series, fill: Fill, numbers: Mapping[str, Floats]) -> Series:
    gap = series.count == 0
    mean, low, high, first, last = (np.where(gap, numbers[name], getattr(series, name)) for name in _NUMBERS)
    filled = gap & ~np.isnan(mean)
    return replace(series, mean=mean, low=low, high=high, first=first, last=last, filled=filled, fill=fill)


def _row_count(span: Span, resolution: timedelta) -> int:
    width = resolution // _MICROSECOND
    first = to_datetime64(span.start).astype(np.int64) // width
    end = -(-to_datetime64(span.end).astype(np.int64) // width)
    return int(end - first)
