"""Reading: what people, dashboards and the world model ask of a historian that holds 50 million samples.

52 tags at one sample a second, a slow swing with noise in every digit, written by the historian itself and rolled up
up to half a minute before the last sample, as it is when it runs. Where the server has TimescaleDB, what is older
than the columnstore's age is in it. Every number is the median of calls whose window ends at different moments.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from sqlalchemy import Engine, text

from bench.report import save
from bench.write import plant_of, servers
from twin.clock import Span, from_datetime64, to_datetime64
from twin.historian.connection import open_engine
from twin.historian.migrations import migrate
from twin.historian.rollups import refresh
from twin.historian.server import Kind, server_kind
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.sample import Quality, SampleBatch

TAGS = 52
END = datetime(2026, 3, 20, 15, 42, 17, tzinfo=UTC)
DAY = timedelta(days=1)
BARS_MS = {"latest": 5, "tag_24h": 50, "hourly_24h": 100, "window_8h": 60}
_BATCH_ROWS = 3600
_COLUMNSTORE_AFTER = timedelta(days=7)
_BYTES = """
    SELECT sum(before_compression_total_bytes), sum(after_compression_total_bytes)
    FROM chunk_compression_stats('sample') WHERE compression_status = 'Compressed'
"""

Report = Callable[[float], None]


def batches(plant: Plant, rows: int) -> Iterator[SampleBatch]:
    """The samples in order of time, the last of them at END."""
    seconds = rows // TAGS
    rng = np.random.default_rng(1)
    names = tuple(tag.name for tag in plant.tags)
    movable = np.array([tag.movable for tag in plant.tags])
    level = rng.uniform(20, 80, TAGS)
    for first in range(0, seconds, _BATCH_ROWS):
        second = np.arange(first, min(first + _BATCH_ROWS, seconds))
        swing = 5 * np.sin(second[:, None] / 1800 + np.arange(TAGS))
        value = level + swing + rng.normal(0, 0.5, swing.shape)
        value[:, movable] = level[movable] + (second[:, None] // 7200 % 5)
        moment = to_datetime64(END) + (second - seconds + 1) * np.timedelta64(1, "s")
        quality = np.where(rng.random(value.size) < 1e-3, Quality.UNCERTAIN, Quality.GOOD)
        tag = np.tile(np.arange(TAGS, dtype=np.int32), len(second))
        yield SampleBatch(names, tag, np.repeat(moment, TAGS), value.ravel(), quality.astype(np.int8))


def fill(engine: Engine, plant: Plant, rows: int, progress: Report) -> dict[str, object]:
    """Write, roll up, move into the columnstore; gives what it took and how large it is."""
    historian = PostgresHistorian(engine, plant)
    began = time.perf_counter()
    total = 0
    for batch in batches(plant, rows):
        total += historian.write(batch).written
        progress(total / rows)
    written = time.perf_counter()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as autovacuum does it meanwhile
    refresh(engine, END - timedelta(seconds=30))
    refreshed = time.perf_counter()
    size = _columnstore(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return {
        "samples": total,
        "write_samples_per_second": round(total / (written - began)),
        "refresh_samples_per_second": round(total / (refreshed - written)),
        **size,
    }


def _columnstore(engine: Engine) -> dict[str, object]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if server_kind(connection) is Kind.PLAIN:
            return {}
        older = {"older": END - _COLUMNSTORE_AFTER}
        chunks = (
            connection.execute(text("SELECT c::text FROM show_chunks('sample', :older) c"), older).scalars().all()
        )
        for chunk in chunks:
            connection.execute(text("CALL convert_to_columnstore(CAST(:chunk AS regclass))"), {"chunk": chunk})
        if not chunks:
            return {}
        before, after = connection.execute(text(_BYTES)).one()
        rows = sum(connection.execute(text(f"SELECT count(*) FROM {chunk}")).scalar_one() for chunk in chunks)
    return {
        "columnstore_samples": rows,
        "rowstore_bytes_per_sample": round(float(before) / rows, 1),
        "columnstore_bytes_per_sample": round(float(after) / rows, 2),
    }


def measure(engine: Engine, plant: Plant, rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each question: median and worst."""
    historian = PostgresHistorian(engine, plant)
    tags = [tag.name for tag in plant.tags]
    hour = timedelta(hours=1)
    questions: dict[str, Callable[[datetime, int], object]] = {
        "latest": lambda end, turn: historian.latest(),
        "tag_24h": lambda end, turn: historian.series([tags[turn % TAGS]], Span(end - DAY, end)),
        "hourly_24h": lambda end, turn: historian.series(tags, Span(end - DAY, end), resolution=hour),
        "window_8h": lambda end, turn: historian.window(tags, Span(end - 8 * hour, end), timedelta(minutes=1)),
    }
    found = {}
    for name, ask in questions.items():
        ask(END, 0)
        taken = [_milliseconds(ask, END - turn * timedelta(seconds=7), turn) for turn in range(rounds)]
        median = float(np.median(taken))
        found[name] = {"median": round(median, 1), "worst": round(max(taken), 1), "bar": BARS_MS[name]}
    return found


def _milliseconds(ask: Callable[[datetime, int], object], end: datetime, turn: int) -> float:
    start = time.perf_counter()
    ask(end, turn)
    return 1000 * (time.perf_counter() - start)


def check(engine: Engine, plant: Plant) -> None:
    """Raise RuntimeError unless rollups and samples say the same about an hour."""
    historian = PostgresHistorian(engine, plant)
    tag = plant.tags[1].name
    start = from_datetime64(to_datetime64(END).astype("M8[h]").astype("M8[us]")) - timedelta(hours=2)
    span = Span(start, start + timedelta(hours=1))
    series, direct = (
        historian.series([tag], span, resolution=timedelta(hours=1)),
        historian.statistics([tag], span)[0],
    )
    if series.count[0, 0] != direct.count or not np.isclose(series.mean[0, 0], direct.mean or np.nan):
        raise RuntimeError(f"{tag}: the hour's rollup is {series.mean[0, 0]}, its samples say {direct.mean}")


def _measure(url: str, rows: int, rounds: int, progress: Report) -> dict[str, object]:
    engine = open_engine(url)
    migrate(engine)
    plant = plant_of(TAGS)
    filled = fill(engine, plant, rows, progress)
    check(engine, plant)
    with engine.connect() as connection:
        server = connection.execute(text("SHOW server_version")).scalar_one()
    found = {"postgres": server, **filled, "milliseconds": measure(engine, plant, rounds)}
    engine.dispose()
    return found


def _report(progress: Report, before: int, parts: int, done: float) -> None:
    progress((before + done) / parts)


def run(rows: int = 50_000_000, rounds: int = 25, progress: Report = lambda done: None) -> dict[str, object]:
    """Measure, write bench/results/reads.json, and give it; `progress` is told the part done."""
    began = time.perf_counter()
    results = {}
    with servers() as urls:
        for before, (name, url) in enumerate(urls.items()):
            results[name] = _measure(url, rows, rounds, partial(_report, progress, before, len(urls)))
    return save("reads", began, tags=TAGS, rounds=rounds, results=results)
