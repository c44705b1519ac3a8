"""A text is divided into the questions that it asks, no more and no fewer."""

import re

import pytest

from api.language.reading.clauses import gist, split


def bears(text):
    return re.search(r"\d|pressure|level|feed|last night|yesterday|plant", text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Compare last night with the night before and tell me what would have been if we had cut the feed at 02:00",
        "What was the mean level yesterday, and is it rising now?",
        "Any events last night? And what did the operators change?",
        "how is the plant and what will the pressure be in 2 hours",
        "What were the average and the peak of the pressure last night?",
        "the level now and its limits",
        "number of events yesterday + average pressure yesterday",
        "alarms of last night, please, and after that who moved the feed",
        "level max last night, pressure min last night",
        "pressure avg & max yesterday",
    ],
)
def test_a_compound_question_loses_no_part(text):
    assert len(split(text, bears)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "what was the level between 22:00 and 02:00",
        "Lower the level setpoint to 45 % and the feed to 42 %",
        "if we raise the pressure by 20 kPa and cut the feed by 5 %, what happens to the level?",
        "Raise the pressure by 20 kPa. What happens to the level?",
        "the level + the pressure yesterday, average",
        "level max + pressure max yesterday",
        "what happens when the feed goes to 46 %? Take 5 hours, that should do.",
        "Did the alarms and events of last night have a common cause?",
        "how does its mean then compare with the pressure of yesterday?",
        "cut the feed by 10 % - what would the pressure do?",
        "Which was higher yesterday, separator or stripper pressure?",
        "the minimum and maximum of the pressure last night",
        "what is the mean pressure for yesterday? Would you have it?",
        "Tell me, factory, were there any unusual events last night?",
    ],
)
def test_what_belongs_together_stays_together(text):
    assert len(split(text, bears)) == 1


def test_greetings_and_thanks_ask_nothing():
    assert split("Hi there! What is the pressure? Thanks.", bears) == ("What is the pressure?",)
    assert split("thanks a lot!", bears) == ("thanks a lot!",)


def test_a_statement_with_a_time_belongs_to_the_question_behind_it():
    assert split("There was an upset last night. What caused it?", bears) == (
        "There was an upset last night. What caused it?",
    )


def test_a_statement_without_names_or_times_is_left_out():
    assert split("I am only here to learn something. What is the level now?", bears) == ("What is the level now?",)


def test_the_gist_is_without_what_leads_up_to_it_and_what_it_is_for():
    said = "I would like to know what the pressure was yesterday, because we have to report it"
    assert gist(said) == "what the pressure was yesterday"
