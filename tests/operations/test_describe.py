from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.clock import Span, to_datetime64
from twin.errors import UnknownTag
from twin.historian.memory import MemoryHistorian
from twin.operations.describe import describe_tag, history, latest, outermost_passed, predicted
from twin.operations.status import plant_status
from twin.protocols import ScoreSeries, Twin
from twin.sample import Quality, Sample, SampleBatch
from twin.world import Residual


def last(twin, hours):
    return Span(twin.clock.now() - timedelta(hours=hours), twin.clock.now())


def with_samples(fake, samples):
    base = fake.build()
    historian = MemoryHistorian(fake.PLANT)
    historian.write(SampleBatch.of(samples))
    return Twin(base.plant, historian, base.events, base.model, base.clock)


def test_a_tag_is_summed_up_over_its_window(twin):
    found = describe_tag(twin, "reactor_pressure", last(twin, 8))
    assert found.count == 480
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(2700, abs=2)
    assert found.passed == ()


def test_a_limit_that_was_passed_is_named_with_its_first_time_and_share(fake):
    start = fake.NOW - timedelta(minutes=10)
    samples = [
        Sample("reactor_pressure", start + timedelta(minutes=i), 2900.0 if i >= 5 else 2800.0) for i in range(10)
    ]
    found = describe_tag(with_samples(fake, samples), "reactor_pressure", Span(start, fake.NOW))
    assert [(item.limit, item.value, item.share) for item in found.passed] == [("hi", 2895.0, 0.5)]
    assert found.passed[0].first == start + timedelta(minutes=5)


def test_a_limit_passed_behind_a_hundred_thousand_samples_is_named(fake):
    minutes = 100_001
    time = np.datetime64(to_datetime64(fake.NOW), "us") - np.arange(minutes, 0, -1) * np.timedelta64(1, "m")
    value = np.full(minutes, 2800.0)
    value[-1] = 2900.0
    historian = MemoryHistorian(fake.PLANT)
    whole = np.zeros(minutes, np.int32), time, value, np.full(minutes, Quality.GOOD, np.int8)
    historian.write(SampleBatch(("reactor_pressure",), *whole))
    base = fake.build()
    twin = Twin(base.plant, historian, base.events, base.model, base.clock)
    found = describe_tag(twin, "reactor_pressure", Span(fake.NOW - timedelta(minutes=minutes), fake.NOW))
    assert [(item.limit, item.first) for item in found.passed] == [("hi", fake.NOW - timedelta(minutes=1))]


def test_a_bad_sample_passes_no_limit(fake):
    start = fake.NOW - timedelta(minutes=2)
    samples = [
        Sample("reactor_pressure", start, 2800.0),
        Sample("reactor_pressure", start + fake.STEP / 3, 9e9, Quality.BAD),
    ]
    found = describe_tag(with_samples(fake, samples), "reactor_pressure", Span(start, fake.NOW))
    assert (found.count, found.bad, found.high, found.passed) == (1, 1, 2800.0, ())


def test_a_setpoint_counts_by_the_time_it_held(twin, fake):
    span = Span(fake.MOVED_AT - timedelta(hours=3), fake.MOVED_AT + timedelta(hours=1))
    found = describe_tag(twin, "sp.reactor_pressure", span)
    assert (found.count, found.low, found.high, found.first, found.last) == (1, 2700, 2745, 2700, 2745)
    assert found.mean == pytest.approx(2700 + 45 / 4, abs=1)


def test_a_setpoint_that_nobody_moved_still_has_a_value(twin):
    found = describe_tag(twin, "mv.agitator", last(twin, 1))
    assert (found.count, found.mean, found.low, found.high) == (0, 50, 50, 50)


def test_a_window_without_samples_has_no_numbers(fake):
    found = describe_tag(
        with_samples(fake, [Sample("feed_a_flow", fake.NOW - timedelta(hours=5), 0.2)]),
        "reactor_level",
        Span(fake.NOW - timedelta(hours=1), fake.NOW),
    )
    assert (found.count, found.mean, found.low) == (0, None, None)


def test_an_unknown_tag_names_the_nearest(twin):
    with pytest.raises(UnknownTag) as raised:
        describe_tag(twin, "reactor_presure", last(twin, 1))
    assert "reactor_pressure" in raised.value.candidates


def test_history_keeps_its_gaps(fake):
    minutes = [*range(20), *range(40, 60)]
    start = fake.NOW - timedelta(hours=1)
    twin = with_samples(fake, [Sample("reactor_level", start + timedelta(minutes=m), float(m)) for m in minutes])
    line = history(twin, "reactor_level", Span(start, fake.NOW))
    assert len(line.values) == 60
    assert [v is None for v in line.values[20:39]] == [True] * 19
    assert line.low is None


def test_history_of_a_long_span_loses_no_peak(fake):
    start = fake.NOW - timedelta(hours=30)
    samples = [Sample("reactor_level", start + timedelta(minutes=m), 99.0 if m == 777 else 50.0) for m in range(1800)]
    line = history(with_samples(fake, samples), "reactor_level", Span(start, fake.NOW), max_points=100)
    assert len(line.values) <= 100
    assert max(line.high) == 99.0
    assert min(line.low) == 50.0
    assert max(line.values) < 60


