"""How the console writes instants, spans, numbers and units."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

UNIT_SIGNS = {"1": "", "percent": "%", "degC": "°C", "degF": "°F"}
POWER = re.compile(r"m(?:\*\*|\^)?([23])\b")


def unit_sign(unit: str | None) -> str:
    """The unit as a person writes it; empty for a ratio."""
    if unit is None:
        return ""
    sign = UNIT_SIGNS.get(unit, unit)
    return POWER.sub(lambda found: f"m{'²' if found[1] == '2' else '³'}", sign)


def number(value: float, digits: int = 4) -> str:
    """The value with as many significant digits as asked, without an exponent where it can be read without."""
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    rounded = round(value) if abs(value) >= 10**digits else float(f"{value:.{digits}g}")
    whole = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if whole == "-0" else whole


def quantity(value: float, unit: str | None, digits: int = 4) -> str:
    """The value with its unit."""
    return f"{number(value, digits)} {unit_sign(unit)}".strip()


def signed(value: float, unit: str | None, digits: int = 3) -> str:
    """The value with its sign always shown, and its unit."""
    return ("+" if value > 0 else "") + quantity(value, unit, digits).replace("-", "−", 1)


def instant(moment: datetime, zone: ZoneInfo) -> str:
    """Day and minute on the plant's clock, without the zone."""
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"


def zone_name(moment: datetime, zone: ZoneInfo) -> str:
    """What the plant's zone is called at that instant, for example CET."""
    return moment.astimezone(zone).tzname() or str(zone)


def stretch(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """From start to end on the plant's clock, the day not said twice, the zone at the end."""
    first = instant(start, zone)
    if end is None:
        return f"{first} {zone_name(start, zone)}, still open"
    same_day = start.astimezone(zone).date() == end.astimezone(zone).date()
    last = f"{end.astimezone(zone):%H:%M}" if same_day else instant(end, zone)
    return f"{first} to {last} {zone_name(end, zone)}"


def counted(count: int, one: str, many: str) -> str:
    """How many of something, in the right number."""
    return f"{count} {one if count == 1 else many}"


def duration(length: timedelta) -> str:
    """Minutes up to two hours, then hours, then days."""
    minutes = length.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.3g} h" if minutes < 48 * 60 else f"{minutes / 1440:.3g} d"


def per_cent(probability: float) -> str:
    """A probability for a person: never a false 0 % or 100 %."""
    if 0 < probability < 0.01:
        return "< 1 %"
    if 0.99 < probability < 1:
        return "> 99 %"
    return f"{100 * probability:.0f} %"
