"""Numbers as texts write them: digits with separators, words, fractions; with the unit behind them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.language.grounding.lexicon import Lexicon, Sense
from api.language.grounding.tokens import Phrases, Token
from twin.plant import Plant

DIGITS = re.compile(r"\d+(?:[.,'’]\d+)*(?:[eE][-+]?\d+(?![\w.]))?")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,'’]\d{3})+")
_DECIMAL_COMMA = frozenset({"de", "es"})
RATIO = "ratio"
"""The unit of "twice" and "three times"."""
FRACTION = "fraction"
"""The unit of "half" and "a third of"."""
ROUGH = 0.06
"""How far, relative to itself, a ratio or a fraction in words may be from what it stands for."""
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "wk": 604800.0}
_SIGNS = {"°C": "degC", "℃": "degC", "°F": "degF", "m³/h": "m3/h", "Nm³/h": "Nm3/h", "K": "kelvin", "σ": "sigma"}
_KNOWN = (
    *SECONDS,
    *("kPa", "Pa", "MPa", "hPa", "bar", "mbar", "psi", "atm", "degC", "degF", "kelvin", "%", "mol%", "mol %"),
    *("kg/h", "t/h", "kg/s", "m3/h", "m3/s", "l/min", "l/h", "gal/min", "gpm", "kscmh", "scmh", "kg", "t", "g", "m3"),
    *("m³", "mm", "cm", "m", "km", "l", "gal", "rpm", "Hz", "kW", "MW", "W", "kWh", "MJ", "kJ", "ppm", "mg/l", "g/l"),
    *("sigma", "A", "mA", "V", "kV", "N", "in", "ft", "lb", "lb/h"),
)
_ORDINARY_WORDS = {"in", "A"}
"""Signs of units that are words of a sentence where another word follows: "0.92 in the hour before"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a numeral: its value, and half of its last digit."""

    value: float
    half: float


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a text states.

    Attributes:
        readings: what the numeral may mean; "2.745" is two numbers in German.
        unit: as pint reads it, or RATIO or FRACTION; None where none is said.
        sign: -1 or 1 where a sign is written, else 0.
    """

    readings: tuple[Reading, ...]
    unit: str | None = None
    sign: int = 0


def readings(numeral: str, language: str) -> tuple[Reading, ...]:
    """What a numeral in digits may mean in a language."""
    body, _, power = numeral.lower().partition("e")
    exponent = int(power[:4]) if power else 0
    found = [_plain(body.replace("'", "").replace("’", ""), ".", exponent)]
    if "." in body or "," in body:
        found = _separated(body, language, exponent)
    return tuple(reading for reading in found if reading is not None)


def _separated(body: str, language: str, exponent: int) -> list[Reading | None]:
    last = max(body.rfind("."), body.rfind(","))
    mark, count = body[last], body.count(body[last])
    other = "," if mark == "." else "."
    thousands = _plain(re.sub(r"[.,'’]", "", body), ".", exponent)
    if count > 1:
        return [thousands if _THOUSANDS.fullmatch(body) else None]
    decimal = _plain(body.replace(other, ""), mark, exponent)
    if other in body or not _THOUSANDS.fullmatch(body):
        return [decimal]
    if language in _DECIMAL_COMMA:
        return [decimal] if mark == "," else [thousands, decimal]
    return [thousands] if mark == "," else [decimal]


def _plain(body: str, mark: str, exponent: int) -> Reading | None:
    whole, _, decimals = body.partition(mark)
    try:
        value = float(f"{whole}.{decimals or 0}e{exponent}")
    except ValueError:
        return None
    return Reading(value, 0.5 * 10.0 ** (exponent - len(decimals)))


def units_of(plant: Plant) -> Phrases[str]:
    """The signs of all units that a text about a plant may state, as they are written."""
    found: Phrases[str] = Phrases()
    own = {tag.unit for tag in plant.tags} | {kpi.unit for kpi in plant.kpis}
    for unit in dict.fromkeys((*own, *_KNOWN, *_SIGNS)):
        if unit != "1":
            found.add(unit, unit)
    return found


