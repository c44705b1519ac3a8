"""What became of samples is written down minute by minute, and no store that is away costs anything."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from ingest.pipeline import CALLER, Pipeline
from ingest.recorder import IngestRecorder
from twin.clock import Span
from twin.errors import StoreUnavailable
from twin.historian.ingest_log import MemoryIngestLog
from twin.historian.memory import MemoryHistorian
from twin.sample import Sample, SampleBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = Span(NOON - timedelta(days=1), NOON + timedelta(days=1))


class Hands:
    """A clock whose hands somebody sets."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment


class IngestLog(MemoryIngestLog):
    """A store that a test takes away."""

    away = False

    def add_ingest(self, rows):
        if self.away:
            raise StoreUnavailable("the historian is away")
        super().add_ingest(rows)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def pipeline(small_plant, hands):
    return Pipeline(small_plant, MemoryHistorian(small_plant), clock=hands)


@pytest.fixture
def kept():
    return IngestLog()


@pytest.fixture
def recorder(pipeline, kept, hands):
    return IngestRecorder(pipeline, kept, hands)


def accept(pipeline, minute, *values):
    """Samples a second apart, and one that is refused."""
    time = NOON + timedelta(minutes=minute)
    samples = [Sample("level", time + timedelta(seconds=i), value) for i, value in enumerate(values)]
    pipeline.accept(SampleBatch.of([*samples, Sample("nowhere", time, 1.0)]))


def test_a_row_says_what_came_since_the_row_before(recorder, pipeline, kept, hands):
    accept(pipeline, -3, 1.0, 2.0)
    hands.moment += timedelta(minutes=1)
    assert recorder.note()
    accept(pipeline, -2, 1.0, 2.0, 3.0)
    hands.moment += timedelta(minutes=2)
    assert recorder.note()
    first, second = kept.ingest(DAY)
    assert (first.source, first.time, first.seconds) == (CALLER, NOON + timedelta(minutes=1), 60)
    assert (first.accepted, first.rejected, second.accepted, second.rejected) == (2, 1, 3, 1)
    assert (second.seconds, second.waiting, second.spooled, second.connected) == (120, 0, 0, None)


def test_while_the_store_is_away_nothing_is_lost_and_the_next_row_covers_the_whole_stretch(
    recorder, pipeline, kept, hands
):
    kept.away = True
    for minute in range(1, 4):
        accept(pipeline, -10 + minute, 1.0, 2.0)
        hands.moment += timedelta(minutes=1)
        assert not recorder.note()
    kept.away = False
    assert recorder.note()
    (row,) = kept.ingest(DAY)
    assert (row.seconds, row.accepted, row.rejected) == (180, 6, 3)


def test_a_recorder_that_begins_anew_gives_no_negative_number(recorder, small_plant, pipeline, kept, hands):
    accept(pipeline, -3, *range(10))
    hands.moment += timedelta(minutes=1)
    recorder.note()
    restarted = Pipeline(small_plant, MemoryHistorian(small_plant), clock=hands)
    again = IngestRecorder(restarted, kept, hands)
    accept(restarted, -2, 1.0)
    hands.moment += timedelta(minutes=1)
    again.note()
    assert [row.accepted for row in kept.ingest(DAY)] == [10, 1]


def test_a_clock_that_stands_still_makes_no_row(recorder, pipeline, kept):
    accept(pipeline, -3, 1.0)
    assert not recorder.note()
    assert kept.ingest(DAY) == ()


def test_the_last_stretch_is_written_down_at_the_end(recorder, pipeline, kept, hands):
    accept(pipeline, -3, 1.0)
    hands.moment += timedelta(seconds=20)
    stop = threading.Event()
    stop.set()
    recorder.run(stop)
    assert [(row.seconds, row.accepted) for row in kept.ingest(DAY)] == [(20, 1)]
