"""The whole historian in one file, which any server takes back: plain Postgres or TimescaleDB, of any version.

A zip archive. Each table is one member, `sample` and `snapshot` one for each day: the output of a binary COPY. The
last member is `manifest.json`: the schema's revision, and columns, rows and SHA-256 of every member. Rollups are made
again from the samples, so only those are in it whose samples are gone.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, exists, func, insert, select, text

from twin.clock import from_datetime64
from twin.errors import InvalidInput
from twin.historian.bulk import driver
from twin.historian.connection import store_errors
from twin.historian.migrations import check_schema, current_revision, migrate, refuse_newer
from twin.historian.partitions import make_partitions
from twin.historian.rollups import refresh
from twin.historian.server import Kind, server_kind
from twin.historian.tables import METADATA, REFRESHED, ROLLUP_DIRTY

_FORMAT = 1
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError)
_BY_DAY = ("sample", "snapshot")
_REFRESHED = {table.name: level for level, table in REFRESHED.items()}
_DAY = np.timedelta64(1, "D")

_EDGES = {
    "sample": """
        SELECT min(time), max(time) FROM tag CROSS JOIN LATERAL (
            (SELECT time FROM sample WHERE tag_id = tag.id ORDER BY time LIMIT 1) UNION ALL
            (SELECT time FROM sample WHERE tag_id = tag.id ORDER BY time DESC LIMIT 1)) edge
    """,
    "snapshot": """
        SELECT min(time), max(time) FROM snapshot_unit u CROSS JOIN LATERAL (
            (SELECT time FROM snapshot WHERE unit_id = u.id ORDER BY time LIMIT 1) UNION ALL
            (SELECT time FROM snapshot WHERE unit_id = u.id ORDER BY time DESC LIMIT 1)) edge
    """,
}
_FINAL = """
    FROM kept_{level} JOIN tag ON tag.id = kept_{level}.tag_id JOIN retention_edge edge ON edge.role = tag.role
    WHERE kept_{level}.bucket < edge.time
"""

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One part of the archive; `day` is that of its samples, UTC, None for a whole table."""

    name: str
    table: str
    columns: tuple[str, ...]
    day: str | None
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive holds."""

    format: int
    revision: str
    made_at: str
    members: tuple[Member, ...]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(member.rows for member in self.members)


def back_up(engine: Engine, file: Path, progress: Report = lambda done: None) -> Manifest:
    """Write the historian as it is at one moment; writers go on meanwhile. The file appears when it is complete.

    Raises InvalidInput when there is such a file, SchemaMismatch when the schema is not this Foretell's.
    """
    check_schema(engine)
    revision = current_revision(engine) or ""
    if file.exists():
        raise InvalidInput(f"{file} is there already", field="file", value=str(file))
    draft = file.with_name(file.name + ".partial")
    draft.touch(mode=0o600)
    try:
        with (
            zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
            _snapshot(engine) as connection,
        ):
            manifest = _write(archive, connection, revision, progress)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def restore(engine: Engine, file: Path, progress: Report = lambda done: None) -> Manifest:
    """Put a backup into an empty database, and roll it up.

    The whole file is read and checked first. Raises InvalidInput for a file that is damaged or no backup, and for a
    database that is not empty; SchemaMismatch for a backup of a newer Foretell.
    """
    with _opened(file) as archive:
        manifest = read_manifest(archive, file)
        refuse_newer(manifest.revision)
        _refuse_used(engine, manifest.revision)
        for done, member in enumerate(manifest.members):
            _check(archive, member, file)
            progress(0.3 * done / len(manifest.members))
        migrate(engine, manifest.revision)
        for done, member in enumerate(manifest.members):
            with store_errors(engine), engine.begin() as connection:
                _load(archive, connection, member)
            progress(0.3 + 0.4 * done / len(manifest.members))
    with store_errors(engine), engine.begin() as connection:
        _set_identities(connection)
        _mark(connection, manifest)
    migrate(engine)
    refresh(engine, datetime.now(UTC))
    progress(1.0)
    return manifest


def read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """What the archive says that it holds; raises InvalidInput when it is no backup of a format that is known."""
    try:
        found = json.loads(archive.read(_MANIFEST))
        if found["format"] != _FORMAT:
            raise InvalidInput(
                f"{file} has format {found['format']}, this Foretell reads {_FORMAT}: upgrade Foretell",
                field="file",
                value=found["format"],
                limit=_FORMAT,
            )
        members = tuple(Member(**{**member, "columns": tuple(member["columns"])}) for member in found["members"])
        return Manifest(found["format"], found["revision"], found["made_at"], members)
    except (TypeError, *_UNREADABLE) as error:
        raise _damaged(file, "its manifest cannot be read") from error


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one moment."""
    repeatable = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with store_errors(engine), repeatable.begin() as connection:
        yield connection


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {file}", field="file", value=str(file)) from error
    except zipfile.BadZipFile as error:
        raise _damaged(file, str(error)) from error


