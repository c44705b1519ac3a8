"""Samples over HTTP: one client, real uvicorn, committed rows in the embedded Postgres, all on this machine.

The server runs in its own process, the client in this one. Every request is answered after its commit, so its samples
over its time are the rate of one client that waits. Bodies are made beforehand. Wide tables come last: from the first
whole unit on the historian keeps these tags by units.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import httpx
import numpy as np
import orjson
import pyarrow as pa
from pyarrow import ipc, parquet

from bench.campaign import PLANT_FILE, ROOT
from twin.plantfile import load_plant

RESULTS = ROOT / "bench" / "results" / "http.json"
KEY = "bench"
_STEP_US = 1_000_000
_HOURS_BACK = 100


@dataclass(frozen=True, slots=True)
class Form:
    """One way to send samples.

    Attributes:
        encode: a table by columns (tags, time in microseconds, (row, tag) values) to a body.
        media_type, encoding: of the body.
        rows: whole units per request.
    """

    encode: Callable[["Block"], bytes]
    media_type: str
    rows: int
    encoding: str = "identity"


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """Some rows of a unit: (row,) times in microseconds since 1970 and (row, tag) values."""

    tags: tuple[str, ...]
    time: np.ndarray[tuple[int], np.dtype[np.int64]]
    value: np.ndarray[tuple[int, int], np.dtype[np.float64]]

    def iso(self) -> list[str]:
        """The times as texts."""
        return [f"{moment}Z" for moment in self.time.view("M8[us]")]

    def long(self) -> pa.Table:
        """A row per sample."""
        rows, width = self.value.shape
        tags = pa.DictionaryArray.from_arrays(np.tile(np.arange(width, dtype=np.int32), rows), list(self.tags))
        stamps = pa.array(np.repeat(self.time, width), pa.timestamp("us", tz="UTC"))
        return pa.table({"tag": tags, "time": stamps, "value": self.value.reshape(-1)})

    def wide(self) -> pa.Table:
        """A row per instant."""
        columns = {tag: self.value[:, i] for i, tag in enumerate(self.tags)}
        return pa.table({"time": pa.array(self.time, pa.timestamp("us", tz="UTC"))} | columns)


def _ipc(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def _cells(block: Block) -> list[tuple[str, str, float]]:
    return [
        (tag, stamp, value)
        for stamp, row in zip(block.iso(), block.value.tolist(), strict=True)
        for tag, value in zip(block.tags, row, strict=True)
    ]


def _json(block: Block) -> bytes:
    return orjson.dumps({"samples": [{"tag": t, "time": s, "value": v} for t, s, v in _cells(block)]})


def _lines(block: Block) -> bytes:
    stamps = (block.time * 1000).tolist()
    return "\n".join(
        f"{tag} value={value} {stamp}"
        for stamp, row in zip(stamps, block.value.tolist(), strict=True)
        for tag, value in zip(block.tags, row, strict=True)
    ).encode()


def _csv(block: Block) -> bytes:
    return "\n".join(["tag,time,value", *(f"{t},{s},{v}" for t, s, v in _cells(block))]).encode()


FORMS: Mapping[str, Form] = {
    "arrow_long": Form(lambda block: _ipc(block.long()), "application/vnd.apache.arrow.stream", 8_000),
    "parquet_long": Form(lambda block: _parquet(block.long()), "application/vnd.apache.parquet", 8_000),
    "json": Form(_json, "application/json", 400),
    "json_gzip": Form(lambda block: gzip.compress(_json(block), 6), "application/json", 400, "gzip"),
    "line_protocol": Form(_lines, "application/vnd.influx", 1_000),
    "csv_long": Form(_csv, "text/csv", 2_000),
    "arrow_wide": Form(lambda block: _ipc(block.wide()), "application/vnd.apache.arrow.stream", 8_000),
    "parquet_wide": Form(lambda block: _parquet(block.wide()), "application/vnd.apache.parquet", 8_000),
}


def run(requests: int = 9, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Send, compare what was accepted with what was sent, and write bench/results/http.json."""
    began = time.perf_counter()
    tags = tuple(tag.name for tag in load_plant(PLANT_FILE).observed)
    blocks = _Blocks(tags)
    results: dict[str, object] = {}
    with _server() as url, httpx.Client(base_url=url, headers={"X-API-Key": KEY}, timeout=120) as client:
        for number, (name, form) in enumerate(FORMS.items(), 1):
            results[name] = _measured(client, form, [blocks.next(form.rows) for _ in range(requests + 1)])
            progress(number / len(FORMS))
    report: dict[str, object] = {
        "bench": "http",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "pyarrow", "orjson", "uvicorn", "fastapi")},
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "seconds": round(time.perf_counter() - began, 1),
        "clients": 1,
        "requests": requests,
        "tags": len(tags),
        "results": results,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    return report


class _Blocks:
    """Rows without end, each a second after the last one."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        self._moment = int((datetime.now(UTC) - timedelta(hours=_HOURS_BACK)).timestamp()) * 1_000_000
        self._random = np.random.default_rng(7)

    def next(self, rows: int) -> Block:
        """That many rows."""
        times = self._moment + np.arange(rows, dtype=np.int64) * _STEP_US
        self._moment = int(times[-1]) + _STEP_US
        return Block(self._tags, times, self._random.normal(50, 5, (rows, len(self._tags))).round(3))


@contextmanager
def _server() -> Iterator[str]:
    """The URL of a server in a process of its own, with an empty database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "bench.http", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.communicate("")


def _measured(client: httpx.Client, form: Form, blocks: Sequence[Block]) -> dict[str, float]:
    """Rates of requests that hold one block each; the first one warms up and does not count."""
    bodies = [form.encode(block) for block in blocks]
    samples = blocks[0].value.size
    rates = [_rate(client, form, body, samples) for body in bodies][1:]
    return {
        "samples_per_s": round(float(np.median(rates))),
        "lowest": round(min(rates)),
        "highest": round(max(rates)),
        "samples_per_request": samples,
        "bytes_per_sample": round(float(np.mean([len(body) for body in bodies])) / samples, 1),
    }


def _rate(client: httpx.Client, form: Form, body: bytes, samples: int) -> float:
    headers = {"Content-Type": form.media_type, "Content-Encoding": form.encoding}
    start = time.perf_counter()
    response = client.post("/v1/samples", content=body, headers=headers)
    seconds = time.perf_counter() - start
    if response.status_code != httpx.codes.OK or response.json()["accepted"] != samples:
        raise RuntimeError(f"{samples} samples as {form.media_type}: {response.status_code} {response.text[:300]}")
    return samples / seconds


def serve(folder: Path) -> None:
    """A Foretell for the demo plant's tags, without demo plant and model, until standard input ends."""
    from rich.console import Console

    from api.app import create_app
    from api.main import furnished, state_of
    from api.server import WebServer, reserve, url_of
    from twin.settings import Settings

    bound = reserve("127.0.0.1", 0)
    settings = Settings(_env_file=None, data_dir=folder)
    with (
        furnished(settings, Console(stderr=True), with_model=False) as house,
        WebServer(create_app(state_of(house, KEY)), bound),
    ):
        print(url_of(bound), flush=True)
        sys.stdin.read()


def main() -> None:
    """Run with a progress bar and print the summary."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("Samples over HTTP", total=1.0)
        report = run(progress=lambda done: bar.update(task, completed=done))
    print(json.dumps(report["results"], indent=1))


if __name__ == "__main__":
    serve(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
