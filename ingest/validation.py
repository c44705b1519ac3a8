"""What a sample must be before it reaches the historian."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.clock import Clock, to_datetime64
from twin.plant import Plant
from twin.sample import Quality, SampleBatch, SnapshotBatch

_UNKNOWN = -1
_REMEMBERED = 64
_WORST, _BEST = min(Quality), max(Quality)
_EARLIEST = np.datetime64("1900-01-01", "us")
"""No instrument's time lies before it; a time that does is a mistake, and beyond what databases take."""


class Reason(StrEnum):
    """Why a sample is not stored."""

    UNKNOWN_TAG = "unknown tag"
    NO_TIME = "no time"
    FUTURE_TIME = "time in the future"
    TOO_OLD = "too old"
    UNKNOWN_QUALITY = "unknown quality"
    REFUSED = "refused by the historian"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One sample that is not stored: its place in the batch, why, and what it broke."""

    index: int
    tag: str
    reason: Reason
    value: str
    limit: str | None = None
    unit: str | None = None

    def __str__(self) -> str:
        limit = f", the limit is {self.limit}" if self.limit else ""
        return f"{self.tag}: {self.reason}, {self.value}{limit}{f' {self.unit}' if self.unit else ''}"


@dataclass(frozen=True, eq=False, slots=True)
class Fault:
    """Samples of one batch that broke the same rule.

    Attributes:
        reason: the rule.
        index: (sample,) their places in the batch.
        limit: what the rule allows.
    """

    reason: Reason
    index: NDArray[np.intp]
    limit: str | None = None


@dataclass(frozen=True, eq=False)
class Checked:
    """A batch after validation.

    Attributes:
        given: the batch as it came; snapshots as samples when something in them is faulty.
        batch: what is sound, with the quality it is stored with.
        position: of a SampleBatch: (sample,) positions of the sound samples in `given`; None when all are sound.
        not_finite: how many sound samples had no finite value and are stored as NaN with bad quality.
        outside_range: how many lie outside the tag's range and are stored with uncertain quality at best.
        faults: the others, by reason; a sample that broke several rules is in the first of them.
    """

    given: SampleBatch | SnapshotBatch
    batch: SampleBatch | SnapshotBatch
    position: NDArray[np.intp] | None
    not_finite: int
    outside_range: int
    faults: tuple[Fault, ...] = ()

    @cached_property
    def rejected(self) -> Mapping[str, int]:
        """How many were rejected, by reason."""
        return Counter({fault.reason.value: len(fault.index) for fault in self.faults})

    @cached_property
    def rejections(self) -> tuple[Rejection, ...]:
        """Every rejected sample, in the order of the batch."""
        return tuple(sorted(self._rejections(), key=lambda rejection: rejection.index))

    def _rejections(self) -> Iterator[Rejection]:
        for fault in self.faults:
            if not isinstance(self.given, SampleBatch):
                raise TypeError("faulty snapshots are given as samples")
            for index in fault.index.tolist():
                yield rejection(self.given, index, fault.reason, fault.limit)


@dataclass(frozen=True, eq=False, slots=True)
class _Ranges:
    """A tuple of names in terms of the plant: positions in its tags (or _UNKNOWN) and their ranges."""

    position: NDArray[np.int32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    known: bool
    distinct: bool


class Validator:
    """Tells sound samples from others. A tag's range is that of its instrument: beyond it the value is a guess."""

    def __init__(self, plant: Plant, clock: Clock, future_tolerance: timedelta) -> None:
        self._clock = clock
        self._tolerance = future_tolerance
        self._names = tuple(tag.name for tag in plant.tags)
        self._position = {name: i for i, name in enumerate(self._names)}
        self._low = np.array([tag.low for tag in plant.tags])
        self._high = np.array([tag.high for tag in plant.tags])
        self._ranges: dict[tuple[str, ...], _Ranges] = {}

    def check(self, batch: SampleBatch, max_age: timedelta | None = None) -> Checked:
        """The batch, sorted into what is stored and what is not; `max_age` goes no further back than 1900."""
        ranges = self._of(batch.tags)
        oldest, latest = self._limits(max_age)
        faults = self._faults(batch, ranges, oldest, latest)
        sound = None if not faults else _complement([fault.index for fault in faults], len(batch))
        kept = batch if sound is None else batch.take(sound)
        value, quality, not_finite, outside = _judge(
            kept.value, kept.quality, ranges.low[kept.tag], ranges.high[kept.tag]
        )
        clean = SampleBatch(self._names, ranges.position[kept.tag], kept.time, value, quality)
        return Checked(batch, clean, sound, not_finite, outside, faults)

    def check_snapshots(self, batch: SnapshotBatch, max_age: timedelta | None = None) -> Checked:
        """The same for whole units; when something is faulty the sound rest becomes single samples."""
        ranges = self._of(batch.tags)
        if not (ranges.known and ranges.distinct and len(batch.time) and self._sound_rows(batch, max_age)):
            return self.check(batch.samples(), max_age)
        value, quality, not_finite, outside = _judge(batch.value, batch.quality, ranges.low, ranges.high)
        if not (not_finite or outside or batch.quality is not None):
            return Checked(batch, batch, None, 0, 0)
        return Checked(batch, replace(batch, value=value, quality=quality), None, not_finite, outside)

    def _sound_rows(self, batch: SnapshotBatch, max_age: timedelta | None) -> bool:
        oldest, latest = self._limits(max_age)
        if not _inside(batch.time, oldest, latest):
            return False
        return batch.quality is None or _all_known(batch.quality)

    def _limits(self, max_age: timedelta | None) -> tuple[np.datetime64, np.datetime64]:
        now = to_datetime64(self._clock.now())
        oldest = _EARLIEST if max_age is None else max(_EARLIEST, now - np.timedelta64(max_age))
        return oldest, now + np.timedelta64(self._tolerance)

    def _faults(
        self, batch: SampleBatch, ranges: _Ranges, oldest: np.datetime64, latest: np.datetime64
    ) -> tuple[Fault, ...]:
        if not len(batch) or (ranges.known and _inside(batch.time, oldest, latest) and _all_known(batch.quality)):
            return ()
        broken = {
            Reason.UNKNOWN_TAG: (ranges.position[batch.tag] == _UNKNOWN, None),
            Reason.NO_TIME: (np.isnat(batch.time), None),
            Reason.FUTURE_TIME: (batch.time > latest, f"{latest}Z"),
            Reason.TOO_OLD: (batch.time < oldest, f"{oldest}Z"),
            Reason.UNKNOWN_QUALITY: ((batch.quality < _WORST) | (batch.quality > _BEST), "0, 1 or 2"),
        }
        faults, sound = [], np.ones(len(batch), bool)
        for reason, (wrong, limit) in broken.items():
            index = np.flatnonzero(wrong & sound)
            sound &= ~wrong
            if len(index):
                faults.append(Fault(reason, index, limit))
        return tuple(faults)

    def _of(self, names: tuple[str, ...]) -> _Ranges:
        known = self._ranges.get(names)
        if known is None:
            if len(self._ranges) >= _REMEMBERED:
                self._ranges.clear()
            position = np.array([self._position.get(name, _UNKNOWN) for name in names], dtype=np.int32)
            known = self._ranges[names] = _Ranges(
                position,
                self._low[position],
                self._high[position],
                bool((position != _UNKNOWN).all()),
                len(np.unique(position)) == len(position),
            )
        return known


