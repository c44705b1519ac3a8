"""What every historian keeps to."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.clock import Span, from_datetime64
from twin.errors import EmptyWindow, InvalidInput, UnknownTag
from twin.plant import Plant
from twin.protocols import Historian, WriteResult
from twin.sample import Quality, Sample, SampleBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=3)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def sample(tag: str, minutes: float, value: float, quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, at(minutes), value, quality)


def batch(*samples: Sample) -> SampleBatch:
    return SampleBatch.of(samples)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def column(historian: Historian, tag: str, end: float, start: float = 0) -> list[float | None]:
    window = historian.window([tag], span(start, end), STEP)
    assert np.array_equal(window.valid[:, 0], ~np.isnan(window.values[:, 0]))
    return [None if math.isnan(value) else value for value in window.column(tag)]


def test_what_was_written_is_read(historian):
    rows = batch(sample("level", 1, 10.0), sample("flow", 1, 5.0), sample("level", 2, 11.5, Quality.UNCERTAIN))
    assert historian.write(rows) == WriteResult(3, 0)
    assert list(historian.samples("level", span(0, 10))) == [
        sample("level", 1, 10.0),
        sample("level", 2, 11.5, Quality.UNCERTAIN),
    ]


def test_an_empty_batch_is_harmless(historian):
    assert historian.write(batch()) == WriteResult(0, 0)
    assert historian.extent() is None
    assert historian.latest() == {}


def test_a_second_write_changes_nothing_and_is_counted(historian):
    historian.write(batch(sample("level", 1, 10.0)))
    assert historian.write(batch(sample("level", 1, 10.0), sample("level", 2, 11.0))) == WriteResult(1, 1)
    assert [row.value for row in historian.samples("level", span(0, 10))] == [10.0, 11.0]


def test_the_last_of_two_samples_in_one_batch_counts(historian):
    assert historian.write(batch(sample("level", 1, 10.0), sample("level", 1, 20.0))) == WriteResult(1, 1)
    assert historian.latest()["level"].value == 20.0


def test_an_unknown_tag_is_refused_before_anything_is_written(historian):
    with pytest.raises(UnknownTag, match=r"'levle'.*level"):
        historian.write(batch(sample("level", 1, 10.0), sample("levle", 1, 10.0)))
    assert historian.extent() is None


def test_a_sample_without_time_is_refused_before_anything_is_written(historian):
    good = batch(sample("level", 1, 10.0), sample("flow", 1, 10.0))
    time = good.time.copy()
    time[1] = np.datetime64("NaT")
    with pytest.raises(InvalidInput, match="flow has no time"):
        historian.write(SampleBatch(good.tags, good.tag, time, good.value, good.quality))
    assert historian.extent() is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_kept_as_bad(historian, value):
    historian.write(batch(sample("level", 1, value), sample("level", 2, 7.0)))
    first, second = historian.samples("level", span(0, 10))
    assert math.isnan(first.value)
    assert first.quality is Quality.BAD
    assert second.quality is Quality.GOOD


def test_a_batch_with_duplicates_keeps_its_missing_values(historian):
    historian.write(batch(sample("level", 1, 10.0)))
    assert historian.write(batch(sample("level", 1, 10.0), sample("level", 2, math.nan))) == WriteResult(1, 1)
    assert math.isnan(historian.latest()["level"].value)


def test_a_time_keeps_its_microseconds(historian):
    moment = NOON + timedelta(microseconds=123457)
    historian.write(batch(Sample("level", moment, 1.0)))
    assert historian.latest()["level"].time == moment


def test_a_row_holds_the_last_sample_of_its_interval(historian):
    historian.write(batch(*(sample("level", minute, minute) for minute in range(1, 7))))
    window = historian.window(["level"], span(0, 6), STEP)
    assert [from_datetime64(time) for time in window.time] == [at(3), at(6)]
    assert list(window.column("level")) == [3.0, 6.0]


def test_an_interval_includes_its_end_and_not_its_start(historian):
    historian.write(batch(sample("level", 3, 1.0)))
    assert column(historian, "level", end=6) == [1.0, None]


def test_a_gap_stays_a_gap(historian):
    historian.write(batch(sample("level", 2, 1.0), sample("level", 11, 2.0)))
    assert column(historian, "level", end=12) == [1.0, None, None, 2.0]


def test_a_tag_on_change_holds_its_value(historian):
    historian.write(batch(sample("sp.level", 2, 50.0), sample("sp.level", 8, 60.0)))
    assert column(historian, "sp.level", end=12) == [50.0, 50.0, 60.0, 60.0]


def test_a_tag_on_change_holds_its_value_from_long_before_the_window(historian):
    historian.write(batch(sample("sp.level", -100_000, 50.0), sample("sp.level", 5, 60.0)))
    assert column(historian, "sp.level", end=6) == [50.0, 60.0]


def test_nothing_is_held_before_the_first_sample(historian):
    historian.write(batch(sample("sp.level", 5, 60.0)))
    assert column(historian, "sp.level", end=6) == [None, 60.0]


def test_what_comes_after_the_window_stays_out_of_it(historian):
    historian.write(batch(sample("level", 3, 1.0), sample("level", 3.5, 2.0), sample("sp.level", 4, 1.0)))
    assert column(historian, "level", end=3) == [1.0]
    assert column(historian, "sp.level", end=3) == [None]


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.UNCERTAIN])
@pytest.mark.parametrize("tag", ["level", "sp.level"])
def test_only_good_quality_reaches_the_window(historian, tag, quality):
    historian.write(batch(sample(tag, 1, 1.0), sample(tag, 2, 2.0, quality), sample(tag, 5, 3.0, quality)))
    assert column(historian, tag, end=6) == ([1.0, None] if tag == "level" else [1.0, 1.0])


def test_a_bad_sample_before_the_window_does_not_hide_the_value_that_is_held(historian):
    historian.write(batch(sample("sp.level", -20, 1.0), sample("sp.level", -10, 2.0, Quality.BAD)))
    assert column(historian, "sp.level", end=3) == [1.0]


def test_rows_are_whole_steps_since_the_epoch(historian):
    window = historian.window(["level"], span(-0.5, 7), STEP)
    assert [from_datetime64(time) for time in window.time] == [at(0), at(3), at(6)]


def test_a_window_without_a_whole_step_is_refused(historian):
    with pytest.raises(EmptyWindow, match="0:03:00"):
        historian.window(["level"], span(3, 5), STEP)


def test_a_window_keeps_the_order_of_its_tags(historian):
    historian.write(batch(sample("flow", 3, 1.0), sample("level", 3, 2.0)))
    window = historian.window(["level", "purity", "flow", "level"], span(0, 3), STEP)
    assert window.tags == ("level", "purity", "flow", "level")
    assert np.array_equal(window.values, [[2.0, np.nan, 1.0, 2.0]], equal_nan=True)


@pytest.mark.parametrize(
    "read",
    [
        lambda historian: historian.window(["levle"], span(0, 6), STEP),
        lambda historian: historian.samples("levle", span(0, 6)),
        lambda historian: historian.statistics(["levle"], span(0, 6)),
        lambda historian: historian.changes(["levle"], span(0, 6)),
    ],
)
def test_an_unknown_tag_is_never_read_as_empty(historian, read):
    with pytest.raises(UnknownTag):
        read(historian)


def test_samples_come_in_order_of_time_and_up_to_the_limit(historian):
    historian.write(batch(*(sample("level", minute, minute) for minute in (5, 1, 4, 2, 3))))
    assert [row.value for row in historian.samples("level", span(2, 5))] == [2.0, 3.0, 4.0]
    assert [row.value for row in historian.samples("level", span(0, 9), limit=2)] == [1.0, 2.0]


def test_latest_is_the_newest_by_plant_time_whatever_its_quality(historian):
    historian.write(batch(sample("level", 5, 1.0, Quality.BAD), sample("flow", 1, 3.0)))
    historian.write(batch(sample("level", 2, 2.0)))
    assert historian.latest() == {"level": sample("level", 5, 1.0, Quality.BAD), "flow": sample("flow", 1, 3.0)}


def test_the_extent_ends_just_after_the_newest_sample(historian):
    historian.write(batch(sample("level", 5, 1.0), sample("flow", 1, 3.0)))
    extent = historian.extent()
    assert extent.start == at(1)
    assert at(5) in extent
    assert extent.end - at(5) <= timedelta(milliseconds=1)


def test_statistics_count_good_samples_and_tell_the_others_apart(historian):
    historian.write(batch(*(sample("level", minute, value) for minute, value in enumerate([4.0, 1.0, 7.0]))))
    historian.write(batch(sample("level", 3, 99.0, Quality.BAD), sample("level", 4, 99.0, Quality.UNCERTAIN)))
    flow, level = historian.statistics(["flow", "level"], span(0, 10))
    assert (flow.tag, flow.count, flow.bad, flow.mean, flow.last) == ("flow", 0, 0, None, None)
    assert (level.count, level.bad, level.mean, level.low, level.high) == (3, 2, 4.0, 1.0, 7.0)
    assert level.std == pytest.approx(math.sqrt(6))
    assert (level.first, level.last) == (4.0, 7.0)


def test_statistics_end_before_the_end_of_the_span(historian):
    historian.write(batch(sample("level", 0, 1.0), sample("level", 5, 9.0)))
    assert historian.statistics(["level"], span(0, 5))[0].count == 1


def test_changes_tell_the_value_before(historian):
    values = {1: 50.0, 2: 50.0, 3: 55.0, 4: 50.0}
    historian.write(batch(*(sample("sp.level", minute, value) for minute, value in values.items())))
    assert historian.changes(["sp.level"], span(0, 10)) == (
        (sample("sp.level", 3, 55.0), 50.0),
        (sample("sp.level", 4, 50.0), 55.0),
    )


def test_a_change_is_measured_from_the_last_value_before_the_span(historian):
    historian.write(batch(sample("sp.level", -9000, 50.0), sample("sp.level", 1, 60.0)))
    assert historian.changes(["sp.level"], span(0, 10)) == ((sample("sp.level", 1, 60.0), 50.0),)
    assert historian.changes(["sp.level"], span(2, 10)) == ()


def test_a_first_sample_and_a_bad_one_are_no_change(historian):
    historian.write(batch(sample("sp.level", 1, 50.0), sample("sp.level", 2, 0.0, Quality.BAD)))
    historian.write(batch(sample("sp.level", 3, 50.0)))
    assert historian.changes(["sp.level"], span(0, 10)) == ()


def test_changes_of_several_tags_come_in_order_of_time(historian):
    for minute, value in ((0, 1.0), (2, 2.0)):
        historian.write(batch(sample("sp.level", minute, value), sample("mv.valve", minute + 1, value)))
    changes = historian.changes(["mv.valve", "sp.level"], span(0, 10))
    assert [(change.tag, change.time) for change, _ in changes] == [("sp.level", at(2)), ("mv.valve", at(3))]


SAMPLES = st.lists(
    st.builds(
        sample,
        st.sampled_from(["level", "purity", "sp.level"]),
        st.integers(-10, 25).map(lambda half: half / 2),
        st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)),
        st.sampled_from(Quality),
    ),
    max_size=40,
    unique_by=lambda row: (row.tag, row.time),
)
PROPERTY = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def expected(plant: Plant, rows: list[Sample], tag: str, row: datetime) -> float | None:
    """What Window says about one cell, word for word."""
    hold = plant.tag(tag).cadence is None
    good = [r for r in rows if r.tag == tag and r.quality is Quality.GOOD and math.isfinite(r.value)]
    inside = [r for r in good if r.time <= row and (hold or r.time > row - STEP)]
    return max(inside, key=lambda r: r.time).value if inside else None


@PROPERTY
@given(rows=SAMPLES)
def test_a_window_is_exactly_what_its_description_says(
    new_historian: Callable[[], Historian], small_plant: Plant, rows: list[Sample]
):
    historian = new_historian()
    historian.write(batch(*rows))
    for tag in ("level", "purity", "sp.level"):
        assert column(historian, tag, end=12) == [expected(small_plant, rows, tag, at(m)) for m in (3, 6, 9, 12)]


@PROPERTY
@given(rows=SAMPLES, shuffled=st.randoms(use_true_random=False), cut=st.integers(0, 40))
def test_order_of_arrival_and_replay_do_not_matter(
    new_historian: Callable[[], Historian], rows: list[Sample], shuffled, cut
):
    tags = ["level", "purity", "sp.level"]
    historian = new_historian()
    historian.write(batch(*rows))
    once = historian.window(tags, span(0, 12), STEP)
    again = list(rows)
    shuffled.shuffle(again)
    historian = new_historian()
    parts = [historian.write(part) for part in (batch(*again[:cut]), batch(*again[cut:]), batch(*rows))]
    assert sum(part.written for part in parts) == sum(part.duplicates for part in parts) == len(rows)
    twice = historian.window(tags, span(0, 12), STEP)
    assert np.array_equal(once.values, twice.values, equal_nan=True)
