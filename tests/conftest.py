"""Fixtures for every room: a real Postgres, a fresh database per test, a small plant, the demo plant in memory."""

import os
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from twin.clock import Shift
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.protocols import Twin

from . import fake_twin
from .timescale_wasm.server import timescale_wasm


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real Postgres for this session."""
    folder: Path = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder) as server:
        engine = open_engine(server.url)
        with engine.begin() as connection:
            connection.execute(text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))  # nothing here must last
        engine.dispose()
        yield server.url


@pytest.fixture(scope="session")
def timescale_url() -> Iterator[str]:
    """URL of TimescaleDB in WebAssembly for this session, one database that all its tests share."""
    with timescale_wasm() as url:
        yield url


@pytest.fixture(scope="session")
def own_url() -> Iterator[str]:
    """URL of a database made for this session on the server at FORETELL_TEST_DATABASE_URL."""
    given = os.environ.get("FORETELL_TEST_DATABASE_URL")
    if given is None:
        pytest.skip("FORETELL_TEST_DATABASE_URL is not set")
    name = f"foretell_test_{os.getpid()}"
    server = open_engine(given).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    """An engine on an empty database; `migrate(engine)` makes its tables."""
    engine = open_engine(postgres_url)
    _clear(engine)
    yield engine
    _clear(engine)
    engine.dispose()


def _clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP OWNED BY CURRENT_USER CASCADE"))


@pytest.fixture
def small_plant() -> Plant:
    """Five tags: level and flow every minute, an analyser every 6 min, a setpoint and a valve on change."""

    def tag(name: str, role: TagRole, unit: str, high: float, cadence_min: int | None, **more: object) -> Tag:
        cadence = None if cadence_min is None else timedelta(minutes=cadence_min)
        return Tag(name, "tank", role, unit, f"{name} of the tank", 0.0, high, cadence, **more)  # type: ignore[arg-type]

    return Plant(
        name="small",
        description="A tank with a feed",
        time_zone=ZoneInfo("Europe/Berlin"),
        step=timedelta(minutes=3),
        night_shift="night",
        shifts=(Shift("day", time(6), time(22)), Shift("night", time(22), time(6))),
        assets=(Asset("site", "All of it", None), Asset("tank", "The tank", "site")),
        tags=(
            tag("level", TagRole.MEASURED, "%", 100.0, 1, limits=Limits(lo=20.0, hi=80.0), handle="sp.level"),
            tag("flow", TagRole.MEASURED, "m^3/h", 50.0, 1, aliases=("feed",)),
            tag("purity", TagRole.ANALYSER, "%", 100.0, 6),
            tag("sp.level", TagRole.SETPOINT, "%", 100.0, None, movable=True),
            tag("mv.valve", TagRole.MV, "%", 100.0, None, movable=True),
        ),
    )


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module that builds the demo plant in memory."""
    return fake_twin


@pytest.fixture(scope="session")
def twin(fake: ModuleType) -> Twin:
    """That twin at 10:15 on Sunday 2026-11-22."""
    return fake.build()
