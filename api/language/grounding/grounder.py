"""Grounding: every number, time and name in a text against the evidence it is said from.

A number holds when some evidence of that unit, rounded to the digits shown, is that number; a stated unit may be
another one that the evidence converts to. A time of day, a date and a duration hold when some evidence shows them
in the plant's zone. "12 kPa lower" needs a change of -12 kPa. What it cannot see: a number that is right but put to
the wrong tag of the same unit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api.language.amounts import UNIT_WORDS, WORDS
from twin.answer import Evidence, Grounding
from twin.errors import UnitMismatch
from twin.plant import Plant, Tag, TagRole
from twin.units import convert

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_INSTANT = re.compile(
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)[T ]?"
    rf"|(?:(?P<weekday>{_WEEKDAY})?(?P<day>\d{{1,2}}) (?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?,? ?))?"
    r"(?:at )?(?P<clock>\d{1,2}:\d\d)(?P<second>:\d\d)? ?(?P<zone>[A-Z]{2,5}\b|Z\b)?"
    rf"|(?P<weekday2>{_WEEKDAY})?(?P<day2>\d{{1,2}}) (?P<month2>{_MONTH})\b(?: (?P<year2>\d{{4}}))?"
    r"|(?P<iso2>\d{4}-\d\d-\d\d)"
)
_HOURS = re.compile(r"\b(?P<h>\d+) h (?P<m>\d{1,2}) min\b")
_NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>[-+−])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<exponent>e[-+]?\d+)?"
)
_WORD_NUMBER = re.compile(rf"\b({'|'.join(WORDS)})\b", re.IGNORECASE)
_LINK = re.compile(r"\s*(?:to|and|or|of|…|–|-|,|\.\.\.|\])\s*(?=[-+−\[]?\d)")
_LOWER = re.compile(r"[\s,]*(?:lower|less|below the|down|smaller|fewer)\b")
_HIGHER = re.compile(r"[\s,]*(?:higher|more|above the|up|greater|larger)\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECONDS = {"h": 3600.0, "hour": 3600.0, "hours": 3600.0, "min": 60.0, "minute": 60.0, "minutes": 60.0, "s": 1.0}
_FOREIGN = ("kg", "t", "m3", "m³", "mm", "cm", "km", "rpm", "Hz", "MJ", "kWh", "ppm", "kg/s", "l/min", "l/h", "m3/s")
"""Units that no tag may have, but that a text may state: the number then needs evidence in them."""
_SIGNS = {"°C": "degC", "°F": "degF", "m³/h": "m3/h", "K": "kelvin"}
CHANGE = "change"
"""Evidence whose name begins with this word is a difference: its sign must agree with "lower" and "higher"."""


@dataclass(frozen=True, slots=True)
class _Number:
    text: str
    value: float
    half: float
    unit: str | None
    side: int


class Grounder:
    """Checks texts about one plant."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        own = {tag.unit for tag in plant.tags if tag.unit != "1"} | {kpi.unit for kpi in plant.kpis}
        units = sorted(
            {*own, *UNIT_WORDS.values(), *_SECONDS, *_SIGNS, *_FOREIGN, "sigma"} - {"points"}, key=len, reverse=True
        )
        self._unit = re.compile(rf"\s?(?P<unit>{'|'.join(map(re.escape, units))})(?![\w/])")
        self._names = [*(tag.name for tag in plant.tags), *(name for tag in plant.tags for name in tag.aliases)]
        self._names += [tag.description for tag in plant.tags]

    def check(self, text: str, evidence: Sequence[Evidence]) -> Grounding:
        """What of the text the evidence backs, and what it does not."""
        bare = self._without_names(text, evidence)
        bare, times = _times(bare)
        bad = [said for said, match in times if not _shown(match, evidence, self.plant.time_zone)]
        bare, durations = _durations(bare)
        bad += [said for said, seconds in durations if not _lasting(seconds, evidence)]
        numbers = list(self._numbers(bare))
        bad += [number.text for number in numbers if not self._backed(number, evidence)]
        return Grounding(checked=len(times) + len(durations) + len(numbers), unmatched=tuple(bad))

    def _without_names(self, text: str, evidence: Sequence[Evidence]) -> str:
        """The text without the names that carry digits of their own: tags, aliases, ids given as evidence."""
        strings = [item.value for item in evidence if isinstance(item.value, str)]
        digital = {name for name in (*self._names, *strings) if any(letter.isdigit() for letter in name)}
        for name in sorted(digital, key=len, reverse=True):
            text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w|\.\d)", "·", text, flags=re.IGNORECASE)
        return text

    def _numbers(self, text: str) -> Iterator[_Number]:
        for match in _NUMBER.finditer(text):
            unit = self._unit.match(text, match.end())
            end = unit.end() if unit else match.end()
            name = unit["unit"] if unit else self._unit_behind(text, match.end())
            digits = match["digits"].replace(",", "")
            decimals = len(digits.partition(".")[2])
            exponent = int(match["exponent"][1:]) if match["exponent"] else 0
            value = float(digits) * 10**exponent * (-1 if match["sign"] in {"-", "−"} else 1)
            half = 0.5 * 10 ** (exponent - decimals)
            yield _Number(text[match.start() : end], value, half, name and _SIGNS.get(name, name), _side(text, end))
        for match in _WORD_NUMBER.finditer(text):
            yield _Number(match[0], float(WORDS[match[0].lower()]), 0.0, None, 0)

    def _unit_behind(self, text: str, end: int) -> str | None:
        """The unit of a list of numbers stands behind its last one: "from -20 to -4 kPa"."""
        while link := _LINK.match(text, end):
            number = re.compile(r"[\[]?[-+−]?\d[\d,.]*\d|[\[]?[-+−]?\d").match(text, link.end())
            if number is None:
                return None
            if unit := self._unit.match(text, number.end()):
                return unit["unit"]
            end = number.end()
        bracket = re.compile(r"\]").match(text, end)
        unit = self._unit.match(text, bracket.end()) if bracket else None
        return unit["unit"] if unit else None

    def _backed(self, number: _Number, evidence: Sequence[Evidence]) -> bool:
        return any(self._fits(number, item) for item in evidence)

    def _fits(self, number: _Number, item: Evidence) -> bool:
        value = self._in_unit(item, number.unit)
        if value is None:
            return False
        slack = number.half * (1 + 1e-6) + 1e-9 * abs(value)
        if number.side and item.name.startswith(CHANGE):
            return value * number.side >= 0 and abs(abs(value) - abs(number.value)) <= slack
        return abs(value - number.value) <= slack

    def _in_unit(self, item: Evidence, unit: str | None) -> float | None:
        """The evidence's value in the unit that the text states; None when it does not convert."""
        if not isinstance(item.value, int | float):
            return None
        value = float(item.value)
        if unit is None or unit == item.unit:
            return value
        if item.unit in _SECONDS and unit in _SECONDS:
            return value * _SECONDS[item.unit] / _SECONDS[unit]
        if item.unit in {None, "1", "sigma"} or unit in {*_SECONDS, "sigma"}:
            return None
        try:
            return _converted(value, item.unit or "", unit, difference=item.name.startswith(CHANGE))
        except UnitMismatch:
            return None


