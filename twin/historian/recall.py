"""What the historian in memory works out from its columns."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.historian.column import Column
from twin.historian.grid import Points
from twin.historian.series import Buckets, Edge
from twin.sample import Quality

_NEVER = np.datetime64("NaT", "us")


def known_at(column: Column, moment: np.datetime64) -> Column:
    """The samples of a tag as they were known at a moment."""
    there = column.stored_at <= moment
    parts = [(column.time[there], column.value[there], column.quality[there])]
    for past in column.corrections:
        if past.replaced_at > moment:
            known = past.stored_at <= moment
            parts.append((past.time[known], past.value[known], past.quality[known]))
    time, value, quality = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(time)
    found = Column()
    if len(order):
        found.add(time[order], value[order], quality[order].astype(np.int16), moment)
    return found


def roll_up(columns: Sequence[Column], start: np.datetime64, end: np.datetime64, width: timedelta) -> Buckets:
    """The samples of some tags in [start, end), which are multiples of the width since the epoch."""
    parts = [_buckets(tag, column, start, end, np.timedelta64(width)) for tag, column in enumerate(columns)]
    return Buckets(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in Buckets.__slots__})


def last_before(columns: Sequence[Column], moment: np.datetime64) -> Edge:
    """The last good sample of each tag before a moment."""
    return _edge([column.good(moment, moment) for column in columns])


def first_from(columns: Sequence[Column], moment: np.datetime64) -> Edge:
    """The first good sample of each tag at a moment or after it."""
    goods = [column.quality == Quality.GOOD for column in columns]
    found = [(column.time[good], column.value[good]) for column, good in zip(columns, goods, strict=True)]
    later = [(time[time >= moment][:1], value[time >= moment][:1]) for time, value in found]
    return _edge(later)


def _edge(points: Sequence[Points]) -> Edge:
    none = np.array([_NEVER]), np.array([np.nan])
    time, value = zip(*((time, value) if len(time) else none for time, value in points), strict=True)
    return Edge(np.concatenate(time), np.concatenate(value))


def _buckets(tag: int, column: Column, start: np.datetime64, end: np.datetime64, width: np.timedelta64) -> Buckets:
    first, last = np.searchsorted(column.time, [start, end])
    time, value = column.time[first:last], column.value[first:last]
    good = column.quality[first:last] == Quality.GOOD
    bucket = start + (time - start) // width * width
    starts, place = np.unique(bucket, return_inverse=True)
    size = len(starts)
    count = np.bincount(place[good], minlength=size)
    there = count > 0
    begins = np.flatnonzero(np.diff(place[good], prepend=-1))
    times, values = time[good], value[good]
    ends = np.append(begins[1:], len(values))[: len(begins)] - 1

    def laid(found: NDArray[Any], none: object) -> NDArray[Any]:
        column = np.full(size, none, found.dtype)
        column[there] = found
        return column

    low, high = (edge.reduceat(values, begins) if len(begins) else values for edge in (np.minimum, np.maximum))
    return Buckets(
        tag=np.full(size, tag),
        time=starts,
        count=count,
        bad=np.bincount(place[~good], minlength=size),
        total=np.bincount(place[good], values, minlength=size).astype(np.float64),
        low=laid(low, np.nan),
        high=laid(high, np.nan),
        first=laid(values[begins], np.nan),
        first_time=laid(times[begins], _NEVER),
        last=laid(values[ends], np.nan),
        last_time=laid(times[ends], _NEVER),
    )
