"""Samples: what a source delivers and the historian keeps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.clock import from_datetime64, to_datetime64


class Quality(IntEnum):
    """OPC-style quality, ordered so that the worse of two is their minimum."""

    BAD = 0
    UNCERTAIN = 1
    GOOD = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one tag in its engineering unit, at the plant's own time (aware)."""

    tag: str
    time: datetime
    value: float
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, eq=False, slots=True)
class SampleBatch:
    """Samples by columns. A value that is not finite is NaN and has bad quality.

    Attributes:
        tags: names that `tag` indexes into.
        tag: (sample,) int32.
        time: (sample,) datetime64[us], UTC.
        value: (sample,) float64, engineering units.
        quality: (sample,) int8, values of `Quality`.
    """

    tags: tuple[str, ...]
    tag: NDArray[np.int32]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Sample]:
        for tag, time, value, quality in zip(self.tag, self.time, self.value, self.quality, strict=True):
            yield Sample(self.tags[tag], from_datetime64(time), float(value), Quality(int(quality)))

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """The samples that a numpy index picks."""
        return type(self)(self.tags, self.tag[index], self.time[index], self.value[index], self.quality[index])

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> Self:
        """Columns from single samples, in their order."""
        rows = list(samples)
        tags = tuple(dict.fromkeys(row.tag for row in rows))
        index = {name: i for i, name in enumerate(tags)}
        return cls(
            tags,
            np.array([index[row.tag] for row in rows], dtype=np.int32),
            np.array([to_datetime64(row.time) for row in rows], dtype="datetime64[us]"),
            np.array([row.value for row in rows], dtype=np.float64),
            np.array([row.quality for row in rows], dtype=np.int8),
        )

    @classmethod
    def concat(cls, batches: Sequence["SampleBatch"]) -> Self:
        """One batch from several, in their order."""
        start: dict[tuple[str, ...], int] = {}
        names: list[str] = []
        for batch in batches:
            if batch.tags not in start:
                start[batch.tags] = len(names)
                names += batch.tags
        tags = tuple(dict.fromkeys(names))
        index = {name: i for i, name in enumerate(tags)}
        place = np.repeat([start[batch.tags] for batch in batches], [len(batch.value) for batch in batches])
        tag = np.concatenate([np.empty(0, np.int32), *(b.tag for b in batches)]) + place.astype(np.intp)
        return cls(
            tags,
            np.array([index[name] for name in names], dtype=np.int32)[tag],
            np.concatenate([np.empty(0, "datetime64[us]"), *(b.time for b in batches)]),
            np.concatenate([np.empty(0, np.float64), *(b.value for b in batches)]),
            np.concatenate([np.empty(0, np.int8), *(b.quality for b in batches)]),
        )


@dataclass(frozen=True, eq=False, slots=True)
class SnapshotBatch:
    """Whole units at one instant each: every tag has a place in every row. A value that did not come is NaN and bad.

    Attributes:
        tags: (tag,) names, the columns.
        time: (row,) datetime64[us], UTC.
        value: (row, tag) float64, engineering units.
        quality: (row, tag) int8, values of `Quality`; None when all are good.
    """

    tags: tuple[str, ...]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int8] | None = None

    def __len__(self) -> int:
        """Samples, not rows."""
        return self.value.size

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """The rows that a numpy index picks."""
        quality = None if self.quality is None else self.quality[rows]
        return type(self)(self.tags, self.time[rows], self.value[rows], quality)

    def samples(self) -> SampleBatch:
        """The same as single samples, row by row."""
        rows, width = self.value.shape
        good = np.where(np.isfinite(self.value), Quality.GOOD, Quality.BAD)
        quality = good if self.quality is None else np.where(np.isfinite(self.value), self.quality, Quality.BAD)
        return SampleBatch(
            self.tags,
            np.tile(np.arange(width, dtype=np.int32), rows),
            np.repeat(self.time, width),
            self.value.reshape(-1),
            quality.astype(np.int8).reshape(-1),
        )
