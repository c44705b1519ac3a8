"""Partitions by day, on a server without TimescaleDB: made by the writer when a batch needs one."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

SCHEMA = "partition"
"""Where the partitions lie, out of sight of the tables that they belong to."""

_MAKING = 0x70617274  # locked while partitions are made: "part" in ASCII
_AT_ONCE = 50
LOCKED_AT_ONCE = 400
"""Days in one transaction; each is a lock on a table and its index, and a server has room for some thousand."""
_DAY = np.timedelta64(1, "D")
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_EXISTING = text("SELECT relname FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace)")


class Partitions:
    """The partitions of one table; remembers those that it knows of."""

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine = engine
        self._table = table
        self._known: set[np.datetime64] = set()

    def make(self, time: NDArray[np.datetime64]) -> None:
        """Make the days that these times need and that are not there, in transactions of their own."""
        days = sorted(set(_days(time)) - self._known)
        for first in range(0, len(days), _AT_ONCE):
            some = days[first : first + _AT_ONCE]
            with self._engine.begin() as connection:
                make_partitions(connection, self._table, some)
            self._known.update(some)

    def forget(self) -> None:
        """Somebody dropped partitions: look again."""
        self._known.clear()


def _days(time: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    first, last = time.min().astype("M8[D]"), time.max().astype("M8[D]")
    return np.array([first]) if first == last else np.unique(time.astype("M8[D]"))


def make_partitions(connection: Connection, table: str, days: Iterable[np.datetime64]) -> None:
    """Make those that are not there, by attaching, which blocks no reader; creating a partition would."""
    connection.execute(_LOCK, {"key": _MAKING})
    existing = set(connection.execute(_EXISTING, {"schema": SCHEMA}).scalars())
    for day in days:
        name = partition_name(table, day)
        if name not in existing:
            start, end = f"'{day} 00:00+00'", f"'{day + 1} 00:00+00'"
            connection.exec_driver_sql(f"CREATE TABLE {SCHEMA}.{name} (LIKE {table} INCLUDING ALL)")
            connection.exec_driver_sql(
                f"ALTER TABLE {table} ATTACH PARTITION {SCHEMA}.{name} FOR VALUES FROM ({start}) TO ({end})"
            )


def partition_name(table: str, day: np.datetime64) -> str:
    """sample_20260301 for 1 March 2026, UTC."""
    return f"{table}_{str(day).replace('-', '')}"


def stretches(time: NDArray[np.datetime64]) -> Iterator[NDArray[np.bool_] | slice]:
    """Which of these times go into one transaction: a server has no room for locks on any number of partitions."""
    if not len(time):
        return
    if (time.max() - time.min()) // _DAY < LOCKED_AT_ONCE:
        yield slice(None)
        return
    days, place = np.unique(time.astype("M8[D]"), return_inverse=True)
    for first in range(0, len(days), LOCKED_AT_ONCE):
        yield (place >= first) & (place < first + LOCKED_AT_ONCE)
