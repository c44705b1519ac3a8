"""History at a resolution, of every historian."""

import math
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput, UnknownTag
from twin.historian.rollups import refresh
from twin.historian.series import choose_resolution
from twin.protocols import Fill, Historian, Series
from twin.sample import Quality, Sample, SampleBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def write(historian: Historian, tag: str, values: dict[float, float], quality: Quality = Quality.GOOD) -> None:
    historian.write(SampleBatch.of(Sample(tag, at(minute), value, quality) for minute, value in values.items()))


def column(series: Series, name: str, tag: int = 0) -> list[float | None]:
    return [None if math.isnan(value) else value for value in getattr(series, name)[:, tag]]


def test_a_row_tells_count_mean_low_high_first_and_last(historian):
    write(historian, "level", {0: 4.0, 1: 1.0, 2: 7.0, 5: 9.0})
    series = historian.series(["level"], span(0, 10), resolution=5 * MINUTE)
    assert [from_datetime64(time) for time in series.time] == [at(0), at(5)]
    assert [column(series, name) for name in ("count", "mean", "low", "high", "first", "last")] == [
        [3, 1],
        [4.0, 9.0],
        [1.0, 9.0],
        [7.0, 9.0],
        [4.0, 9.0],
        [7.0, 9.0],
    ]


def test_a_row_begins_with_its_start_and_ends_before_its_end(historian):
    write(historian, "level", {0: 1.0, 4.999: 2.0, 5: 3.0})
    series = historian.series(["level"], span(0, 10), resolution=5 * MINUTE)
    assert column(series, "count") == [2, 1]


def test_rows_are_multiples_of_the_resolution_and_cover_the_span_in_whole(historian):
    write(historian, "level", {-4: 1.0, 12: 2.0})
    series = historian.series(["level"], span(-0.5, 10.5), resolution=5 * MINUTE)
    assert [from_datetime64(time) for time in series.time] == [at(-5), at(0), at(5), at(10)]
    assert column(series, "count") == [1, 0, 0, 1]


def test_bad_samples_are_counted_and_reach_no_number(historian):
    write(historian, "level", {0: 1.0})
    write(historian, "level", {1: math.nan}, Quality.BAD)
    write(historian, "level", {2: 99.0, 7: 98.0}, Quality.UNCERTAIN)
    series = historian.series(["level"], span(0, 10), resolution=5 * MINUTE)
    assert (column(series, "count"), column(series, "bad")) == ([1, 0], [2, 1])
    assert column(series, "high") == [1.0, None]


def test_a_gap_stays_a_gap_unless_it_is_to_be_filled(historian):
    write(historian, "level", {0: 1.0, 3: 4.0})
    series = historian.series(["level"], span(0, 4), resolution=MINUTE)
    assert column(series, "mean") == [1.0, None, None, 4.0]
    assert not series.filled.any()
    assert series.fill is Fill.NULL


def test_a_gap_holds_the_last_value_from_before_the_span(historian):
    write(historian, "level", {-3000: 7.0, 1: 1.0})
    write(historian, "level", {-1: 99.0}, Quality.BAD)
    series = historian.series(["level", "flow"], span(0, 4), resolution=MINUTE, fill=Fill.LAST)
    assert column(series, "mean") == column(series, "low") == [7.0, 1.0, 1.0, 1.0]
    assert series.filled[:, 0].tolist() == [True, False, True, True]
    assert column(series, "mean", 1) == [None] * 4
    assert not series.filled[:, 1].any()
    assert column(series, "count") == [0, 1, 0, 0]


def test_a_line_goes_from_the_sample_before_the_gap_to_the_one_after_it(historian):
    write(historian, "level", {-1: 0.0, 1: 2.0, 4: 8.0})
    series = historian.series(["level"], span(0, 4), resolution=MINUTE, fill=Fill.LINEAR)
    assert column(series, "first") == pytest.approx([1.0, 2.0, 4.0, 6.0])
    assert column(series, "last") == pytest.approx([2.0, 2.0, 6.0, 8.0])
    assert column(series, "mean") == pytest.approx([1.5, 2.0, 5.0, 7.0])
    assert (column(series, "low"), column(series, "high")) == (column(series, "first"), column(series, "last"))
    assert series.filled[:, 0].tolist() == [True, False, True, True]


