"""What a sample must be before it reaches the historian."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.clock import Clock, to_datetime64
from twin.plant import Plant
from twin.sample import Quality, SampleBatch

_UNKNOWN = -1


class Reason(StrEnum):
    """Why a sample is not stored."""

    UNKNOWN_TAG = "unknown tag"
    NO_TIME = "no time"
    FUTURE_TIME = "time in the future"
    UNKNOWN_QUALITY = "unknown quality"


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


@dataclass(frozen=True, eq=False)
class Checked:
    """A batch after validation.

    Attributes:
        batch: the sound samples, with the quality they are stored with.
        not_finite: how many of them had no finite value and are stored as NaN with bad quality.
        outside_range: how many lie outside the tag's range and are stored with uncertain quality at best.
        rejections: the others.
    """

    batch: SampleBatch
    not_finite: int
    outside_range: int
    rejections: tuple[Rejection, ...]

    @cached_property
    def rejected(self) -> Mapping[str, int]:
        """How many were rejected, by reason."""
        return Counter(rejection.reason.value for rejection in self.rejections)


class Validator:
    """Tells sound samples from others. A tag's range is that of its instrument: beyond it the value is a guess."""

    def __init__(self, plant: Plant, clock: Clock, future_tolerance: timedelta) -> None:
        self._clock = clock
        self._tolerance = future_tolerance
        self._names = tuple(tag.name for tag in plant.tags)
        self._position = {name: i for i, name in enumerate(self._names)}
        self._low = np.array([tag.low for tag in plant.tags])
        self._high = np.array([tag.high for tag in plant.tags])

    def check(self, batch: SampleBatch) -> Checked:
        """The batch, sorted into what is stored and what is not."""
        position = self._positions(batch)
        latest = to_datetime64(self._clock.now() + self._tolerance)
        faults = {
            Reason.UNKNOWN_TAG: position == _UNKNOWN,
            Reason.NO_TIME: np.isnat(batch.time),
            Reason.FUTURE_TIME: batch.time > latest,
            Reason.UNKNOWN_QUALITY: ~np.isin(batch.quality, list(Quality)),
        }
        sound = ~np.logical_or.reduce(list(faults.values()))
        kept, position = batch.take(sound), position[sound]
        finite = np.isfinite(kept.value)
        inside = (kept.value >= self._low[position]) & (kept.value <= self._high[position])
        quality = np.where(finite & ~inside, np.minimum(kept.quality, Quality.UNCERTAIN), kept.quality)
        clean = SampleBatch(
            self._names,
            position.astype(np.int32),
            kept.time,
            np.where(finite, kept.value, np.nan),
            np.where(finite, quality, Quality.BAD).astype(np.int8),
        )
        return Checked(clean, int((~finite).sum()), int((finite & ~inside).sum()), _rejections(batch, faults, latest))

    def _positions(self, batch: SampleBatch) -> NDArray[np.intp]:
        """Each sample's tag as a position in the plant's tags, or _UNKNOWN."""
        position = np.array([self._position.get(name, _UNKNOWN) for name in batch.tags], dtype=np.intp)
        return position[batch.tag]


def _rejections(
    batch: SampleBatch, faults: Mapping[Reason, NDArray[np.bool_]], latest: np.datetime64
) -> tuple[Rejection, ...]:
    reason_of: dict[int, Reason] = {}
    for reason, wrong in faults.items():
        for index in np.flatnonzero(wrong).tolist():
            reason_of.setdefault(index, reason)
    return tuple(_rejection(batch, index, reason, latest) for index, reason in sorted(reason_of.items()))


def _rejection(batch: SampleBatch, index: int, reason: Reason, latest: np.datetime64) -> Rejection:
    tag = batch.tags[batch.tag[index]]
    match reason:
        case Reason.UNKNOWN_TAG:
            return Rejection(index, tag, reason, tag)
        case Reason.UNKNOWN_QUALITY:
            return Rejection(index, tag, reason, str(batch.quality[index]), "0, 1 or 2")
        case Reason.FUTURE_TIME:
            return Rejection(index, tag, reason, f"{batch.time[index]}Z", f"{latest}Z")
        case Reason.NO_TIME:
            return Rejection(index, tag, reason, "NaT")