@given(points=st.integers(1, 60), missing=st.sets(st.integers(0, 119)))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_history_never_has_more_points_than_asked_nor_values_where_there_were_none(fake, points, missing):
    start = fake.NOW - timedelta(hours=2)
    kept = [m for m in range(1, 121) if m - 1 not in missing]
    twin = with_samples(
        fake,
        [Sample("reactor_level", start + timedelta(minutes=m), float(m)) for m in kept]
        or [Sample("feed_a_flow", start, 0.1)],
    )
    line = history(twin, "reactor_level", Span(start, fake.NOW), max_points=points)
    assert len(line.values) <= points
    numbers = [v for v in line.values if v is not None]
    assert all(1 <= v <= 120 for v in numbers)
    assert bool(numbers) == bool(kept)


def test_predictions_come_with_their_band_and_gaps(twin, fake):
    line = predicted(twin, "reactor_pressure", Span(fake.START - timedelta(hours=1), fake.START + timedelta(hours=1)))
    assert line.time[0] == fake.START
    assert line.values[0] == 2700
    assert np.allclose(np.subtract(line.high, line.low), 2 * 1.645 * 1.2)
    assert (
        predicted(
            twin, "reactor_pressure", Span(fake.START - timedelta(hours=2), fake.START - timedelta(hours=1))
        ).values
        == ()
    )


def test_the_latest_values_say_what_is_stale_and_what_is_beyond_a_limit(fake):
    now = fake.NOW
    twin = with_samples(
        fake,
        [
            Sample("reactor_pressure", now - timedelta(minutes=1), 2950.0),
            Sample("reactor_level", now - timedelta(hours=1), 70.0),
            Sample("mv.agitator", now - timedelta(hours=20), 50.0),
        ],
    )
    found = {value.tag: value for value in latest(twin)}
    assert (found["reactor_pressure"].passed, found["reactor_pressure"].stale) == ("hi", False)
    assert (found["reactor_level"].passed, found["reactor_level"].stale) == (None, True)
    assert not found["mv.agitator"].stale


def test_the_outermost_limit_counts(fake):
    tag = fake.PLANT.tag("reactor_level")
    assert [outermost_passed(tag, value) for value in (-3, 40, 70, 101, 120)] == [
        "trip_lo",
        "lo",
        None,
        "hi",
        "trip_hi",
    ]


def test_the_status_of_a_plant_without_data_says_so(fake):
    base = fake.build()
    empty = plant_status(Twin(base.plant, MemoryHistorian(fake.PLANT), base.events, base.model, base.clock))
    assert (empty.newest, empty.tags) == (None, 0)


def test_only_open_anomalies_are_in_the_status(fake):
    twin = fake.build()
    assert plant_status(twin).open_events == ()
    twin.events.put(
        [fake.FRAMES[0].model_copy(update={"id": "open", "start": fake.NOW - timedelta(hours=1), "end": None})]
    )
    assert [frame.id for frame in plant_status(twin).open_events] == ["open"]


def test_a_tag_is_stale_when_it_has_been_silent_for_longer_than_stated(fake):
    now = fake.NOW
    twin = with_samples(fake, [Sample("reactor_level", now - timedelta(hours=1), 70.0)])
    tags = tuple(
        replace(tag, max_silence=timedelta(hours=2)) if tag.name == "reactor_level" else tag
        for tag in fake.PLANT.tags
    )
    patient = replace(twin, plant=replace(fake.PLANT, tags=tags))
    assert [value.stale for value in latest(twin)] == [True]
    assert [value.stale for value in latest(patient)] == [False]


def test_tags_that_never_spoke_are_named_by_the_status(fake):
    status = plant_status(with_samples(fake, [Sample("reactor_level", fake.NOW, 70.0)]))
    assert "reactor_level" not in status.unheard
    assert "reactor_pressure" in status.unheard
    assert "sp.reactor_pressure" not in status.unheard


def test_predictions_of_a_long_window_are_cut_into_buckets_with_their_mean_band(twin, fake):
    rows = 10
    time = np.array([to_datetime64(fake.NOW - (rows - i) * fake.STEP) for i in range(rows)])
    mean = np.arange(float(rows))[:, None]
    twin.events.record(
        "m", ScoreSeries(time, np.zeros(rows)), Residual(("feed_a_flow",), time, mean, mean * 0 + 2, mean)
    )
    span = Span(fake.NOW - 10 * fake.STEP, fake.NOW)
    whole, cut = (predicted(twin, "feed_a_flow", span, points) for points in (None, 4))
    assert whole.values == tuple(range(rows))
    assert cut.values == (1.0, 4.0, 7.0, 9.0)
    assert cut.time[-1] == whole.time[-1]
    assert cut.high[0] - cut.values[0] == pytest.approx(1.645 * 2)
