"""From a source to the historian: nothing unsound stored, nothing sound lost, everything counted."""

import asyncio
import threading
from datetime import timedelta

import numpy as np
import pytest

from ingest.pipeline import Pipeline
from ingest.pipeline_config import PipelineConfig
from ingest.source_config import SourceConfig, SourceContext
from twin.clock import FixedClock
from twin.delivery import Delivery, Unreadable
from twin.errors import StoreUnavailable
from twin.plant import Plant
from twin.protocols import Source
from twin.sample import Quality, SampleBatch, SnapshotBatch

from .ledgers import NOW, LedgerHistorian, ListedSource, at, batch

FAST = PipelineConfig(batch_age=timedelta(milliseconds=20))
ONE_BY_ONE = PipelineConfig(batch_size=1)


class OneSource(SourceConfig):
    """The entry of a source called listed."""

    name: str = "listed"

    def build(self, context: SourceContext) -> Source:
        return ListedSource([])


@pytest.fixture
def historian(small_plant: Plant) -> LedgerHistorian:
    return LedgerHistorian(small_plant)


@pytest.fixture
def pipeline(small_plant: Plant, historian: LedgerHistorian) -> Pipeline:
    return Pipeline(small_plant, historian, FAST, FixedClock(NOW))


def run(pipeline: Pipeline, source: ListedSource, stop: threading.Event | None = None) -> None:
    asyncio.run(asyncio.wait_for(pipeline.run(source, stop or threading.Event()), 20))


