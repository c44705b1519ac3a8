"""Numbers with units as people write them."""

import re
from dataclasses import dataclass

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

UNIT_WORDS = {
    "percent": "%",
    "per cent": "%",
    "pct": "%",
    "percentage points": "points",
    "percentage point": "points",
    "%-points": "points",
    "points": "points",
    "degrees celsius": "degC",
    "degree celsius": "degC",
    "degrees c": "degC",
    "deg c": "degC",
    "degc": "degC",
    "degrees": "degC",
    "degree": "degC",
    "°c": "degC",
    "c": "degC",
    "degrees fahrenheit": "degF",
    "degf": "degF",
    "°f": "degF",
    "kelvin": "kelvin",
    "k": "kelvin",
    "kilopascal": "kPa",
    "kilopascals": "kPa",
    "kpa": "kPa",
    "mpa": "MPa",
    "hpa": "hPa",
    "pa": "Pa",
    "bar": "bar",
    "bars": "bar",
    "barg": "bar",
    "mbar": "mbar",
    "psi": "psi",
    "atm": "atm",
    "kw": "kW",
    "mw": "MW",
    "kg/h": "kg/h",
    "kg/hr": "kg/h",
    "kg per hour": "kg/h",
    "t/h": "t/h",
    "m3/h": "m3/h",
    "m³/h": "m3/h",
    "m3/hr": "m3/h",
    "cubic metres per hour": "m3/h",
    "cubic meters per hour": "m3/h",
    "kscmh": "kscmh",
    "scmh": "scmh",
    "mol%": "mol%",
    "mol %": "mol%",
    "mol percent": "mol%",
    "%": "%",
}

_NUMBER = r"[-+−–]?\d+(?:[.,]\d+)?"
_UNIT = "|".join(re.escape(word) for word in sorted(UNIT_WORDS, key=len, reverse=True))
AMOUNT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>(?:{_UNIT})(?![a-z0-9/]))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, where it stands in the text."""

    value: float
    unit: str | None
    signed: bool
    start: int
    end: int


def to_number(text: str) -> float:
    """The number that a numeral says; raises ValueError."""
    return float(text.replace("−", "-").replace("–", "-").replace(",", "."))


def amounts(text: str) -> list[Amount]:
    """Every number in the text that stands on its own, with the unit behind it."""
    return [
        Amount(
            to_number(match["number"]),
            UNIT_WORDS[match["unit"].lower()] if match["unit"] else None,
            match["number"][0] in "+-−–",
            match.start(),
            match.end(),
        )
        for match in AMOUNT.finditer(text)
        if _stands_alone(text, match.start(), match.end())
    ]


def digits(text: str) -> str:
    """The text with number words written in digits."""
    pattern = re.compile(rf"\b({'|'.join(WORDS)})\b", re.IGNORECASE)
    return pattern.sub(lambda match: str(WORDS[match[1].lower()]), text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before in {"-", ".", ":", "_", "("} or after.isalnum() or after in {":", "_"})
