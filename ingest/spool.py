"""Sound batches that wait on the disk while the historian is away."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.disk import Disk
from ingest.packing import pack
from twin.errors import SpoolUnavailable
from twin.sample import SampleBatch, SnapshotBatch

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Spooled:
    """A batch on the disk: its size is in bytes, `packed` is read by `packing.unpack`."""

    number: int
    samples: int
    size: int
    packed: bytes


class Spool:
    """Per source a queue on the disk, first in, first out; for the one process that ingests."""

    def __init__(self, disk: Disk, limit: int) -> None:
        """`limit` is in bytes, over all sources."""
        self._disk = disk
        self._limit = limit
        self._lock = threading.Lock()
        with disk.transaction() as connection:
            found = connection.execute(
                "SELECT source, sum(samples), sum(bytes), count(*) FROM spooled GROUP BY source"
            ).fetchall()
        self._samples = Counter({source: samples for source, samples, _, _ in found})
        self._bytes = Counter({source: size for source, _, size, _ in found})
        self._batches = Counter({source: batches for source, _, _, batches in found})

    @property
    def sources(self) -> tuple[str, ...]:
        """Those of which something waits."""
        return tuple(source for source, batches in self._batches.items() if batches)

    @property
    def size(self) -> int:
        """Bytes that all of them take."""
        return sum(self._bytes.values())

    def waits(self, source: str) -> bool:
        """Whether something of this source waits."""
        return self._batches[source] > 0

    def samples_of(self, source: str) -> int:
        """Samples of this source that wait."""
        return self._samples[source]

    def size_of(self, source: str) -> int:
        """Bytes that they take."""
        return self._bytes[source]

    def append(self, source: str, batches: Sequence[SampleBatch | SnapshotBatch]) -> None:
        """Put batches at the end of the source's queue; they are on the disk on return.

        Raises SpoolUnavailable when the limit or the disk does not allow it, and then none is kept.
        """
        rows = [(source, len(batch), pack(batch)) for batch in batches if len(batch)]
        size = sum(len(packed) for _, _, packed in rows)
        if self.size + size > self._limit:
            raise SpoolUnavailable(
                f"the spool {self._disk.path} holds {self.size / _MEGABYTE:.1f} MB, "
                f"{size / _MEGABYTE:.1f} MB more pass its limit of {self._limit / _MEGABYTE:.1f} MB",
                field="spool_limit",
                value=self.size + size,
                limit=self._limit,
                unit="B",
            )
        self._disk.require(size)
        with self._disk.transaction() as connection:
            connection.executemany(
                "INSERT INTO spooled (source, samples, bytes, batch) VALUES (?, ?, length(?3), ?3)", rows
            )
        self._count(source, sum(samples for _, samples, _ in rows), size, len(rows))

    def head(self, source: str, samples: int) -> list[Spooled]:
        """The source's oldest batches: at least one, together about that many samples."""
        with self._disk.transaction() as connection:
            rows = connection.execute(
                "SELECT id, samples, bytes, batch FROM spooled WHERE source = ? ORDER BY id", (source,)
            )
            found: list[Spooled] = []
            for row in rows:
                found.append(Spooled(*row))
                if sum(batch.samples for batch in found) >= samples:
                    break
            rows.close()
        return found

    def forget(self, source: str, batches: Sequence[Spooled]) -> None:
        """These are stored."""
        with self._disk.transaction() as connection:
            gone = [
                batch
                for batch in batches
                if connection.execute("DELETE FROM spooled WHERE id = ?", (batch.number,)).rowcount
            ]
        self._count(source, -sum(batch.samples for batch in gone), -sum(batch.size for batch in gone), -len(gone))
        if gone and not self.size:
            self._disk.give_back()

    def _count(self, source: str, samples: int, size: int, batches: int) -> None:
        with self._lock:
            self._samples[source] += samples
            self._bytes[source] += size
            self._batches[source] += batches
