"""Durations and instants as people type them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from twin.errors import InvalidInput

UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "s": "seconds"}
PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """The duration that 8h, 90min, 1h30m or 2d means; raises InvalidInput."""
    plain = text.strip().lower().removeprefix("pt").removeprefix("p")
    parts = PART.findall(plain)
    rest = PART.sub("", plain).strip()
    if not parts or rest:
        raise InvalidInput(f"{text!r} is not a duration such as 8h, 90min or 1h30m", field="horizon", value=text)
    return timedelta(**_summed(parts))


def parse_instant(text: str, zone: ZoneInfo, now: datetime | None = None) -> datetime:
    """ISO 8601, on the plant's clock unless it names a zone; "02:00" is the last time it was 02:00 there.

    Raises InvalidInput.
    """
    present = (now or datetime.now(UTC)).astimezone(zone)
    if re.fullmatch(r"\d{1,2}:\d{2}", text.strip()):
        hour, minute = (int(part) for part in text.split(":"))
        return _latest_time_of_day(text, hour, minute, present)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _no_instant(text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _latest_time_of_day(text: str, hour: int, minute: int, present: datetime) -> datetime:
    try:
        today = present.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError as error:
        raise _no_instant(text) from error
    return today if today <= present else today - timedelta(days=1)


def _no_instant(text: str) -> InvalidInput:
    return InvalidInput(f"{text!r} is not an instant such as 2026-03-02T02:00 or 02:00", field="time", value=text)


def _summed(parts: list[tuple[str, str]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for number, unit in parts:
        name = UNITS[unit.lower()]
        total[name] = total.get(name, 0.0) + float(number)
    return total
