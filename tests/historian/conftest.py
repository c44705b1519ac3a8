"""Every implementation of the two roles, empty."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Engine, text

from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import MemoryIngestLog, PostgresIngestLog
from twin.historian.journal import MemoryJournal, PostgresJournal
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import migrate
from twin.historian.rollups import LEVELS
from twin.historian.server import Kind, server_kind
from twin.historian.tables import METADATA
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.protocols import EventLog, Historian, IngestLog, Journal

URLS = {"postgres": "postgres_url", "timescale": "timescale_url", "own": "own_url"}
SERVERS = [
    pytest.param(name, marks=pytest.mark.integration)
    for name in URLS
    if name != "own" or "FORETELL_TEST_DATABASE_URL" in os.environ
]
STORES = ["memory", *SERVERS]


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
        kind = server_kind(connection)
    if kind is Kind.TIMESCALE:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for level in LEVELS:
                name = f"aggregate_{level.name}"
                if connection.execute(text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one():
                    connection.execute(text(f"CALL refresh_continuous_aggregate('{name}', NULL, NULL)"))


def _emptied(request: pytest.FixtureRequest, server: str) -> Iterator[Engine]:
    engine = open_engine(request.getfixturevalue(URLS[server]))
    migrate(engine)
    _empty(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def emptied_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with all tables and no rows; quicker than making the tables for each test."""
    yield from _emptied(request, "postgres")


@pytest.fixture(params=SERVERS)
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The same on every kind of server."""
    yield from _emptied(request, request.param)


def _native() -> list[object]:
    return [server for server in SERVERS if server.values != ("timescale",)]


@pytest.fixture(params=_native())
def native_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The same on the servers that run several connections at once, and whose connections can be cut."""
    yield from _emptied(request, request.param)


@pytest.fixture
def empty_server(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Engine]]:
    """Gives the same on the server of that name in URLS."""
    with ExitStack() as opened:
        yield lambda server: opened.enter_context(contextmanager(_emptied)(request, server))


@pytest.fixture(params=STORES)
def new_historian(request: pytest.FixtureRequest, small_plant: Plant) -> Iterator[Callable[[], Historian]]:
    """Gives an empty historian at each call."""
    if request.param == "memory":
        yield lambda: MemoryHistorian(small_plant)
        return
    for engine in _emptied(request, request.param):

        def empty(engine: Engine = engine) -> Historian:
            _empty(engine)
            return PostgresHistorian(engine, small_plant)

        yield empty


@pytest.fixture
def historian(new_historian: Callable[[], Historian]) -> Historian:
    return new_historian()


@pytest.fixture(params=STORES)
def event_log(request: pytest.FixtureRequest) -> Iterator[EventLog]:
    if request.param == "memory":
        yield MemoryEventLog()
        return
    for engine in _emptied(request, request.param):
        yield PostgresEventLog(engine)


@pytest.fixture(params=STORES)
def journal(request: pytest.FixtureRequest) -> Iterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    for engine in _emptied(request, request.param):
        yield PostgresJournal(engine)


@pytest.fixture(params=STORES)
def ingest_log(request: pytest.FixtureRequest) -> Iterator[IngestLog]:
    if request.param == "memory":
        yield MemoryIngestLog()
        return
    for engine in _emptied(request, request.param):
        yield PostgresIngestLog(engine)
