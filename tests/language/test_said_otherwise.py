"""Questions as people put them: with chatter round them, several at once, about what was not done."""

import numpy as np
import pytest

from api.language.asking import Memory
from api.language.engines.rules import Rules
from api.language.reading.followups import plans_of
from api.language.reading.logwords import looked_for, where
from api.language.reading.movewords import MOST, find_moves
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.errors import TooLarge
from twin.query import INTENTS, Aggregation
from twin.scenario import Change


@pytest.fixture(scope="module")
def plans(twin):
    vocabulary, calendar = Vocabulary(twin.plant), PlantCalendar(twin.plant, twin.clock.now())

    def of(question):
        asked = asking(question, twin, vocabulary, calendar, Memory())
        intents = [INTENTS[int(np.argmax(found.log_p))] for found in Rules().opinions(asked)]
        return plans_of(intents, asked)[0]

    return of


@pytest.fixture(scope="module")
def moves(twin):
    vocabulary = Vocabulary(twin.plant)
    return lambda text: find_moves(text, vocabulary)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("who noted the unplugged thermometer", "unplugged thermometer"),
        ("did the crew note down that something was flushed?", "flushed"),
        ("what did Meyer write?", "Meyer"),
        ("did Meyer leave a note on the gauge?", "gauge"),
        ("Ticket 4471: who put that in the log, and when was it?", "Ticket 4471"),
        ("P-12 log", "P-12"),
        ("log entries as well", ""),
        ("the log entries that go with them", ""),
        ("find 'leak at the flange' in the notes", "leak at the flange"),
    ],
)
def test_what_is_looked_for_in_the_log_is_none_of_the_questions_own_words(question, words):
    assert looked_for(question) == words


def test_what_was_tried_and_asked_is_looked_for_where_it_is_kept():
    assert where("what has been tried on the twin") == "scenarios"
    assert where("what was put to you") == "answers"


@pytest.mark.parametrize(
    ("question", "intents"),
    [
        ("reactor pressure at 02:00 and at 04:00", ["describe", "describe"]),
        ("reactor pressure now and in 2 hours?", ["describe", "forecast"]),
        (
            "Reactor temperature: average last night, value at 03:00, trend since six.",
            ["describe", "describe", "trend"],
        ),
        ("I need yesterday's mean of the reactor pressure, and is it going up now?", ["describe", "trend"]),
        ("What is XMEAS 13, what is its unit, and where does it stand now?", ["about", "about", "describe"]),
        ("who moved the reactor pressure setpoint, and when, last night?", ["moves"]),
        ("if I raise the reactor pressure by 20 kPa what happens, and what if it is 40 kPa?", ["what_if", "what_if"]),
    ],
)
def test_every_part_is_a_question_and_no_tail_is(plans, question, intents):
    assert [plan.intent for plan in plans(question)] == intents


def test_a_time_at_the_end_of_a_list_is_that_of_all_its_things(plans):
    mean, peak = plans("the mean reactor temperature and the max separator level last night")
    assert mean.window == peak.window
    assert (mean.aggregation, peak.aggregation) == (Aggregation.MEAN, Aggregation.MAX)


def test_thanks_and_stories_are_no_questions(plans):
    thanks = (
        "Thanks for yesterday's help, that was great! Could you show me the stripper temperature of the last 6 hours?"
    )
    assert [plan.tags for plan in plans(thanks)] == [("stripper_temperature",)]


def test_for_whom_an_answer_is_meant_is_no_log_question(plans):
    (plan,) = plans(
        "For the audit I have to write down the alarm limit of the reactor temperature, that would be great."
    )
    assert (plan.intent, plan.aspect) == ("about", "limits")


@pytest.mark.parametrize("text", ["open the stripper steam valve", "open the stripper steam valve a bit"])
def test_how_far_a_valve_opens_is_asked_back(moves, text):
    assert not moves(text).moves
    assert moves(text).loose


