"""Terse, misspelt and unknown: what people type in a hurry is read as what they mean, and nothing else."""

import numpy as np
import pytest

from api.language.asking import Memory
from api.language.engines.rules import Rules
from api.language.reading.followups import plans_of
from api.language.reading.reader import asking
from api.language.reading.shorthand import Shorthand, plain
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.errors import AmbiguousTag, UnitMismatch, UnknownTag
from twin.query import INTENTS


@pytest.fixture(scope="module")
def plan(twin):
    vocabulary, calendar = Vocabulary(twin.plant), PlantCalendar(twin.plant, twin.clock.now())

    def of(question):
        asked = asking(question, twin, vocabulary, calendar, Memory())
        intents = [INTENTS[int(np.argmax(found.log_p))] for found in Rules().opinions(asked)]
        return plans_of(intents, asked)[0][0]

    return of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("goign nihgt abuot hwo", "going night about how"),
        ("comming opend wich averge", "coming opened which average"),
        ("ystrdy chngd rng trnd", "yesterday changed range trend"),
        ("opperators unusul weekned", "operators unusual weekend"),
    ],
)
def test_slips_in_ordinary_words_are_mended(typed, meant):
    assert Shorthand(()).written_out(typed) == meant


@pytest.mark.parametrize(
    "words",
    ["counting closer explains world mouth blow chance plan even dry cold draft form", "trail trends trended"],
)
def test_ordinary_words_are_left_alone(words):
    assert Shorthand(()).written_out(words) == words


def test_a_word_near_a_name_is_left_to_the_vocabulary():
    assert Shorthand(("works",)).written_out("workz") == "workz"


def test_to_hours_are_two_hours():
    assert plain("forecast for the next to hours") == "forecast for the next 2 hours"


@pytest.mark.parametrize(
    ("question", "intent", "fields"),
    [
        ("rx press trend 4h", "trend", {"tags": ("reactor_pressure",)}),
        ("hi lim rx press?", "about", {"aspect": "limits"}),
        ("what does XMEAS(9) mean", "about", {"tags": ("reactor_temperature",)}),
        ("XMEAS 20 = ?", "about", {"tags": ("compressor_work",)}),
        ("how high may the reactor pressure go", "about", {"tags": ("reactor_pressure",)}),
        ("nr of alarms since Saturday", "events", {"count_only": True}),
        ("alarms yesterday, count", "events", {"count_only": True}),
        ("reactor level low point yesterday", "describe", {"aggregation": "min"}),
        ("reactor level, high minus low, yesterday", "describe", {"aggregation": "range"}),
        ("at what value did the reactor level begin the early shift yesterday", "describe", {"aggregation": "first"}),
        ("share of yesterday with reactor pressure above 2750 kPa", "describe", {"aggregation": "share"}),
        ("rate of climb of reactor pressure, last 5 h", "trend", {"tags": ("reactor_pressure",)}),
        ("did the reactor pressure drop by 3 kPa yesterday", "trend", {"tags": ("reactor_pressure",)}),
        ("how full is the separator", "describe", {"tags": ("separator_level",)}),
        ("is the reactor level ok", "describe", {"aggregation": "now"}),
        ("log: glycol pump, this week", "log", {}),
        ("why do pumps cavitate", "out_of_scope", {}),
        ("how do heat exchangers work", "out_of_scope", {}),
        ("asdf qwer yxcv", "out_of_scope", {"reason": "unreadable"}),
        ("shut the compressor down", "out_of_scope", {"reason": "write_to_plant"}),
        ("trip and alarm limits of the reactor level", "about", {"aspect": "limits"}),
    ],
)
def test_hurried_questions_are_read(plan, question, intent, fields):
    found = plan(question)
    assert found.intent == intent
    assert {name: getattr(found, name) for name in fields} == fields


@pytest.mark.parametrize(
    "question",
    [
        "show me XI-999",
        "how is the economiser doing",
        "mean of the sulphur content last night",
        "evaporator temp now",
        "raise the bagfilter speed by 5 %",
        "what is the level in the glycol tank",
        "what happened at the flare last night",
    ],
)
def test_names_that_nothing_answers_to_are_unknown_without_candidates(plan, question):
    with pytest.raises(UnknownTag) as raised:
        plan(question)
    assert raised.value.candidates == ()


def test_a_digit_off_is_asked_back(plan, twin):
    code = next(
        alias for tag in twin.plant.tags for alias in tag.aliases if alias.startswith("PIC-") and "." not in alias
    )
    with pytest.raises(UnknownTag) as raised:
        plan(f"show me {code[:-1]}{(int(code[-1]) + 5) % 10}")
    assert raised.value.candidates


def test_warm_cooling_water_is_a_temperature(plan):
    with pytest.raises(AmbiguousTag) as raised:
        plan("how warm was the cooling water yesterday")
    assert all(name.endswith("temperature") for name in raised.value.candidates)


@pytest.mark.parametrize(
    "question",
    [
        "cool the reactor down by 3 bar",
        "what would 2 kW more stripper temperature do",
        "reactor level: an extra 15 kPa, what would that do?",
        "stripper level: take 5 degC off it",
        "another 10 kW onto the reactor pressure setpoint, what happens",
    ],
)
def test_units_that_fit_nothing_named_are_refused(plan, question):
    with pytest.raises(UnitMismatch):
        plan(question)
