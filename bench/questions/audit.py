"""A naive reader of answers: which numbers of the text does nothing in the evidence support?

It shares no code with the product's own verifier: it takes out what is quoted, named or dated as the evidence has it,
and holds every number that is left against every number of the evidence, whatever it is about.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from twin.answer import Answer
from twin.plant import Plant

_CLOCK = re.compile(r"(?<![\d.,])(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(r"(?<![\d.,])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)"),
    re.compile(
        r"(?<![\d.,])(?P<day>\d{1,2})\.? (?:de )?"
        r"(?P<word>jan|ene|feb|mar|mär|apr|abr|ma[iy]|jun|jul|aug|ago|sep|o[ck]t|nov|de[zc]|dic)\w*"
        r"\.?(?: (?:de )?(?P<year>\d{4}))?",
        re.IGNORECASE,
    ),
)
_LENGTH = re.compile(r"(?<![\w.,])(\d+) ?(?:h|Std\.?|小时) ?(\d+) ?(?:min|分钟?)")
_NUMBER = re.compile(r"(?<![\w.,])[-+−]?\d+(?:[ \u202f\u00a0',.]\d{3}(?!\d))*(?:[.,]\d+)?(?:[eE][-+]?\d+)?")
MINUTE = 0.5 * (1 + 1e-6)
"""How far lengths in minutes may be off."""
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_MONTHS = (
    ("jan", "ene"),
    ("feb",),
    ("mar", "mär"),
    ("apr", "abr"),
    ("mai", "may"),
    ("jun",),
    ("jul",),
    ("aug", "ago"),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez", "dic"),
)


def unsupported(answer: Answer, plant: Plant) -> tuple[str, ...]:
    """Numbers, times and dates of the text that the evidence does not hold."""
    text = _without_names(answer, plant)
    moments = list(_moments(answer, plant.time_zone))
    found: list[str] = []
    for pattern in _DATES:
        dates = pattern.finditer(text)
        found += [date[0].rstrip(".") for date in dates if not any(_is_day(date, moment) for moment in moments)]
        text = pattern.sub(" ", text)
    shown = {(moment.hour, moment.minute) for moment in moments}
    found += [clock[0] for clock in _CLOCK.finditer(text) if (int(clock[1]), int(clock[2])) not in shown]
    text = _CLOCK.sub(" ", text)
    known = list(_numbers(answer))
    minutes = [(length, 60.0 * int(length[1]) + int(length[2])) for length in _LENGTH.finditer(text)]
    found += [length[0] for length, said in minutes if not any(abs(value - said) <= MINUTE for value in known)]
    text = _LENGTH.sub(" ", text)
    found += [match[0] for match in _NUMBER.finditer(text) if not _supported(match[0], known)]
    return tuple(found)


def _without_names(answer: Answer, plant: Plant) -> str:
    """The text without what is said word for word: quoted evidence, names of the plant, ids, versions."""
    text = answer.text
    said = [str(item.value) for item in answer.evidence if isinstance(item.value, str)]
    names = [name for tag in plant.tags for name in (tag.name, tag.description, tag.unit, *tag.aliases)]
    names += [name for asset in plant.assets for name in (asset.name, asset.description, *asset.aliases)]
    names += [plant.name, plant.description, answer.model_version or "", *answer.candidates, *said]
    names += [kpi.unit for kpi in plant.kpis]
    for name in sorted({name for name in names if re.search(r"\d", name)}, key=len, reverse=True):
        if not re.fullmatch(r"[-+−\d.,:% ]+", name):
            text = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", " ", text, flags=re.IGNORECASE)
    return re.sub(r"\b[A-Z]{1,4}[+-]\d{1,2}\b|(?<=UTC)[+-]\d{1,2}|\[e\d+\]|90\s*%|m[23³²]|\bP\d\d\b", " ", text)


def _moments(answer: Answer, zone: ZoneInfo) -> Iterator[datetime]:
    for item in answer.evidence:
        if isinstance(item.value, datetime):
            yield item.value.astimezone(zone)
    if answer.window:
        yield answer.window.start.astimezone(zone)
        yield answer.window.end.astimezone(zone)
    for plan in answer.plans:
        yield from (moment.astimezone(zone) for moment in _instants(plan.model_dump()))


def _instants(value: object) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _instants(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _instants(part)


def _numbers(answer: Answer) -> Iterator[float]:
    """Every number of the evidence, as it is, in %, as a length in other units; and of the moves asked for."""
    for item in answer.evidence:
        if isinstance(item.value, str):
            yield from (float(said) for said in re.findall(r"\d+(?:\.\d+)?", item.value))
        elif not isinstance(item.value, datetime):
            value = float(item.value)
            yield value
            yield 100 * value
            seconds = value * _SECONDS.get(item.unit or "", 0.0)
            yield from (seconds / size for size in _SECONDS.values() if seconds)
    for plan in answer.plans:
        yield from _amounts(plan.model_dump())
    if answer.window:
        length = answer.window.end - answer.window.start
        yield from (length / timedelta(seconds=size) for size in _SECONDS.values())


def _amounts(value: object) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
        yield 100 * (float(value) - 1)
    elif isinstance(value, dict):
        if value.keys() == {"amount", "unit"} and value["unit"] in _SECONDS:
            yield from (value["amount"] * _SECONDS[value["unit"]] / size for size in _SECONDS.values())
        for part in value.values():
            yield from _amounts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _amounts(part)


def _supported(said: str, known: list[float]) -> bool:
    """Whether a number of the evidence rounds to what is said, its sign aside; either reading of a comma counts."""
    return any(
        abs(abs(value) - reading) <= 0.5 * digit * (1 + 1e-6) for reading, digit in _readings(said) for value in known
    )


def _readings(said: str) -> Iterator[tuple[float, float]]:
    """(value, weight of the last digit), both ways of reading points and commas."""
    for thousands, point in ((r"[, \u202f\u00a0']", r"\."), (r"[. \u202f\u00a0']", ",")):
        match = re.fullmatch(
            rf"(\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{point}(\d+))?(?:e([-+]?\d+))?", said.lstrip("-+−").lower()
        )
        if match:
            whole, fraction, power = re.sub(r"\D", "", match[1]), match[2] or "", int(match[3] or 0)
            yield float(f"{whole}.{fraction or 0}e{power}"), 10.0 ** (power - len(fraction))


def _is_day(match: re.Match[str], moment: datetime) -> bool:
    parts = match.groupdict()
    month = parts.get("month")
    if month is None:
        word = (parts.get("word") or "").lower()
        month = str(next((i for i, names in enumerate(_MONTHS, 1) if word[:3] in names), 0))
    year = int(parts.get("year") or moment.year)
    return (year, int(month), int(parts["day"] or 0)) == (moment.year, moment.month, moment.day)
