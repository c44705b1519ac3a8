"""Engineering units: converted where that means something, refused where it does not."""

import pytest

from twin.errors import UnitMismatch
from twin.plant import Tag, TagRole
from twin.units import convert, is_unit


def tag(unit: str) -> Tag:
    return Tag("T", "unit", TagRole.MEASURED, unit, "", 0.0, 1.0, None)


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (1.0, "bar", "kPa", 100.0),
        (2.5, "t/h", "kg/h", 2500.0),
        (250.0, "scm/h", "kscmh", 0.25),
        (250.0, "Sm3/h", "kscmh", 0.25),
        (1.0, "m3/h", "L/min", 1000 / 60),
        (1.0, "m³/h", "m3/h", 1.0),
        (212.0, "degF", "degC", 100.0),
        (300.0, "K", "degC", 26.85),
        (10.0, "%", "1", 0.1),
        (0.5, "1", "mol%", 50.0),
        (50.0, "%", "mol%", 50.0),
        (3.0, None, "kPa", 3.0),
        (3.0, "kPa", "kPa", 3.0),
    ],
)
def test_levels_are_converted(value: float, unit: str | None, to: str, expected: float) -> None:
    assert convert(value, unit, tag(to)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (9.0, "degF", "degC", 5.0),
        (9.0, "delta_degF", "degC", 5.0),
        (3.0, "K", "degC", 3.0),
        (0.4, "bar", "kPa", 40.0),
    ],
)
def test_differences_know_no_zero(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, tag(to), difference=True) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("m3/h", "kscmh"),
        ("kg/h", "kscmh"),
        ("psi", "degC"),
        ("furlongs", "%"),
        ("delta_degF", "degC"),
        ("kPa +", "kPa"),
    ],
)
def test_what_does_not_fit_is_refused_with_both_units(unit: str, to: str) -> None:
    with pytest.raises(UnitMismatch) as caught:
        convert(1.0, unit, tag(to))
    assert unit in caught.value.detail
    assert caught.value.limit == to
    assert "T" in caught.value.detail


def test_a_level_of_the_other_scale_is_no_difference() -> None:
    assert convert(5.0, "degF", tag("degC")) != pytest.approx(convert(5.0, "degF", tag("degC"), difference=True))


@pytest.mark.parametrize("unit", ["kPa", "degC", "%", "mol%", "kscmh", "m3/h", "m^3/h", "kg/h", "kW", "1", "rpm"])
def test_units_of_a_plant_are_known(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("unit", ["kPaa", "3 kPa", "kPa/", "ratio", "None", "x y"])
def test_nonsense_is_no_unit(unit: str) -> None:
    assert not is_unit(unit)
