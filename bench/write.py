"""Writing: Foretell's path into the real table against a bare COPY, and whole units against single samples.

Foretell's path is `Pipeline.accept`: validation, order, locks, late samples, latest values, moves, marks for the
rollups, commit. The bare path is one psycopg binary COPY of the same kind of batch, packed beforehand and in the
order of the key, and its commit. All take turns, every batch has new keys, and the numbers are medians.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from bench.report import save
from ingest.pipeline import Pipeline
from twin.historian.bulk import copy_in, pack
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Asset, Plant, Tag, TagRole
from twin.sample import SampleBatch, SnapshotBatch

BATCH = 52_000
TAGS = 52
MANY = 50_000
_COLUMNS = ("time", "value", "tag_id", "quality")
_START = np.datetime64("2026-03-01T06", "us")
_STEP = np.timedelta64(1, "s")

Rates = dict[str, float]


@dataclass
class Stream:
    """Samples of a unit of tags, one row a second; every third tag is movable and moved now and then."""

    plant: Plant
    first: int
    tags: int

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.first)
        self._time = _START
        self._names = tuple(tag.name for tag in self.plant.tags[self.first : self.first + self.tags])
        self._movable = np.array([self.plant.tag(name).movable for name in self._names])

    def snapshots(self, rows: int) -> SnapshotBatch:
        """The next rows, as whole units."""
        at = self._time + np.arange(rows) * _STEP
        self._time = at[-1] + _STEP
        value = self._rng.normal(50.0, 5.0, (rows, self.tags)).round(3)
        moves = (at.astype(np.int64) // 900_000_000 % 7)[:, None] + 40.0
        value[:, self._movable] = moves
        return SnapshotBatch(self._names, at, value)

    def samples(self) -> SampleBatch:
        """The next rows, as single samples in order of time."""
        return self.snapshots(max(BATCH // self.tags, 1)).samples()


def plant_of(tags: int) -> Plant:
    """A plant with that many tags."""

    def tag(number: int) -> Tag:
        movable = number % 3 == 0
        role, cadence = (TagRole.SETPOINT, None) if movable else (TagRole.MEASURED, timedelta(seconds=1))
        return Tag(f"T{number:05d}", "site", role, "%", "made up", -1e6, 1e6, cadence, movable=movable)

    minute = timedelta(minutes=1)
    site = (Asset("site", "All of it", None),)
    return Plant("bench", "", ZoneInfo("UTC"), minute, "night", (), site, tuple(map(tag, range(tags))))


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """URLs of the databases to measure on: a new embedded Postgres, and a new database on a server of one's own."""
    given = os.environ.get("FORETELL_TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as embedded:
        urls = {"embedded": embedded.url}
        if given is None:
            yield urls
            return
        name = f"foretell_bench_{os.getpid()}"
        server = open_engine(given).execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield {**urls, "own": server.url.set(database=name).render_as_string(hide_password=False)}
        finally:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            server.dispose()


def bar(engine: Engine, rounds: int, done: Callable[[], None]) -> Rates:
    """Samples per second of bare COPY, of Foretell's path and of whole units, in turns."""
    plant = plant_of(2 * TAGS)
    accept = Pipeline(plant, PostgresHistorian(engine, plant)).accept
    single, units = Stream(plant, 0, TAGS), Stream(plant, TAGS, TAGS)
    accept(single.samples())
    accept(units.snapshots(1))
    rates: dict[str, list[float]] = {"bare": [], "narrow": [], "snapshot": [], "long_snapshot": []}
    for _ in range(rounds):
        packed = _prepared(engine, single.samples())
        rates["bare"].append(BATCH / _seconds(partial(_bare, engine, packed)))
        for name, batch in (
            ("narrow", single.samples()),
            ("snapshot", units.snapshots(BATCH // TAGS)),
            ("long_snapshot", units.snapshots(10 * BATCH // TAGS)),
        ):
            rates[name].append(len(batch) / _seconds(partial(accept, batch)))
        done()
    return {name: float(np.median(values)) for name, values in rates.items()}


def many(engine: Engine, rounds: int) -> float:
    """Samples per second of Foretell's path when the tags of a batch are many."""
    plant = plant_of(MANY)
    accept = Pipeline(plant, PostgresHistorian(engine, plant)).accept
    stream = Stream(plant, 0, MANY)
    accept(stream.samples())
    return float(np.median([MANY / _seconds(partial(accept, stream.samples())) for _ in range(rounds)]))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _prepared(engine: Engine, samples: SampleBatch) -> bytes:
    """Rows in the order of the key, packed."""
    with engine.connect() as connection:
        ids = {row.name: row.id for row in connection.execute(text("SELECT name, id FROM tag"))}
    tag: NDArray[np.int32] = np.array([ids[name] for name in samples.tags], np.int32)[samples.tag]
    order = np.lexsort((samples.time, tag))
    columns = (samples.time, samples.value, tag, samples.quality.astype(np.int16))
    return pack(dict(zip(_COLUMNS, (column[order] for column in columns), strict=True)))


def _bare(engine: Engine, packed: bytes) -> None:
    with engine.begin() as connection:
        copy_in(connection, "sample", _COLUMNS, [packed])


def _server(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        extension = connection.execute(text("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"))
        found = {"postgres": connection.execute(text("SHOW server_version")).scalar_one()}
        timescale = extension.scalar_one_or_none()
    return found if timescale is None else {**found, "timescaledb": timescale}


def _measure(url: str, rounds: int, done: Callable[[], None]) -> dict[str, object]:
    engine = open_engine(url)
    migrate(engine)
    rates = bar(engine, rounds, done)
    of_many = many(engine, rounds)
    done()
    found = {
        "server": _server(engine),
        "samples_per_second": {name: round(rate) for name, rate in rates.items()},
        "narrow_over_bare": round(rates["narrow"] / rates["bare"], 3),
        "snapshot_over_narrow": round(rates["snapshot"] / rates["narrow"], 1),
        "long_snapshot_over_narrow": round(rates["long_snapshot"] / rates["narrow"], 1),
        "samples_per_second_of_50000_tags": round(of_many),
    }
    engine.dispose()
    return found


def run(rounds: int = 15, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Measure, write bench/results/write.json, and give it; `progress` is told the part done."""
    began = time.perf_counter()
    with servers() as urls:
        total, steps = len(urls) * (rounds + 1), iter(range(1, 10**6))
        results = {name: _measure(url, rounds, lambda: progress(next(steps) / total)) for name, url in urls.items()}
    return save("write", began, batch=BATCH, rounds=rounds, results=results)
