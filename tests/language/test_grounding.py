import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.language.answers import WITHHELD, answered
from api.language.old_facts import Draft
from api.language.grounding import Grounder
from twin.answer import Evidence, Status

TWO = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
FACTS = (
    Evidence(name="mean", value=2704.26, unit="kPa", tag="reactor_pressure", source="test"),
    Evidence(name="change of reactor_pressure", value=-12.34, unit="kPa", tag="reactor_pressure", source="test"),
    Evidence(name="temperature", value=120.4, unit="degC", source="test"),
    Evidence(name="share", value=62.0, unit="%", source="test"),
    Evidence(name="events", value=2.0, source="test"),
    Evidence(name="lasting", value=90.0, unit="min", source="test"),
    Evidence(name="start", value=TWO, source="test"),
    Evidence(name="event", value="ev-7-2026", source="test"),
)


@pytest.fixture(scope="session")
def grounder(twin):
    return Grounder(twin.plant)


@pytest.mark.parametrize(
    "text",
    [
        "Reactor pressure was 2704 kPa.",
        "It was 2704.3 kPa, or 27.04 bar.",
        "It was 2,704 kPa.",
        "It would be 12.3 kPa lower.",
        "The change is −12.3 kPa.",
        "It was 120.4 °C, that is 248.7 °F.",
        "62 % of the window, 2 events.",
        "two events lasted 1 h 30 min, or 1.5 h.",
        "At 02:00 CET on Sun 22 Nov.",
        "At 01:00 UTC; at 2026-11-22 02:00.",
        "Event ev-7-2026 on XMEAS 7 and PI-207.",
        "Between 2704 and 2704.3 kPa.",
        "No numbers at all.",
    ],
)
def test_what_the_evidence_says_passes(grounder, text):
    assert grounder.check(text, FACTS).unmatched == ()


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("Reactor pressure was 2705 kPa.", "2705 kPa"),
        ("Reactor pressure was 2704.2 kPa.", "2704.2 kPa"),
        ("Reactor pressure was 2704 bar.", "2704 bar"),
        ("Reactor pressure was 2704 °C.", "2704 °C"),
        ("It would be 12.3 kPa higher.", "12.3 kPa"),
        ("It rose by 12.3 kPa.", "12.3 kPa"),
        ("At 02:01 CET.", "02:01 CET"),
        ("At 02:00 CEST.", "02:00 CEST"),
        ("At 02:00 UTC.", "02:00 UTC"),
        ("On Mon 22 Nov.", "Mon 22 Nov"),
        ("On 21 Nov at 02:00.", "21 Nov at 02:00"),
        ("three events.", "three"),
        ("It lasted 1 h 40 min.", "1 h 40 min"),
        ("Event ev-8-2026.", "8"),
        ("62 kPa.", "62 kPa"),
        ("It is 2.704e3 kg.", "2.704e3 kg"),
    ],
)
def test_what_it_does_not_say_is_caught(grounder, text, bad):
    assert bad in " ".join(grounder.check(text, FACTS).unmatched)


NUMBERS = st.floats(0.011, 9e5).filter(lambda value: value == value)


@given(value=NUMBERS, place=st.integers(0, 12), digit=st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_an_altered_digit_is_always_caught(grounder, value, place, digit):
    draft = Draft(grounder.plant, "test")
    text = draft.number("x", value, "kPa", digits=5)
    assert grounder.check(text, draft.evidence).ok
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    at = places[place % len(places)]
    altered = text[:at] + str((int(text[at]) + digit) % 10) + text[at + 1 :]
    assert not grounder.check(altered, draft.evidence).ok


@given(minute=st.integers(0, 60 * 24 * 365), other=st.integers(0, 60 * 24 - 1))
@settings(max_examples=200, deadline=None)
def test_another_time_of_day_is_always_caught(grounder, minute, other):
    moment = datetime.fromtimestamp(1767225600 + 60 * minute, UTC)
    draft = Draft(grounder.plant, "test")
    text = draft.time("t", moment, day=True)
    assert grounder.check(text, draft.evidence).ok
    altered = re.sub(r"\d\d:\d\d", f"{other // 60:02}:{other % 60:02}", text)
    assert grounder.check(altered, draft.evidence).ok == (altered == text)


@given(value=NUMBERS, sign=st.sampled_from([-1, 1]))
@settings(max_examples=100, deadline=None)
def test_a_change_turned_round_is_caught(grounder, value, sign):
    draft = Draft(grounder.plant, "test")
    text = draft.change("x", sign * value, "kPa")
    assert grounder.check(text, draft.evidence).ok
    turned = text.replace("lower", "·").replace("higher", "lower").replace("·", "higher")
    assert not grounder.check(turned, draft.evidence).ok


def test_a_sentence_without_evidence_is_withheld_and_the_rest_stays(grounder):
    draft = Draft(grounder.plant, "test")
    draft.say(f"It was {draft.number('mean', 5.0, 'kPa')}.")
    draft.say("It will be 99 kPa.")
    answer = answered(draft, grounder)
    assert answer.text.startswith("It was 5 kPa.")
    assert "99" not in answer.text
    assert answer.grounding.unmatched == ("99 kPa",)


def test_an_answer_whose_lead_has_no_evidence_is_withheld(grounder):
    draft = Draft(grounder.plant, "test")
    draft.say("It was 99 kPa.")
    answer = answered(draft, grounder)
    assert (answer.text, answer.status) == (WITHHELD, Status.REFUSED)
