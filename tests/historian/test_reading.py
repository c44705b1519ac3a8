"""History as it was known, and windows from minutes, of every historian."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.clock import Span
from twin.errors import InvalidInput, OutsideData
from twin.historian.rollups import refresh
from twin.historian.timescale import PostgresHistorian
from twin.protocols import Historian
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SPAN = Span(NOON - timedelta(days=1), NOON + timedelta(days=1))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def write(historian: Historian, tag: str, values: dict[float, float], quality: Quality = Quality.GOOD) -> datetime:
    """Store samples, and give a moment after that and before the next tick of a clock that counts milliseconds."""
    historian.write(SampleBatch.of(Sample(tag, at(minute), value, quality) for minute, value in values.items()))
    return tick()


def tick() -> datetime:
    moment = datetime.now(UTC)
    while datetime.now(UTC) - moment < timedelta(milliseconds=2):
        pass
    return moment


def values(historian: Historian, tag: str = "level") -> list[float]:
    return [sample.value for sample in historian.samples(tag, SPAN)]


def test_what_came_later_was_not_known_before(historian):
    known = write(historian, "level", {0: 1.0, 1: 2.0})
    write(historian, "level", {0.5: 1.5, 2: 3.0})
    past = historian.as_of(known)
    assert values(past) == [1.0, 2.0]
    assert past.latest()["level"].value == 2.0
    assert past.extent().end - at(1) <= timedelta(milliseconds=1)
    assert past.statistics(["level"], SPAN)[0].count == 2
    assert values(historian) == [1.0, 1.5, 2.0, 3.0]


def test_what_was_corrected_is_known_as_it_was_at_each_moment(historian):
    first = write(historian, "level", {0: 1.0})
    second = write(historian, "level", {0: 2.0})
    third = write(historian, "level", {0: math.nan}, Quality.BAD)
    assert [values(historian.as_of(moment)) for moment in (first, second)] == [[1.0], [2.0]]
    (bad,) = historian.as_of(third).samples("level", SPAN)
    assert bad.quality is Quality.BAD
    assert historian.as_of(second).window(["level"], Span(at(-2), at(0)), MINUTE).values[-1, 0] == 2.0
    assert historian.as_of(second).series(["level"], Span(at(0), at(1)), resolution=MINUTE).mean.tolist() == [[2.0]]
    assert historian.as_of(third).as_of(first).latest()["level"].value == 1.0


def test_a_change_is_known_from_when_its_samples_are(historian):
    known = write(historian, "sp.level", {0: 1.0, 10: 2.0})
    write(historian, "sp.level", {5: 2.0})
    assert [change.time for change, _ in historian.changes(["sp.level"], SPAN)] == [at(5)]
    assert [change.time for change, _ in historian.as_of(known).changes(["sp.level"], SPAN)] == [at(10)]


def test_nothing_was_known_before_anything_was_stored(historian):
    write(historian, "level", {0: 1.0})
    past = historian.as_of(NOON)
    assert past.extent() is None
    assert past.latest() == {}
    assert not past.window(["level", "sp.level"], Span(at(-2), at(1)), MINUTE).valid.any()


def test_the_past_is_only_read_and_the_future_is_not_known(historian):
    with pytest.raises(InvalidInput, match="is only read"):
        historian.as_of(NOON).write(SampleBatch.of([Sample("level", NOON, 1.0)]))
    with pytest.raises(OutsideData, match="not known yet"):
        historian.as_of(datetime.now(UTC) + timedelta(hours=1))


def test_backfills_are_known_from_when_they_were_stored(historian):
    known = write(historian, "level", {0: 1.0, 10: 2.0})
    write(historian, "level", {5: 2.0})
    (backfill,) = historian.backfills(0)
    assert (backfill.tags, at(5) in backfill.span) == (("level",), True)
    assert historian.as_of(known).backfills(0) == ()
    assert historian.backfills(backfill.number) == ()


TAGS = ("level", "flow", "purity", "sp.level", "mv.valve")


def test_whole_units_are_read_like_single_samples(any_engine, small_plant):
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write(SampleBatch.of(Sample("level", at(minute), -float(minute)) for minute in range(-90, 0)))
    time = np.array([np.datetime64("2026-03-01T12:00", "us") + np.timedelta64(i, "m") for i in range(200)])
    numbers = np.arange(1000.0).reshape(200, 5)
    numbers[3, 0] = np.nan
    historian.write_snapshots(SnapshotBatch(TAGS, time, numbers))
    before = everything(historian)
    assert before["latest"]["flow"].value == 996.0
    assert before["series"].count.sum() == 90 + 999
    refresh(any_engine, at(150))
    assert_equal(everything(historian), before)
    refresh(any_engine, at(2000))
    assert_equal(everything(historian), before)
    known = tick()
    historian.write(SampleBatch.of([Sample("level", at(3), 7.0), Sample("flow", at(4), 8.0)]))
    assert_equal(everything(historian.as_of(known)), before)
    assert historian.series(["level"], Span(at(3), at(5)), resolution=MINUTE).mean.tolist() == [[7.0], [20.0]]


def everything(historian: Historian) -> dict:
    span = Span(at(-90), at(210))
    return {
        "latest": historian.latest(),
        "series": historian.series(TAGS, span, resolution=timedelta(hours=1)),
        "window": historian.window(TAGS, span, 3 * MINUTE),
        "statistics": historian.statistics(TAGS, span),
        "extent": historian.extent(),
        "changes": historian.changes(["sp.level"], span),
    }


def assert_equal(found: dict, expected: dict) -> None:
    for name in ("latest", "extent", "changes"):
        assert found[name] == expected[name]
    assert np.array_equal(found["window"].values, expected["window"].values, equal_nan=True)
    for name in ("count", "bad", "low", "high", "first", "last"):
        assert np.array_equal(getattr(found["series"], name), getattr(expected["series"], name), equal_nan=True)
    assert np.allclose(found["series"].mean, expected["series"].mean, equal_nan=True, rtol=1e-12)
    for mine, other in zip(found["statistics"], expected["statistics"], strict=True):
        assert (mine.count, mine.bad, mine.first, mine.last) == (other.count, other.bad, other.first, other.last)


ROWS = st.lists(
    st.builds(
        Sample,
        st.sampled_from(["level", "sp.level"]),
        st.integers(-60, 400).map(lambda tenth: at(tenth / 10)),
        st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)),
        st.sampled_from(Quality),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: (row.tag, row.time),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(rows=ROWS, until=st.integers(-10, 40).map(at), step=st.sampled_from([1, 3, 5]))
def test_a_window_from_minutes_is_the_window_from_samples(new_historian, rows, until, step):
    historian = new_historian()
    historian.write(SampleBatch.of(rows))
    if hasattr(historian, "_store"):
        refresh(historian._store.engine, until)
    span, known = Span(at(-5), at(30)), tick()
    from_minutes = historian.window(["level", "sp.level"], span, step * MINUTE)
    from_samples = historian.as_of(known).window(["level", "sp.level"], span, step * MINUTE)
    assert np.array_equal(from_minutes.values, from_samples.values, equal_nan=True)
