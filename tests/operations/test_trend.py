"""Slopes of made-up series: what is known to rise, to fall, to hold and to wander."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.clock import FixedClock, Span, to_datetime64
from twin.errors import OutsideRetention, UnknownTag
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.operations.trend import slope_of, trend
from twin.protocols import Twin
from twin.sample import SampleBatch

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
EIGHT_HOURS = Span(NOW - timedelta(hours=8), NOW)
MINUTES = np.arange(480)


def made(plant, values, tag="level", start=EIGHT_HOURS.start, step=1):
    historian = MemoryHistorian(plant)
    time = to_datetime64(start) + np.arange(len(values)) * np.timedelta64(step, "m")
    historian.write(
        SampleBatch(
            (tag,), np.zeros(len(time), np.int32), time, np.asarray(values, float), np.full(len(time), 2, np.int8)
        )
    )
    return Twin(plant, historian, MemoryEventLog(), None, FixedClock(NOW))


def noise(scale, seed=0, count=480):
    return np.random.default_rng(seed).normal(scale=scale, size=count)


@pytest.mark.parametrize(("slope", "direction"), [(0.5, "rising"), (-0.5, "falling")])
def test_a_ramp_in_noise_is_found_with_its_slope(small_plant, slope, direction):
    found = trend(made(small_plant, 50 + slope * MINUTES / 60 + noise(0.3)), "level", EIGHT_HOURS)
    assert found.direction == direction
    assert found.low <= slope <= found.high
    assert found.slope == pytest.approx(slope, abs=0.05)
    assert found.change == pytest.approx(8 * slope, abs=0.4)
    assert found.r2 > 0.8
    assert found.unit == "%"


def test_noise_alone_is_steady(small_plant):
    found = trend(made(small_plant, 50 + noise(0.3)), "level", EIGHT_HOURS)
    assert found.direction == "steady"
    assert found.low <= 0 <= found.high


def test_a_constant_is_steady_with_slope_nothing(small_plant):
    found = trend(made(small_plant, np.full(480, 50.0)), "level", EIGHT_HOURS)
    assert (found.direction, found.slope, found.r2) == ("steady", 0, 0)


def test_a_few_wild_values_do_not_make_a_trend(small_plant):
    values = 50 + noise(0.3)
    values[-12:] = 100
    assert trend(made(small_plant, values), "level", EIGHT_HOURS).direction == "steady"


def test_slow_noise_seldom_passes_for_a_trend():
    """Of 200 stretches of a first-order autoregression without any trend, at most 15 % are called one."""
    time = np.arange(160) / 20
    called = 0
    for seed in range(200):
        shocks, values = noise(1, seed, 160), np.zeros(160)
        for i in range(1, 160):
            values[i] = 0.8 * values[i - 1] + shocks[i]
        _, low, high = slope_of(time, values)
        called += not low <= 0 <= high
    assert called <= 30


def test_the_interval_of_slow_noise_is_wider_than_that_of_quick_noise():
    time = np.arange(160) / 20
    quick = noise(1, 1, 160)
    slow = np.convolve(noise(1, 1, 167), np.ones(8) / np.sqrt(8), "valid")
    widths = [high - low for _, low, high in (slope_of(time, values) for values in (quick, slow))]
    assert widths[1] > 1.5 * widths[0]


@pytest.mark.parametrize("values", [np.full(5, 50.0), np.linspace(50, 60, 120)], ids=["few", "short"])
def test_few_values_or_a_short_part_of_the_window_are_not_enough(small_plant, values):
    found = trend(made(small_plant, values), "level", EIGHT_HOURS)
    assert not found.enough
    assert (found.direction, found.slope, found.change) == (None, None, None)


def test_no_value_at_all_is_not_enough(small_plant):
    found = trend(made(small_plant, np.full(480, 50.0)), "purity", EIGHT_HOURS)
    assert (found.enough, found.count) == (False, 0)


def test_a_long_window_is_thinned_by_means_and_keeps_its_slope(small_plant):
    days = 10
    count = days * 24 * 6
    twin = made(
        small_plant, 40 + 0.05 * np.arange(count) / 6 + noise(1, 0, count), start=NOW - timedelta(days=days), step=10
    )
    found = trend(twin, "level", Span(NOW - timedelta(days=days), NOW))
    assert found.count <= 400
    assert found.slope == pytest.approx(0.05, abs=0.005)


def test_the_change_is_told_in_ordinary_movements_of_the_tag(twin):
    found = trend(twin, "reactor_pressure", Span(twin.clock.now() - timedelta(hours=8), twin.clock.now()))
    scale = twin.model.card.scale[twin.model.card.tags.index("reactor_pressure")]
    assert found.sigma == pytest.approx(found.change / scale)


def test_a_window_before_the_history_and_an_unknown_tag_are_refused(small_plant):
    twin = made(small_plant, np.full(480, 50.0))
    with pytest.raises(OutsideRetention):
        trend(twin, "level", Span(NOW - timedelta(days=9), NOW - timedelta(days=8)))
    with pytest.raises(UnknownTag):
        trend(twin, "nowhere", EIGHT_HOURS)
