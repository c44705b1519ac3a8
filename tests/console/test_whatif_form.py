"""What the form of the bench makes of what is written in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.console.bench.draft import Draft, DraftMove, DraftScenario, Kind, drafted, move_before, picked
from api.console.bench.fields import (
    Known,
    amount_for,
    amount_problem,
    begin_problem,
    end_problem,
    horizon_problem,
    nice,
    track,
)
from api.console.words import Words
from api.console.writing import Writer
from twin.errors import InvalidInput
from twin.operations.levels import overlay
from twin.plant import Plant, Tag, TagRole
from twin.scenario import Change, Move, Scenario

WRITE = Writer(Words("en"), ZoneInfo("Europe/Berlin"))
GERMAN = Writer(Words("de"), ZoneInfo("Europe/Berlin"))
HOUR, MINUTE, STEP = timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=3)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PRESSURE = Tag("sp.pressure", "tank", TagRole.SETPOINT, "kPa", "Pressure", 2000.0, 3000.0, None, movable=True)
BIAS = Tag("bias.feed", "tank", TagRole.SETPOINT, "1", "Feed", 0.5, 1.5, None, movable=True)
FEED = Tag("feed", "tank", TagRole.MEASURED, "m3/h", "Feed", 0.0, 50.0, MINUTE, handle="bias.feed")
PLANT = Plant(
    name="tank",
    description="A tank",
    time_zone=ZoneInfo("Europe/Berlin"),
    step=STEP,
    night_shift="night",
    shifts=(),
    assets=(),
    tags=(PRESSURE, BIAS, FEED),
)


def move(amount, kind=Kind.BY, tag="sp.pressure", **when):
    return DraftMove(tag, kind, amount, **when)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (move(40), Move(tag="sp.pressure", change=Change.BY, amount=40)),
        (move(2745, Kind.TO), Move(tag="sp.pressure", change=Change.TO, amount=2745)),
        (move(-10, Kind.PER_CENT), Move(tag="sp.pressure", change=Change.TIMES, amount=0.9)),
        (
            move(40, begin=30 * MINUTE, end=90 * MINUTE),
            Move(tag="sp.pressure", change=Change.BY, amount=40, after=30 * MINUTE, duration=HOUR),
        ),
    ],
)
def test_the_form_asks_for_the_move_that_is_written_and_shows_it_again(written, asked):
    assert written.asked() == asked
    scenario = Scenario(moves=(asked,))
    assert drafted(scenario, PLANT, "more").moves == (written,)
    assert drafted(scenario, PLANT, "more").name == "more"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Move(tag="sp.pressure", change=Change.BY, amount=0.4, unit="bar"), move(40)),
        (Move(tag="sp.pressure", change=Change.TO, amount=27, unit="bar"), move(2700, Kind.TO)),
        (Move(tag="sp.pressure", change=Change.BY, amount=-10, unit="%"), move(-10, Kind.PER_CENT)),
        (Move(tag="feed", change=Change.TIMES, amount=0.9), move(-10, Kind.PER_CENT, "bias.feed")),
    ],
)
def test_a_scenario_from_the_chat_is_shown_in_the_tags_own_unit_and_on_its_handle(asked, shown):
    assert drafted(Scenario(moves=(asked,)), PLANT).moves == (shown,)


def test_nothing_is_asked_of_a_move_without_an_amount():
    with pytest.raises(InvalidInput, match=r"sp\.pressure has no amount"):
        Draft((DraftScenario((move(None),)),)).asked()


def test_all_scenarios_of_a_draft_start_at_one_instant_and_run_as_long():
    draft = Draft((DraftScenario((move(1),)), DraftScenario((move(2),))), NOW, 4 * HOUR)
    assert [(item.start, item.horizon) for item in draft.asked()] == [(NOW, 4 * HOUR)] * 2


@pytest.mark.parametrize(
    "moves",
    [
        (move(40), move(10, Kind.PER_CENT, begin=HOUR)),
        (move(40, end=HOUR), move(10, begin=HOUR)),
        (move(40, end=HOUR), move(10, begin=2 * HOUR)),
        (move(2300, Kind.TO, begin=HOUR), move(10, begin=HOUR)),
        (move(40), move(2500, Kind.TO, begin=HOUR), move(20, Kind.PER_CENT, begin=30 * MINUTE)),
    ],
)
def test_the_level_before_a_move_is_the_one_that_the_rollout_takes(moves):
    present, rows = 2200.0, 100
    baseline = np.full((rows, 1), present)
    asked = [item.asked() for item in moves]
    _, applied = overlay(PLANT, asked, ["sp.pressure"], baseline, np.array([present]), NOW, STEP)
    assert [move_before(moves, place, present) for place in range(len(moves))] == [item.before for item in applied]


def test_a_slider_ends_at_the_tags_limits_and_marks_what_was_learned():
    to = track(move(None, Kind.TO), PRESSURE, 2700.0, (2600.0, 2800.0))
    assert (to.low, to.high, to.step, to.learned) == (2000, 3000, 5, (2600, 2800))
    by = track(move(None), PRESSURE, 2701.3, (2600.0, 2800.0))
    assert (by.low, by.high) == (-700, 295), "whole steps, none of them beyond the limits"
    assert by.learned == pytest.approx((-101.3, 98.7))
    share = track(move(None, Kind.PER_CENT), PRESSURE, 2500.0, (2600.0, 2800.0))
    assert (share.low, share.high) == pytest.approx((-20, 20))
    assert share.learned == pytest.approx((4, 12))
    assert [share.place(value) for value in (-20, 0, 20, 99)] == pytest.approx([0, 50, 100, 100])


def test_a_slider_without_a_known_level_promises_nothing_learned():
    blind = track(move(None), PRESSURE, None, (2600.0, 2800.0))
    assert (blind.low, blind.high, blind.learned) == (-100, 100, None)


@pytest.mark.parametrize(("step", "kept"), [(5.0, 5), (4.9, 2), (0.0123, 0.01), (1.0, 1), (999, 500)])
def test_steps_are_ones_twos_and_fives(step, kept):
    assert nice(step) == kept


def test_another_kind_says_the_same_level():
    level = move(40).level(2500)
    assert [amount_for(kind, level, 2500) for kind in Kind] == pytest.approx([2540, 40, 1.6])
    assert amount_for(Kind.PER_CENT, level, 0.0) is None


def problem(written, present=2700.0, write=WRITE):
    return amount_problem((written,), 0, PRESSURE, Known({"sp.pressure": present} if present else {}, {}), write)


def test_an_amount_is_wrong_where_the_twin_would_refuse_it_and_says_where_it_would_lead():
    assert problem(move(300)) is None
    assert problem(move(301)) == "leads to 3001 kPa, allowed is 2000 to 3000 kPa"
    assert problem(move(-30, Kind.PER_CENT)) == "leads to 1890 kPa, allowed is 2000 to 3000 kPa"
    assert problem(move(1999.5, Kind.TO), write=GERMAN) == "führt auf 2000 kPa, erlaubt ist 2000 bis 3000 kPa"
    assert problem(move(None)) == "say an amount"
    assert problem(move(float("nan"))) == "say an amount"


def test_an_amount_that_leads_from_an_unknown_level_is_left_to_the_twin():
    assert problem(move(5000), present=None) is None
    assert problem(move(5000, Kind.TO), present=None) is not None


def test_times_are_checked_against_the_horizon_and_the_step():
    assert begin_problem(move(1, begin=8 * HOUR), 8 * HOUR, WRITE) == "from 0 to less than 8 h"
    assert begin_problem(move(1, begin=-MINUTE), 8 * HOUR, WRITE) is not None
    assert begin_problem(move(1, begin=7 * HOUR), 8 * HOUR, WRITE) is None
    assert end_problem(move(1, begin=HOUR, end=HOUR + MINUTE), STEP, WRITE) == "at least 3 min after the begin"
    assert end_problem(move(1, begin=HOUR, end=HOUR + STEP), STEP, WRITE) is None
    assert horizon_problem(25 * HOUR, STEP, 24 * HOUR, WRITE) == "from 3 min to 24 h"
    assert horizon_problem(None, STEP, 24 * HOUR, WRITE) is not None
    assert horizon_problem(24 * HOUR, STEP, 24 * HOUR, WRITE) is None


def test_a_stretch_on_the_past_gives_start_and_horizon_in_whole_steps_up_to_the_longest():
    assert picked(NOW - 5 * HOUR, NOW - HOUR - MINUTE, NOW, 24 * HOUR, STEP) == (NOW - 5 * HOUR, 4 * HOUR)
    assert picked(NOW - 30 * HOUR, NOW, NOW, 24 * HOUR, STEP) == (NOW - 30 * HOUR, 24 * HOUR)
    assert picked(NOW - HOUR, NOW - HOUR + MINUTE, NOW, 24 * HOUR, STEP)[1] == STEP
