"""Every implementation of the two roles, empty."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine

from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import migrate
from twin.historian.tables import METADATA
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.protocols import EventLog, Historian

STORES = ["memory", pytest.param("postgres", marks=pytest.mark.integration)]


def _empty(connection: Connection) -> None:
    for table in reversed(METADATA.sorted_tables):
        connection.execute(table.delete())


@pytest.fixture
def emptied_engine(postgres_url: str) -> Iterator[Engine]:
    """A database with all tables and no rows; quicker than making the tables for each test."""
    engine = open_engine(postgres_url)
    migrate(engine)
    with engine.begin() as connection:
        _empty(connection)
    yield engine
    engine.dispose()


@pytest.fixture(params=STORES)
def new_historian(request: pytest.FixtureRequest, small_plant: Plant) -> Callable[[], Historian]:
    """Gives an empty historian at each call."""
    if request.param == "memory":
        return lambda: MemoryHistorian(small_plant)
    engine: Engine = request.getfixturevalue("emptied_engine")

    def empty() -> Historian:
        with engine.begin() as connection:
            _empty(connection)
        return PostgresHistorian(engine, small_plant)

    return empty


@pytest.fixture
def historian(new_historian: Callable[[], Historian]) -> Historian:
    return new_historian()


@pytest.fixture(params=STORES)
def event_log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "memory":
        return MemoryEventLog()
    return PostgresEventLog(request.getfixturevalue("emptied_engine"))
