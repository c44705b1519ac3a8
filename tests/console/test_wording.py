"""How instants, numbers and units are written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.console.wording import duration, number, per_cent, quantity, signed, stretch, unit_sign

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2745.0, "2745"),
        (0.25052, "0.2505"),
        (-0.00000001, "-1.000e-08"),
        (0.0, "0"),
        (123456.7, "123457"),
        (1e9, "1.000e+09"),
    ],
)
def test_numbers_keep_four_digits_and_avoid_exponents(value, written):
    assert number(value) == written


@pytest.mark.parametrize(
    ("unit", "sign"),
    [("percent", "%"), ("degC", "°C"), ("m^3/h", "m³/h"), ("m3/h", "m³/h"), ("1", ""), ("kPa", "kPa")],
)
def test_units_are_written_as_people_write_them(unit, sign):
    assert unit_sign(unit) == sign


def test_an_effect_always_shows_its_sign():
    assert signed(3.14159, "kPa") == "+3.14 kPa"
    assert signed(-3.14159, "kPa") == "−3.14 kPa"
    assert quantity(0.5, "1") == "0.5"


def test_a_stretch_says_the_day_once_and_the_zone():
    start = datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    assert stretch(start, start + timedelta(hours=2), ZONE) == "Sun 22 Nov 02:10 to 04:10 CET"
    assert stretch(start, start + timedelta(hours=26), ZONE) == "Sun 22 Nov 02:10 to Mon 23 Nov 04:10 CET"
    assert stretch(start, None, ZONE) == "Sun 22 Nov 02:10 CET, still open"


def test_durations_are_written_in_the_unit_that_suits():
    written = [duration(timedelta(minutes=minutes)) for minutes in (90, 480, 5760)]
    assert written == ["90 min", "8 h", "4 d"]


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0 %"), (0.004, "< 1 %"), (0.5, "50 %"), (0.999, "> 99 %"), (1.0, "100 %")]
)
def test_a_small_probability_is_never_called_impossible(value, written):
    assert per_cent(value) == written
