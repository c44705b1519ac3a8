"""Looks after the historian's database while it is in use."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, Engine, delete, text

from twin.clock import Clock, to_datetime64
from twin.historian.connection import store_errors
from twin.historian.partitions import make_partitions
from twin.historian.retention import expire, forget_final_marks
from twin.historian.rollups import refresh
from twin.historian.server import Kind, server_kind
from twin.historian.tables import ALERT_NOTICE, INGEST_STATUS, MODEL_HEALTH
from twin.plant import Plant

_LOCK = 0x6D61696E74  # held by the one process that does this: "maint" in ASCII
_SETTLED = timedelta(seconds=30)  # samples of the last moments are still on their way
_HOURLY = timedelta(hours=1)
_AHEAD = 3  # days that partitions are made ahead

RECORDS_KEPT = timedelta(days=400)
"""How long it stays known how sources and models did, and which alerts were told."""

MINUTES_KEPT = timedelta(days=7)
"""How long it stays known minute by minute how sources did; then hour by hour."""

CHUNK_ROWS = 25_000_000
"""Rows that a chunk should hold: some 2 GB before it goes into the columnstore."""

CHUNK_WIDTHS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 6, 12, 24, 48, 96, 168))
"""A chunk is no longer than the time after which it goes into the columnstore."""

_CONDENSE = text("""
    WITH minutes AS (
        DELETE FROM ingest_status
        WHERE time <= date_bin('1 hour', :before, '1970-01-01Z') AND seconds < 1800 RETURNING *
    )
    INSERT INTO ingest_status (
        time, source, seconds, connected, lag_s, read, accepted, rejected, waiting, spooled, spooled_bytes
    )
    SELECT max(time), source, sum(seconds), bool_and(connected), max(lag_s), sum(read), sum(accepted), sum(rejected),
           max(waiting), max(spooled), max(spooled_bytes)
    FROM minutes GROUP BY source, date_bin('1 hour', time - INTERVAL '1 microsecond', '1970-01-01Z')
""")
_RATE = text("""
    SELECT COALESCE(sum(count + bad + uncertain), 0) FROM rollup_1h(:start, :end)
    WHERE tag_id NOT IN (SELECT tag_id FROM snapshot_member)
""")
_CHUNK_WIDTH = text("""
    SELECT time_interval FROM timescaledb_information.dimensions
    WHERE hypertable_name = 'sample' AND hypertable_schema = current_schema()
""")
_SET_CHUNK_WIDTH = text("SELECT set_chunk_time_interval('sample', CAST(:width AS interval))")


class Maintenance:
    """Refreshes rollups, deletes what is past, and keeps partitions and chunks in size.

    Any number of processes may do it on one database: one of them works at a time.
    """

    def __init__(
        self, engine: Engine, plant: Plant, clock: Clock, *, pause: timedelta = timedelta(seconds=10)
    ) -> None:
        self._engine = engine
        self._plant = plant
        self._clock = clock
        self._pause = pause
        self._hourly_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Go on until the event is set; raises StoreUnavailable."""
        while not stop.is_set():
            self.step()
            stop.wait(self._pause.total_seconds())

    def step(self) -> bool:
        """Do what is due; False when another process is at it."""
        with self._alone() as alone:
            if alone:
                now = self._clock.now()
                forget_final_marks(self._engine)
                refresh(self._engine, now - _SETTLED)
                if self._hourly_at is None or now - self._hourly_at >= _HOURLY:
                    self._hourly(now)
                    self._hourly_at = now
            return alone

    def _hourly(self, now: datetime) -> None:
        expire(self._engine, self._plant, now)
        with store_errors(self._engine), self._engine.begin() as connection:
            forget_records(connection, now - RECORDS_KEPT)
            connection.execute(_CONDENSE, {"before": now - MINUTES_KEPT})
            if server_kind(connection) is Kind.TIMESCALE:
                fit_chunks(connection, now)
            else:
                _partitions_ahead(connection, now)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether this process is the one; the server ends it with the connection."""
        with (
            store_errors(self._engine),
            self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        ):
            key = {"key": _LOCK}
            got = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one())
            try:
                yield got
            finally:
                if got and not connection.invalidated:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def forget_records(connection: Connection, before: datetime) -> None:
    """Delete what sources, models and alerts were like before an instant."""
    for column in (INGEST_STATUS.c.time, MODEL_HEALTH.c.time, ALERT_NOTICE.c.received_at):
        connection.execute(delete(column.table).where(column < before))


def chunk_width(samples_per_day: float) -> timedelta:
    """The longest of CHUNK_WIDTHS in which no more than CHUNK_ROWS come, or the shortest one."""
    fitting = [width for width in CHUNK_WIDTHS if samples_per_day * (width / timedelta(days=1)) <= CHUNK_ROWS]
    return fitting[-1] if fitting else CHUNK_WIDTHS[0]


def fit_chunks(connection: Connection, now: datetime) -> None:
    """Set the width of new chunks by the rate of the last whole day; nothing changes before there is one."""
    end = now.replace(minute=0, second=0, microsecond=0)
    day = connection.execute(_RATE, {"start": end - timedelta(days=1), "end": end}).scalar_one()
    width = chunk_width(float(day))
    if day and connection.execute(_CHUNK_WIDTH).scalar_one() != width:
        connection.execute(_SET_CHUNK_WIDTH, {"width": width})


def _partitions_ahead(connection: Connection, now: datetime) -> None:
    today = to_datetime64(now).astype("M8[D]")
    for table in ("sample", "snapshot"):
        make_partitions(connection, table, today + np.arange(_AHEAD))
