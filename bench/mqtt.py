"""MQTT end to end: a steady 20,000 samples/s for a minute, from the publisher's clock to the committed row.

Publisher (a small feeder into mosquitto_pub), mosquitto, ingest and Postgres share the machine. The age of a sample
when it is acknowledged, after its commit, counts from the instant at which it was due, so a publisher that falls
behind does not hide anything. Afterwards every sample must stand in the historian exactly once.
"""

import asyncio
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.campaign import ROOT
from bench.growth import plant_of
from bench.mqtt_publisher import due, size, value
from ingest.mqtt import MqttConfig, MqttSource
from ingest.pipeline import Pipeline
from ingest.source_config import SourceContext
from twin.clock import Span, SystemClock, from_datetime64
from twin.delivery import Delivery
from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.migrations import migrate
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.sample import SampleBatch

RESULTS = ROOT / "bench" / "results" / "mqtt.json"
TAGS, RATE = 50, 20_000
SETTLE_S, LEAD_S, LATENCY_LIMIT_S = 30.0, 3.0, 1.0
SINGLE_RATES = (2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000)
PORT_TRIES_S = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: the form of a message, samples per second, for how long, by which protocol."""

    form: str
    rate: int
    seconds: int
    protocol: str = "5"


class Timed(MqttSource):
    """The source, with the age of its samples when they are acknowledged."""

    def __init__(self, config: MqttConfig, context: SourceContext) -> None:
        super().__init__(config, context)
        self.ages: list[NDArray[np.floating]] = []

    async def acknowledge(self, delivery: Delivery) -> None:
        """As ever, and note how old the samples are."""
        await super().acknowledge(delivery)
        samples = delivery.samples
        batch = samples if isinstance(samples, SampleBatch) else samples.samples()
        self.ages.append(time.time() - batch.time.astype(np.int64) * 1e-6)

    @property
    def acknowledged(self) -> int:
        """Samples so far."""
        return sum(map(len, self.ages))


def run(seconds: int = 60, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Send, store, compare, and write bench/results/mqtt.json; `progress` is told the part done."""
    with tempfile.TemporaryDirectory() as name, EmbeddedPostgres(Path(name) / "postgres") as postgres:
        bar = {}
        for done, form in enumerate(("array", "unit")):
            bar[form] = measure(Load(form, RATE, seconds), postgres, Path(name))
            progress(0.3 * (done + 1))
        single = {
            protocol: _largest(protocol, seconds // 6 or 1, postgres, Path(name)) for protocol in ("3.1.1", "5")
        }
    report: dict[str, object] = {
        "bench": "mqtt",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "paho-mqtt", "orjson", "numpy", "psycopg")},
        "broker": _broker_version(),
        "cpus": os.cpu_count(),
        "results": bar,
        "single_sample_messages": single,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    progress(1.0)
    return report


def _largest(protocol: str, seconds: int, postgres: EmbeddedPostgres, folder: Path) -> dict[str, object]:
    """The largest of some rates that is held with nothing lost and the 99th percentile below the limit."""
    held: dict[str, object] = {"samples_per_s": 0}
    for rate in SINGLE_RATES:
        found = measure(Load("single", rate, seconds, protocol), postgres, folder)
        latency = found["latency_s"]
        if found["lost"] or not isinstance(latency, dict) or latency["p99"] >= LATENCY_LIMIT_S:
            return {**held, "not_held": found}
        held = found
    return held


