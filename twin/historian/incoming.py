"""Batches made ready for keeping: what every historian does to samples before it stores them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.sample import Quality, SampleBatch, SnapshotBatch

Index = NDArray[np.bool_] | NDArray[np.intp] | slice
_RADIX = 65_536  # numpy sorts integers of 16 bits by radix, much faster than others


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples in order of tag and time, each (tag, time) once, a value that is not finite NaN and bad.

    Attributes:
        tag: (sample,) int32, the historian's number of the tag.
        time: (sample,) datetime64[us], UTC.
        value: (sample,) float64, engineering units.
        quality: (sample,) int16, values of `Quality`.
    """

    tag: NDArray[np.int32]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.tag)

    def take(self, index: Index) -> Self:
        """The samples that an index in ascending order picks."""
        return type(self)(self.tag[index], self.time[index], self.value[index], self.quality[index])

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """(group,) where each tag begins."""
        starts = np.ones(len(self), dtype=bool)
        starts[1:] = self.tag[1:] != self.tag[:-1]
        return np.flatnonzero(starts)

    @cached_property
    def size(self) -> NDArray[np.intp]:
        """(group,) how many samples each tag has."""
        return np.diff(self.first, append=len(self))

    @cached_property
    def last(self) -> NDArray[np.intp]:
        """(group,) the newest sample of each tag."""
        return self.first + self.size - 1


@dataclass(frozen=True, eq=False)
class Whole:
    """Whole units: ascending tags, ascending times, each once, a value that is not finite NaN and bad.

    Attributes:
        tag: (column,) int32, the historian's number of the tag.
        time: (row,) datetime64[us], UTC.
        value: (row, column) float64, engineering units.
        quality: (row, column) uint8, values of `Quality`; None when all are good.
    """

    tag: NDArray[np.int32]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8] | None

    def __len__(self) -> int:
        return self.value.size

    def take(self, index: Index) -> Self:
        """The rows that an index in ascending order picks."""
        quality = None if self.quality is None else self.quality[index]
        return type(self)(self.tag, self.time[index], self.value[index], quality)

    def columns(self, index: NDArray[np.intp]) -> Self:
        """Some of the tags, in another order."""
        if len(index) == len(self.tag) and bool((index[1:] > index[:-1]).all()):
            return self
        quality = None if self.quality is None else self.quality[:, index]
        return type(self)(self.tag[index], self.time, self.value[:, index], quality)

    def rows(self) -> Rows:
        """The same as single samples."""
        if self.quality is None:
            quality = np.full(self.value.size, Quality.GOOD, np.int16)
        else:
            quality = self.quality.T.astype(np.int16).reshape(-1)
        tag, time = np.repeat(self.tag, len(self.time)), np.tile(self.time, len(self.tag))
        return Rows(tag, time, self.value.T.reshape(-1), quality)


def arrange_whole(numbers: NDArray[np.int32], batch: SnapshotBatch) -> Whole:
    """The batch ready for keeping; of several rows at one time the last is taken.

    `numbers` stand for batch.tags and are distinct. Raises InvalidInput for a row without a time.
    """
    if np.isnat(batch.time).any():
        raise InvalidInput(f"a row of {', '.join(batch.tags[:3])}, … has no time", field="time")
    time, value, quality = batch.time.astype("M8[us]", copy=False), batch.value, batch.quality
    if not bool((time[1:] > time[:-1]).all()):
        time, order = _last_of_each(time)
        value, quality = value[order], None if quality is None else quality[order]
    if not bool((numbers[1:] > numbers[:-1]).all()):
        order = np.argsort(numbers)
        numbers, value, quality = numbers[order], value[:, order], None if quality is None else quality[:, order]
    finite = np.isfinite(value)
    if not finite.all():
        given = np.uint8(Quality.GOOD) if quality is None else quality
        value, quality = np.where(finite, value, np.nan), np.where(finite, given, np.uint8(Quality.BAD))
    return Whole(numbers, time, value, None if quality is None else quality.astype(np.uint8))


def _last_of_each(time: NDArray[np.datetime64]) -> tuple[NDArray[np.datetime64], NDArray[np.intp]]:
    """Distinct times, ascending, and where each of them stands last."""
    distinct, first = np.unique(time[::-1], return_index=True)
    return distinct, len(time) - 1 - first


def arrange(numbers: NDArray[np.int32], batch: SampleBatch) -> Rows:
    """The batch ready for keeping; of several samples with one (tag, time) the last is taken.

    `numbers` stand for batch.tags. Raises InvalidInput for a sample without a time.
    """
    missing = np.isnat(batch.time)
    if missing.any():
        name = batch.tags[batch.tag[missing.argmax()]]
        raise InvalidInput(f"a sample of {name} has no time", field="time", value=name)
    tag, time = numbers[batch.tag], batch.time.astype("M8[us]", copy=False)
    order = _order(tag, time)
    tag, time = tag[order], time[order]
    stays = np.ones(len(order), dtype=bool)
    stays[:-1] = (tag[1:] != tag[:-1]) | (time[1:] != time[:-1])
    if not stays.all():
        order, tag, time = order[stays], tag[stays], time[stays]
    value = batch.value[order]
    finite = np.isfinite(value)
    quality = np.where(finite, batch.quality[order], np.int8(Quality.BAD)).astype(np.int16)
    return Rows(tag, time, np.where(finite, value, np.nan), quality)


def _order(tag: NDArray[np.int32], time: NDArray[np.datetime64]) -> NDArray[np.intp]:
    """By tag and time, equal ones in the order in which they came."""
    if not len(tag):
        return np.empty(0, np.intp)
    if tag.max() < _RADIX and bool((time[1:] >= time[:-1]).all()):
        return np.argsort(tag.astype(np.uint16), kind="stable")
    return np.lexsort((time, tag))