def _write(archive: zipfile.ZipFile, connection: Connection, revision: str, progress: Report) -> Manifest:
    tables = [table for table in METADATA.sorted_tables if table is not ROLLUP_DIRTY]
    parts = [part for table in tables for part in _parts(connection, table)]
    members = []
    for done, (table, day) in enumerate(parts):
        members.append(_dump(archive, connection, table, day))
        progress(done / len(parts))
    kept = tuple(member for member in members if member.rows)
    manifest = Manifest(_FORMAT, revision, datetime.now(UTC).isoformat(), kept)
    archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _parts(connection: Connection, table: Table) -> Sequence[tuple[Table, np.datetime64 | None]]:
    if table.name not in _BY_DAY:
        return [(table, None)]
    first, last = connection.execute(text(_EDGES[table.name])).one()
    if first is None:
        return []
    days = np.arange(np.datetime64(first.date(), "D"), np.datetime64(last.date(), "D") + _DAY)
    return [(table, day) for day in days]


def _dump(archive: zipfile.ZipFile, connection: Connection, table: Table, day: np.datetime64 | None) -> Member:
    columns = tuple(column.name for column in table.c)
    name = table.name if day is None else f"{table.name}/{day}"
    digest = hashlib.sha256()
    with (
        archive.open(name, "w", force_zip64=True) as member,
        driver(connection).cursor() as cursor,
    ):
        with cursor.copy(_select(table, columns, day)) as copy:
            for block in copy:
                digest.update(block)
                member.write(block)
        rows = cursor.rowcount
    return Member(name, table.name, columns, None if day is None else str(day), rows, digest.hexdigest())


def _select(table: Table, columns: Sequence[str], day: np.datetime64 | None) -> sql.Composed:
    source = table.name if table.name not in _REFRESHED else f"kept_{_REFRESHED[table.name]}"
    listed = sql.SQL(", ").join(sql.Identifier(source, column) for column in columns)
    rest = sql.SQL("FROM {}").format(sql.Identifier(source))
    if source != table.name:
        rest = sql.SQL(_FINAL.replace("{level}", _REFRESHED[table.name])).format()
    elif day is not None:
        bounds = (sql.Literal(from_datetime64(moment.astype("M8[us]"))) for moment in (day, day + _DAY))
        rest = sql.SQL("FROM {} WHERE time >= {} AND time < {}").format(sql.Identifier(source), *bounds)
    return sql.SQL("COPY (SELECT {} {}) TO STDOUT (FORMAT binary)").format(listed, rest)


def _refuse_used(engine: Engine, revision: str) -> None:
    there = current_revision(engine)
    if there is None:
        return
    with store_errors(engine), engine.connect() as connection:
        used = [
            table.name
            for table in METADATA.sorted_tables
            if connection.execute(text("SELECT to_regclass(:name)"), {"name": table.name}).scalar_one() is not None
            and connection.execute(select(exists(table.select()))).scalar_one()
        ]
    if used:
        raise InvalidInput(
            f"the database is not empty: there are rows in {', '.join(used)}. Restore into one that is",
            field="database_url",
            value=used[0],
        )
    if there != revision:
        raise InvalidInput(
            f"the backup has the schema {revision}, the database has {there}: restore into one without tables",
            field="database_url",
            value=there,
            limit=revision,
        )


def _check(archive: zipfile.ZipFile, member: Member, file: Path) -> None:
    digest = hashlib.sha256()
    try:
        with archive.open(member.name) as data:
            while block := data.read(_BLOCK):
                digest.update(block)
    except _UNREADABLE as error:
        raise _damaged(file, f"{member.name}: {error}") from error
    if digest.hexdigest() != member.sha256:
        raise _damaged(file, f"{member.name} is not what was written")


def _load(archive: zipfile.ZipFile, connection: Connection, member: Member) -> None:
    if member.day is not None and server_kind(connection) is Kind.PLAIN:
        make_partitions(connection, member.table, [np.datetime64(member.day, "D")])
    columns = sql.SQL(", ").join(map(sql.Identifier, member.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(member.table), columns)
    with archive.open(member.name) as data, driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        while block := data.read(_BLOCK):
            copy.write(block)


def _set_identities(connection: Connection) -> None:
    """New rows get numbers after those that were restored."""
    for table in METADATA.sorted_tables:
        for column in table.c:
            if column.identity is not None:
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(sequence, select(func.max(column)).scalar_subquery())))


def _mark(connection: Connection, manifest: Manifest) -> None:
    """The days that came back are not rolled up yet."""
    days = sorted({np.datetime64(member.day, "D") for member in manifest.members if member.day is not None})
    marks: list[dict[str, Any]] = [
        {"start_time": from_datetime64(day), "end_time": from_datetime64(day + _DAY), "level": 0} for day in days
    ]
    if marks:
        connection.execute(insert(ROLLUP_DIRTY), marks)


def _damaged(file: Path, reason: str) -> InvalidInput:
    return InvalidInput(f"{file} is damaged or no backup: {reason}", field="file", value=str(file))
