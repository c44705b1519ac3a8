"""Advice on the twin in memory: its pressure follows its setpoint and 100 kPa per unit of A feed bias."""

from dataclasses import replace
from datetime import timedelta

import pytest

from twin.clock import Span
from twin.errors import HorizonTooLong, InvalidInput, ModelNotReady
from twin.operations.advise import Goal, advise, goal_of
from twin.query import AdvisePlan, Limit
from twin.scenario import Support

DAY = timedelta(hours=24)
PRESSURE = "reactor_pressure"


def below(value):
    return Goal(tag=PRESSURE, unit="kPa", high=value)


def advised(twin, goal, *handles, **more):
    return advise(twin, goal, handles, max_horizon=DAY, **more)


def test_the_handle_is_moved_as_far_as_the_whole_band_needs(twin):
    found = advised(twin, below(2680))
    (move,) = found.best.moves
    assert move.tag == "sp.reactor_pressure"
    assert found.reached
    assert found.best.sure
    assert found.best.value == pytest.approx(found.unmoved.value + move.after - move.before, abs=0.01)
    assert 0 <= found.best.margin < 5
    assert found.best.support is Support.SUPPORTED


def test_a_lower_bound_is_reached_with_the_whole_band_too(twin):
    found = advised(twin, Goal(tag=PRESSURE, unit="kPa", low=2712))
    assert found.best.sure
    assert found.best.p05 >= 2712
    assert found.best.margin < 5


def test_the_outcome_is_the_what_if_of_the_advised_move(twin):
    found = advised(twin, below(2680))
    assert [(move.tag, move.after) for move in found.outcome.moves] == [
        (move.tag, move.after) for move in found.best.moves
    ]
    assert found.outcome.verdict.support is Support.SUPPORTED


def test_nothing_is_moved_where_nothing_needs_to_be(twin):
    found = advised(twin, below(2900))
    assert (found.best, found.outcome, found.tried) == (None, None, ())
    assert found.reached
    assert found.unmoved.margin == pytest.approx(2900 - found.unmoved.value)


def test_a_tag_that_no_move_reaches_gets_no_advice(twin):
    found = advised(twin, Goal(tag="reactor_level", unit="%", low=70))
    assert (found.best, found.reached) == (None, False)
    assert found.tried
    assert found.handles


def test_a_goal_out_of_reach_gets_the_nearest_supported_move(twin):
    found = advised(twin, below(2300))
    assert not found.reached
    assert found.best.margin > found.unmoved.margin
    assert found.best.support is not Support.REFUSED


def test_the_pair_goes_further_than_either_alone(twin):
    found = advised(twin, below(2300), "sp.reactor_pressure", "bias.a_feed")
    singles = [item.margin for item in found.tried if len(item.moves) == 1]
    assert {move.tag for move in found.best.moves} == {"sp.reactor_pressure", "bias.a_feed"}
    assert found.best.margin > max(singles)


def test_levels_stay_within_range_and_envelope(twin):
    envelope = {item.tag: item for item in twin.model.card.envelope}
    for item in advised(twin, below(2300)).tried:
        for move in item.moves:
            assert envelope[move.tag].low <= move.after <= envelope[move.tag].high


def test_only_the_handles_that_were_asked_for_are_tried(twin):
    found = advised(twin, below(2690), "feed_a_flow")
    assert found.handles == ("bias.a_feed",)
    assert {move.tag for item in found.tried for move in item.moves} == {"bias.a_feed"}


@pytest.mark.parametrize("most", [4, 8, 24])
def test_the_rollouts_are_bounded_and_what_was_left_out_is_named(twin, most):
    found = advised(twin, below(2300), most=most)
    assert len(found.tried) + 1 <= most
    assert set(found.handles) | set(found.left_out) == set(twin.model.card.moves)
    assert found.handles[0] == "sp.reactor_pressure"


def test_a_handle_that_nobody_sets_is_refused(twin):
    with pytest.raises(InvalidInput, match="feed_d_flow is not something an operator sets"):
        advised(twin, below(2680), "feed_d_flow")


def test_a_setpoint_is_no_goal(twin):
    with pytest.raises(InvalidInput, match="set it"):
        advised(twin, Goal(tag="sp.reactor_pressure", unit="kPa", high=2700))


def test_without_a_model_or_beyond_the_horizon_there_is_no_advice(twin):
    with pytest.raises(ModelNotReady):
        advised(replace(twin, model=None), below(2680))
    with pytest.raises(HorizonTooLong):
        advised(twin, below(2680), horizon=2 * DAY)


@pytest.mark.parametrize(
    ("plan", "low", "high"),
    [
        (AdvisePlan(goal=Limit(tag=PRESSURE, side="below", value=2680)), None, 2680),
        (AdvisePlan(goal=Limit(tag=PRESSURE, side="below", name="hi")), None, 2895),
        (AdvisePlan(goal=Limit(tag=PRESSURE, side="above", value=2710)), 2710, None),
        (AdvisePlan(tags=(PRESSURE,), target=2750), 2744, 2756),
    ],
)
def test_a_plan_says_its_goal(twin, plan, low, high):
    goal = goal_of(twin, plan)
    assert (goal.low, goal.high) == (low, high)


@pytest.mark.parametrize(("direction", "low", "high"), [("raise", 12, None), ("lower", None, -12), ("hold", -6, 6)])
def test_a_direction_is_one_ordinary_movement_from_where_the_tag_stood(twin, direction, low, high):
    goal = goal_of(twin, AdvisePlan(tags=(PRESSURE,), direction=direction))
    hour = twin.clock.now() - timedelta(hours=1)
    stood = twin.historian.statistics([PRESSURE], Span(hour, twin.clock.now()))[0].mean
    assert goal.assumed
    for bound, expected in ((goal.low, low), (goal.high, high)):
        assert bound is None if expected is None else bound == pytest.approx(stood + expected)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (AdvisePlan(), "which tag"),
        (AdvisePlan(tags=(PRESSURE,)), "where reactor_pressure should be"),
        (AdvisePlan(goal=Limit(tag=PRESSURE, side="above", name="lo")), "has no limit lo"),
    ],
)
def test_a_plan_without_a_goal_says_what_is_missing(twin, plan, says):
    with pytest.raises(InvalidInput, match=says):
        goal_of(twin, plan)
