"""Every implementation of the two roles, empty."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from twin.historian.events import PostgresEventLog
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.protocols import EventLog, Historian

if TYPE_CHECKING:
    from sqlalchemy import Engine

STORES = ["memory", pytest.param("postgres", marks=pytest.mark.integration)]


@pytest.fixture(params=STORES)
def new_historian(request: pytest.FixtureRequest, small_plant: Plant) -> Callable[[], Historian]:
    """Gives an empty historian at each call."""
    if request.param == "memory":
        return lambda: MemoryHistorian(small_plant)
    engine: Engine = request.getfixturevalue("engine")
    migrate(engine)

    def empty() -> Historian:
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE sample"))
        return PostgresHistorian(engine, small_plant)

    return empty


@pytest.fixture
def historian(new_historian: Callable[[], Historian]) -> Historian:
    return new_historian()


@pytest.fixture(params=STORES)
def event_log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "memory":
        return MemoryEventLog()
    engine: Engine = request.getfixturevalue("engine")
    migrate(engine)
    return PostgresEventLog(engine)
