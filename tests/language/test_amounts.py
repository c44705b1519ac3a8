from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language.reading.amounts import amounts, digits, to_number, unit_for, value_of
from api.language.reading.numerals import numerals, readings
from twin.errors import AmbiguousTag, UnitMismatch


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("2,745", "en", (2745,)),
        ("2,745", "zh", (2745,)),
        ("2,745", "de", (2.745, 2745)),
        ("2,745", "es", (2.745, 2745)),
        ("2.745", "de", (2745, 2.745)),
        ("2.745", "en", (2.745,)),
        ("0,745", "de", (0.745,)),
        ("0.745", "de", (0.745,)),
        ("12,5", "en", (12.5,)),
        ("1.234,5", "en", (1234.5,)),
        ("1,234.5", "de", (1234.5,)),
        ("1 234,5", "es", (1234.5,)),
        ("1\u202f234,5", "de", (1234.5,)),
        ("1'234.5", "de", (1234.5,)),
        ("1,234,567", "de", (1234567,)),
        ("2.7e3", "en", (2700,)),
        ("−5", "en", (-5,)),
        ("+5", "en", (5,)),
        ("3 x 10^2", "en", (300,)),
    ],
)
def test_digits_are_read_as_the_language_writes_them(text, language, values):
    assert readings(text, language) == pytest.approx(values)


@pytest.mark.parametrize("text", ["1.2.3", "1,23,456", "1.234,567.8", "abc", "", "."])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        to_number(text)


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("twenty-five", "en", [25]),
        ("two hundred and five", "en", [205]),
        ("between two and three", "en", [2, 3]),
        ("a dozen", "en", [12]),
        ("half a dozen", "en", [6]),
        ("an hour ago", "en", [1]),
        ("one of the second events", "en", []),
        ("zwei", "de", [2]),
        ("einundzwanzig", "de", [21]),
        ("dos", "es", [2]),
        ("treinta y cinco y dos", "es", [35, 2]),
        ("两小时", "zh", [2]),
        ("百分之十", "zh", [10]),
        ("周三晚上的第一个事件", "zh", []),
    ],
)
def test_number_words_are_numbers(text, language, values):
    assert [numeral.value for numeral in numerals(text, language)] == values


@pytest.mark.parametrize(
    ("text", "language", "share"),
    [
        ("a third", "en", 1 / 3),
        ("three quarters", "en", 3 / 4),
        ("half", "en", 1 / 2),
        ("3/4", "en", 3 / 4),
        ("ein Drittel", "de", 1 / 3),
        ("un tercio", "es", 1 / 3),
        ("三分之一", "zh", 1 / 3),
    ],
)
def test_shares_are_exact(text, language, share):
    (numeral,) = numerals(text, language)
    assert (numeral.value, numeral.kind) == (pytest.approx(share, rel=1e-12), "fraction")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("to 2,745 kPa", 2745, "kPa"),
        ("by 5 °C", 5, "degC"),
        ("by 5 degrees", 5, "degrees"),
        ("by 3 percentage points", 3, "points"),
        ("to 150 gpm", 150, "gal/min"),
        ("0.5 mg/l", 0.5, "mg/l"),
        ("40kPa", 40, "kPa"),
    ],
)
def test_an_amount_has_the_unit_behind_it(text, value, unit):
    (amount,) = amounts(text)
    assert (amount.value, amount.unit) == (value, unit)


@pytest.mark.parametrize("text", ["PIC-207", "XMEAS(7)", "TI101", "at 02:00", "the 2nd event", "XMEAS_7"])
def test_digits_of_names_clocks_and_ordinals_are_no_amounts(text):
    assert amounts(text) == []


def test_words_are_turned_into_digits_and_nothing_else():
    assert digits("the last six hours of the third event") == "the last 6 hours of the third event"
    assert digits("half an hour ago") == "30 minutes ago"


def test_the_range_of_the_tag_settles_a_thousand(twin):
    pressure = twin.plant.tag("sp.reactor_pressure")
    with pytest.raises(AmbiguousTag) as raised:
        value_of(amounts("2,745 kPa", "de")[0], pressure)
    assert raised.value.candidates == ("2.745 kPa", "2745 kPa")
    assert value_of(amounts("2,745 MPa", "de")[0], pressure) == 2.745
    assert value_of(amounts("2.745 kPa", "de")[0], pressure) == 2745
    assert value_of(amounts("2.745 MPa", "es")[0], pressure) == 2.745
    assert value_of(amounts("2,745 kPa", "en")[0], pressure) == 2745


def test_degrees_are_the_tags_own(twin):
    temperature = twin.plant.tag("sp.reactor_temperature")
    assert unit_for("degrees", temperature) == "degC"
    assert unit_for("degrees", replace(temperature, unit="degF")) == "degF"
    with pytest.raises(UnitMismatch):
        unit_for("degrees", twin.plant.tag("reactor_pressure"))


@given(value=st.floats(1, 999_999).map(lambda value: round(value, 2)))
def test_every_way_of_grouping_says_the_same_number(value):
    english = f"{value:,.2f}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    for text in (english, german, german.replace(".", "\u202f"), f"{value:.2f}"):
        assert to_number(text) == pytest.approx(value), text
