"""When limits are passed: worked by hand."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from twin.operations.hazard import hazard, risks
from twin.operations.whatif import what_if
from twin.scenario import Change, Move, Scenario
from twin.world import Imagination

STEP = timedelta(minutes=3)


def test_the_hazard_counts_only_futures_that_are_still_inside():
    found = hazard(np.array([0, 2, 2, 4]), 4, STEP)
    assert found.per_step == pytest.approx((1 / 4, 0, 2 / 3, 0))


def test_no_future_passes_no_hazard():
    assert hazard(np.array([4, 4]), 4, STEP) is None


def test_after_the_last_future_has_passed_the_hazard_is_nothing():
    assert hazard(np.array([1, 1]), 3, STEP).per_step == (0, 1, 0)


def test_the_time_to_the_limit_is_told_as_far_as_enough_futures_reach_it():
    first = np.array([3] * 10 + [7] * 50 + [20] * 40)
    found = hazard(first, 20, STEP)
    assert (found.p05, found.p50, found.p95) == (4 * STEP, 8 * STEP, None)


def test_surviving_every_step_is_surviving_the_horizon():
    first = np.random.default_rng(1).integers(0, 30, 200)
    found = hazard(first, 20, STEP)
    assert 1 - np.prod(1 - np.array(found.per_step)) == pytest.approx((first < 20).mean())


def test_low_limits_are_passed_from_above_and_high_ones_from_below(twin):
    rows = 5
    tags = tuple(tag.name for tag in twin.plant.observed)
    levels = np.array([(tag.low + tag.high) / 2 for tag in twin.plant.observed])
    paths = np.tile(levels, (2, rows, 1)).astype(np.float32)
    column = tags.index("reactor_level")
    paths[0, 2:, column], paths[1, 3:, column] = 40.0, 110.0
    nothing = np.zeros((rows, len(tags)))
    future = Imagination(tags, np.zeros(rows, "datetime64[us]"), paths, paths[0].astype(float), nothing, nothing)
    found = {risk.limit: risk for risk in risks(future, future, twin.plant, STEP) if risk.tag == "reactor_level"}
    assert found["lo"].scenario == found["hi"].scenario == 0.5
    assert (found["lo"].scenario_hazard.p50, found["hi"].scenario_hazard.p50) == (3 * STEP, 4 * STEP)
    assert found["trip_hi"].scenario_hazard is None


def test_a_what_if_says_when_a_limit_is_passed(twin):
    move = Move(tag="sp.reactor_pressure", change=Change.BY, amount=30, after=timedelta(hours=1))
    tags = twin.plant.tags
    limited = tuple(
        replace(tag, limits=replace(tag.limits, hi=2735.0)) if tag.name == "reactor_pressure" else tag for tag in tags
    )
    asked = replace(twin, plant=replace(twin.plant, tags=limited))
    result = what_if(asked, Scenario(moves=(move,)), max_horizon=timedelta(hours=24))
    risk = next(risk for risk in result.risks if (risk.tag, risk.limit) == ("reactor_pressure", "hi"))
    assert risk.baseline_hazard is None
    assert risk.scenario_hazard.p05 == risk.scenario_hazard.p50 == timedelta(hours=1, minutes=3)
