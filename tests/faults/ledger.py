"""The sender's own book: what it sent, and what the other side said it had."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, Row, TextClause, text
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Key = tuple[str, datetime]


@dataclass
class Ledger:
    """Samples by (tag, time). Only the acknowledged ones are owed; the others may have arrived or not."""

    sent: dict[Key, float] = field(default_factory=dict)
    owed: dict[Key, float] = field(default_factory=dict)
    _doubted: list[tuple[float, float]] = field(default_factory=list)
    _doubted_since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, samples: Iterable[tuple[str, datetime, float]]) -> list[Key]:
        """Write down what is about to be sent; gives the keys for `acknowledge`."""
        keys = []
        with self._lock:
            for tag, time, value in samples:
                self.sent[tag, time] = value
                keys.append((tag, time))
        return keys

    def acknowledge(self, keys: Iterable[Key], at: float | None = None) -> None:
        """The other side has had these since `at` (Unix time, None: now): they must never be lost from here on."""
        at = time.time() if at is None else at
        with self._lock:
            doubted = any(saved <= at <= trusted for saved, trusted in self._doubted)
            if not doubted and (self._doubted_since is None or at < self._doubted_since):
                self.owed.update(dict.fromkeys(keys, at))

    def doubt(self, saved: float) -> None:
        """Owe nothing acknowledged from `saved` (Unix time) to `trust`: mosquitto acknowledges before it saves."""
        with self._lock:
            self._doubted_since = saved
            self.owed = {key: at for key, at in self.owed.items() if at < saved}

    def trust(self) -> None:
        """A broker is there again: what is acknowledged from here on is its own word, not a dead one's heard late."""
        with self._lock:
            if self._doubted_since is not None:
                self._doubted.append((self._doubted_since, time.time()))
                self._doubted_since = None

    def compare(self, stored: dict[Key, float]) -> "Difference":
        """What the table has against what it should have."""
        with self._lock:
            return Difference(
                missing=sorted(self.owed.keys() - stored.keys()),
                invented=sorted(stored.keys() - self.sent.keys()),
                changed=sorted(key for key in stored.keys() & self.sent.keys() if stored[key] != self.sent[key]),
            )


@dataclass(frozen=True)
class Difference:
    """Empty when every acknowledged sample is in the table once, with its own value, and nothing else is."""

    missing: list[Key]
    invented: list[Key]
    changed: list[Key]

    def __bool__(self) -> bool:
        return bool(self.missing or self.invented or self.changed)

    def __str__(self) -> str:
        parts = {"missing": self.missing, "invented": self.invented, "changed": self.changed}
        return ", ".join(f"{len(keys)} {name}, first {keys[0]}" for name, keys in parts.items() if keys) or "equal"


def stored(engine: Engine) -> dict[Key, float]:
    """Every sample of the table; fails when one is there twice."""
    query = text("SELECT t.name, r.time, coalesce(r.value, 'NaN') FROM reading r JOIN tag t ON t.id = r.tag_id")
    rows = patiently(lambda: _all(engine, query))
    found = {(name, time): value for name, time, value in rows}
    assert len(found) == len(rows), f"{len(rows) - len(found)} samples are in the table twice"
    return found


def _all(engine: Engine, query: TextClause) -> Sequence[Row[Any]]:
    with engine.connect() as connection:
        return connection.execute(query).all()


def patiently(work: Callable[[], T], patience: float = 60.0) -> T:
    """The result, once the database has recovered from what was done to it."""
    end = time.monotonic() + patience
    while True:
        try:
            return work()
        except DBAPIError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
