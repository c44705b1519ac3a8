"""What a text states is backed by the evidence of its subject, kind and side, or it does not pass."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.language.grounding import Verifier
from twin.answer import Evidence, Fact, Outcome

TWO = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def fact(name, value, unit=None, tag=None, kind=Fact.NUMBER):
    return Evidence(name=name, value=value, unit=unit, tag=tag, source="test", kind=kind)


FACTS = (
    fact("mean", 2704.26, "kPa", "reactor_pressure"),
    fact("maximum", 2719.4, "kPa", "reactor_pressure"),
    fact("change of reactor_pressure", -12.34, "kPa", "reactor_pressure", Fact.CHANGE),
    fact("mean", 120.4, "degC", "reactor_temperature"),
    fact("mean", 2640.0, "kPa", "separator_pressure"),
    fact("last value", 0.92, None, "bias.a_feed"),
    fact("hours before", 1.0, "h"),
    fact("share", 62.0, "%"),
    fact("unusual events", 2.0, kind=Fact.COUNT),
    fact("lasting", 90.0, "min"),
    fact("start", TWO, kind=Fact.TIME),
    fact("event", "ev-7-2026", kind=Fact.ID),
    fact("tag", "reactor_pressure", tag="reactor_pressure", kind=Fact.NAME),
    fact("note", "pump 9 was noisy at noon", kind=Fact.QUOTE),
)


@pytest.fixture(scope="session")
def verifier(twin):
    return Verifier(twin.plant)


@pytest.mark.parametrize(
    "text",
    [
        "Reactor pressure was 2704 kPa.",
        "Reactor pressure was 2704 kPa. It was 2704.3 kPa, or 27.04 bar.",
        "Reactor pressure was 2,704 kPa.",
        "Reactor pressure would be 12.3 kPa lower.",
        "The change of reactor pressure is −12.3 kPa.",
        "Reactor temperature was 120.4 °C, that is 248.7 °F.",
        "62 % of the window, 2 events.",
        "Two events lasted 1 h 30 min, or one and a half hours.",
        "Bias.a_feed is 0.92, still 0.92 in the 1 h before.",
        "At 02:00 CET on Sun 22 Nov.",
        "At 01:00 UTC; at 2026-11-22 02:00.",
        "Event ev-7-2026 on XMEAS 7 and PI-207.",
        "Reactor pressure averaged 2704 kPa and peaked at 2719 kPa.",
        "Reactor pressure lay above separator pressure, 2704 against 2640 kPa.",
        "The note says “pump 9 was noisy at noon”.",
        "Zwei Ereignisse; reactor_pressure lag im Mittel bei 2.704,3 kPa.",
        "两个事件；reactor_pressure 平均 2704 kPa。",
    ],
)
def test_what_the_evidence_says_passes(verifier, text):
    language = "de" if "Zwei" in text else "zh" if "两" in text else "en"
    assert verifier.check(text, FACTS, language=language).unmatched == ()


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("Reactor pressure was 2705 kPa.", "2705 kPa"),
        ("Reactor pressure was 2704.2 kPa.", "2704.2 kPa"),
        ("Reactor pressure was 2704 bar.", "2704 bar"),
        ("Reactor pressure was 2704.", "2704"),
        ("Reactor pressure was 2704 widgets.", "2704"),
        ("Reactor pressure was ２７０５ kPa.", "２７０５ kPa"),
        ("Reactor pressure would be 12.3 kPa higher.", "12.3 kPa"),
        ("Reactor pressure rose by 12.3 kPa.", "12.3 kPa"),
        ("Reactor pressure was at most 2704 kPa.", "2704 kPa"),
        ("Separator pressure was 2704 kPa.", "2704 kPa"),
        ("Separator pressure lay above reactor pressure.", "above"),
        ("At 02:01 CET.", "02:01 CET"),
        ("At 02:00 CEST.", "02:00 CEST"),
        ("At 02:00 UTC.", "02:00 UTC"),
        ("On Mon 22 Nov.", "Mon 22 Nov"),
        ("On 21 Nov at 02:00.", "21 Nov at 02:00"),
        ("Thirteen events.", "Thirteen"),
        ("Drei Ereignisse.", "Drei"),
        ("It lasted 1 h 40 min.", "1 h 40 min"),
        ("Event ev-8-2026.", "ev-8-2026"),
        ("Reactor pressure doubled.", "doubled"),
        ("A third of the time.", "A third"),
        ("There was no other event.", "no other"),
        ("No events.", "No"),
        ("The second event came at 02:00.", "second"),
        ("Reactor pressure fell sharply.", "sharply"),
        ("Reactor pressure passed its high limit.", "high limit"),
        ("The stripper level moved.", "stripper level"),
        ("It happened last night.", "last night"),
        ("It will likely happen again.", "likely"),
        ("It fell because of the pump.", "because of"),
        ("You should open the valve.", "should"),
        ("The note says “pump 8 was noisy at noon”.", "8"),
    ],
)
def test_what_it_does_not_say_is_caught(verifier, text, bad):
    assert bad in " ".join(verifier.check(text, FACTS).unmatched)


def test_a_wrong_number_is_put_right_where_only_one_can_be_meant(verifier):
    repaired = verifier.repaired("Separator pressure averaged 2650 kPa.", FACTS)
    assert repaired.text == "Separator pressure averaged 2640 kPa."
    assert repaired.ok
    assert [claim.outcome for claim in repaired.claims if claim.kind == "number"] == [Outcome.REPAIRED]


def test_a_sentence_that_cannot_be_put_right_goes_and_the_rest_stays(verifier):
    repaired = verifier.repaired("Reactor pressure averaged 2704 kPa. It will likely rise.", FACTS)
    assert repaired.text == "Reactor pressure averaged 2704 kPa."
    assert repaired.ok
    assert "likely" in repaired.unmatched


def test_a_text_whose_lead_is_withheld_is_not_ok(verifier):
    repaired = verifier.repaired("It will likely rise. Reactor pressure averaged 2704 kPa.", FACTS)
    assert not repaired.ok


def test_a_named_window_is_what_the_clock_makes_of_it(verifier):
    start, end = datetime(2026, 11, 21, 21, tzinfo=UTC), datetime(2026, 11, 22, 5, tzinfo=UTC)
    window = (fact("window start", start, kind=Fact.TIME), fact("window end", end, kind=Fact.TIME))
    morning, next_day = datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert verifier.check("It was last night.", window, now=morning).ok
    assert not verifier.check("It was last night.", window, now=next_day).ok
    assert verifier.check("It was the night before.", window, now=next_day).ok


NUMBERS = st.floats(0.011, 9e5)


@given(value=NUMBERS, digits=st.integers(2, 6), language=st.sampled_from(["en", "de", "es", "zh"]))
@settings(max_examples=150, deadline=None)
def test_a_rendered_number_passes_and_any_other_digit_fails(verifier, value, digits, language):
    from twin.operations.numbers import plain

    evidence = [fact("mean", value, "kPa", "reactor_pressure")]
    said = plain(value, digits)
    said = said.replace(".", ",") if language in {"de", "es"} else said
    text = f"reactor_pressure: {said} kPa"
    assert verifier.check(text, evidence, language=language).ok
    start = len("reactor_pressure: ")
    for place, letter in enumerate(said):
        if letter.isdigit():
            other = str((int(letter) + 1 + place % 9) % 10)
            altered = text[: start + place] + other + text[start + place + 1 :]
            assert other == letter or not verifier.check(altered, evidence, language=language).ok


@given(text=st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_to_its_end(verifier, text):
    checked = verifier.check(text, FACTS)
    assert checked.ok == (not checked.unmatched)


@pytest.mark.parametrize("piece", ["1,", "- ", "no ", "a third of ", "Sun 22 ", "evt-", "“", "2.", "reactor "])
def test_twice_the_text_takes_no_more_than_a_few_times_the_steps(verifier, piece):
    """Steps are counted, not seconds: calls of the phrase look-up grow with the text."""
    import sys

    def steps(text):
        count = 0

        def tell(frame, event, argument):
            nonlocal count
            count += event == "call"

        sys.setprofile(tell)
        try:
            verifier.check(text, FACTS)
        finally:
            sys.setprofile(None)
        return count

    assert steps(piece * 800) < 3 * steps(piece * 400) + 1000
