"""How facts are written: numbers, units, instants, windows, names."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from api.language.wording.catalog.forms import Forms
from twin.clock import Span
from twin.operations.numbers import plain
from twin.plant import Plant, Tag

UNIT_SIGNS = {"1": "", "percent": "%", "degC": "°C", "degF": "°F", "m3/h": "m³/h"}
_THOUSANDS = re.compile(r"[−]?[1-9]\d{0,2},\d{3}")
_CJK = re.compile(r"[\u4e00-\u9fff]")


def shown_unit(unit: str | None) -> str:
    """The unit behind a number as a person writes it, with its space."""
    sign = UNIT_SIGNS.get(unit, unit) if unit else ""
    return f" {sign}" if sign else ""


def number(value: float, digits: int, forms: Forms) -> str:
    """With so many significant digits; one fewer where a decimal comma would read as one of thousands."""
    text = _written(value, digits, forms)
    return _written(value, digits - 1, forms) if _THOUSANDS.fullmatch(text) else text


def per_cent(share: float, forms: Forms) -> str:
    """A share in per cent; never a false 0 or 100."""
    value = 100.0 * share
    near = 0 < value < 0.5 or 99.5 < value < 100
    return f"{number(value, 3, forms) if near else f'{value:.0f}'} %"


def instant(moment: datetime, zone: ZoneInfo, forms: Forms, *, day: bool = True) -> str:
    """On the plant's clock: "Sun 22 Nov 02:00 CET", without the day "02:00 CET"."""
    return f"{_clock(moment, zone, forms, day=day)} {moment.astimezone(zone):%Z}"


def span_text(span: Span, zone: ZoneInfo, forms: Forms) -> str:
    """A window on the plant's clock; day and zone are said once where they are the same."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    first = _clock(start, zone, forms, day=True)
    if start.tzname() != end.tzname():
        first += f" {start:%Z}"
    same_day = start.date() == end.date() and start.tzname() == end.tzname()
    return forms.stretch.format(start=first, end=instant(end, zone, forms, day=not same_day))


def called(tag: Tag, language: str) -> str:
    """What a person calls a tag: an alias in Chinese where there is one, else the begin of its description."""
    own = next((alias for alias in tag.aliases if _CJK.search(alias)), None) if language == "zh" else None
    return own or re.split(r"[;,(]", tag.description)[0].strip() or tag.name


def opened(sentence: str, plant: Plant | None = None) -> str:
    """The sentence with a capital, unless it begins with the name of a tag or an asset."""
    first = sentence.partition(" ")[0].rstrip(":,")
    named = plant is not None and (first in plant or any(first == asset.name for asset in plant.assets))
    return sentence if named or "." in first or "_" in first else sentence[:1].upper() + sentence[1:]


def _written(value: float, digits: int, forms: Forms) -> str:
    return plain(value, digits).replace("-", "−").replace(".", forms.decimal)


def _clock(moment: datetime, zone: ZoneInfo, forms: Forms, *, day: bool) -> str:
    local = moment.astimezone(zone)
    if not day:
        return f"{local:%H:%M}"
    weekday, month = forms.weekdays[local.weekday()], forms.months[local.month - 1]
    return f"{forms.date.format(weekday=weekday, day=local.day, month=month)} {local:%H:%M}"
