"""How far each file was imported, kept over a restart."""

import sqlite3
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ingest.file_reader import Place, grows
from twin.errors import ConfigurationError

_HEAD, _TAIL = 64 << 10, 4 << 10
_SCHEMA = """
CREATE TABLE IF NOT EXISTS position (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest BLOB NOT NULL,
    place INTEGER NOT NULL, line INTEGER NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Position:
    """A file as it was seen, and how far what it held is safe.

    Attributes:
        size: bytes of the file.
        mtime_ns: when it was changed.
        digest: of what was known of it, see `digest_of`.
        place: how far it was read.
    """

    size: int
    mtime_ns: int
    digest: bytes
    place: Place


class Positions:
    """A small SQLite file; a write is on the disk on return."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError when the folder cannot be written."""
        path = folder / "files.db"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"{path} cannot be used: {error}", field="state", value=str(path)) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def get(self, path: Path) -> Position | None:
        """What is known of a file."""
        row = self._connection.execute(
            "SELECT size, mtime_ns, digest, place, line FROM position WHERE path = ?", (str(path),)
        ).fetchone()
        return None if row is None else Position(row[0], row[1], row[2], Place(row[3], row[4]))

    def put(self, path: Path, position: Position) -> None:
        """Keep it."""
        place = position.place
        self._connection.execute(
            "INSERT OR REPLACE INTO position (path, size, mtime_ns, digest, place, line) VALUES (?, ?, ?, ?, ?, ?)",
            (str(path), position.size, position.mtime_ns, position.digest, place.offset, place.line),
        )


def digest_of(path: Path, size: int, place: Place) -> bytes:
    """Of what was read at both its ends, when lines may be appended to the file; else of its head."""
    known = place.offset if grows(path) else size
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        digest.update(file.read(min(_HEAD, known)))
        if grows(path):
            file.seek(max(0, known - _TAIL))
            digest.update(file.read(min(_TAIL, known)))
    return digest.digest()


def place_in(path: Path, size: int, mtime_ns: int, known: Position | None) -> Place:
    """Where to go on in a file: at the start unless it is the one that was read, perhaps with more lines."""
    if known is None or known.size > size or digest_of(path, known.size, known.place) != known.digest:
        return Place()
    same = (known.size, known.mtime_ns) == (size, mtime_ns)
    return known.place if same or (grows(path) and size > known.size) else Place()
