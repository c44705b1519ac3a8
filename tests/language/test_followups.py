"""A conversation keeps what a question leaves out, and nothing that it does not."""

from datetime import timedelta

import numpy as np
import pytest

from api.language.asking import Memory, Pending
from api.language.engines.rules import Rules
from api.language.reading.followups import completed, plans_of
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.query import INTENTS, Aggregation


@pytest.fixture(scope="module")
def vocabulary(twin):
    return Vocabulary(twin.plant)


@pytest.fixture
def say(twin, vocabulary):
    """Says one thing after the other in one session; gives the plans of each."""
    calendar = PlantCalendar(twin.plant, twin.clock.now())

    def talk(*questions):
        memory = Memory()
        for question in questions:
            asked = asking(question, twin, vocabulary, calendar, memory)
            intents = [INTENTS[int(np.argmax(opinion.log_p))] for opinion in Rules().opinions(asked)]
            plans, memory = plans_of(intents, asked)
        return plans

    return talk


def test_another_asset_keeps_intent_and_window(say):
    (first,) = say("any unusual events last night?")
    (plan,) = say("any unusual events last night?", "and in the separator?")
    assert (plan.intent, plan.assets, plan.window.span) == ("events", ("separator",), first.window.span)


def test_why_explains_what_was_just_spoken_of(say):
    (plan,) = say("any unusual events last night?", "and in the separator?", "why?")
    assert (plan.intent, plan.assets) == ("explain", ("separator",))


def test_another_day_keeps_tag_and_aggregation(say):
    (plan,) = say("What was the peak reactor pressure last night?", "and yesterday?")
    assert (plan.tags, plan.aggregation) == (("reactor_pressure",), Aggregation.MAX)


def test_another_asset_means_its_tag_of_the_same_kind(say):
    (plan,) = say("What was the mean separator level yesterday?", "and the stripper?")
    assert (plan.tags, plan.aggregation) == (("stripper_level",), Aggregation.MEAN)


def test_another_amount_keeps_the_kind_of_move(say):
    (plan,) = say("What if we cut the A feed by 10 %?", "make it 20 %")
    assert [(move.tag, move.amount) for move in plan.moves] == [("bias.a_feed", 0.8)]


def test_a_direction_turns_the_move(say):
    (plan,) = say("what if we raise the reactor pressure setpoint by 20 kPa", "what if we lower it by 10 kPa instead")
    assert plan.moves[0].amount == -10


def test_another_instant_and_a_length_change_only_themselves(say):
    first = "What would have happened to reactor pressure if we had cut the A feed by 10 % at 02:00?"
    (at,) = say(first, "and at 03:00")
    (lasting,) = say(first, "and at 03:00", "for 2 hours")
    assert (at.start.hour, at.tags, at.moves[0].amount) == (2, ("reactor_pressure",), 0.9)
    assert (lasting.start, lasting.moves[0].duration.amount) == (at.start, 2)


def test_a_question_of_its_own_takes_no_subject_it_can_do_without(say):
    (plan,) = say("What was the mean reactor pressure last night?", "were there any alarms yesterday?")
    assert plan.tags == ()


def test_what_will_be_takes_no_window_of_the_past(say):
    (plan,) = say("What was the mean reactor pressure last night?", "where will it be in 3 hours?")
    assert (plan.intent, plan.tags, plan.horizon.amount) == ("forecast", ("reactor_pressure",), 3)


def test_a_later_part_takes_the_subject_of_the_part_before(say):
    first, second = say("What was the mean reactor level yesterday, and is it rising now?")
    assert (first.tags, second.intent, second.tags) == (("reactor_level",), "trend", ("reactor_level",))


PENDING = Pending(
    "mean pressure last night", "pressure", ("reactor_pressure", "separator_pressure", "sp.reactor_pressure")
)


@pytest.mark.parametrize(
    ("reply", "tag"),
    [
        ("separator_pressure", "separator_pressure"),
        ("PI-207", "reactor_pressure"),
        ("the second one", "separator_pressure"),
        ("the setpoint", "sp.reactor_pressure"),
        ("I mean the separator", "separator_pressure"),
        ("the last", "sp.reactor_pressure"),
    ],
)
def test_a_candidate_may_be_named_in_any_way(vocabulary, reply, tag):
    assert completed(PENDING, reply, vocabulary) == f"mean {tag} last night"


@pytest.mark.parametrize("reply", ["what is the weather", "never mind, show me all the alarms of yesterday", "42"])
def test_another_question_is_no_reply(vocabulary, reply):
    assert completed(PENDING, reply, vocabulary) is None


def test_a_missing_amount_completes_the_question(twin, vocabulary):
    memory = Memory(pending=Pending("what if we raise the reactor pressure setpoint?", "", ()))
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    asked = asking("by 30 kPa", twin, vocabulary, calendar, memory)
    assert asked.clauses[0].slots.moves[0].amount == 30
    assert asked.memory.pending is None


def test_an_hour_later_moves_the_instant_spoken_of(say):
    (first,) = say("reactor level at 02:00")
    (plan,) = say("reactor level at 02:00", "an hour later")
    assert plan.window.end - first.window.end == timedelta(hours=1)
    assert plan.window == say("reactor level at 02:00", "and at 3?")[0].window


def test_a_bare_length_after_a_forecast_lies_ahead(say):
    (plan,) = say("will the separator level stay below 70 % in the next 3 hours", "6 hours?")
    assert (plan.intent, plan.horizon.amount, plan.limit.side) == ("forecast", 6, "above")


def test_a_bare_number_changes_the_move_and_keeps_what_was_asked_about(say):
    (plan,) = say("what if we lower the production rate by 2 %, stripper level?", "7 %", "for just 90 minutes")
    assert plan.tags == ("stripper_level",)
    assert (plan.moves[0].amount, plan.moves[0].duration.amount) == (0.93, 90)


def test_another_limit_takes_the_place_of_the_one_before(say):
    (plan,) = say("did reactor pressure exceed 2760 kPa last night", "for how long?", "and 2780?")
    assert (plan.aggregation, plan.limit.value) == (Aggregation.SHARE, 2780)


def test_a_measure_after_a_trend_describes(say):
    (plan,) = say("trend of stripper level last 6 h", "average instead")
    assert (plan.intent, plan.aggregation) == ("describe", Aggregation.MEAN)


def test_a_scenario_behind_a_question_is_about_its_subject(say):
    plans = say("forecast the reactor pressure and tell me what it would be if we cut the A feed by 5 %")
    assert [plan.tags for plan in plans] == [("reactor_pressure",)] * 2


def test_if_nobody_had_undoes_the_moves_asked_about(say):
    plans = say("who moved the A feed bias last night and what if nobody had?")
    assert plans[1].undone_tags == ("bias.a_feed",)
