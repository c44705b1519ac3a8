"""What every source must do, tried on every source."""

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ingest.demo.process import Process
from ingest.demo.recorder import Recorder
from ingest.demo.schedule import minute_of
from ingest.demo.source import DemoPlant
from ingest.files import FilesConfig
from ingest.replay import ReplayConfig
from ingest.source_config import SourceContext
from twin.clock import SystemClock
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant
from twin.protocols import Source
from twin.sample import Quality, SampleBatch, SnapshotBatch

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
Make = Callable[[], Source]


def _demo(plant: Plant, folder: Path) -> Source:
    recorder = Recorder(Process.start(4243534565, 0.1), minute_of(START))
    return DemoPlant(plant, recorder, seed=3, speed=math.inf, until=START + timedelta(hours=2))


def _csv(plant: Plant, folder: Path) -> Source:
    file = folder / "log.csv"
    rows = [f"reactor_level,{(START + timedelta(minutes=i)).isoformat()},{70 + i}" for i in range(20)]
    file.write_text("\n".join(["tag,time,value", *rows]))
    return FilesConfig(name="files", files=(file,)).build(SourceContext(plant, SystemClock(), folder / "state"))


def _parquet(plant: Plant, folder: Path) -> Source:
    file = folder / "log.parquet"
    time = pa.array([START + timedelta(minutes=i) for i in range(20)], pa.timestamp("us", tz="UTC"))
    parquet.write_table(pa.table({"time": time, "reactor_level": np.arange(20.0), "purge_flow": np.ones(20)}), file)
    return FilesConfig(name="files", files=(file,)).build(SourceContext(plant, SystemClock(), folder / "state"))


def _replay(plant: Plant, folder: Path) -> Source:
    file = folder / "log.csv"
    rows = [f"reactor_level,{(START + timedelta(minutes=i)).isoformat()},{70 + i}" for i in range(20)]
    file.write_text("\n".join(["tag,time,value", *rows]))
    config = ReplayConfig(name="replay", file=file, speed=math.inf, times="kept")
    return config.build(SourceContext(plant, SystemClock(), folder / "state"))


@pytest.fixture(params=[_demo, _csv, _parquet, _replay], ids=["demo", "csv", "parquet", "replay"])
def make(request: pytest.FixtureRequest, demo_plant: Plant, tmp_path: Path) -> Make:
    return lambda: request.param(demo_plant, tmp_path)


def batches_of(source: Source) -> list[SampleBatch]:
    async def read() -> list[SampleBatch]:
        got = []
        async with source:
            async for delivery in source:
                samples = delivery.samples
                got.append(samples.samples() if isinstance(samples, SnapshotBatch) else samples)
                await source.acknowledge(delivery)
        return got

    return asyncio.run(read())


def test_it_has_a_name(make: Make) -> None:
    assert make().name


def test_its_samples_are_the_plants(make: Make, demo_plant: Plant) -> None:
    batch = SampleBatch.concat(batches_of(make()))
    assert len(batch) > 0
    assert all(batch.tags[tag] in demo_plant for tag in np.unique(batch.tag))
    assert not np.isnat(batch.time).any()
    assert batch.time.dtype == np.dtype("datetime64[us]")
    assert (batch.value.dtype, batch.quality.dtype, batch.tag.dtype) == (np.float64, np.int8, np.int32)
    assert (np.isfinite(batch.value) | (batch.quality == Quality.BAD)).all()


def test_it_gives_no_empty_batch(make: Make) -> None:
    assert all(len(batch) for batch in batches_of(make()))


def test_no_tag_has_two_samples_at_one_time(make: Make) -> None:
    batch = SampleBatch.concat(batches_of(make()))
    keys = set(zip(batch.tag.tolist(), batch.time.tolist(), strict=True))
    assert len(keys) == len(batch)


def test_read_again_it_gives_the_same_so_that_a_replay_is_harmless(make: Make, demo_plant: Plant) -> None:
    historian = MemoryHistorian(demo_plant)
    for batch in batches_of(make()):
        historian.write(batch)
    for batch in batches_of(make()):
        assert historian.write(batch).written == 0


def test_it_may_be_left_before_its_end(make: Make) -> None:
    async def peek() -> SampleBatch:
        async with make() as source:
            async for delivery in source:
                return delivery.samples
        raise AssertionError("the source gave nothing")

    assert len(asyncio.run(peek())) > 0


def test_it_need_not_be_acknowledged(make: Make) -> None:
    async def read() -> int:
        async with make() as source:
            return sum([len(delivery.samples) async for delivery in source])

    assert asyncio.run(read()) == sum(map(len, batches_of(make())))