def rejection(batch: SampleBatch, index: int, reason: Reason, limit: str | None) -> Rejection:
    """What is said of one sample."""
    tag = batch.tags[batch.tag[index]]
    match reason:
        case Reason.UNKNOWN_TAG:
            value = tag
        case Reason.UNKNOWN_QUALITY:
            value = str(batch.quality[index])
        case Reason.NO_TIME:
            value = "NaT"
        case Reason.REFUSED:
            value = f"{batch.value[index]:g} at {batch.time[index]}Z"
        case _:
            value = f"{batch.time[index]}Z"
    return Rejection(index, tag, reason, value, limit)


def _inside(time: NDArray[np.datetime64], oldest: np.datetime64, latest: np.datetime64) -> bool:
    """Whether no time is missing and all are within the limits; the extremes of a NaT are NaT."""
    return bool(time.min() >= oldest) and bool(time.max() <= latest)


def _all_known(quality: NDArray[np.int8]) -> bool:
    return bool(quality.min() >= _WORST and quality.max() <= _BEST)


def _complement(faulty: list[NDArray[np.intp]], length: int) -> NDArray[np.intp]:
    sound = np.ones(length, bool)
    sound[np.concatenate(faulty)] = False
    return np.flatnonzero(sound)


def _judge(
    value: NDArray[np.float64],
    quality: NDArray[np.int8] | None,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int8], int, int]:
    """Values and qualities as they are stored, how many are not finite, how many lie outside [low, high]."""
    good = np.int8(Quality.GOOD)
    given = np.full(value.shape, good) if quality is None else quality
    inside = (value >= low) & (value <= high)
    if inside.all():
        return value, given, 0, 0
    finite = np.isfinite(value)
    outside = finite & ~inside
    judged = np.where(outside, np.minimum(given, np.int8(Quality.UNCERTAIN)), given)
    judged = np.where(finite, judged, np.int8(Quality.BAD)).astype(np.int8)
    return np.where(finite, value, np.nan), judged, int((~finite).sum()), int(outside.sum())
