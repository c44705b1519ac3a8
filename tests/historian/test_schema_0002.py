"""What revision 0002 makes of a database of revision 0001, and of servers that it cannot use."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from alembic import command
from sqlalchemy import Engine, text

from twin.clock import Span
from twin.errors import ConfigurationError
from twin.historian.connection import open_engine
from twin.historian.migrations import _config, migrate
from twin.historian.server import Kind, server_kind
from twin.historian.timescale import PostgresHistorian
from twin.protocols import WriteResult
from twin.sample import Quality, Sample, SampleBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWN = pytest.param(
    "own_url",
    marks=[
        pytest.mark.integration,
        pytest.mark.skipif(
            "FORETELL_TEST_DATABASE_URL" not in os.environ, reason="FORETELL_TEST_DATABASE_URL is not set"
        ),
    ],
)


@pytest.fixture(params=[pytest.param("postgres_url", marks=pytest.mark.integration), OWN])
def old_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of its own at revision 0001 with samples of a movable tag and of another one, over three days."""
    server = open_engine(request.getfixturevalue(request.param)).execution_options(isolation_level="AUTOCOMMIT")
    name = f"foretell_old_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = open_engine(server.url.set(database=name).render_as_string(hide_password=False))
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO tag (name, movable) VALUES ('sp.level', true), ('level', false)"))
        connection.execute(
            text(
                "INSERT INTO sample SELECT :noon + h * INTERVAL '1 hour', 1, h / 12, 2 FROM generate_series(0, 47) h"
            ),
            {"noon": NOON},
        )
        connection.execute(text("INSERT INTO sample VALUES (:noon, 2, NULL, 0)"), {"noon": NOON})
        connection.execute(text("INSERT INTO score VALUES (:noon, 'm1', 0.5)"), {"noon": NOON})
        connection.execute(text("INSERT INTO prediction VALUES (:noon, 2, 1, 1, 1)"), {"noon": NOON})
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_samples_of_the_first_schema_are_carried_over(old_engine, small_plant):
    began = datetime.now(UTC)
    migrate(old_engine)
    historian = PostgresHistorian(old_engine, small_plant)
    rows = historian.samples("sp.level", Span(NOON, NOON + timedelta(days=3)))
    assert [row.value for row in rows] == [hour // 12 for hour in range(48)]
    assert historian.latest()["sp.level"] == Sample("sp.level", NOON + timedelta(hours=47), 3.0)
    assert historian.latest()["level"].quality is Quality.BAD
    moves = historian.changes(["sp.level"], Span(NOON, NOON + timedelta(days=3)))
    assert [(move.time, before) for move, before in moves] == [
        (NOON + timedelta(hours=12 * i), i - 1) for i in (1, 2, 3)
    ]
    with old_engine.connect() as connection:
        (stored_at,) = connection.execute(text("SELECT DISTINCT stored_at FROM sample")).scalars()
        assert connection.execute(text("SELECT model_version FROM prediction")).scalar_one() == "m1"
    assert stored_at > began


def test_the_first_schema_goes_on_where_it_was(old_engine, small_plant):
    migrate(old_engine)
    historian = PostgresHistorian(old_engine, small_plant)
    again = [
        Sample("sp.level", NOON, 0.0),
        Sample("sp.level", NOON + timedelta(hours=1), 9.0),
        Sample("sp.level", NOON + timedelta(days=400), 1.0),
    ]
    assert historian.write(SampleBatch.of(again)) == WriteResult(1, 1, 1)


def server(version: str, licence: str = "timescale") -> SimpleNamespace:
    """A connection to a server whose extension is of that version."""
    row = SimpleNamespace(version=version, license=licence)
    return SimpleNamespace(execute=lambda query: SimpleNamespace(one_or_none=lambda: row))


@pytest.mark.parametrize("version", ["2.17.2", "2.19.0", "1.7.5"])
def test_a_timescaledb_that_loses_rows_is_refused(version):
    with pytest.raises(ConfigurationError, match=rf"TimescaleDB {version}.*2\.19\.1 or newer"):
        server_kind(server(version))


@pytest.mark.parametrize("version", ["2.19.1", "2.23.0-dev", "3.0.0"])
def test_a_newer_timescaledb_is_taken(version):
    assert server_kind(server(version)) is Kind.TIMESCALE


def test_the_edition_without_a_columnstore_is_refused():
    with pytest.raises(ConfigurationError, match="licence apache"):
        server_kind(server("2.29.2", "apache"))
