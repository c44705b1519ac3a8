"""From a source to the historian: nothing unsound stored, nothing sound lost, everything counted."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import numpy as np
import pytest

from ingest.pipeline import Pipeline, PipelineConfig
from twin.clock import FixedClock, Span
from twin.delivery import Delivery
from twin.errors import StoreUnavailable
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant
from twin.protocols import WriteResult
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
DAY = Span(NOW - timedelta(days=1), NOW + timedelta(days=1))
FAST = PipelineConfig(batch_age=0.05)


def at(minutes: float, tag: str = "level", value: float = 50.0, quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, NOW + timedelta(minutes=minutes), value, quality)


class Listed:
    """A source that gives listed batches, remembers what was acknowledged, and then ends, waits or fails."""

    name = "listed"
    connected = True

    def __init__(self, batches: Sequence[SampleBatch], end: str = "ends") -> None:
        self.batches = list(batches)
        self.given = 0
        self.acknowledged: list[SampleBatch | SnapshotBatch] = []
        self.closed = False
        self._end = end

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed = True

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        for batch in self.batches:
            self.given += 1
            yield Delivery(batch)
        if self._end == "waits":
            await asyncio.sleep(3600)
        if self._end == "fails":
            raise ConnectionError("the broker is gone")

    async def acknowledge(self, delivery: Delivery) -> None:
        self.acknowledged.append(delivery.samples)


class Flaky(MemoryHistorian):
    """A historian that is away for the first `away` writes."""

    def __init__(self, plant: Plant, away: int) -> None:
        super().__init__(plant)
        self.away = away
        self.writes: list[int] = []

    def write(self, batch: SampleBatch) -> WriteResult:
        self.writes.append(len(batch))
        if len(self.writes) <= self.away:
            raise StoreUnavailable("the historian is not reachable")
        return super().write(batch)


@pytest.fixture
def historian(small_plant: Plant) -> MemoryHistorian:
    return MemoryHistorian(small_plant)


@pytest.fixture
def pipeline(small_plant: Plant, historian: MemoryHistorian) -> Pipeline:
    return Pipeline(small_plant, historian, clock=FixedClock(NOW))


def run(pipeline: Pipeline, source: Listed, stop_after: float | None = None) -> None:
    stop = threading.Event()
    timer = threading.Timer(stop_after, stop.set) if stop_after is not None else None
    if timer:
        timer.start()
    asyncio.run(asyncio.wait_for(pipeline.run(source, stop), 20))


def test_sound_samples_are_stored(pipeline: Pipeline, historian: MemoryHistorian) -> None:
    result = pipeline.accept(SampleBatch.of([at(-2), at(-1, "flow", 7.0)]))
    assert (result.accepted, result.duplicates, result.rejections) == (2, 0, ())
    assert historian.latest()["flow"].value == 7.0


def test_one_unknown_tag_costs_the_others_nothing(pipeline: Pipeline, historian: MemoryHistorian) -> None:
    result = pipeline.accept(SampleBatch.of([at(-2), at(-2, "nowhere"), at(-1)]))
    assert result.accepted == 2
    (rejection,) = result.rejections
    assert (rejection.index, rejection.tag, rejection.reason) == (1, "nowhere", "unknown tag")
    assert len(historian.samples("level", DAY)) == 2


def test_the_future_is_refused_beyond_the_tolerance(pipeline: Pipeline) -> None:
    result = pipeline.accept(SampleBatch.of([at(4.9), at(5.1)]))
    assert result.accepted == 1
    (rejection,) = result.rejections
    assert rejection.reason == "time in the future"
    assert rejection.value.startswith("2026-03-04T08:05:06")
    assert rejection.limit is not None
    assert rejection.limit.startswith("2026-03-04T08:05:00")


def test_a_sample_without_time_or_with_a_made_up_quality_is_refused(pipeline: Pipeline) -> None:
    batch = SampleBatch.of([at(-3), at(-2), at(-1)])
    batch.time[0] = np.datetime64("NaT")
    batch.quality[1] = 7
    result = pipeline.accept(batch)
    assert result.accepted == 1
    assert [rejection.reason for rejection in result.rejections] == ["no time", "unknown quality"]
    assert result.rejected == {"no time": 1, "unknown quality": 1}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_kept_as_bad(
    pipeline: Pipeline, historian: MemoryHistorian, value: float
) -> None:
    assert pipeline.accept(SampleBatch.of([at(-1, value=value)])).accepted == 1
    stored = historian.latest()["level"]
    assert np.isnan(stored.value)
    assert stored.quality == Quality.BAD
    assert pipeline.counters.not_finite == 1


@pytest.mark.parametrize(
    ("value", "given", "stored"),
    [
        (100.0, Quality.GOOD, Quality.GOOD),
        (100.1, Quality.GOOD, Quality.UNCERTAIN),
        (-0.1, Quality.GOOD, Quality.UNCERTAIN),
        (100.1, Quality.BAD, Quality.BAD),
        (50.0, Quality.UNCERTAIN, Quality.UNCERTAIN),
    ],
)
def test_outside_the_instruments_range_is_uncertain_at_best(
    pipeline: Pipeline, historian: MemoryHistorian, value: float, given: Quality, stored: Quality
) -> None:
    pipeline.accept(SampleBatch.of([at(-1, value=value, quality=given)]))
    sample = historian.latest()["level"]
    assert (sample.value, sample.quality) == (value, stored)


def test_what_is_uncertain_never_reaches_the_window(pipeline: Pipeline, historian: MemoryHistorian) -> None:
    pipeline.accept(SampleBatch.of([at(-1, value=150.0), at(-1, "flow", 5.0)]))
    window = historian.window(["level", "flow"], Span(NOW - timedelta(minutes=3), NOW), timedelta(minutes=3))
    assert window.valid.tolist() == [[False, True]]


def test_duplicates_are_counted_and_the_first_value_stays(pipeline: Pipeline, historian: MemoryHistorian) -> None:
    batch = SampleBatch.of([at(-2, value=1.0), at(-2, value=2.0), at(-1)])
    assert pipeline.accept(batch).duplicates == 1
    again = pipeline.accept(batch)
    assert (again.accepted, again.duplicates) == (0, 3)
    assert historian.samples("level", DAY).value[0] == 1.0
    assert pipeline.counters.duplicates == 4


def test_late_samples_are_stored_where_they_belong_and_counted(
    pipeline: Pipeline, historian: MemoryHistorian
) -> None:
    pipeline.accept(SampleBatch.of([at(-1)]))
    assert pipeline.accept(SampleBatch.of([at(-5), at(-4), at(0), at(-5, "flow")])).accepted == 4
    assert (np.diff(historian.samples("level", DAY).time) > np.timedelta64(0)).all()
    assert pipeline.counters.late == 2


def test_a_caller_is_told_when_the_store_is_away(small_plant: Plant) -> None:
    pipeline = Pipeline(small_plant, Flaky(small_plant, away=1), clock=FixedClock(NOW))
    batch = SampleBatch.of([at(-1)])
    with pytest.raises(StoreUnavailable):
        pipeline.accept(batch)
    assert pipeline.counters.accepted == 0
    assert pipeline.accept(batch).accepted == 1


def test_an_empty_batch_is_no_matter(pipeline: Pipeline) -> None:
    assert pipeline.accept(SampleBatch.of([])).accepted == 0


def test_a_source_is_stored_to_its_end_and_acknowledged(small_plant: Plant, historian: MemoryHistorian) -> None:
    pipeline = Pipeline(small_plant, historian, FAST, FixedClock(NOW))
    source = Listed([SampleBatch.of([at(-100 + i)]) for i in range(50)])
    run(pipeline, source)
    assert len(historian.samples("level", DAY)) == 50
    assert [id(b) for b in source.acknowledged] == [id(b) for b in source.batches]
    assert source.closed
    assert pipeline.counters.waiting == 0


def test_small_batches_are_written_together(small_plant: Plant) -> None:
    historian = Flaky(small_plant, away=0)
    source = Listed([SampleBatch.of([at(-100 + i)]) for i in range(50)])
    run(Pipeline(small_plant, historian, PipelineConfig(batch_size=10, batch_age=5), FixedClock(NOW)), source)
    assert historian.writes == [10] * 5


def test_a_live_source_does_not_wait_for_more(small_plant: Plant, historian: MemoryHistorian) -> None:
    pipeline = Pipeline(small_plant, historian, PipelineConfig(batch_age=0.3), FixedClock(NOW))
    source = Listed([SampleBatch.of([at(-1)])], end="waits")
    run(pipeline, source, stop_after=1.2)
    assert len(source.acknowledged) == 1
    assert pipeline.counters.last_write == NOW


def test_while_the_store_is_away_nothing_is_lost_and_nothing_acknowledged(small_plant: Plant) -> None:
    historian = Flaky(small_plant, away=2)
    pipeline = Pipeline(small_plant, historian, PipelineConfig(batch_size=1), FixedClock(NOW))
    source = Listed([SampleBatch.of([at(-100 + i)]) for i in range(3)])
    run(pipeline, source)
    assert len(historian.samples("level", DAY)) == 3
    assert len(source.acknowledged) == 3
    assert pipeline.counters.retries == 2


def test_while_the_store_is_away_the_source_is_not_read_to_its_end(small_plant: Plant) -> None:
    pipeline = Pipeline(small_plant, Flaky(small_plant, away=10_000), PipelineConfig(batch_size=1), FixedClock(NOW))
    source = Listed([SampleBatch.of([at(-100 + i)]) for i in range(90)])
    began = time.monotonic()
    run(pipeline, source, stop_after=0.8)
    assert time.monotonic() - began < 5
    assert source.given < 10
    assert source.acknowledged == []
    assert pipeline.counters.waiting == source.given


def test_what_was_read_before_a_stop_is_stored(small_plant: Plant, historian: MemoryHistorian) -> None:
    pipeline = Pipeline(small_plant, historian, PipelineConfig(batch_age=60), FixedClock(NOW))
    source = Listed([SampleBatch.of([at(-100 + i)]) for i in range(3)], end="waits")
    run(pipeline, source, stop_after=0.5)
    assert len(source.acknowledged) == 3


def test_a_source_that_fails_is_heard_after_its_samples_are_stored(
    small_plant: Plant, historian: MemoryHistorian
) -> None:
    source = Listed([SampleBatch.of([at(-1)])], end="fails")
    with pytest.raises(ConnectionError, match="the broker is gone"):
        run(Pipeline(small_plant, historian, FAST, FixedClock(NOW)), source)
    assert len(source.acknowledged) == 1
    assert source.closed


def test_rejected_samples_of_a_source_are_counted_by_reason(small_plant: Plant, historian: MemoryHistorian) -> None:
    pipeline = Pipeline(small_plant, historian, FAST, FixedClock(NOW))
    run(pipeline, Listed([SampleBatch.of([at(-1), at(-1, "nowhere"), at(90), at(91)])]))
    assert pipeline.counters.rejected == {"unknown tag": 1, "time in the future": 2}
    assert pipeline.counters.accepted == 1


def test_several_threads_may_bring_samples_at_once(pipeline: Pipeline) -> None:
    def bring(tag: str) -> None:
        for minute in range(100):
            pipeline.accept(SampleBatch.of([at(-minute, tag, 1.0)]))

    threads = [threading.Thread(target=bring, args=(tag,)) for tag in ("level", "flow", "purity")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pipeline.counters.accepted == 300
