"""One planted mistake in a true sentence, so that it is false: digits, signs, units, tags, times, words."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml

from twin.answer import Evidence
from twin.plant import Plant

SWAPS: Final = Path(__file__).parent / "grounding_data" / "swaps.yaml"
_UNIT = r"(?:kPa|bar|psi|°C|°F|degF|%|kg/h|lb/h|m³/h|m3/h|kscmh|kW|hp|mol%|h\b|min\b|sigma|gal/min)"
_VALUE = re.compile(rf"(?<![\w.,:/\-−])(?P<sign>[−-])?(?P<number>\d+(?:[.,]\d+)?)(?=\s?{_UNIT})")
_CLOCK = re.compile(r"(?<![\d:])(\d\d):(\d\d)(?![\d:])")
_DAY = re.compile(
    r"(?<![\d.,:\-])(\d{1,2})(?=\.? (?:Nov|nov|Oct|Oct|oct|May|may|Mai|Okt|de noviembre|November)|[日号])"
)
_WEEKDAYS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("Mo ", "Di ", "Mi ", "Do ", "Fr ", "Sa ", "So "),
    ("lun ", "mar ", "mié ", "jue ", "vie ", "sáb ", "dom "),
    ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
)
_ZONES = ("CET", "CEST", "MST", "MDT", "UTC")
_OTHER_UNIT = {
    "kPa": ("°C", "kg/h"),
    "°C": ("kPa", "%"),
    "%": ("kPa",),
    "bar": ("°C",),
    "psi": ("°F",),
    "°F": ("psi",),
}
_NEAR_UNIT = {"kPa": ("bar", "psi"), "bar": ("kPa",), "°C": ("°F",), "°F": ("°C",), "h": ("min",), "min": ("h",)}
_NEAR_UNIT |= {"psi": ("kPa", "bar"), "kW": ("hp",), "kg/h": ("lb/h",), "lb/h": ("kg/h",), "m³/h": ("gal/min",)}

_DENIED = re.compile(r" nicht\b| not\b")
_NOWHERE = re.compile(r"(?!)")
_NO_CLAIM = defaultdict(
    lambda: _NOWHERE,
    {
        "ratio word": re.compile(r"(?:more than|mehr als das|más del|超过[^，。]{0,8}) ?$"),
        "direction": re.compile(r"(?:neither|nor|neither \w+ nor|weder|noch|ni|no) $"),
    },
)
"""What stands before a word where another in its place would not be false: "more than twice", "neither rose"."""

Corruption = Callable[[str, Sequence[Evidence], Plant, random.Random], str | None]


def corrupt(text: str, evidence: Sequence[Evidence], kind: str, seed: int, plant: Plant) -> str | None:
    """The text with one mistake of that kind; None where the text has nothing that it could be made in."""
    chance = random.Random(f"{kind}/{seed}")
    made = KINDS[kind](text, evidence, plant, chance)
    return made if made is not None and made != text else None


def _numbers(text: str) -> list[re.Match[str]]:
    spans = [match.span() for match in re.finditer(r"[“„«][^”“»]*[”“»]", text)]
    return [m for m in _VALUE.finditer(text) if not any(a <= m.start() < b for a, b in spans)]


def _replaced(text: str, start: int, end: int, other: str) -> str:
    return text[:start] + other + text[end:]


def _digit(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    """One digit of a number, never the same; the result differs by at least one of the last digit shown."""
    found = _numbers(text)
    if not found:
        return None
    match = chance.choice(found)
    places = [at for at in range(*match.span("number")) if text[at].isdigit()]
    at = chance.choice(places)
    digit = str((int(text[at]) + chance.randint(1, 9)) % 10)
    return _replaced(text, at, at + 1, digit)


def _decimal(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    found = [match for match in _numbers(text) if float(match["number"].replace(",", ".")) != 0]
    if not found:
        return None
    match = chance.choice(found)
    number = match["number"]
    mark = "," if "," in number else "."
    if mark in number:
        whole, _, rest = number.partition(mark)
        shifted = f"{whole}{rest[0]}{mark}{rest[1:]}" if len(rest) > 1 else whole + rest
    else:
        shifted = number + "0"
    return _replaced(text, *match.span("number"), shifted)


def _sign(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    found = [match for match in _numbers(text) if float(match["number"].replace(",", ".")) != 0]
    if not found:
        return None
    match = chance.choice(found)
    if match["sign"]:
        return _replaced(text, *match.span("sign"), "")
    return _replaced(text, match.start("number"), match.start("number"), "−")


def _unit_by(table: dict[str, tuple[str, ...]]) -> Corruption:
    def made(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
        behind = [(match, re.compile(rf"\s?({_UNIT})").match(text, match.end())) for match in _numbers(text)]
        found = [
            unit for match, unit in behind if unit and unit[1] in table and float(match["number"].replace(",", "."))
        ]
        if not found:
            return None
        unit = chance.choice(found)
        return _replaced(text, *unit.span(1), chance.choice(table[unit[1]]))

    return made


def _swapped(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    """A tag in the place of another one; both are in the evidence, with other numbers."""
    known = {item.tag for item in evidence if item.tag and isinstance(item.value, float) and item.kind != "name"}
    said = [(name, tag) for tag in sorted(known) for name in _names(plant, tag) if _standing(name, text)]
    if not said:
        return None
    name, tag = chance.choice(said)
    others = [other for other in sorted(known) if other != tag and not _alike(evidence, tag, other)]
    others = [other for other in others if not any(_standing(one, text) for one in _names(plant, other))]
    if not others:
        return None
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", chance.choice(others), text, flags=re.ASCII)


def _foreign(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    """A tag that the evidence does not know, in the place of one that it does."""
    known = {item.tag for item in evidence if item.tag}
    handles = {plant.tag(tag).handle for tag in known if tag in plant}
    said = [name for tag in sorted(known) for name in _names(plant, tag) if _standing(name, text)]
    others = [tag.name for tag in plant.tags if tag.name not in known | handles and tag.handle not in known]
    if not said or not others:
        return None
    return re.sub(rf"(?<!\w){re.escape(chance.choice(said))}(?!\w)", chance.choice(others), text, flags=re.ASCII)


def _names(plant: Plant, tag: str) -> list[str]:
    if tag not in plant:
        return []
    head = re.split(r"[;,(]", plant.tag(tag).description)[0].strip()
    names = {tag, head, head[:1].lower() + head[1:]}
    return sorted((name for name in names if name), key=len, reverse=True)


def _standing(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags=re.ASCII) is not None


def _alike(evidence: Sequence[Evidence], one: str, other: str) -> bool:
    """Whether two tags have the same numbers, so that their swap would still be true."""
    facts = [{(item.name, item.value) for item in evidence if item.tag == tag} for tag in (one, other)]
    return bool(facts[0] & facts[1])


def _time(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    """A time of day moved by at least a minute."""
    found = list(_CLOCK.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    known = {
        f"{item.value.astimezone(plant.time_zone):%H:%M}" for item in evidence if isinstance(item.value, datetime)
    }
    minutes = int(match[1]) * 60 + int(match[2])
    for _ in range(20):
        moved = (minutes + chance.choice([1, 10, 30, 60, 120, 600]) * chance.choice([1, -1])) % 1440
        said = f"{moved // 60:02}:{moved % 60:02}"
        if said not in known:
            return _replaced(text, match.start(), match.end(), said)
    return None


def _ends(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    """Start and end of a window or an event change places."""
    found = list(_CLOCK.finditer(text))
    pairs = [(a, b) for a, b in pairwise(found) if a[0] != b[0] and b.start() - a.end() < 22]
    if not pairs:
        return None
    first, second = chance.choice(pairs)
    later = _replaced(text, second.start(), second.end(), first[0])
    return _replaced(later, first.start(), first.end(), second[0])


def _day(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    days = {item.value.astimezone(plant.time_zone).day for item in evidence if isinstance(item.value, datetime)}
    found = list(_DAY.finditer(text))
    weekdays = [(name, row) for row in _WEEKDAYS for name in row if name in text]
    if found and (not weekdays or chance.random() < 0.5):
        match = chance.choice(found)
        other = chance.choice([day for day in range(1, 29) if day not in days])
        return _replaced(text, match.start(), match.end(), str(other))
    if not weekdays:
        return None
    name, row = chance.choice(weekdays)
    return text.replace(name, chance.choice([other for other in row if other != name]), 1)


def _zone(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    found = list(re.finditer(r"\b(?:CET|CEST|MST|MDT|UTC)\b", text))
    if not found:
        return None
    match = chance.choice(found)
    return _replaced(text, *match.span(), chance.choice([zone for zone in _ZONES if zone != match[0]]))


def _event(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    ids = [
        str(item.value) for item in evidence if item.kind == "id" and str(item.value) in text and item.name == "event"
    ]
    if not ids:
        return None
    said = chance.choice(ids)
    others = [
        str(item.value) for item in evidence if item.kind == "id" and item.name == "event" and item.value != said
    ]
    timed = _CLOCK.search(text) is not None
    number = re.sub(r"\d", lambda digit: str((int(digit[0]) + chance.randint(1, 9)) % 10), said, count=1)
    other = chance.choice([*others, number]) if others and timed and len(ids) == 1 else number
    return text.replace(said, other)


def _percent(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
    found = [match for match in _numbers(text) if re.compile(r"\s?%").match(text, match.end())]
    if not found:
        return None
    match = chance.choice(found)
    value = float(match["number"].replace(",", "."))
    other = f"{100 - value:g}" if abs(100 - 2 * value) > 1 and value < 100 else f"{value / 2:g}"
    return _replaced(text, *match.span("number"), other)


def _words(kind: str) -> Corruption:
    def made(text: str, evidence: Sequence[Evidence], plant: Plant, chance: random.Random) -> str | None:
        rows = [row for row in _swaps()[kind] if _word(row[0]).search(text)]
        if not rows:
            return None
        row = chance.choice(rows)
        spots = [
            spot
            for spot in _word(row[0]).finditer(text)
            if not _NO_CLAIM[kind].search(text[: spot.start()]) and not _DENIED.match(text, spot.end())
        ]
        if not spots:
            return None
        spot = chance.choice(spots)
        return _replaced(text, *spot.span(), chance.choice(row[1:]))

    return made


@cache
def _word(word: str) -> re.Pattern[str]:
    edge = r"" if word[0] >= "\u3400" else r"\b"
    return re.compile(f"{edge}{re.escape(word)}{edge}")


@cache
def _swaps() -> dict[str, list[list[str]]]:
    loaded: dict[str, list[list[str]]] = yaml.safe_load(SWAPS.read_text(encoding="utf-8"))
    two_way = {kind: list(rows) for kind, rows in loaded.items()}
    for kind in ("direction", "comparison"):
        two_way[kind] += [[row[1], row[0]] for row in loaded[kind] if len(row) == 2]
    return two_way


KINDS: Final[dict[str, Corruption]] = {
    "digit": _digit,
    "decimal shift": _decimal,
    "sign": _sign,
    "unit": _unit_by(_OTHER_UNIT),
    "unit without conversion": _unit_by(_NEAR_UNIT),
    "swapped tag": _swapped,
    "foreign tag": _foreign,
    "time": _time,
    "start and end": _ends,
    "day": _day,
    "zone": _zone,
    "event id": _event,
    "percentage": _percent,
    **{
        kind: _words(kind)
        for kind in (
            *("direction", "comparison", "window", "count word", "ordinal", "quantifier", "ratio word", "limit"),
            *("verdict", "kind"),
        )
    },
}
"""Ways to make a sentence false."""