def canonical(unit: str | None) -> str | None:
    """The unit as pint reads it; None for a plain number."""
    if unit is None or unit in {"1", ""}:
        return None
    return _SIGNS.get(unit, unit.replace("³", "3").replace("mol %", "mol%"))


@dataclass(slots=True)
class Numerals:
    """Reads numbers at a token of one text."""

    lexicon: Lexicon
    units: Phrases[str]
    _seen: dict[int, tuple[int, list[Sense]]] = field(default_factory=dict)

    def hits(self, tokens: Sequence[Token], place: int) -> tuple[int, list[Sense]]:
        """The longest phrase of the lexicon at a token, and its meanings."""
        found = self._seen.get(place)
        if found is None:
            found = self._seen[place] = self.lexicon.phrases.at(tokens, place)
        return found

    def unit_at(self, text: str, tokens: Sequence[Token], place: int) -> tuple[int, str | None]:
        """How many tokens the unit at `place` takes, and the unit; (0, None) for none."""
        if place >= len(tokens):
            return 0, None
        length, signs = self.units.at(tokens, place)
        worded, senses = self.hits(tokens, place)
        words = [sense.value for sense in senses if sense.section == "units"]
        unit: str | None = None
        if signs and length >= (worded if words else 0):
            written = text[tokens[place].start : tokens[place + length - 1].end]
            if written not in _ORDINARY_WORDS or not _word_at(tokens, place + length):
                unit = next((sign for sign in signs if sign == written), signs[0] if len(signs) == 1 else None)
        elif words:
            length, unit = worded, words[0]
        if unit is None:
            return 0, None
        more, rate = self._per(text, tokens, place + length)
        return length + more, canonical(f"{unit}/{rate}" if rate else unit)

    def _per(self, text: str, tokens: Sequence[Token], place: int) -> tuple[int, str | None]:
        """The time behind a unit: "kPa/h", "kPa per hour"."""
        if place + 1 >= len(tokens):
            return 0, None
        slash = tokens[place].text == "/"
        if not slash and not self.has(tokens, place, "per"):
            return 0, None
        _, senses = self.hits(tokens, place + 1)
        words = [sense.value for sense in senses if sense.section == "units" and sense.value in SECONDS]
        if words:
            return 1 + self.hits(tokens, place + 1)[0], words[0]
        return (2, tokens[place + 1].text) if slash and tokens[place + 1].text in SECONDS else (0, None)

    def has(self, tokens: Sequence[Token], place: int, section: str) -> bool:
        """Whether the phrase at `place` is of that section."""
        return place < len(tokens) and any(sense.section == section for sense in self.hits(tokens, place)[1])

    def worded(self, tokens: Sequence[Token], place: int) -> tuple[int, float | None]:
        """The number in words at `place`: how many tokens it takes, and its value."""
        total, part, end, said = 0.0, 0.0, place, False
        while end < len(tokens):
            length, sense = self._numeral(tokens, end)
            if sense is None:
                joined = said and self.has(tokens, end, "joiners") and self._continues(tokens, end + 1, part)
                if not joined:
                    break
                end += 1
                continue
            if sense.section == "numbers":
                if said and part and not _fits(part, sense.value):
                    break
                part += sense.value
            else:
                part = max(part, 1.0) * sense.value
                if sense.value >= 1000:
                    total, part = total + part, 0.0
            end, said = end + length, True
        return (end - place, total + part) if said else (0, None)

    def _continues(self, tokens: Sequence[Token], place: int, part: float) -> bool:
        if place >= len(tokens):
            return False
        _, sense = self._numeral(tokens, place)
        return sense is not None and sense.section == "numbers" and _fits(part, sense.value)

    def _numeral(self, tokens: Sequence[Token], place: int) -> tuple[int, Sense | None]:
        length, senses = self.hits(tokens, place)
        return length, next((sense for sense in senses if sense.section in {"numbers", "scales"}), None)


def _fits(part: float, value: float) -> bool:
    """Whether a number word goes on with the number: "twenty" with "three", "hundred" with "twelve"."""
    scale = next((scale for scale in (1000, 100, 10) if part >= scale and part % scale == 0), 1)
    return 0 < value < scale and part > value


def _word_at(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].text[0].isalnum()
