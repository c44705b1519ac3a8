"""Memory of the ingest process while ten million samples go through it.

`foretell up ingest` runs as a process of its own on an embedded Postgres, as a newcomer has it, and takes Arrow
over HTTP. Its resident memory is read after every request; the first tenth is the warm-up.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import pyarrow as pa
import yaml

from bench.campaign import ROOT
from twin.clock import to_datetime64
from twin.historian.embedded import EmbeddedPostgres

RESULTS = ROOT / "bench" / "results" / "memory.json"
TAGS = tuple(f"T{i:02d}" for i in range(52))
SAMPLES = 10_000_000
BATCH = 52_000
PORT = 8790
KEY = "bench"
START_LIMIT_S = 60.0
MIB = 1 << 20


def plant_file(folder: Path) -> Path:
    """A plant of 52 transmitters."""
    tag = {"asset": "unit", "role": "measured", "unit": "kPa", "range": [-1000, 1000], "cadence": "1 s"}
    half = ("06:00", "18:00")
    plant = {
        "name": "bench",
        "description": "fifty-two transmitters",
        "time_zone": "UTC",
        "step": "1 min",
        "shifts": [
            {"name": "day", "start": half[0], "end": half[1]},
            {"name": "night", "start": half[1], "end": half[0]},
        ],
        "night_shift": "night",
        "assets": [{"name": "unit", "description": "all of it"}],
        "tags": [{"name": name, "description": name, **tag} for name in TAGS],
    }
    file = folder / "plant.yaml"
    file.write_text(yaml.safe_dump(plant))
    return file


@contextmanager
def ingest(folder: Path, database_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`foretell up ingest` without a source of its own: it takes what is sent to it."""
    (folder / "ingest.yaml").write_text("sources: []\n")
    settings = {
        "FORETELL_DATABASE_URL": database_url,
        "FORETELL_DATA_DIR": str(folder / "data"),
        "FORETELL_PLANT_FILE": str(plant_file(folder)),
        "FORETELL_INGEST_FILE": str(folder / "ingest.yaml"),
        "FORETELL_PORT": str(PORT),
        "FORETELL_API_KEY": KEY,
    }
    with (folder / "log").open("wb") as log:
        command = [str(Path(sys.executable).with_name("foretell")), "up", "ingest"]
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        try:
            _await(process, folder)
            yield process
        finally:
            process.terminate()
            process.wait()


def _await(process: subprocess.Popen[bytes], folder: Path) -> None:
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{PORT + 1}/healthz", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"ingest does not answer: {(folder / 'log').read_text()[-2000:]}")


def bodies(samples: int) -> Iterator[bytes]:
    """Arrow streams of BATCH samples each, a second of plant time per row of tags."""
    rng = np.random.default_rng(1)
    first = to_datetime64(datetime.now(UTC) - timedelta(days=3))
    rows = BATCH // len(TAGS)
    names = pa.DictionaryArray.from_arrays(np.tile(np.arange(len(TAGS), dtype=np.int32), rows), list(TAGS))
    for number in range(-(-samples // BATCH)):
        time_of_row = first + (number * rows + np.arange(rows)) * np.timedelta64(1, "s")
        table = pa.table(
            {
                "tag": names,
                "time": pa.array(np.repeat(time_of_row, len(TAGS)), pa.timestamp("us", tz="UTC")),
                "value": rng.normal(100.0, 5.0, BATCH),
            }
        )
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        yield sink.getvalue().to_pybytes()


def resident(pid: int) -> int:
    """Bytes of resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def run(samples: int = SAMPLES, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Send, watch, and write bench/results/memory.json; `progress` is told the part done."""
    seen: list[int] = []
    with (
        tempfile.TemporaryDirectory() as name,
        EmbeddedPostgres(Path(name) / "postgres") as server,
        ingest(Path(name), server.url) as process,
        httpx.Client(trust_env=False, timeout=60) as client,
    ):
        began = time.perf_counter()
        for body in bodies(samples):
            response = client.post(
                f"http://127.0.0.1:{PORT + 1}/v1/samples",
                content=body,
                headers={"X-API-Key": KEY, "Content-Type": "application/vnd.apache.arrow.stream"},
            )
            response.raise_for_status()
            if response.json()["accepted"] != BATCH:
                raise RuntimeError(f"not all samples were taken: {response.text[:500]}")
            seen.append(resident(process.pid))
            progress(len(seen) * BATCH / samples)
        seconds = time.perf_counter() - began
    steady = seen[len(seen) // 10 :]
    middle = median(steady)
    report: dict[str, object] = {
        "bench": "memory",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "pyarrow", "numpy", "psycopg")},
        "cpus": os.cpu_count(),
        "seconds": round(seconds, 1),
        "samples": len(seen) * BATCH,
        "results": {
            "median_mib": round(middle / MIB, 1),
            "lowest_part": round(min(steady) / middle - 1, 4),
            "highest_part": round(max(steady) / middle - 1, 4),
            "largest_mib": round(max(seen) / MIB, 1),
            "mib_after_each_tenth": [round(seen[(len(seen) * k) // 10 - 1] / MIB, 1) for k in range(1, 11)],
        },
    }
    RESULTS.write_text(json.dumps(report, indent=2) + "\n")
    return report
