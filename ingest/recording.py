"""History to be replayed, in order of time: of a file, or of the historian's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import numpy as np

from ingest.files import read_samples
from ingest.formats.dialect import Dialect
from twin.clock import Span, from_datetime64, to_datetime64
from twin.errors import InvalidInput
from twin.protocols import Historian
from twin.sample import SampleBatch

_PAGE = 100_000
_HOUR = timedelta(hours=1)
_TICK = np.timedelta64(1, "us")


@dataclass(frozen=True, slots=True)
class Extent:
    """Times of the first and the last sample, datetime64[us] in UTC."""

    first: np.datetime64
    last: np.datetime64


class Recording(Protocol):
    """History that can be read again and again, and is the same each time."""

    @property
    def identity(self) -> str:
        """Tells it from any other, and from itself when it was changed."""
        ...

    def extent(self) -> Extent:
        """Raises InvalidInput when there is nothing."""
        ...

    def read(self, after: np.datetime64 | None) -> Iterator[SampleBatch]:
        """Samples later than `after`, in order of time over all batches; no instant is in two of them."""
        ...


class FileRecording:
    """A CSV or Parquet file; one that is not in order of time is held in memory as far as it is not."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self._path = path
        self._dialect = dialect
        self._blocks: list[Extent] = []

    @property
    def identity(self) -> str:
        """Its path, size and time of change; raises InvalidInput when it is not there."""
        try:
            stat = self._path.stat()
        except OSError as error:
            raise InvalidInput(f"{self._path}: {error}", field="file", value=str(self._path)) from error
        return f"{self._path.resolve()} {stat.st_size} {stat.st_mtime_ns}"

    def extent(self) -> Extent:
        """Goes through the whole file once; raises InvalidInput that says what is wrong with it."""
        self._blocks = [self._block(batch) for batch in read_samples(self._path, self._dialect) if len(batch)]
        if not self._blocks:
            raise InvalidInput(f"{self._path} holds no sample", field="file", value=str(self._path))
        return Extent(min(block.first for block in self._blocks), max(block.last for block in self._blocks))

    def read(self, after: np.datetime64 | None) -> Iterator[SampleBatch]:
        """Block by block: what is earlier than all blocks to come."""
        if not self._blocks:
            self.extent()
        held: list[SampleBatch] = []
        batches = (batch for batch in read_samples(self._path, self._dialect) if len(batch))
        for batch, limit in zip(batches, self._limits(), strict=True):
            held.append(batch if after is None else batch.take(batch.time > after))
            if limit is not None and not any((part.time < limit).any() for part in held):
                continue
            together = SampleBatch.concat(held)
            now = np.ones(len(together), bool) if limit is None else together.time < limit
            if now.any():
                yield _in_order(together.take(now))
            held = [together.take(~now)]

    def _limits(self) -> list[np.datetime64 | None]:
        """For each block the earliest time of all blocks after it."""
        limits: list[np.datetime64 | None] = [None]
        for block in self._blocks[:0:-1]:
            limits.append(block.first if limits[-1] is None else min(block.first, limits[-1]))
        return limits[::-1]

    def _block(self, batch: SampleBatch) -> Extent:
        if (timeless := int(np.isnat(batch.time).sum())) > 0:
            raise InvalidInput(f"{self._path}: {timeless} samples have no time", field="time", value=timeless)
        return Extent(batch.time.min(), batch.time.max())


class HistorianRecording:
    """A span of some tags' history."""

    def __init__(self, historian: Historian, tags: Sequence[str], span: Span) -> None:
        self._historian = historian
        self._tags = tuple(tags)
        self._span = span

    @property
    def identity(self) -> str:
        """Its tags and its span."""
        return f"{self._span.start.isoformat()} {self._span.end.isoformat()} {' '.join(self._tags)}"

    def extent(self) -> Extent:
        """The span, whether there are samples or not."""
        return Extent(to_datetime64(self._span.start), to_datetime64(self._span.end) - _TICK)

    def read(self, after: np.datetime64 | None) -> Iterator[SampleBatch]:
        """Hour by hour."""
        start = self._span.start if after is None else from_datetime64(after + _TICK)
        while start < self._span.end:
            end = min(start + _HOUR, self._span.end)
            hour = SampleBatch.concat([page for tag in self._tags for page in self._pages(tag, Span(start, end))])
            if len(hour):
                yield _in_order(hour)
            start = end

    def _pages(self, tag: str, span: Span) -> Iterator[SampleBatch]:
        """All of a tag's samples, however many."""
        while True:
            page = self._historian.samples(tag, span, _PAGE)
            yield page
            if len(page) < _PAGE or (start := from_datetime64(page.time[-1] + _TICK)) >= span.end:
                return
            span = Span(start, span.end)


def _in_order(batch: SampleBatch) -> SampleBatch:
    """Of several samples of one instant the order is kept."""
    return batch.take(np.argsort(batch.time, kind="stable"))
