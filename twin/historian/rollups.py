"""Rollups by minute, hour and day: what is behind is marked by writers and refreshed here.

A mark at level 0 says that samples in a stretch of time changed since the minutes were rolled up. Refreshing the
minutes turns it into a mark at level 1, for the hours, that one into a mark at level 2, for the days, and that into
nothing. Readers use the functions `rollup_*` of the database, which never trust a row that a mark lies on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, Row, insert, text
from sqlalchemy.exc import OperationalError

from twin.clock import from_datetime64, to_datetime64
from twin.historian.arrays import array, execute
from twin.historian.connection import store_errors
from twin.historian.server import Kind, server_kind
from twin.historian.tables import REFRESHED, ROLLUP_DIRTY

_JOINED = np.timedelta64(1, "h")  # stretches of samples that lie closer are one mark
_SINGLE_TAGS = 8  # a batch of more tags than this marks all tags

_MARK_ALL = """
    INSERT INTO rollup_dirty (start_time, end_time, level)
    SELECT s.start, s.stop, 0 FROM unnest(%s, %s) s (start, stop)
"""
_MARK_TAGS = """
    INSERT INTO rollup_dirty (tag_id, start_time, end_time, level)
    SELECT t.id, s.start, s.stop, 0 FROM unnest(%s) t (id) CROSS JOIN unnest(%s, %s) s (start, stop)
"""
_COMPACT = text("""
    WITH gone AS (
        DELETE FROM rollup_dirty WHERE level = :level AND start_time < :until RETURNING tag_id, start_time, end_time
    ), merged AS (
        SELECT tag_id, unnest(range_agg(tstzrange(
            date_bin(:width, start_time, '1970-01-01Z'),
            date_bin(:width, end_time - INTERVAL '1 microsecond', '1970-01-01Z') + :width))) AS stretch
        FROM gone GROUP BY tag_id
    )
    INSERT INTO rollup_dirty (tag_id, start_time, end_time, level)
    SELECT tag_id, lower(stretch), upper(stretch), :level FROM merged
    RETURNING id, tag_id, start_time, end_time
""")
_SHRINK = text("UPDATE rollup_dirty SET start_time = :start WHERE id = :id")
_DROP = text("DELETE FROM rollup_dirty WHERE id = :id")

_SAMPLES = """
    SELECT tag_id, date_bin(:width, time, '1970-01-01Z') AS bucket,
        count(*) FILTER (WHERE quality = 2) AS count,
        count(*) FILTER (WHERE quality = 0) AS bad,
        count(*) FILTER (WHERE quality = 1) AS uncertain,
        sum(value) FILTER (WHERE quality = 2) AS total,
        min(value) FILTER (WHERE quality = 2) AS low,
        max(value) FILTER (WHERE quality = 2) AS high,
        (array_agg(value ORDER BY time) FILTER (WHERE quality = 2))[1] AS first,
        min(time) FILTER (WHERE quality = 2) AS first_time,
        (array_agg(value ORDER BY time) FILTER (WHERE quality = 2))[count(*) FILTER (WHERE quality = 2)] AS last,
        max(time) FILTER (WHERE quality = 2) AS last_time
    FROM reading source WHERE time >= :start AND time < :end{which} GROUP BY 1, 2
"""
_BUCKETS = """
    SELECT tag_id, date_bin(:width, bucket, '1970-01-01Z') AS bucket,
        sum(count) AS count, sum(bad) AS bad, sum(uncertain) AS uncertain,
        sum(total) AS total, min(low) AS low, max(high) AS high,
        (array_agg(first ORDER BY bucket) FILTER (WHERE count > 0))[1] AS first,
        min(first_time) AS first_time,
        (array_agg(last ORDER BY bucket) FILTER (WHERE count > 0))[count(*) FILTER (WHERE count > 0)] AS last,
        max(last_time) AS last_time
    FROM kept_{below} source WHERE bucket >= :start AND bucket < :end{which}
    GROUP BY 1, date_bin(:width, bucket, '1970-01-01Z')