def _converted(value: float, source: str, target: str, *, difference: bool) -> float:
    carrier = Tag("evidence", "", TagRole.MEASURED, target, "", 0.0, 0.0, None)
    return convert(value, source, carrier, difference=difference)


def _side(text: str, end: int) -> int:
    return -1 if _LOWER.match(text, end) else 1 if _HIGHER.match(text, end) else 0


def _times(text: str) -> tuple[str, list[tuple[str, re.Match[str]]]]:
    found = [(match[0].strip(), match) for match in _INSTANT.finditer(text)]
    return _INSTANT.sub(lambda match: "·" * len(match[0]), text), found


def _durations(text: str) -> tuple[str, list[tuple[str, float]]]:
    found = [(match[0], int(match["h"]) * 3600.0 + int(match["m"]) * 60.0) for match in _HOURS.finditer(text)]
    return _HOURS.sub(lambda match: "·" * len(match[0]), text), found


def _lasting(seconds: float, evidence: Sequence[Evidence]) -> bool:
    return any(
        abs(float(item.value) * _SECONDS[item.unit] - seconds) <= 30.0
        for item in evidence
        if item.unit in _SECONDS and isinstance(item.value, int | float)
    )


def _shown(match: re.Match[str], evidence: Sequence[Evidence], zone: ZoneInfo) -> bool:
    return any(_same(match, item.value, zone) for item in evidence if isinstance(item.value, datetime))


def _same(match: re.Match[str], moment: datetime, zone: ZoneInfo) -> bool:
    """Whether every part of an instant that the text shows is that of `moment`."""
    stated = match["zone"]
    local = moment.astimezone(UTC if stated in {"UTC", "Z", "GMT"} else zone)
    day, month = match["day"] or match["day2"], match["month"] or match["month2"]
    weekday, year = match["weekday"] or match["weekday2"], match["year"] or match["year2"]
    iso, clock = match["iso"] or match["iso2"], match["clock"]
    parts = (
        clock is None or tuple(map(int, clock.split(":"))) == (local.hour, local.minute),
        match["second"] is None or int(match["second"][1:]) == local.second,
        stated is None or stated in {local.tzname(), "UTC", "Z", "GMT"},
        day is None or int(day) == local.day,
        month is None or _MONTHS.index(month[:3]) + 1 == local.month,
        weekday is None or weekday[:3] == f"{local:%a}",
        year is None or int(year) == local.year,
        iso is None or iso == f"{local:%Y-%m-%d}",
    )
    return all(parts)
