"""Numbers with units as people write them."""

from dataclasses import dataclass

from api.language.reading.measures import DEGREES, POINTS, TEMPERATURES, UNIT_WORDS, unit_at
from api.language.reading.numerals import Language, Numeral, numerals, readings, spelled_in_digits
from twin.errors import AmbiguousTag, UnitMismatch
from twin.plant import Tag
from twin.units import convert

__all__ = ["UNIT_WORDS", "WORDS", "Amount", "amounts", "digits", "to_number", "unit_for", "value_of"]

WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, where it stands in the text.

    Attributes:
        value: the likelier reading of the number.
        unit: as conversions know it; `measures.DEGREES` and `measures.POINTS` wait for the tag.
        signed: whether a sign stands before the number.
        number_end: where the number ends and the unit begins.
        other: a second reading, where "2,745" can be a thousand or a decimal.
        fraction: whether it is said as a share: a third, half.
    """

    value: float
    unit: str | None
    signed: bool
    start: int
    end: int
    number_end: int = 0
    other: float | None = None
    fraction: bool = False


def to_number(text: str, language: Language = "en") -> float:
    """The number that a numeral says, the likelier reading where it has two; raises ValueError."""
    return readings(text, language)[0]


def amounts(text: str, language: Language = "en") -> list[Amount]:
    """Every number in a text in English that stands on its own, with the unit behind it.

    `language` is the one it was said in first: it says how "2,745" is read.
    """
    return [
        _amount(text, numeral)
        for numeral in numerals(text, language, words="en")
        if _stands_alone(text, numeral.start, numeral.end)
    ]


def digits(text: str, language: Language = "en") -> str:
    """The text with number words written in digits, "half an hour" as 30 minutes."""
    return spelled_in_digits(text, language)


def value_of(amount: Amount, tag: Tag, *, difference: bool = False) -> float:
    """The amount's number, still in the unit said, as the tag's range settles it.

    A comma is a decimal one when that lies in the range, a point groups thousands when that does, else decimals.
    `difference` says that it is a change, not a level. Raises AmbiguousTag when the range does not say which,
    UnitMismatch.
    """
    if amount.other is None:
        return amount.value
    values = (amount.value, amount.other)
    tried = values if abs(amount.value) > abs(amount.other) else values[:1]
    for value in tried:
        if _within(value, amount.unit, tag, difference=difference):
            return value
    unit = f" {amount.unit}" if amount.unit else ""
    shown = tuple(f"{value:.10g}{unit}" for value in sorted(values))
    raise AmbiguousTag(
        f"the number could be {shown[0]} or {shown[1]}",
        field="amount",
        value=amount.value,
        unit=amount.unit,
        candidates=shown,
    )


def unit_for(unit: str | None, tag: Tag) -> str | None:
    """The unit with degrees and points as the tag has them; raises UnitMismatch for degrees of no temperature."""
    if unit == DEGREES:
        if tag.unit not in TEMPERATURES:
            raise UnitMismatch(
                f"degrees do not convert to {tag.unit}, the unit of {tag.name}",
                field="unit",
                value=unit,
                limit=tag.unit,
                unit=tag.unit,
            )
        return tag.unit
    return "%" if unit == POINTS else unit


def _within(value: float, unit: str | None, tag: Tag, *, difference: bool) -> bool:
    own = convert(value, unit_for(unit, tag), tag, difference=difference)
    return abs(own) <= tag.high - tag.low if difference else tag.low <= own <= tag.high


def _amount(text: str, numeral: Numeral) -> Amount:
    unit, end = unit_at(text, numeral.end)
    other = numeral.values[1] if len(numeral.values) > 1 else None
    fraction = numeral.kind == "fraction" and unit is None
    return Amount(numeral.value, unit, numeral.signed, numeral.start, end, numeral.end, other, fraction)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    joined = before.isascii() and before.isalnum()
    called = before == "(" and text[start - 2 : start - 1].isalnum()
    return not (joined or called or before in {"-", ".", ":", "_"} or _goes_on(text, end) or after in {":", "_"})


def _goes_on(text: str, end: int) -> bool:
    """Whether letters follow the number that are no unit: "2nd", "3x"."""
    return end < len(text) and text[end].isascii() and text[end].isalnum() and unit_at(text, end)[0] is None