def test_sound_samples_are_stored(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    result = pipeline.accept(batch(at(-2), at(-1, "flow", 7.0)))
    assert (result.accepted, result.duplicates, result.rejections) == (2, 0, ())
    assert historian.values("flow") == [7.0]


def test_one_unknown_tag_costs_the_others_nothing(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    result = pipeline.accept(batch(at(-2), at(-2, "nowhere"), at(-1)))
    assert result.accepted == 2
    (rejection,) = result.rejections
    assert (rejection.index, rejection.tag, rejection.reason) == (1, "nowhere", "unknown tag")
    assert len(historian.values()) == 2


def test_the_future_is_refused_beyond_the_tolerance(pipeline: Pipeline) -> None:
    result = pipeline.accept(batch(at(4.9), at(5.1)))
    assert result.accepted == 1
    (rejection,) = result.rejections
    assert rejection.reason == "time in the future"
    assert rejection.value.startswith("2026-03-04T08:05:06")
    assert rejection.limit is not None
    assert rejection.limit.startswith("2026-03-04T08:05:00")


def test_a_sample_without_time_or_with_a_made_up_quality_is_refused(pipeline: Pipeline) -> None:
    given = batch(at(-4), at(-3), at(-2), at(-1))
    given.time[0] = np.datetime64("NaT")
    given.quality[1], given.quality[2] = 7, -1
    result = pipeline.accept(given)
    assert result.accepted == 1
    assert [rejection.reason for rejection in result.rejections] == ["no time", "unknown quality", "unknown quality"]
    assert result.rejected == {"no time": 1, "unknown quality": 2}


def test_a_sample_with_several_faults_is_rejected_once(pipeline: Pipeline) -> None:
    result = pipeline.accept(batch(at(90, "nowhere"), at(91, "nowhere"), at(-1)))
    assert result.rejected == {"unknown tag": 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_kept_as_bad(
    pipeline: Pipeline, historian: LedgerHistorian, value: float
) -> None:
    assert pipeline.accept(batch(at(-1, value=value))).accepted == 1
    ((stored, quality),) = historian.kept.values()
    assert np.isnan(stored)
    assert quality == Quality.BAD
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
    pipeline: Pipeline, historian: LedgerHistorian, value: float, given: Quality, stored: Quality
) -> None:
    pipeline.accept(batch(at(-1, value=value, quality=given)))
    assert list(historian.kept.values()) == [(value, stored)]


def test_duplicates_and_corrections_are_told_apart(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    given = batch(at(-2, value=1.0), at(-1, value=2.0))
    pipeline.accept(given)
    again = pipeline.accept(given)
    assert (again.accepted, again.duplicates, again.corrected) == (0, 2, 0)
    corrected = pipeline.accept(batch(at(-2, value=1.5), at(-1, value=2.0)))
    assert (corrected.accepted, corrected.duplicates, corrected.corrected) == (1, 1, 1)
    assert historian.values() == [1.5, 2.0]
    counts = pipeline.counters
    assert (counts.accepted, counts.duplicates, counts.corrected) == (3, 3, 1)


def test_late_samples_are_stored_where_they_belong_and_counted(
    pipeline: Pipeline, historian: LedgerHistorian
) -> None:
    pipeline.accept(batch(at(-1)))
    assert pipeline.accept(batch(at(-5), at(-4), at(0), at(-5, "flow"))).accepted == 4
    assert len(historian.values()) == 4
    assert pipeline.counters.late == 2


def test_a_caller_is_told_when_the_store_is_away(small_plant: Plant) -> None:
    pipeline = Pipeline(small_plant, LedgerHistorian(small_plant, away=1), clock=FixedClock(NOW))
    with pytest.raises(StoreUnavailable):
        pipeline.accept(batch(at(-1)))
    assert (pipeline.counters.accepted, pipeline.counters.late) == (0, 0)
    assert pipeline.accept(batch(at(-1))).accepted == 1


def test_an_empty_batch_is_no_matter(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    assert pipeline.accept(batch()).accepted == 0
    assert historian.writes == []


def unit(values: list[list[float]], tags: tuple[str, ...] = ("level", "flow")) -> SnapshotBatch:
    time = np.datetime64("2026-03-04T07:00", "us") + np.arange(len(values)) * np.timedelta64(1, "m")
    return SnapshotBatch(tags, time.astype("datetime64[us]"), np.array(values))


def test_a_clean_unit_is_stored_as_snapshots(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    assert pipeline.accept(unit([[50.0, 5.0], [51.0, 6.0]])).accepted == 4
    assert historian.snapshots == 2
    assert historian.values("flow") == [5.0, 6.0]


def test_what_is_out_of_range_or_missing_in_a_unit_is_marked_in_its_place(
    pipeline: Pipeline, historian: LedgerHistorian
) -> None:
    pipeline.accept(unit([[50.0, 99.0], [np.nan, 6.0]]))
    assert historian.snapshots == 2
    qualities = [quality for (_, _), (_, quality) in sorted(historian.kept.items())]
    assert qualities == [Quality.UNCERTAIN, Quality.GOOD, Quality.GOOD, Quality.BAD]
    assert (pipeline.counters.outside_range, pipeline.counters.not_finite) == (1, 1)


def test_an_unknown_column_or_a_row_in_the_future_costs_the_rest_of_a_unit_nothing(
    pipeline: Pipeline, historian: LedgerHistorian
) -> None:
    given = unit([[50.0, 1.0], [51.0, 2.0]], ("level", "nowhere"))
    given.time[1] += np.timedelta64(2, "h")
    result = pipeline.accept(given)
    assert (result.accepted, result.rejected) == (1, {"unknown tag": 2, "time in the future": 1})
    assert historian.values() == [50.0]


def test_late_rows_of_a_unit_are_counted_cell_by_cell(pipeline: Pipeline) -> None:
    pipeline.accept(batch(at(-59.5, "flow", 5.0)))
    pipeline.accept(unit([[50.0, 5.0], [51.0, 6.0]]))
    assert pipeline.counters.late == 1


def test_a_source_is_stored_to_its_end_and_acknowledged_in_order(
    pipeline: Pipeline, historian: LedgerHistorian
) -> None:
    source = ListedSource([batch(at(-100 + i)) for i in range(50)])
    run(pipeline, source)
    assert len(historian.kept) == 50
    assert source.acknowledged == source.deliveries
    assert source.closed
    assert pipeline.counters.waiting == 0


def test_small_batches_are_written_together(small_plant: Plant, historian: LedgerHistorian) -> None:
    source = ListedSource([batch(at(-100 + i)) for i in range(50)])
    config = PipelineConfig(batch_size=10, batch_age=timedelta(minutes=1))
    run(Pipeline(small_plant, historian, config, FixedClock(NOW)), source)
    assert historian.writes == [10] * 5


def test_samples_and_units_of_one_source_are_stored_in_their_order(
    pipeline: Pipeline, historian: LedgerHistorian
) -> None:
    first, then = unit([[50.0, 5.0]]), batch(at(-60, value=51.0))
    run(pipeline, ListedSource([first, first, then]))
    assert historian.snapshots == 2
    assert historian.values() == [51.0]


def test_a_live_source_does_not_wait_for_more(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    stop = threading.Event()
    source = ListedSource([batch(at(-1))], end="waits")
    source.on_acknowledged = lambda number: stop.set()
    run(pipeline, source, stop)
    assert len(historian.kept) == 1
    assert pipeline.counters.last_write == NOW


def test_what_was_read_before_a_stop_is_stored(small_plant: Plant, historian: LedgerHistorian) -> None:
    stop = threading.Event()
    config = PipelineConfig(batch_age=timedelta(minutes=1))
    source = ListedSource([batch(at(-100 + i)) for i in range(3)], end="waits")
    source.on_given = lambda number: stop.set() if number == 3 else None
    run(Pipeline(small_plant, historian, config, FixedClock(NOW)), source, stop)
    assert len(source.acknowledged) == 3


def test_while_the_store_is_away_nothing_is_lost_and_nothing_acknowledged(small_plant: Plant) -> None:
    historian = LedgerHistorian(small_plant, away=1)
    pipeline = Pipeline(small_plant, historian, ONE_BY_ONE, FixedClock(NOW))
    source = ListedSource([batch(at(-100 + i)) for i in range(3)])
    run(pipeline, source)
    assert len(historian.kept) == 3
    assert source.acknowledged == source.deliveries
    assert pipeline.counters.retries == 1
    assert pipeline.counters.sources["listed"].last_error == "the historian is not reachable"


def test_while_the_store_is_away_the_source_is_not_read_to_its_end(small_plant: Plant) -> None:
    stop = threading.Event()
    config = PipelineConfig(batch_size=1, queue_size=5)
    historian = LedgerHistorian(small_plant, away=True)
    pipeline = Pipeline(small_plant, historian, config, FixedClock(NOW))
    source = ListedSource([batch(at(-100 + i)) for i in range(90)])
    source.on_given = lambda number: stop.set() if number >= 7 else None
    run(pipeline, source, stop)
    assert source.given < 12
    assert source.acknowledged == []
    assert pipeline.counters.waiting == source.given


def test_a_source_that_fails_is_heard_after_its_samples_are_stored(pipeline: Pipeline) -> None:
    source = ListedSource([batch(at(-1))], end="fails")
    with pytest.raises(ConnectionError, match="the broker is gone"):
        run(pipeline, source)
    assert len(source.acknowledged) == 1
    assert source.closed
    assert pipeline.counters.sources["listed"].last_error == "ConnectionError: the broker is gone"


def test_what_is_rejected_is_counted_by_reason_and_source(pipeline: Pipeline) -> None:
    wrong = Delivery(batch(at(90), at(91)), (Unreadable(b"{", "not JSON", "no object"),))
    run(pipeline, ListedSource([batch(at(-1), at(-1, "nowhere")), wrong]))
    counts = pipeline.counters
    assert counts.rejected == {"unknown tag": 1, "time in the future": 2, "not JSON": 1}
    assert counts.sources["listed"].rejected == counts.rejected
    assert (counts.read, counts.accepted) == (4, 1)


def test_a_source_may_deliver_what_nobody_can_read_alone(pipeline: Pipeline) -> None:
    source = ListedSource([Delivery(batch(), (Unreadable(b"{", "not JSON", "no object"),))])
    run(pipeline, source)
    assert source.acknowledged == source.deliveries


def test_addresses_and_units_of_a_source_become_the_plants(small_plant: Plant, historian: LedgerHistorian) -> None:
    entry = OneSource(tags={"plc/7": {"tag": "flow", "unit": "l/s"}, "plc/8": "level"})
    pipeline = Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[entry])
    run(pipeline, ListedSource([batch(at(-1, "plc/7", 2.0), at(-1, "plc/8", 40.0), at(-1, "purity", 3.0))]))
    assert historian.values("flow") == [pytest.approx(7.2)]
    assert (historian.values(), historian.values("purity")) == ([40.0], [3.0])


def test_what_is_too_old_for_its_source_is_refused(small_plant: Plant, historian: LedgerHistorian) -> None:
    entry = OneSource(max_age="1 h")
    pipeline = Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[entry])
    run(pipeline, ListedSource([batch(at(-61), at(-59))]))
    assert pipeline.counters.rejected == {"too old": 1}
    assert len(historian.kept) == 1


@pytest.mark.parametrize("year", ["-20000-01-01", "0001-01-01", "1899-12-31"])
def test_a_time_that_no_instrument_ever_showed_is_refused_everywhere(
    pipeline: Pipeline, historian: LedgerHistorian, year: str
) -> None:
    given = batch(at(-2), at(-1))
    given.time[0] = np.datetime64(year)
    run(pipeline, ListedSource([given]))
    assert pipeline.accept(given).rejected == {"too old": 1}
    assert pipeline.counters.rejected == {"too old": 2}
    assert len(historian.kept) == 1


def test_an_age_limit_may_be_as_long_as_anybody_likes(small_plant: Plant, historian: LedgerHistorian) -> None:
    entry = OneSource(max_age="9999999 d")
    pipeline = Pipeline(small_plant, historian, FAST, FixedClock(NOW), sources=[entry])
    run(pipeline, ListedSource([batch(at(-1))]))
    assert len(historian.kept) == 1


def test_each_source_is_counted_apart(pipeline: Pipeline) -> None:
    run(pipeline, ListedSource([batch(at(-3), at(-2))], name="a"))
    run(pipeline, ListedSource([batch(at(-2), at(-1, "flow"))], name="b"))
    pipeline.accept(batch(at(-1)))
    counts = pipeline.counters
    assert {name: part.accepted for name, part in counts.sources.items()} == {"a": 2, "b": 1, "caller": 1}
    assert counts.accepted == 4
    assert counts.sources["b"].duplicates == 1
    assert counts.sources["a"].lag_s == 120
    assert counts.sources["a"].rate == pytest.approx(2 / 60)
    assert counts.sources["a"].connected is None


def test_a_clock_that_is_ahead_or_behind_is_reported(pipeline: Pipeline) -> None:
    seen = {}

    def look(name: str, minutes: float) -> None:
        source = ListedSource([batch(at(minutes - i / 1000)) for i in range(200)], name=name)
        source.on_acknowledged = lambda number: seen.update({name: pipeline.counters.sources[name]})
        run(pipeline, source)

    pipeline.config = PipelineConfig(batch_size=1)
    look("ahead", 3)
    look("right", -0.1)
    look("behind", -30)
    assert seen["ahead"].skew_s == pytest.approx(-180, abs=10)
    assert seen["behind"].skew_s == pytest.approx(1800, abs=10)
    assert [seen[name].skewed for name in ("ahead", "right", "behind")] == [True, False, True]


def test_several_threads_may_bring_samples_at_once(pipeline: Pipeline) -> None:
    def bring(tag: str) -> None:
        for minute in range(100):
            pipeline.accept(batch(at(-minute, tag, 1.0)))

    threads = [threading.Thread(target=bring, args=(tag,)) for tag in ("level", "flow", "purity")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pipeline.counters.accepted == 300


def test_many_small_deliveries_keep_their_place(pipeline: Pipeline, historian: LedgerHistorian) -> None:
    many = [batch(at(-1 - i / 10, value=float(i % 100))) for i in range(3000)]
    source = ListedSource(many)
    run(pipeline, source)
    assert source.acknowledged == source.deliveries
    assert len(historian.kept) == 3000
    assert len(historian.writes) < 100
    assert SampleBatch.concat(many).value.sum() == sum(historian.values())
