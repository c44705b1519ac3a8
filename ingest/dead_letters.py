"""What could not be stored, kept with the reason until a person has dealt with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from sqlite3 import Connection

import numpy as np

from ingest.disk import Disk
from ingest.packing import pack, unpack
from twin.clock import Clock
from twin.errors import NotFound
from twin.intake import DeadLetter, Refused
from twin.sample import SampleBatch, SnapshotBatch

_PAGE = 100


class DeadLetters:
    """Keeps what was refused, at most `limit` bytes: beyond it the oldest are given up, and counted."""

    def __init__(self, disk: Disk, limit: int, clock: Clock) -> None:
        self._disk = disk
        self._limit = limit
        self._clock = clock

    def add(self, refused: Sequence[Refused]) -> None:
        """Keep them; on the disk on return. What is there already is counted once more.

        Raises SpoolUnavailable, and then none is kept.
        """
        if not refused:
            return
        now = self._clock.now().isoformat()
        packed = [None if item.samples is None else pack(_compact(item.samples)) for item in refused]
        self._disk.require(sum(map(_size, refused, packed)))
        with self._disk.transaction() as connection:
            for item, batch in zip(refused, packed, strict=True):
                _insert(connection, item, batch, now)
            _shrink(connection, self._limit)

    def page(self, after: int = 0, limit: int = _PAGE) -> tuple[DeadLetter, ...]:
        """Letters with a higher number than `after`, oldest first."""
        with self._disk.transaction() as connection:
            rows = connection.execute(
                "SELECT id, source, reason, detail, batch, payload, translated, first_at, last_at, times "
                "FROM dead_letter WHERE id > ? ORDER BY id LIMIT ?",
                (after, limit),
            ).fetchall()
        return tuple(_letter(*row) for row in rows)

    def __iter__(self) -> Iterator[DeadLetter]:
        after = 0
        while page := self.page(after):
            yield from page
            after = page[-1].number

    def get(self, number: int) -> DeadLetter:
        """The letter of that number; raises NotFound."""
        for letter in self.page(number - 1, 1):
            if letter.number == number:
                return letter
        raise NotFound(f"there is no dead letter {number}", field="number", value=number)

    def forget(self, numbers: Sequence[int]) -> None:
        """Delete these."""
        with self._disk.transaction() as connection:
            connection.executemany("DELETE FROM dead_letter WHERE id = ?", [(number,) for number in numbers])

    def replace(self, letter: DeadLetter, refused: Sequence[Refused]) -> None:
        """Keep what is left of a letter instead of it."""
        with self._disk.transaction():
            self.forget([letter.number])
            self.add(refused)

    def purge(self, *, source: str | None = None, before: datetime | None = None) -> int:
        """Delete all, or those of a source, or those that came last before an instant; gives how many."""
        with self._disk.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM dead_letter WHERE (?1 IS NULL OR source = ?1) "
                "AND (?2 IS NULL OR datetime(last_at) < datetime(?2))",
                (source, None if before is None else before.isoformat()),
            ).rowcount
        self._disk.give_back()
        return gone

    def counts(self) -> Mapping[str, int]:
        """Samples and payloads that are kept, by reason, each as often as it came."""
        with self._disk.transaction() as connection:
            rows = connection.execute("SELECT reason, sum(times * samples) FROM dead_letter GROUP BY reason")
            return Counter(dict(rows.fetchall()))

    def given_up(self) -> Mapping[str, int]:
        """The same of those that were given up because the limit was reached."""
        with self._disk.transaction() as connection:
            return Counter(dict(connection.execute("SELECT reason, number FROM given_up").fetchall()))


def _size(item: Refused, packed: bytes | None) -> int:
    return len(packed or b"") + len(item.payload or b"") + len(item.detail)


def _insert(connection: Connection, item: Refused, packed: bytes | None, now: str) -> None:
    connection.execute(
        "INSERT INTO dead_letter "
        "(key, source, reason, detail, first_at, last_at, times, samples, translated, bytes, payload, batch) "
        "VALUES (?, ?, ?, ?, ?5, ?5, 1, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET times = times + 1, last_at = excluded.last_at",
        (
            _key(item, packed),
            item.source,
            item.reason,
            item.detail,
            now,
            len(item),
            item.translated,
            _size(item, packed),
            item.payload,
            packed,
        ),
    )


def _key(item: Refused, packed: bytes | None) -> bytes:
    content = blake2b(digest_size=16)
    for part in (item.source.encode(), item.reason.encode(), packed, item.payload):
        content.update(b"-" if part is None else len(part).to_bytes(8) + part)
    return content.digest()


def _compact(batch: SampleBatch) -> SampleBatch:
    """The same samples with only the tags that occur."""
    used, tag = np.unique(batch.tag, return_inverse=True)
    names = tuple(batch.tags[index] for index in used.tolist())
    return SampleBatch(names, tag.astype(np.int32), batch.time, batch.value, batch.quality)


def _shrink(connection: Connection, limit: int) -> None:
    """Give up the oldest until the rest fits."""
    while (total := connection.execute("SELECT total FROM dead_letter_size").fetchone()[0]) > limit:
        rows = connection.execute(
            "SELECT id, reason, times * samples, bytes FROM dead_letter ORDER BY id LIMIT ?", (_PAGE,)
        ).fetchall()
        for number, reason, samples, size in rows:
            if total <= limit:
                break
            _give_up(connection, number, reason, samples)
            total -= size


def _give_up(connection: Connection, number: int, reason: str, samples: int) -> None:
    connection.execute("DELETE FROM dead_letter WHERE id = ?", (number,))
    connection.execute(
        "INSERT INTO given_up VALUES (?, ?) ON CONFLICT (reason) DO UPDATE SET number = number + excluded.number",
        (reason, samples),
    )


def _letter(
    number: int,
    source: str,
    reason: str,
    detail: str,
    batch: bytes | None,
    payload: bytes | None,
    translated: int,
    first_at: str,
    last_at: str,
    times: int,
) -> DeadLetter:
    samples = None if batch is None else unpack(batch)
    if isinstance(samples, SnapshotBatch):
        samples = samples.samples()
    refused = Refused(source, reason, detail, samples, payload, bool(translated))
    return DeadLetter(number, refused, datetime.fromisoformat(first_at), datetime.fromisoformat(last_at), times)
