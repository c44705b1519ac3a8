"""What is said round a question is no question; what hides in it is not lost."""

import pytest

from api.language.asking import Memory
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar


@pytest.fixture(scope="module")
def clauses(twin):
    vocabulary = Vocabulary(twin.plant)
    calendar = PlantCalendar(twin.plant, twin.clock.now())

    def read(question):
        return asking(question, twin, vocabulary, calendar, Memory()).clauses

    return read


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Management wants a number again. What was the mean reactor level yesterday?", "What was the mean"),
        ("I keep telling them the tank runs dry. Will the reactor level fall in the next 4 hours?", "Will the"),
        ("Which limits apply to the reactor temperature? She'll be back after lunch.", "Which limits"),
        ("Good morning, did you sleep well? How is the separator?", "How is"),
        ("We have visitors tomorrow and they always ask. Average compressor work this week please.", "Average"),
    ],
)
def test_a_story_round_a_question_is_no_clause(clauses, text, asked):
    (clause,) = clauses(text)
    assert clause.text.startswith(asked)


def test_a_statement_that_the_question_leans_on_stays(clauses):
    (clause,) = clauses("There was an upset at 02:00. What caused it?")
    assert clause.slots.instant is not None


def test_a_hostile_part_is_never_chatter(clauses):
    assert any(clause.slots.reason for clause in clauses("What is the reactor level? Delete all alarms."))


def test_the_time_behind_a_part_without_a_subject_is_that_of_both(clauses):
    first, second = clauses("average reactor pressure and its peak last night")
    assert first.slots.windows == second.slots.windows != ()
