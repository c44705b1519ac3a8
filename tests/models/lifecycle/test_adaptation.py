"""Bands follow what really came: fast when they are too narrow, hardly when they are right."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from models import adaptation
from models.adaptation import AdaptationConfig, Adapted, follow
from models.rollouts import Rolled, RolloutConfig
from twin.clock import from_datetime64
from twin.lifecycle import BandReport, TagBand

from .conftest import NOISE, START, GainModel, operate

BEGIN = from_datetime64(START)
CONFIG = AdaptationConfig(rollout=RolloutConfig(horizon=timedelta(hours=4), samples=300))
WIDTH = 1.6449


def after(band, scale, days, seed=1, config=CONFIG):
    """The band after days of six rollouts of 40 independent values, `scale` times as wide as calibrated."""
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(6 * days):
        reach = np.abs(rng.normal(size=40)) * scale / WIDTH
        shares.append(float((reach <= band.factor).mean()))
        band = adaptation._moved(band, reach, config)
    return band, shares


def test_without_drift_the_factor_stays_within_five_percent():
    for seed in range(20):
        band, _ = after(TagBand(tag="level"), 1.0, 30, seed)
        assert band.factor == pytest.approx(1.0, abs=0.05)
        assert band.steps is None


def test_doubled_noise_is_covered_again_within_three_days():
    covered = []
    for seed in range(20):
        calm, _ = after(TagBand(tag="level"), 1.0, 10, seed)
        _, shares = after(calm, 2.0, 9, 100 + seed)
        assert np.mean(shares[:3]) < 0.7
        covered.append(np.mean(shares[18:]))
    assert 0.88 < np.mean(covered) < 0.92
    assert all(0.86 < share < 0.94 for share in covered)


def test_a_band_that_is_too_wide_is_narrowed_slowly():
    band, _ = after(TagBand(tag="level"), 0.5, 14)
    assert 0.8 < band.factor < 0.9
    assert after(TagBand(tag="level"), 0.5, 14, config=replace(CONFIG, smallest=0.95))[0].factor == 0.95


def test_no_factor_passes_its_bounds():
    band, _ = after(TagBand(tag="level"), 100.0, 10)
    assert band.factor == CONFIG.largest


def test_one_bad_rollout_sets_nothing_anew():
    calm, _ = after(TagBand(tag="level"), 1.0, 5)
    hit = adaptation._moved(calm, np.full(40, 9.0), CONFIG)
    assert hit.steps is None
    assert hit.factor / calm.factor == pytest.approx(np.exp(CONFIG.rate * 0.9))


def test_a_rollout_without_values_changes_nothing():
    band = TagBand(tag="level", factor=1.3, rollouts=4)
    assert adaptation._moved(band, np.full(40, np.nan), CONFIG) is band


def report(window, before=None, model=None, hours=72, config=CONFIG):
    return follow(before, model or GainModel(), [window], BEGIN + timedelta(hours=hours), config)


def test_live_operation_with_doubled_noise_widens_the_band_and_is_put_on_record():
    found = report(operate(72, 3, noise=2 * NOISE))
    (band,) = found.tags
    assert band.factor == pytest.approx(2.0, rel=0.15)
    assert found.factors() == {"level": round(band.factor, 3)}
    first = found.changes[0]
    assert (first.tag, first.old) == ("level", 1.0)
    assert "set anew" in first.reason
    assert all(later.old == earlier.new for earlier, later in zip(found.changes, found.changes[1:], strict=False))
    assert found.changes[-1].new == band.recorded


def test_the_same_operation_counts_once():
    window = operate(72, 4)
    whole = report(window)
    half = report(window.rows(slice(0, 720)), hours=36, config=replace(CONFIG, window=timedelta(hours=36)))
    joined = report(window, half)
    assert joined.tags[0].rollouts == whole.tags[0].rollouts
    assert report(window, joined).tags == joined.tags


def test_another_version_begins_anew():
    before = report(operate(72, 3, noise=2 * NOISE))
    again = report(operate(72, 4), before, GainModel(version="gain-2"))
    assert again.version == "gain-2"
    assert again.tags[0].factor == pytest.approx(1.0, abs=0.05)
    assert not again.changes


def test_only_so_many_changes_are_kept():
    found = report(operate(72, 3, noise=2 * NOISE), config=replace(CONFIG, kept=1))
    assert len(found.changes) == 1


def test_a_factor_of_a_hundredth_is_not_served():
    time = BEGIN
    bands = (TagBand(tag="a", factor=1.009), TagBand(tag="b", factor=0.9))
    assert BandReport(version="v", time=time, until=time, tags=bands).factors() == {"b": 0.9}


def test_an_adapted_model_widens_both_futures_about_their_means():
    model, window = GainModel(), operate(10)
    adapted = Adapted(model, {"level": 2.0})
    belief, residual = adapted.observe(window)
    assert np.array_equal(residual.sigma, model.observe(window)[1].sigma, equal_nan=True)
    moves = np.full((20, 1), 3.0)
    own, wide = model.imagine(belief, moves), adapted.imagine(belief, moves)
    assert np.array_equal(wide.mean, own.mean)
    assert wide.paths - wide.mean == pytest.approx(2 * (own.paths - own.mean), abs=1e-4)
    assert np.array_equal(wide.noise, 2 * own.noise)
    assert adapted.card.band_factors == {"level": 2.0}
    assert not model.card.band_factors


def test_how_far_a_value_reaches_is_measured_on_its_own_side():
    roll = Rolled(START, np.array([[1.0]]), np.array([[0.5]]))
    assert roll.inside.all()
    assert not replace(roll, reach=np.array([[1.01]])).inside.any()
