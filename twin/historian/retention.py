"""What is older than its role's retention goes: whole partitions and chunks where everything in them is past.

Rollups of samples that are gone are final: a sample that comes later than the shortest retention changes none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from twin.historian.connection import store_errors
from twin.historian.partitions import SCHEMA
from twin.historian.rollups import LEVELS
from twin.historian.server import Kind, server_kind
from twin.plant import Plant, Retention, TagRole

_DAY = timedelta(days=1)
_PATIENCE = "SET LOCAL lock_timeout = '1s'"  # dropping waits for readers, and writers wait behind it
# TimescaleDB only; plain Postgres takes it for a setting of somebody else's
_UNLIMITED = "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0"

_ROLES = text("SELECT role, array_agg(id) AS tags FROM tag GROUP BY role")
_UNITS = text("SELECT unit_id, array_agg(tag_id) AS tags FROM snapshot_member GROUP BY unit_id")
_PARTITIONS = text("""
    SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
    WHERE c.relnamespace = CAST(:schema AS regnamespace) AND i.inhparent = CAST(:table AS regclass)
    ORDER BY c.relname
""")
_MATERIALIZED = text("""
    SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
    FROM timescaledb_information.continuous_aggregates WHERE view_name ^@ 'aggregate_'
""")
_FINAL = text("""
    DELETE FROM rollup_dirty WHERE end_time <= (SELECT max(time) FROM retention_edge) AND level = 0
""")
_MOVE_EDGE = text("""
    INSERT INTO retention_edge (role, time) VALUES (:role, :time)
    ON CONFLICT (role) DO UPDATE SET time = greatest(retention_edge.time, excluded.time)
""")


@dataclass(frozen=True, slots=True)
class Expiry:
    """What is past.

    Attributes:
        tags: ids that are kept equally long.
        samples, rollups: what begins before is past; None: nothing is.
    """

    role: str | None
    tags: tuple[int, ...]
    samples: datetime | None
    rollups: datetime | None


def forget_final_marks(engine: Engine) -> None:
    """Marks on rollups whose samples are gone are ignored: what is left would make them wrong."""
    with store_errors(engine), engine.begin() as connection:
        connection.execute(_FINAL)


def expire(engine: Engine, plant: Plant, now: datetime) -> None:
    """Delete what is past, each day in a transaction of its own. To be called when rollups are refreshed."""
    with store_errors(engine):
        with engine.begin() as connection:
            kind = server_kind(connection)
            expiries = _expiries(connection, plant, now)
            units = _units(connection, expiries)
            for expiry in expiries:
                if expiry.samples is not None and expiry.role is not None:
                    connection.execute(_MOVE_EDGE, {"role": expiry.role, "time": expiry.samples})
        _drop(engine, kind, "sample", _all_past([expiry.samples for expiry in expiries]))
        _drop(engine, kind, "snapshot", _all_past(list(units.values())))
        for expiry in expiries:
            _expire_tags(engine, kind, expiry)
        for unit, past in units.items():
            if past is not None:
                _delete(engine, "snapshot", "unit_id", [unit], "time", past)


def _expiries(connection: Connection, plant: Plant, now: datetime) -> list[Expiry]:
    """By role, as the tag table has it: tags that the plant file no longer has go by the role they had."""
    found = []
    for row in connection.execute(_ROLES):
        kept = plant.retention.get(TagRole(row.role), Retention()) if row.role else Retention()
        found.append(Expiry(row.role, tuple(row.tags), _past(now, kept.samples), _past(now, kept.rollups)))
    return found


def _past(now: datetime, kept: timedelta | None) -> datetime | None:
    if kept is None:
        return None
    day = (now - kept).astimezone(UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _units(connection: Connection, expiries: Sequence[Expiry]) -> dict[int, datetime | None]:
    """A row of a unit is past when it is for all of its tags."""
    by_tag = {tag: expiry.samples for expiry in expiries for tag in expiry.tags}
    return {row.unit_id: _all_past([by_tag[tag] for tag in row.tags]) for row in connection.execute(_UNITS)}


def _all_past(moments: Sequence[datetime | None]) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _expire_tags(engine: Engine, kind: Kind, expiry: Expiry) -> None:
    if expiry.samples is not None:
        for table in ("sample", "correction"):
            _delete(engine, table, "tag_id", expiry.tags, "time", expiry.samples)
    if expiry.rollups is not None:
        for table in _rollup_tables(engine, kind):
            _delete(engine, table, "tag_id", expiry.tags, "bucket", expiry.rollups)


def _rollup_tables(engine: Engine, kind: Kind) -> list[str]:
    own = [f"refreshed_{level.name}" for level in LEVELS]
    if kind is Kind.PLAIN:
        return own
    with engine.begin() as connection:
        return own + list(connection.execute(_MATERIALIZED).scalars())


def _delete(engine: Engine, table: str, key: str, keys: Sequence[int], column: str, past: datetime) -> None:
    """Oldest day first, so that no transaction is a long one."""
    while True:
        with engine.begin() as connection:
            which: Mapping[str, Any] = {"keys": list(keys), "past": past}
            where = f"{key} = ANY(:keys) AND {column} < :past"
            oldest = text(f"""
                SELECT min(edge.at) FROM unnest(CAST(:keys AS integer[])) AS wanted (key) CROSS JOIN LATERAL (
                    SELECT {column} AS at FROM {table} WHERE {key} = wanted.key ORDER BY {column} LIMIT 1
                ) edge WHERE edge.at < :past
            """)  # noqa: S608 - names from this room's own code
            first = connection.execute(oldest, which).scalar_one()
            if first is None:
                return
            some = {**which, "past": min(past, first + _DAY)}
            connection.exec_driver_sql(_UNLIMITED)
            connection.execute(text(f"DELETE FROM {table} WHERE {where}"), some)  # noqa: S608


def _drop(engine: Engine, kind: Kind, table: str, past: datetime | None) -> None:
    """Everything before `past` at once; where somebody reads it for long, the next time."""
    if past is None:
        return
    with engine.begin() as connection:
        if kind is Kind.TIMESCALE:
            connection.execute(
                text("SELECT drop_chunks(CAST(:table AS regclass), :past)"), {"table": table, "past": past}
            )
            return
        names = connection.execute(_PARTITIONS, {"schema": SCHEMA, "table": table}).scalars().all()
    last = f"{table}_{past:%Y%m%d}"
    for name in names:
        if name < last:
            _drop_partition(engine, name)


def _drop_partition(engine: Engine, name: str) -> None:
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(_PATIENCE)
            connection.exec_driver_sql(f"DROP TABLE {SCHEMA}.{name}")
    except OperationalError as error:
        if "lock timeout" not in str(error.orig):
            raise