def test_a_line_goes_nowhere_before_the_first_sample_or_after_the_last(historian):
    write(historian, "level", {1: 2.0, 2: 3.0})
    series = historian.series(["level"], span(0, 4), resolution=MINUTE, fill=Fill.LINEAR)
    assert column(series, "mean") == [None, 2.0, 3.0, None]
    assert series.filled[:, 0].tolist() == [False] * 4


@pytest.mark.parametrize(
    ("length", "rows", "chosen"),
    [
        (timedelta(minutes=10), 1000, timedelta(seconds=1)),
        (timedelta(hours=1), 1000, timedelta(seconds=5)),
        (timedelta(days=1), 1000, timedelta(minutes=5)),
        (timedelta(days=1), 24, timedelta(hours=1)),
        (timedelta(days=365), 1000, timedelta(days=1)),
        (timedelta(days=4000), 1000, timedelta(days=5)),
    ],
)
def test_the_finest_resolution_is_chosen_that_has_no_more_rows_than_asked(length, rows, chosen):
    whole = datetime(2026, 1, 1, tzinfo=UTC)
    assert choose_resolution(Span(whole, whole + length), None, rows) == chosen


def test_no_more_rows_are_given_than_asked(historian):
    write(historian, "level", {0: 1.0})
    assert len(historian.series(["level"], span(0.5, 1440), rows=100).time) <= 100


def test_columns_come_in_the_order_asked_even_twice(historian):
    write(historian, "flow", {0: 1.0})
    write(historian, "level", {0: 2.0})
    series = historian.series(["level", "flow", "level"], span(0, 1), resolution=MINUTE, fill=Fill.LAST)
    assert series.tags == ("level", "flow", "level")
    assert series.mean.tolist() == [[2.0, 1.0, 2.0]]


def test_an_unknown_tag_and_a_resolution_of_nothing_are_refused(historian):
    with pytest.raises(UnknownTag):
        historian.series(["levle"], span(0, 1))
    with pytest.raises(InvalidInput, match="not positive"):
        historian.series(["level"], span(0, 1), resolution=timedelta(0))


ROWS = st.lists(
    st.builds(
        Sample,
        st.sampled_from(["level", "sp.level"]),
        st.integers(-20, 3000).map(lambda half: at(half / 2)),
        st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)),
        st.sampled_from(Quality),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda row: (row.tag, row.time),
)
RESOLUTIONS = [timedelta(seconds=30), MINUTE, 7 * MINUTE, timedelta(hours=1), timedelta(hours=5), timedelta(days=1)]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(rows=ROWS, cut=st.integers(0, 30), until=st.integers(0, 1500).map(at), resolution=st.sampled_from(RESOLUTIONS))
def test_whatever_was_rolled_up_a_series_is_what_the_samples_say(new_historian, rows, cut, until, resolution):
    historian = new_historian()
    historian.write(SampleBatch.of(rows[:cut]))
    if hasattr(historian, "_store"):
        refresh(historian._store.engine, until)
    historian.write(SampleBatch.of(rows[cut:]))
    series = historian.series(["level", "sp.level"], span(0, 1500), resolution=resolution)
    end = from_datetime64(series.time[-1]) + resolution  # the last row is told in whole
    for tag, name in enumerate(series.tags):
        inside = sorted((r for r in rows if r.tag == name and r.time < end), key=lambda r: r.time)
        for row, samples in groupby(inside, key=lambda r: (r.time - from_datetime64(series.time[0])) // resolution):
            if row >= 0:
                expect(series, row, tag, list(samples))
    assert series.count.sum() == series.bad.sum() == 0
    assert np.isnan(series.mean).all()
    assert np.all(np.diff(series.time) == np.timedelta64(resolution))


def expect(series: Series, row: int, tag: int, samples: list[Sample]) -> None:
    """Check one cell and empty it, so that nothing may be left."""
    good = [r.value for r in samples if r.quality is Quality.GOOD and math.isfinite(r.value)]
    assert (series.count[row, tag], series.bad[row, tag]) == (len(good), len(samples) - len(good))
    numbers = [getattr(series, name)[row, tag] for name in ("mean", "low", "high", "first", "last")]
    expected = [sum(good) / len(good), min(good), max(good), good[0], good[-1]] if good else [math.nan] * 5
    assert numbers == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-6)
    series.count[row, tag] = series.bad[row, tag] = 0
    series.mean[row, tag] = math.nan
