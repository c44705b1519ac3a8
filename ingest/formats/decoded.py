"""What a decoder gives: samples, what could not be read, and where each of them stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.delivery import Delivery, Unreadable
from twin.errors import TooLarge
from twin.sample import Quality, SampleBatch, SnapshotBatch

MAX_SAMPLES = 1_000_000
"""Samples that one body may hold, whatever its size in bytes."""

NO_SAMPLES = SampleBatch.of(())


@dataclass(frozen=True, eq=False, slots=True)
class Decoded:
    """The content of a body or of a block of a file.

    Attributes:
        samples: what was read; its tags are the addresses that stood there.
        unreadable: what could not be read, in order.
        place: (sample,) of a SampleBatch or (row,) of a SnapshotBatch: number of the line, sample or row, from 1.
        unit: what `place` counts: "line", "sample" or "row".
    """

    samples: SampleBatch | SnapshotBatch
    unreadable: tuple[Unreadable, ...]
    place: NDArray[np.int64]
    unit: str

    def place_of(self, index: int) -> str:
        """Where a sample stood, such as "line 17"."""
        row = index // len(self.samples.tags) if isinstance(self.samples, SnapshotBatch) else index
        return f"{self.unit} {self.place[row]}"

    def delivery(self, receipt: object = None) -> Delivery:
        """The same for the pipeline."""
        return Delivery(self.samples, self.unreadable, receipt)

    @classmethod
    def merged(cls, parts: Sequence["Decoded"], unit: str) -> Self:
        """Several blocks as one, in their order; whole units stay whole when all blocks hold the same ones."""
        unreadable = tuple(item for part in parts for item in part.unreadable)
        snapshots = [part.samples for part in parts if isinstance(part.samples, SnapshotBatch)]
        place = np.concatenate([np.empty(0, np.int64), *(part.place for part in parts)])
        if snapshots and len(snapshots) == len(parts) and len({batch.tags for batch in snapshots}) == 1:
            return cls(_stacked(snapshots), unreadable, place, unit)
        narrow = [part.narrow() for part in parts]
        place = np.concatenate([np.empty(0, np.int64), *(part.place for part in narrow)])
        batches = [part.samples for part in narrow if isinstance(part.samples, SampleBatch)]
        return cls(batches[0] if len(batches) == 1 else SampleBatch.concat(batches), unreadable, place, unit)

    def narrow(self) -> "Decoded":
        """The same with single samples."""
        if isinstance(self.samples, SampleBatch):
            return self
        place = np.repeat(self.place, len(self.samples.tags))
        return Decoded(self.samples.samples(), self.unreadable, place, self.unit)


def check_count(samples: int) -> None:
    """Raise TooLarge when there are more samples than a body may hold."""
    if samples > MAX_SAMPLES:
        raise TooLarge(
            f"the body holds {samples} samples, more than {MAX_SAMPLES}: send it in parts",
            field="body",
            value=samples,
            limit=MAX_SAMPLES,
            unit="samples",
        )


def whole_rows(
    tags: tuple[str, ...],
    time: NDArray[np.datetime64],
    value: NDArray[np.float64],
    present: NDArray[np.bool_],
) -> tuple[SampleBatch | SnapshotBatch, NDArray[np.intp]]:
    """Samples of wide rows, whole units where no cell is missing, and the row that each sample or unit comes from.

    `value` and `present` are (row, tag). A value that is there and not finite becomes NaN of bad quality.
    """
    finite = np.isfinite(value)
    value = np.where(finite, value, np.nan)
    if present.all() and value.size:
        quality = None if finite.all() else np.where(finite, Quality.GOOD, Quality.BAD).astype(np.int8)
        return SnapshotBatch(tags, time, value, quality), np.arange(len(time))
    row, tag = np.nonzero(present)
    quality = np.where(finite[row, tag], Quality.GOOD, Quality.BAD).astype(np.int8)
    return SampleBatch(tags, tag.astype(np.int32), time[row], value[row, tag], quality), row


def single_samples(
    tags: Sequence[str], time: NDArray[np.datetime64], value: NDArray[np.float64], quality: NDArray[np.int8]
) -> SampleBatch:
    """Samples from one name per sample; a value that is not finite becomes NaN of bad quality."""
    names = {name: i for i, name in enumerate(dict.fromkeys(tags))}
    finite = np.isfinite(value)
    return SampleBatch(
        tuple(names),
        np.fromiter((names[tag] for tag in tags), np.int32, len(tags)),
        time,
        np.where(finite, value, np.nan),
        np.where(finite, quality, Quality.BAD).astype(np.int8),
    )


def _stacked(batches: Sequence[SnapshotBatch]) -> SnapshotBatch:
    if len(batches) == 1:
        return batches[0]
    given = [batch.quality for batch in batches]
    qualities = [
        np.full(batch.value.shape, Quality.GOOD, np.int8) if quality is None else quality
        for batch, quality in zip(batches, given, strict=True)
    ]
    return SnapshotBatch(
        batches[0].tags,
        np.concatenate([batch.time for batch in batches]),
        np.concatenate([batch.value for batch in batches]),
        None if all(quality is None for quality in given) else np.concatenate(qualities),
    )
