"""OPC UA end to end: 500 variables at 10 Hz for a minute, from a server's variable to the committed row.

The server is asyncua's, in a process of its own on the same machine; it notes the instant of every row of values
that it sets, and the values follow from the instant. The source goes through the real pipeline into embedded
Postgres. Afterwards every value of the server's notes must stand in the historian exactly once.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import resource
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from bench.campaign import ROOT
from bench.growth import plant_of
from ingest.opcua import OpcUaSource
from ingest.opcua_config import OpcUaConfig
from ingest.pipeline import Pipeline
from ingest.source_config import SourceContext
from twin.clock import Span, SystemClock
from twin.delivery import Delivery
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant

RESULTS = ROOT / "bench" / "results" / "opcua.json"
SERVER = ROOT / "tests" / "ingest" / "opcua_server.py"
VARIABLES = 500
INTERVAL_S = 0.1
PUBLISHING_MS = 200
SETTLE_S = 30.0


class Timed(OpcUaSource):
    """The source, with the age of its samples when they are acknowledged: after the commit."""

    def __init__(self, config: OpcUaConfig, context: SourceContext) -> None:
        super().__init__(config, context)
        self.ages: list[NDArray[np.floating]] = []
        self.started = asyncio.Event()

    async def acknowledge(self, delivery: Delivery) -> None:
        """As ever, and note how old the samples are."""
        await super().acknowledge(delivery)
        times = np.asarray(delivery.samples.time).astype(np.int64) * 1e-6
        self.ages.append(time.time() - times)
        self.started.set()


def run(seconds: float = 60.0, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Serve, read, compare, and write bench/results/opcua.json; `progress` is told the part done."""
    server, head = _server_module(), _head()
    plant = plant_of(VARIABLES)
    with tempfile.TemporaryDirectory() as name, EmbeddedPostgres(Path(name) / "postgres") as postgres:
        folder = Path(name) / "server"
        folder.mkdir()
        engine = open_engine(postgres.url)
        migrate(engine)
        historian = PostgresHistorian(engine, plant)
        settings = server.Settings(_free_port(), str(folder), VARIABLES, INTERVAL_S, history=False)
        with server.Child(settings) as child:
            config = _config(plant, settings.url, server)
            source = Timed(config, SourceContext(plant, SystemClock(), Path(name) / "state"))
            pipeline = Pipeline(plant, historian, sources=[config])
            measured = asyncio.run(_measure(source, pipeline, child, seconds, progress))
        report = {**head, **measured, **_compare(server, folder, plant, historian)}
        engine.dispose()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    progress(1.0)
    return report


def _head() -> dict[str, object]:
    return {
        "bench": "opcua",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "asyncua", "numpy", "psycopg")},
        "cpus": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "variables": VARIABLES,
        "hertz": round(1 / INTERVAL_S),
        "asked_samples_per_s": round(VARIABLES / INTERVAL_S),
        "publishing_interval_ms": PUBLISHING_MS,
    }


def _server_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("opcua_server", SERVER)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{SERVER} is not there")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _config(plant: Plant, url: str, server: ModuleType) -> OpcUaConfig:
    return OpcUaConfig.model_validate(
        {
            "kind": "opcua",
            "name": "bench",
            "url": url,
            "tags": {server.address(index): tag.name for index, tag in enumerate(plant.tags)},
            "publishing_interval": f"{PUBLISHING_MS} ms",
        }
    )


async def _measure(
    source: Timed, pipeline: Pipeline, child: object, seconds: float, progress: Callable[[float], None]
) -> dict[str, object]:
    """Read for that long, let the server stop, and wait until nothing more comes."""
    stop = threading.Event()
    running = asyncio.create_task(pipeline.run(source, stop))
    await asyncio.wait_for(source.started.wait(), SETTLE_S)
    began, before = time.perf_counter(), _cpu_s(os.getpid())
    server_before = _cpu_s(child.pid)  # type: ignore[attr-defined]
    while (done := time.perf_counter() - began) < seconds and not running.done():
        await asyncio.sleep(min(1.0, seconds - done))
        progress(0.9 * done / seconds)
    wall = time.perf_counter() - began
    ours, servers = _cpu_s(os.getpid()) - before, _cpu_s(child.pid) - server_before  # type: ignore[attr-defined]
    await asyncio.to_thread(child.do, do="stop")  # type: ignore[attr-defined]
    await _settled(source)
    stop.set()
    await running
    ages = np.concatenate(source.ages[1:])
    return {
        "seconds": round(wall, 1),
        "ingest_cpu_share": round(ours / wall, 3),
        "server_cpu_share": round(servers / wall, 3),
        "latency_s": {f"p{p}": round(float(np.percentile(ages, p)), 3) for p in (50, 99, 100)},
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "overflows": source.overflows,
    }


async def _settled(source: Timed) -> None:
    """Until nothing was acknowledged for two seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            count = -1
            while count != len(source.ages):
                count = len(source.ages)
                await asyncio.sleep(2.0)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _compare(server: ModuleType, folder: Path, plant: Plant, historian: PostgresHistorian) -> dict[str, object]:
    """Every row of the server from the first that was stored on, against the historian."""
    rows = np.array([int(line) for line in (folder / "rows.csv").read_text().split()])
    extent = historian.extent()
    if extent is None:
        raise RuntimeError("nothing was stored")
    first = int(extent.start.timestamp() * 1e6) - 1
    expected = rows[rows > first]
    lost = twice = wrong = stored = 0
    for index, tag in enumerate(plant.tags):
        batch = historian.samples(tag.name, Span(extent.start, extent.end), limit=10 * len(rows))
        times = batch.time.astype(np.int64)
        stored += len(times)
        lost += len(np.setdiff1d(expected, times))
        twice += len(times) - len(np.unique(times))
        truth = [server.truth(index, at) for at in times.tolist()]
        wrong += int((batch.value != truth).sum())
    took = (expected[-1] - expected[0]) * 1e-6
    return {
        "sent": int(len(expected) * VARIABLES),
        "stored": stored,
        "lost": lost,
        "twice": twice,
        "wrong": wrong,
        "samples_per_s": round(len(expected) * VARIABLES / took),
    }
