"""Slots become plans by the defaults of docs/plans.md, whatever engine gave the intent."""

from datetime import UTC, datetime, timedelta

import pytest

from api.language.asking import Asking, Memory
from api.language.reading.assemble import assemble
from api.language.reading.missing import Incomplete
from api.language.reading.vocabulary import Vocabulary
from api.language.slots import Slots
from twin.calendar import PlantCalendar
from twin.errors import AmbiguousTag, InvalidInput, OutsideData
from twin.query import Aggregation, AskedMove, Basis, Length, Limit, Window
from twin.scenario import Change

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
NIGHT = Window(start=datetime(2026, 11, 21, 21, tzinfo=UTC), end=datetime(2026, 11, 22, 5, tzinfo=UTC))
EVENING = Window(start=datetime(2026, 11, 21, 17, tzinfo=UTC), end=datetime(2026, 11, 21, 21, tzinfo=UTC))
TWO = datetime(2026, 11, 22, 1, tzinfo=UTC)
RAISE = AskedMove(tag="sp.reactor_pressure", change=Change.BY, amount=40.0, unit="kPa")
ABOVE = Limit(tag="reactor_pressure", side="above", value=2850.0)
PRESSURE = ("reactor_pressure",)


@pytest.fixture(scope="module")
def plan(twin):
    vocabulary, calendar = Vocabulary(twin.plant), PlantCalendar(twin.plant, twin.clock.now())
    asked = Asking("", "en", (), vocabulary, calendar, Memory())
    return lambda intent, **slots: assemble(intent, Slots(**slots), asked)


@pytest.mark.parametrize(
    ("intent", "hours"), [("events", 24), ("explain", 24), ("moves", 24), ("log", 24), ("trend", 8)]
)
def test_without_a_window_each_intent_looks_back_its_own_way(plan, intent, hours):
    window = plan(intent, tags=PRESSURE).window
    assert (window.start, window.end, window.basis) == (NOW - timedelta(hours=hours), NOW, Basis.DEFAULT)


def test_the_last_event_is_looked_for_in_three_days(plan):
    assert plan("explain", which=-1).window.start == NOW - timedelta(hours=72)
    assert plan("explain", which=-1, windows=(NIGHT,)).window == NIGHT


def test_an_instant_means_half_an_hour_around_it_for_events_and_the_value_at_it_for_a_tag(plan):
    around = plan("events", instant=TWO).window
    assert (around.start, around.end) == (TWO - timedelta(minutes=30), TWO + timedelta(minutes=30))
    found = plan("describe", instant=TWO, tags=PRESSURE)
    assert (found.aggregation, found.window.end, found.window.start) == (
        Aggregation.AT,
        TWO,
        TWO - timedelta(hours=1),
    )


def test_a_value_is_that_of_now_unless_a_window_is_said(plan):
    assert plan("describe", tags=PRESSURE).aggregation is Aggregation.NOW
    assert plan("describe", tags=PRESSURE, windows=(NIGHT,)).aggregation is Aggregation.SUMMARY


def test_a_limit_that_was_passed_asks_for_the_extreme_on_its_side(plan):
    below = ABOVE.model_copy(update={"side": "below"})
    assert plan("describe", tags=PRESSURE, limits=(ABOVE,), windows=(NIGHT,)).aggregation is Aggregation.MAX
    assert plan("describe", tags=PRESSURE, limits=(below,), windows=(NIGHT,)).aggregation is Aggregation.MIN


def test_a_value_that_is_stayed_below_is_passed_above(plan):
    below = ABOVE.model_copy(update={"side": "below"})
    stays = {"limits": (below,), "wordings": (("stays", 0, 4),), "tags": PRESSURE}
    assert plan("forecast", **stays).limit == ABOVE
    assert plan("plan", **stays).goal == below


def test_the_status_of_one_tag_is_its_value_now(plan):
    assert plan("status", tags=PRESSURE).aggregation is Aggregation.NOW
    assert plan("status", assets=("reactor",)).assets == ("reactor",)


