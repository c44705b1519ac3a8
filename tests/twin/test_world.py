"""Effects and their intervals."""

import numpy as np
import pytest

from twin.world import ImaginedEffect, quantiles


def effect(paths, mean):
    paths = np.asarray(paths, np.float32)
    nothing = np.zeros(paths.shape[1:])
    return ImaginedEffect(paths, np.broadcast_to(np.asarray(mean, float), nothing.shape), nothing, nothing, nothing)


@pytest.mark.parametrize("paths", [39, 60, 200])
def test_a_further_path_lies_within_the_band_with_its_probability_however_few_there_are(paths):
    generator = np.random.default_rng(1)
    low, high = quantiles(generator.normal(size=(paths, 20_000)), (0.05, 0.95))
    further = generator.normal(size=20_000)
    assert ((low < further) & (further < high)).mean() == pytest.approx(0.9, abs=0.006)


def test_paths_are_stretched_about_the_mean_to_the_interval_asked_for():
    drawn = 3 + np.random.default_rng(1).normal(0, 2, (400, 5, 2))
    before = effect(drawn, 3.0)
    low, high = quantiles(before.paths, (0.05, 0.95))
    found = before.within(3 - (high - low), 3 + (high - low))
    again = quantiles(found.paths, (0.05, 0.95))
    assert np.allclose(again[1] - again[0], 2 * (high - low), rtol=1e-4)
    assert np.allclose(found.paths - 3, 2 * (before.paths - 3), atol=1e-3)
    assert np.array_equal(found.p05, 3 - (high - low))


def test_paths_without_a_spread_get_that_of_the_interval():
    found = effect(np.full((1001, 2, 1), 5.0), 5.0).within(np.full((2, 1), 3.0), np.full((2, 1), 7.0))
    low, middle, high = np.quantile(found.paths, (0.05, 0.5, 0.95), axis=0)
    assert (low[0, 0], middle[0, 0], high[0, 0]) == pytest.approx((3, 5, 7), abs=0.02)


def test_no_interval_is_no_spread():
    found = effect(np.zeros((10, 2, 1)), 0.0).within(np.zeros((2, 1)), np.zeros((2, 1)))
    assert not found.paths.any()
