"""What charts write by themselves, evaluated by a real browser."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from api.console.pointing import axis_number, labelled_number, pointed_instant, pointed_number
from api.console.words import Words

pytestmark = pytest.mark.integration

ENGLISH, GERMAN = Words("en"), Words("de")
NOON_MS = 1_773_144_000_000
"""10 March 2026, 12:00, on the axis of a chart."""


@pytest.fixture(scope="module")
def german(visitor):
    opened = visitor(locale="de-DE")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("value", "english", "german_text"),
    [(1000, "1000", "1000"), (0.5, "0.5", "0,5"), (-0.00025, "−0.00025", "−0,00025"), (0.1 + 0.2, "0.3", "0,3")],
)
def test_numbers_along_an_axis_are_whole_and_the_readers(german, value, english, german_text):
    assert german.evaluate(axis_number(ENGLISH), value) == english
    assert german.evaluate(axis_number(GERMAN), value) == german_text


@pytest.mark.parametrize(
    ("value", "text"),
    [(49.912234, "49,912"), (27051.37, "27051"), (1_234_567.8, "1234568"), (-1.5, "−1,5"), (None, "–")],
)
def test_a_value_under_the_pointer_has_five_digits_and_keeps_its_whole_part(german, value, text):
    assert german.evaluate(pointed_number(GERMAN), value) == text


def test_a_heading_under_the_pointer_has_no_value(german):
    assert german.evaluate(f"() => ({pointed_number(GERMAN)})(undefined)") == ""


def test_a_bar_and_an_instant_are_written_for_the_reader_and_an_instant_with_its_zone(german):
    assert german.evaluate(labelled_number(GERMAN, "%"), {"value": 70.5}) == "70,5 %"
    assert german.evaluate(pointed_instant(ENGLISH, "CET"), {"value": NOON_MS}) == "Tue 10 Mar, 12:00 CET"
    assert german.evaluate(pointed_instant(GERMAN, "CET"), {"value": NOON_MS}) == "Di., 10. März, 12:00 CET"


def test_a_chart_writes_in_its_readers_language_along_its_axis_and_under_the_pointer(german):
    chart = german.locator('.nicegui-echart[aria-label^="Bewertung über 24 h"]')
    expect(chart.locator("svg text").get_by_text("0,1", exact=True)).to_be_visible()
    for _ in range(6):
        german.mouse.move(0, 0)
        chart.hover(position={"x": 200, "y": 120})
        with suppress(AssertionError):
            expect(chart).to_contain_text(re.compile(r"März, \d\d:\d\d CET\s*Bewertung\s*0,\d+"), timeout=5_000)
            return
    pytest.fail(f"nothing under the pointer: {chart.inner_text()}")