def test_two_windows_are_compared_and_two_tags_share_one(plan):
    found = plan("compare", tags=PRESSURE, windows=(NIGHT, EVENING))
    assert (found.window, found.other, found.aggregation, found.what) == (NIGHT, EVENING, Aggregation.MEAN, "tags")
    assert plan("compare", windows=(NIGHT, EVENING)).what == "events"
    assert plan("compare", tags=(*PRESSURE, "reactor_level"), windows=(NIGHT,)).other is None


def test_one_window_is_compared_with_what_came_after_it(plan):
    found = plan("compare", tags=PRESSURE, windows=(NIGHT,))
    assert (found.other, found.window.start, found.window.end) == (NIGHT, NIGHT.end, NOW)


def test_a_what_if_from_the_past_is_a_counterfactual_and_the_other_way_about(plan):
    past = plan("what_if", moves=(RAISE,), instant=TWO)
    assert (past.intent, past.start) == ("counterfactual", TWO)
    assert plan("counterfactual", moves=(RAISE,)).intent == "what_if"


def test_a_move_at_the_start_needs_no_instant_of_its_own(plan):
    first, second = RAISE.model_copy(update={"at": TWO}), RAISE.model_copy(update={"at": TWO + timedelta(hours=1)})
    found = plan("counterfactual", moves=(first, second), past=True)
    assert (found.start, [move.at for move in found.moves]) == (TWO, [None, TWO + timedelta(hours=1)])


def test_a_window_of_the_session_makes_no_counterfactual(plan):
    spoken = NIGHT.model_copy(update={"basis": Basis.SESSION})
    assert plan("what_if", moves=(RAISE,), windows=(spoken,)).intent == "what_if"


def test_a_move_imagined_away_is_looked_for_in_the_window_said(plan):
    found = plan("what_if", undone=True, undone_tags=("sp.reactor_pressure",), windows=(NIGHT,))
    assert (found.undone, found.undone_tags, found.start) == (NIGHT, ("sp.reactor_pressure",), None)


def test_moves_of_a_controlled_variable_are_those_of_its_handle(plan):
    assert plan("moves", tags=PRESSURE).tags == ("sp.reactor_pressure",)


def test_a_goal_goes_before_a_target_and_a_target_before_a_direction(plan):
    both = {"tags": PRESSURE, "target": 2700.0, "direction": "lower"}
    assert plan("plan", limits=(ABOVE,), **both).target is None
    assert plan("plan", **both).direction is None


def test_within_its_high_limit_is_a_goal_below_it(plan):
    high = Limit(tag="reactor_pressure", side="above", name="hi")
    assert plan("plan", tags=PRESSURE, limits=(high,)).goal.side == "below"


@pytest.mark.parametrize(
    ("intent", "slots", "field"),
    [
        ("what_if", {}, "moves"),
        ("counterfactual", {"moves": (RAISE,), "past": True}, "start"),
        ("describe", {}, "tag"),
        ("describe", {"tags": PRESSURE, "aggregation": Aggregation.SHARE}, "limit"),
        ("compare", {"tags": PRESSURE}, "window"),
        ("plan", {"tags": PRESSURE}, "goal"),
    ],
)
def test_what_is_left_out_is_asked_for_by_its_field(plan, intent, slots, field):
    with pytest.raises(Incomplete) as caught:
        plan(intent, **slots)
    assert caught.value.field == field


def test_a_past_that_lies_ahead_is_refused(plan):
    ahead = Window(start=NOW, end=NOW + timedelta(hours=4))
    with pytest.raises(OutsideData):
        plan("events", ahead=ahead)
    assert plan("forecast", tags=PRESSURE, ahead=ahead).horizon == Length(amount=4, unit="h")


def test_a_problem_is_raised_by_the_plans_that_stand_on_it(plan):
    unsure = AmbiguousTag("which?", field="tag", candidates=("a", "b"))
    wrong = InvalidInput("by what?", field="moves")
    with pytest.raises(AmbiguousTag):
        plan("describe", problems=(unsure,))
    assert plan("help", problems=(unsure,)).intent == "help"
    assert plan("describe", tags=PRESSURE, problems=(wrong,)).intent == "describe"
    with pytest.raises(InvalidInput, match="by what"):
        plan("what_if", moves=(RAISE,), problems=(wrong,))


def test_a_window_that_no_plan_takes_is_said(plan):
    assert any("Sat 21 Nov" in note for note in plan("events", windows=(NIGHT, EVENING)).notes)
