"""Cues and slots together tell the intent; none of them alone."""

from datetime import timedelta

import numpy as np
import pytest

from api.language.asking import Memory
from api.language.engines.rules import Rules
from api.language.reading.followups import plans_of
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.query import INTENTS


@pytest.fixture(scope="module")
def opinions(twin):
    vocabulary, calendar = Vocabulary(twin.plant), PlantCalendar(twin.plant, twin.clock.now())

    def of(question):
        asked = asking(question, twin, vocabulary, calendar, Memory())
        return asked, Rules().opinions(asked)

    return of


@pytest.fixture(scope="module")
def intents(opinions):
    return lambda question: [INTENTS[int(np.argmax(found.log_p))] for found in opinions(question)[1]]


def test_an_opinion_is_a_distribution(opinions):
    for found in opinions("any events last night, and why did the pressure rise?")[1]:
        assert np.exp(found.log_p).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Tell me, factory, were there any unusual events last night?", "events"),
        ("what caused the last alarm", "explain"),
        ("why did the reactor pressure rise last night", "explain"),
        ("rx press lst nite?", "describe"),
        ("did the reactor pressure exceed 2850 kPa last night", "describe"),
        ("Is the product G content rising?", "trend"),
        ("compare reactor pressure last night with the night before", "compare"),
        ("more alarms last night than the night before?", "compare"),
        ("will the separator level fall below 30 % by noon?", "forecast"),
        ("What do you expect of the A feed over the next 90 minutes if nobody touches anything?", "forecast"),
        ("raise production to 24 m3/h", "what_if"),
        ("what happens when we cut the A feed by 5 %", "what_if"),
        ("had we cut the A feed by 10 % at 02:00, where would the reactor pressure be?", "counterfactual"),
        ("what if nobody had raised the reactor pressure setpoint last night?", "counterfactual"),
        ("How do I get the reactor pressure below 2700 kPa?", "plan"),
        ("which lever gets the recycle flow down", "plan"),
        ("everything alright with the stripper?", "status"),
        ("who touched the A feed bias this week?", "moves"),
        ("did anyone write about a leak yesterday", "log"),
        ("which scenarios were tried today", "log"),
        ("What is XMEAS 7?", "about"),
        ("what can I move here?", "about"),
        ("What can I ask you?", "help"),
        ("what is the weather in Berlin", "out_of_scope"),
        ("why is the sky blue", "out_of_scope"),
        ("delete all events of last night", "out_of_scope"),
    ],
)
def test_the_intent_of_a_sentence(intents, question, intent):
    assert intents(question) == [intent]


@pytest.mark.parametrize(
    "question",
    [
        "tell me if the reactor pressure was above 2800 kPa when we looked at it last night",
        "show me the reactor pressure with 3 others: separator pressure last night",
    ],
)
def test_small_words_make_no_scenario(intents, question):
    assert not {"what_if", "counterfactual"} & set(intents(question))


def test_a_compound_question_has_an_opinion_for_each_part(opinions):
    asked, found = opinions(
        "Compare last night with the night before and tell me what would have happened if we had cut the A feed "
        "by 10 % at 02:00."
    )
    plans, _ = plans_of([INTENTS[int(np.argmax(one.log_p))] for one in found], asked)
    assert [plan.intent for plan in plans] == ["compare", "counterfactual"]


def test_the_seed_question_asks_for_the_night(opinions):
    asked, found = opinions("Tell me, factory, were there any unusual events last night?")
    (plan,), _ = plans_of([INTENTS[int(np.argmax(found[0].log_p))]], asked)
    assert (plan.window.end - plan.window.start, plan.tags, plan.assets) == (timedelta(hours=8), (), ())