def measure(load: Load, postgres: EmbeddedPostgres, folder: Path) -> dict[str, object]:
    """One load through an empty database."""
    plant = plant_of(TAGS)
    engine = open_engine(postgres.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP OWNED BY CURRENT_USER CASCADE")
    migrate(engine)
    historian = PostgresHistorian(engine, plant)
    try:
        with _broker(folder) as (port, broker):
            config = _config(port, load.protocol)
            source = Timed(config, SourceContext(plant, SystemClock(), folder))
            pipeline = Pipeline(plant, historian, sources=[config])
            start, report = asyncio.run(_flow(source, pipeline, load, port, broker))
        return {**report, **_compare(load, start, plant, historian)}
    finally:
        engine.dispose()


async def _flow(
    source: Timed, pipeline: Pipeline, load: Load, port: int, broker: int
) -> tuple[int, dict[str, object]]:
    """Start of the load, microseconds since the epoch, and what was seen of it from outside."""
    stop = threading.Event()
    running = asyncio.create_task(pipeline.run(source, stop))
    async with asyncio.timeout(SETTLE_S):
        while not source.connected:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    start = int((time.time() + LEAD_S) * 1e6)
    before, began = _cpu_s(os.getpid()), _cpu_s(broker)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    publisher = asyncio.create_task(asyncio.to_thread(_publish, load, port, start))
    await publisher
    ours, brokers = _cpu_s(os.getpid()) - before, _cpu_s(broker) - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    publishers = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    await _settled(source, running)
    stop.set()
    await running
    ages = np.concatenate(source.ages)
    return start, {
        "form": load.form,
        "protocol": load.protocol,
        "samples_per_s": load.rate,
        "samples_per_message": size(load.form, TAGS),
        "seconds": load.seconds,
        "latency_s": {f"p{p}": round(float(np.percentile(ages, p)), 3) for p in (50, 99, 100)},
        "ingest_cpu_share": round(ours / load.seconds, 3),
        "broker_cpu_share": round(brokers / load.seconds, 3),
        "publisher_cpu_share": round(publishers / load.seconds, 3),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _publish(load: Load, port: int, start: int) -> None:
    """Feed mosquitto_pub; returns when the broker has taken everything."""
    feeder = [sys.executable, "-m", "bench.mqtt_publisher", load.form, load.rate, load.seconds, TAGS, start]
    client = [_program("mosquitto_pub"), "-p", port, "-q", 1, "-V", "311", "-t", "plant/bench", "-l"]
    with subprocess.Popen(list(map(str, feeder)), stdout=subprocess.PIPE, cwd=ROOT) as lines:
        subprocess.run(list(map(str, client)), stdin=lines.stdout, check=True)


async def _settled(source: Timed, running: "asyncio.Task[None]") -> None:
    """Until nothing was acknowledged for two seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            count = -1
            while count != source.acknowledged and not running.done():
                count = source.acknowledged
                await asyncio.sleep(2.0)


def _compare(load: Load, start: int, plant: Plant, historian: PostgresHistorian) -> dict[str, object]:
    """Every sample that was due, against the historian."""
    step = size(load.form, TAGS)
    sent = load.rate * load.seconds // step * step
    numbers = np.arange(0, sent, TAGS)
    stored = lost = twice = wrong = 0
    extent = historian.extent() or Span(from_datetime64(np.datetime64(0, "us")), datetime.now(UTC))
    for position, tag in enumerate(plant.tags):
        offset = 0 if load.form == "unit" else position
        expected = np.array([due(start, int(i) + offset, load.rate) for i in numbers])
        batch = historian.samples(tag.name, extent, limit=10 * len(numbers))
        times = batch.time.astype(np.int64)
        stored += len(times)
        lost += len(np.setdiff1d(expected, times))
        twice += len(times) - len(np.unique(times))
        wrong += int((batch.value != [value(at) for at in times.tolist()]).sum())
    return {"sent": sent, "stored": stored, "lost": lost, "twice": twice, "wrong": wrong}


def _config(port: int, protocol: str) -> MqttConfig:
    return MqttConfig.model_validate(
        {
            "name": "bench",
            "url": f"mqtt://127.0.0.1:{port}",
            "protocol": protocol,
            "topics": ["plant/#"],
            "payload": {"epoch": "us"},
        }
    )


@contextmanager
def _broker(folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a mosquitto that holds nothing back."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n"
    )
    process = subprocess.Popen([_program("mosquitto"), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PORT_TRIES_S
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
            time.sleep(0.02)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed")
    return found


def _broker_version() -> str:
    answer = subprocess.run([_program("mosquitto"), "-h"], capture_output=True, text=True, check=False)
    return answer.stdout.partition("\n")[0]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run with a progress bar and print the summary."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("MQTT end to end", total=1.0)
        report = run(progress=lambda done: bar.update(task, completed=done))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
