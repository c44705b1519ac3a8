"""The state folder's database: what must survive a kill lies here, synced before anything is acknowledged.

SQLite in WAL mode with synchronous=FULL: a commit returns after its fsync (https://www.sqlite.org/wal.html).
"""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from twin.errors import ConfigurationError, SpoolUnavailable
from twin.historian.filelock import FileLock

FILE, LOCK = "ingest.db", "ingest.lock"

_BUSY_TIMEOUT_S = 30.0
_LARGEST_WAL = 4 << 20
_RESERVE = 8 << 20
"""Free bytes that no append takes: with less SQLite could not even forget what is stored, and so never recover."""

_MEGABYTE = 1_000_000
_GIVE_BACK_SOME = "PRAGMA incremental_vacuum(256); PRAGMA wal_checkpoint(TRUNCATE)"
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS spooled (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    samples INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    batch BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS spooled_by_source ON spooled (source, id, samples, bytes);
CREATE TABLE IF NOT EXISTS dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    translated INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    payload BLOB,
    batch BLOB
);
CREATE INDEX IF NOT EXISTS dead_letter_by_reason ON dead_letter (reason, times, samples);
CREATE TABLE IF NOT EXISTS dead_letter_size (total INTEGER NOT NULL);
INSERT INTO dead_letter_size SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM dead_letter_size);
CREATE TRIGGER IF NOT EXISTS dead_letter_comes AFTER INSERT ON dead_letter
    BEGIN UPDATE dead_letter_size SET total = total + NEW.bytes; END;
CREATE TRIGGER IF NOT EXISTS dead_letter_goes AFTER DELETE ON dead_letter
    BEGIN UPDATE dead_letter_size SET total = total - OLD.bytes; END;
CREATE TABLE IF NOT EXISTS given_up (reason TEXT PRIMARY KEY, number INTEGER NOT NULL);
COMMIT;
"""


class Disk:
    """One SQLite file; a context manager. Safe to use from several threads."""

    def __init__(self, folder: Path, *, exclusive: bool = True) -> None:
        """`exclusive` is for the process that ingests; others may look at dead letters beside it.

        Raises ConfigurationError when another process ingests into the folder, SpoolUnavailable when the disk
        does not take it.
        """
        self.path = folder / FILE
        self._lock = threading.RLock()
        self._depth = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SpoolUnavailable(f"{folder} cannot be made: {error}", field="state", value=str(folder)) from error
        self._owner = FileLock(folder / LOCK) if exclusive else None
        if self._owner is not None and not self._owner.acquire():
            raise ConfigurationError(
                f"another process ingests with the state folder {folder}: give each its own",
                field="state",
                value=str(folder),
            )
        try:
            with self._errors():
                self._connection = self._open()
        except SpoolUnavailable:
            self._release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of file and folder."""
        with self._lock:
            self._connection.close()
            self._release()

    def require(self, size: int) -> None:
        """Raise SpoolUnavailable unless the disk has room for so many bytes, in the log and in the file."""
        with self._errors():
            free = shutil.disk_usage(self.path.parent).free
        if free < 2 * size + _RESERVE:
            raise SpoolUnavailable(
                f"{self.path} takes no more: {free / _MEGABYTE:.1f} MB are free on its disk, "
                f"{(2 * size + _RESERVE) / _MEGABYTE:.1f} MB are needed",
                field="state",
                value=free,
                limit=2 * size + _RESERVE,
                unit="B",
            )

    def give_back(self) -> None:
        """Return the room of what was deleted to the disk, bit by bit; raises SpoolUnavailable."""
        before, left = None, self._free_pages()
        while left and left != before:
            with self._lock, self._errors():
                self._connection.executescript(_GIVE_BACK_SOME)
            before, left = left, self._free_pages()

    def _free_pages(self) -> int:
        with self._lock, self._errors():
            return int(self._connection.execute("PRAGMA freelist_count").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on the disk when it is left; one inside another is a part of it.

        Raises SpoolUnavailable, and then nothing is kept.
        """
        with self._lock, self._errors():
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            except BaseException:
                if self._depth == 1 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(f"PRAGMA journal_size_limit={_LARGEST_WAL}")
            connection.executescript(_SCHEMA)
        except BaseException:
            connection.close()
            raise
        self.path.chmod(0o600)
        return connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            raise SpoolUnavailable(
                f"{self.path} takes nothing: {error}", field="state", value=str(self.path)
            ) from error

    def _release(self) -> None:
        if self._owner is not None:
            self._owner.release()
