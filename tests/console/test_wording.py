"""How instants, numbers and units are written, in each language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.console.words import Words
from api.console.writing import Writer, unit_sign

ZONE = ZoneInfo("Europe/Berlin")
ENGLISH, GERMAN = (Writer(Words(language), ZONE) for language in ("en", "de"))


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (2745.0, "2745", "2745"),
        (0.25052, "0.2505", "0,2505"),
        (-0.00000001, "−1.000e−08", "−1,000e−08"),
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (123456.7, "123457", "123457"),
        (1e9, "1.000e+09", "1,000e+09"),
    ],
)
def test_numbers_keep_four_digits_and_avoid_exponents(value, english, german):
    assert (ENGLISH.number(value), GERMAN.number(value)) == (english, german)


@pytest.mark.parametrize(
    ("unit", "sign"),
    [("percent", "%"), ("degC", "°C"), ("m^3/h", "m³/h"), ("m3/h", "m³/h"), ("1", ""), ("kPa", "kPa"), (None, "")],
)
def test_units_are_written_as_people_write_them(unit, sign):
    assert unit_sign(unit) == sign


def test_an_effect_always_shows_its_sign():
    assert ENGLISH.signed(3.14159, "kPa") == "+3.14 kPa"
    assert GERMAN.signed(-3.14159, "kPa") == "−3,14 kPa"
    assert ENGLISH.quantity(0.5, "1") == "0.5"


def test_a_stretch_says_the_day_once_and_the_zone():
    start = datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    assert ENGLISH.stretch(start, start + timedelta(hours=2)) == "Sun 22 Nov 02:10 to 04:10 CET"
    assert ENGLISH.stretch(start, start + timedelta(hours=26)) == "Sun 22 Nov 02:10 to Mon 23 Nov 04:10 CET"
    assert ENGLISH.stretch(start, None) == "Sun 22 Nov 02:10 CET, still open"
    assert GERMAN.stretch(start, start + timedelta(hours=2)) == "So 22. Nov. 02:10 bis 04:10 CET"
    assert GERMAN.stretch(start, None) == "So 22. Nov. 02:10 CET, noch offen"


def test_durations_are_written_in_the_unit_that_suits():
    written = [ENGLISH.duration(timedelta(minutes=minutes)) for minutes in (90, 480, 5760)]
    assert written == ["90 min", "8 h", "4 d"]


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0 %"), (0.004, "< 1 %"), (0.5, "50 %"), (0.999, "> 99 %"), (1.0, "100 %")]
)
def test_a_small_probability_is_never_called_impossible(value, written):
    assert ENGLISH.per_cent(value) == written
