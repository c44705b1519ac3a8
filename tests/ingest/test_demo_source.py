"""The demo plant as a source: live, on the clock, over restarts."""

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ingest.demo.process import MOVABLE, Process
from ingest.demo.recorder import Recorder
from ingest.demo.schedule import minute_of
from ingest.demo.source import DemoPlant
from twin.clock import from_datetime64
from twin.errors import InvalidInput, OutsideLimits, UnknownTag
from twin.plant import Plant
from twin.sample import SampleBatch

START = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
SEED = 4243534565


@dataclass
class SettableClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def demo(plant: Plant, clock: SettableClock | None = None, **more: object) -> DemoPlant:
    recorder = Recorder(Process.start(SEED, 0.1), minute_of(START))
    return DemoPlant(plant, recorder, seed=3, clock=clock, **more)  # type: ignore[arg-type]


def all_of(source: DemoPlant, acknowledge: int = 10**9) -> SampleBatch:
    """Everything up to the source's end; the first batches are acknowledged."""

    async def read() -> SampleBatch:
        batches = []
        async with source:
            async for delivery in source:
                batches.append(delivery.samples)
                if len(batches) <= acknowledge:
                    await source.acknowledge(delivery)
        return SampleBatch.concat(batches)

    return asyncio.run(asyncio.wait_for(read(), 30))


def of(batch: SampleBatch, tag: str) -> SampleBatch:
    return batch.take(batch.tag == batch.tags.index(tag))


def test_as_fast_as_it_can_to_its_end(demo_plant: Plant) -> None:
    batch = all_of(demo(demo_plant, speed=math.inf, until=START + timedelta(hours=2)))
    assert len(of(batch, "reactor_pressure")) == 120
    assert from_datetime64(batch.time.max()) == START + timedelta(hours=2)


def test_the_live_plant_goes_on_where_the_history_ended(demo_plant: Plant) -> None:
    recorder = Recorder(Process.start(SEED, 0.1), minute_of(START))
    before = recorder.advance(minute_of(START) + 37)
    source = DemoPlant(
        demo_plant, recorder, seed=3, speed=math.inf, until=START + timedelta(minutes=60), moves_per_hour=0
    )
    together = SampleBatch.concat([before, all_of(source)])
    whole = Recorder(Process.start(SEED, 0.1), minute_of(START)).advance(minute_of(START) + 60)
    for tag in ("reactor_level", "purge_c", "product_g"):
        assert np.array_equal(of(together, tag).value, of(whole, tag).value)


def test_it_never_runs_ahead_of_the_clock(demo_plant: Plant) -> None:
    clock = SettableClock(START + timedelta(minutes=5, seconds=40))
    source = demo(demo_plant, clock)

    async def read() -> list[datetime]:
        seen: list[datetime] = []
        async with source:
            stream = aiter(source)
            seen.append(from_datetime64((await anext(stream)).samples.time.max()))
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0.2)
            assert not waiting.done()
            waiting.cancel()
        return seen

    assert asyncio.run(read()) == [START + timedelta(minutes=5)]


def test_a_chosen_speed_is_kept(demo_plant: Plant) -> None:
    now = datetime.now(UTC)
    recorder = Recorder(Process.start(SEED), minute_of(now) // 30 * 30)
    source = DemoPlant(demo_plant, recorder, seed=3, speed=1200.0, until=now + timedelta(minutes=9))
    began = time.monotonic()
    all_of(source)
    assert 0.35 < time.monotonic() - began < 5


def test_a_move_is_taken_and_logged(demo_plant: Plant) -> None:
    source = demo(demo_plant, speed=math.inf, until=START + timedelta(minutes=10), moves_per_hour=0)
    source.move("sp.reactor_pressure", 2745.0)
    logged = of(all_of(source), "sp.reactor_pressure")
    assert logged.value.tolist() == [2705.0, 2745.0]
    assert from_datetime64(logged.time[1]) - START < timedelta(minutes=1)
    assert source.process.levels["sp.reactor_pressure"] == 2745.0


def test_moves_a_plant_would_not_take_are_refused(demo_plant: Plant) -> None:
    source = demo(demo_plant)
    with pytest.raises(UnknownTag):
        source.move("sp.nothing", 1.0)
    with pytest.raises(InvalidInput, match="not moved by an operator"):
        source.move("reactor_pressure", 2700.0)
    with pytest.raises(OutsideLimits, match=r"sp\.reactor_pressure = 3000 kPa is outside \[2580, 2830\] kPa"):
        source.move("sp.reactor_pressure", 3000.0)
    with pytest.raises(OutsideLimits):
        source.move("sp.reactor_pressure", math.nan)


def test_after_a_restart_it_goes_on_as_if_nothing_had_happened(demo_plant: Plant, tmp_path: Path) -> None:
    state_file = tmp_path / "demo" / "plant.json"
    end = START + timedelta(hours=3)
    uninterrupted = all_of(demo(demo_plant, speed=math.inf, until=end))
    all_of(demo(demo_plant, speed=math.inf, until=START + timedelta(hours=2), state_file=state_file))
    clock = SettableClock(end)
    resumed = DemoPlant.resume(demo_plant, state_file, clock=clock)
    assert resumed.time == START + timedelta(hours=2)

    async def missed() -> SampleBatch:
        async with resumed:
            return (await anext(aiter(resumed))).samples

    rest = asyncio.run(missed())
    for tag in ("reactor_level", "product_g", "xmv.purge_valve"):
        whole = of(uninterrupted, tag)
        late = whole.take(whole.time > np.datetime64((START + timedelta(hours=2)).replace(tzinfo=None)))
        assert np.array_equal(of(rest, tag).value, late.value), tag


def test_only_what_was_acknowledged_is_left_behind(demo_plant: Plant, tmp_path: Path) -> None:
    state_file = tmp_path / "plant.json"
    source = demo(demo_plant, speed=math.inf, until=START + timedelta(hours=4), state_file=state_file)
    all_of(source, acknowledge=3)
    assert DemoPlant.resume(demo_plant, state_file).time == START + timedelta(hours=3)


@pytest.mark.parametrize("content", ["", "{}", '{"start": "2026-03-04T08:00:00Z", "seed": 1, "process": "AAAA"}'])
def test_a_state_that_cannot_be_used_is_refused(demo_plant: Plant, tmp_path: Path, content: str) -> None:
    file = tmp_path / "plant.json"
    file.write_text(content)
    with pytest.raises(InvalidInput, match="holds no state"):
        DemoPlant.resume(demo_plant, file)


def test_a_missing_state_is_refused(demo_plant: Plant, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no state"):
        DemoPlant.resume(demo_plant, tmp_path / "none.json")


def test_a_plant_that_trips_is_started_again_on_the_half_hour(demo_plant: Plant) -> None:
    source = demo(demo_plant, speed=math.inf, until=START + timedelta(hours=11), moves_per_hour=0)
    source.process.disturb(6, 1.0)
    batch = all_of(source)
    pressure = of(batch, "reactor_pressure")
    gaps = np.diff(pressure.time.astype("datetime64[m]").astype(int))
    (at,) = np.flatnonzero(gaps > 1).tolist()
    assert gaps[at] <= 31
    first_again = pressure.time[at + 1].astype("datetime64[m]").astype(int)
    assert (first_again - 1) % 30 == 0
    assert pressure.value[at + 1] == pytest.approx(2705, abs=5)
    assert all(len(of(batch, tag)) == 2 for tag in MOVABLE)
