"""Thresholds: the tail of normal operation, and what a budget makes of it."""

from datetime import timedelta

import numpy as np
import pytest

from models.anomaly.threshold import Tail, fit_tail, pareto_by_moments, persistent
from twin.errors import InvalidInput

STEP = timedelta(minutes=3)


@pytest.mark.parametrize(("scale", "shape"), [(1.0, 0.0), (2.0, 0.2), (0.5, 0.1)])
def test_moments_give_back_the_distribution_they_were_drawn_from(scale, shape):
    uniform = np.random.default_rng(1).random(20_000)
    excess = -scale * np.log(uniform) if shape == 0 else scale / shape * (uniform**-shape - 1)
    assert pareto_by_moments(excess) == pytest.approx((scale, shape), abs=0.08)


def test_the_threshold_is_exceeded_as_often_as_the_budget_says():
    rng = np.random.default_rng(2)
    weeks = 40
    rows = int(weeks * (timedelta(weeks=1) / STEP))
    tail = fit_tail([rng.exponential(1.0, rows // 4)], STEP, gap=1)
    fresh = rng.exponential(1.0, rows)
    assert (fresh > tail.threshold(1.0)).sum() == pytest.approx(weeks, rel=0.5)


def test_a_larger_budget_never_raises_the_threshold():
    tail = Tail(level=3.0, scale=0.5, shape=0.1, per_week=30.0)
    thresholds = [tail.threshold(budget) for budget in (0.1, 1.0, 10.0, 100.0)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[-1] == 3.0


def test_crossings_close_together_count_once():
    bursts = np.random.default_rng(3).random(10_000)
    for row in range(4):
        bursts[row::200] = 5.0 + np.arange(50.0)
    tail = fit_tail([bursts], STEP, gap=10)
    assert tail.per_week == pytest.approx(50 * (timedelta(weeks=1) / STEP) / 10_000, rel=0.02)


def test_too_little_normal_operation_is_refused():
    with pytest.raises(InvalidInput, match=r"8 are needed"):
        fit_tail([np.ones(20)], STEP, gap=15)


def test_a_budget_of_nothing_is_refused():
    with pytest.raises(InvalidInput, match="0 is not above 0"):
        Tail(3.0, 0.5, 0.0, 30.0).threshold(0.0)


def test_what_persists_is_the_least_of_the_last_rows():
    values = np.array([1.0, 3.0, 2.0, np.nan, 5.0, 6.0])
    np.testing.assert_array_equal(persistent(values, 2), [np.nan, 1.0, 2.0, np.nan, np.nan, 5.0])