"""
_OF_ALL = " AND tag_id = ANY (ARRAY(SELECT id FROM tag))"  # so that the primary key serves
_OF_TAG = " AND tag_id = :tag_id"
_OF_UNITS = """
    AND EXISTS (
        SELECT FROM snapshot_member m JOIN snapshot_unit u ON u.id = m.unit_id
        WHERE m.tag_id = source.tag_id AND source.{time} >= date_bin(:width, u.since, '1970-01-01Z'))"""


_Mark = Row[tuple[int, int | None, datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Level:
    """One size of bucket, in multiples of the width since the epoch.

    Attributes:
        name: as in the names of its tables.
        number: of the marks that say that it is behind.
        width: of a bucket.
        slice: how much time is refreshed in one transaction.
    """

    name: str
    number: int
    width: timedelta
    slice: timedelta


LEVELS = (
    Level("1m", 0, timedelta(minutes=1), timedelta(hours=1)),
    Level("1h", 1, timedelta(hours=1), timedelta(days=7)),
    Level("1d", 2, timedelta(days=1), timedelta(days=90)),
)


def mark_dirty(connection: psycopg.Connection[Any], tags: NDArray[np.int32], time: NDArray[np.datetime64]) -> None:
    """Say that samples of these tags at these times changed, in the transaction that changes them.

    `tags` are ids, distinct; `time` is in any order, and each tag may have samples at only some of the times.
    """
    if not len(time):
        return
    start, end = _stretches(time)
    if len(tags) > _SINGLE_TAGS:
        execute(connection, _MARK_ALL, [array(start), array(end)])
    else:
        execute(connection, _MARK_TAGS, [array(tags), array(start), array(end)])


def refresh(engine: Engine, until: datetime) -> None:
    """Roll up what is marked in the whole buckets that end at `until` or before; the rest stays marked.

    Every transaction is a short one, so it may be broken off at any time. Two at once do no harm: where a policy of
    the server is at work, the rest waits for the next time.
    """
    with store_errors(engine):
        for level in LEVELS:
            end = _floor(until, level.width)
            with engine.begin() as connection:
                kind = server_kind(connection)
                marks = _compact(connection, level, end)
            for mark in marks:
                for start, stop in _slices(mark.start_time, min(mark.end_time, end), level.slice):
                    if kind is Kind.TIMESCALE and not _refresh_aggregate(engine, level, start, stop):
                        return
                    with engine.begin() as connection:
                        _refresh_own(connection, kind, level, mark.tag_id, start, stop)
                        _move_on(connection, level, mark, start, stop)


def _compact(connection: Connection, level: Level, until: datetime) -> list[_Mark]:
    """The level's marks that begin before `until`, joined, oldest first."""
    rows = connection.execute(_COMPACT, {"level": level.number, "width": level.width, "until": until}).all()
    return sorted(rows, key=lambda row: row.start_time)


def _refresh_aggregate(engine: Engine, level: Level, start: datetime, end: datetime) -> bool:
    """Whether it could be done; not while somebody else refreshes the same stretch."""
    call = text("CALL refresh_continuous_aggregate(CAST(:name AS regclass), :start, :end)")
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(call, {"name": f"aggregate_{level.name}", "start": start, "end": end})
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            return False
        raise
    return True


def _refresh_own(
    connection: Connection, kind: Kind, level: Level, tag_id: int | None, start: datetime, end: datetime
) -> None:
    """Roll up what no continuous aggregate holds."""
    rows, time = (_SAMPLES, "time") if level is LEVELS[0] else (_BUCKETS, "bucket")
    which = (_OF_ALL if tag_id is None else _OF_TAG) + ("" if kind is Kind.PLAIN else _OF_UNITS.format(time=time))
    below = LEVELS[level.number - 1].name
    table = REFRESHED[level.name]
    names = [column.name for column in table.c]
    replaced = ", ".join(f"{name} = excluded.{name}" for name in names if not table.c[name].primary_key)
    statement = f"""
        INSERT INTO {table.name} ({", ".join(names)})
        SELECT {", ".join(names)} FROM ({rows.format(which=which, below=below)}) rolled_up
        ORDER BY tag_id, bucket
        ON CONFLICT (tag_id, bucket) DO UPDATE SET {replaced}
    """  # noqa: S608 - names from this room's own code
    connection.execute(text(statement), {"width": level.width, "start": start, "end": end, "tag_id": tag_id})


def _move_on(connection: Connection, level: Level, mark: _Mark, start: datetime, end: datetime) -> None:
    """The mark begins at `end`, and the level above is behind instead."""
    if end < mark.end_time:
        connection.execute(_SHRINK, {"id": mark.id, "start": end})
    else:
        connection.execute(_DROP, {"id": mark.id})
    if level is not LEVELS[-1]:
        above = {"tag_id": mark.tag_id, "start_time": start, "end_time": end, "level": level.number + 1}
        connection.execute(insert(ROLLUP_DIRTY), above)


def _slices(start: datetime, end: datetime, width: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        stop = min(start + width, end)
        yield start, stop
        start = stop


def _stretches(time: NDArray[np.datetime64]) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Starts and ends of whole minutes that hold all of these times, in few pieces without long gaps."""
    edges = np.array([time.min(), time.max()])
    if edges[1] - edges[0] > _JOINED:
        minutes = np.unique(time.astype("M8[m]"))
        gap = np.flatnonzero(np.diff(minutes) > _JOINED)
        edges = np.concatenate(
            [minutes[:1], np.stack([minutes[gap], minutes[gap + 1]], axis=1).ravel(), minutes[-1:]]
        )
    minutes = edges.astype("M8[m]")
    return minutes[0::2].astype("M8[us]"), (minutes[1::2] + np.timedelta64(1, "m")).astype("M8[us]")


def _floor(moment: datetime, width: timedelta) -> datetime:
    micros = to_datetime64(moment).astype(np.int64)
    return from_datetime64(np.datetime64(int(micros - micros % (width // timedelta(microseconds=1))), "us"))