@pytest.mark.parametrize(
    ("text", "change", "amount"),
    [
        ("how sensitive is it to a 1 % change in a feed", Change.TIMES, 1.01),
        ("a feed -5 % reactor pressure", Change.TIMES, 0.95),
        ("reactor temperature at +2 degC", Change.BY, 2.0),
        ("close the stripper steam valve", Change.TO, 24.0),
    ],
)
def test_a_change_is_of_the_tag_beside_it_and_by_what_is_said(moves, text, change, amount):
    (move,) = moves(text).moves
    assert (move.move.change, move.move.amount) == (change, pytest.approx(amount))


@pytest.mark.parametrize("text", ["agitator to 60 % and back after 1 hour", "a 1-hour step of the agitator to 60 %"])
def test_a_move_that_is_taken_back_has_a_duration(moves, text):
    (move,) = moves(text).moves
    assert move.move.duration is not None
    assert move.move.duration.delta.total_seconds() == 3600


def test_more_amounts_than_are_read_are_an_error_that_names_the_limit(moves):
    found = moves("raise the agitator by " + " and by ".join(f"{number} %" for number in range(1, MOST + 2)))
    (error,) = found.problems
    assert isinstance(error, TooLarge)
    assert error.limit == MOST
    assert not found.moves


def _kinds(found):
    return [plan.intent for plan in found]


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Two things. First, the reactor level now. Second, how do I get it to 70 %?", ["describe", "plan"]),
        ("Handing over in ten minutes: which alarms came in since midnight, and where is the reactor level now?",
         ["events", "describe"]),
        ("I need the mean stripper level for yesterday, then the same for Sunday.", ["describe", "describe"]),
        ("Alarms last night? Moves too. And the log.", ["events", "moves", "log"]),
        ("Alarms last night, reason for the last, and who changed setpoints?", ["events", "explain", "moves"]),
    ],
)  # fmt: skip
def test_every_part_of_a_question_is_one_of_its_plans(plans, question, kinds):
    assert _kinds(plans(question)) == kinds


def test_a_scenario_is_asked_again_with_another_amount(plans):
    first, second = plans(
        "If I drop the reactor temperature setpoint by 1 degC, what does the reactor pressure do, "
        "and what would it do with 2 degC instead?"
    )
    assert (first.moves[0].amount, second.moves[0].amount) == (-1, -2)
    assert second.tags == first.tags


def test_what_a_sentence_before_the_question_names_is_what_it_asks_about(plans):
    (plan,) = plans("My notes say the reactor level was odd on Saturday. What was its minimum on that day, please?")
    assert (plan.intent, plan.aggregation, plan.tags) == ("describe", Aggregation.MIN, ("reactor_level",))


def test_a_time_before_the_colon_is_not_the_time_asked_about(plans):
    (plan,) = plans(
        "Before the nine o'clock meeting I need one number, which is how hot the reactor got at most yesterday."
    )
    assert (plan.intent, plan.aggregation, plan.window.end.hour) == ("describe", Aggregation.MAX, 23)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("wo steht der reaktordrck grade", "describe"),
        ("wie viele alrme gab es gestren", "events"),
        ("vergleiche den reaktrodruck heute nahct mit gestren", "compare"),
        ("what was teh peak reactr pressure lastnight", "describe"),
    ],
)
def test_typing_errors_are_mended_in_german_and_across_a_missing_blank(plans, question, kind):
    (plan,) = plans(question)
    assert plan.intent == kind
    assert plan.tags == (("reactor_pressure",) if kind != "events" else ())


def test_cutt_is_a_cut_and_no_increase(plans):
    (plan,) = plans("what if we cutt the a feed by 5 %")
    assert plan.moves[0].amount == pytest.approx(0.95)


def test_we_will_is_no_low_limit(plans):
    (plan,) = plans(
        "I'm not saying we'll do it: what does separator level do if we raise reactor pressure by 20 kPa?"
    )
    assert plan.limit is None
