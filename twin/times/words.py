"""Words for times of day, days and lengths, and the values that they stand for."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from twin.calendar import ONE_DAY, PlantCalendar
from twin.errors import AmbiguousTime, InvalidInput
from twin.query import Length

Match = re.Match[str]
Unit = Literal["s", "min", "h", "d"]

FIRST_YEAR, LAST_YEAR = 1900, 2200
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = dict(zip(HOURS, range(1, 13), strict=True)) | {
    "a": 1, "an": 1, "fifteen": 15, "twenty": 20, "twenty-four": 24, "thirty": 30, "forty": 40, "forty-five": 45,
    "forty-eight": 48, "fifty": 50, "sixty": 60, "ninety": 90, "half": 0.5, "half a": 0.5, "half an": 0.5,
    "a couple of": 2, "couple of": 2, "couple": 2, "a few": 3, "few": 3, "several": 3, "quarter of an": 0.25,
    "a quarter of an": 0.25, "three quarters of an": 0.75, "one and a half": 1.5, "two and a half": 2.5,
}  # fmt: skip
"""A few and several are taken to be three; the window is echoed."""

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = r"(?:mon(?:day)?|tues?(?:day)?|wed(?:s|nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
SURE_WEEKDAY = r"(?:mon(?:day)?|tues?(?:day)?|wednesday|weds?|thu(?:rs?|rsday)?|fri(?:day)?|saturday|sunday)"
YESTERDAY = r"(?:yesterday|yesterdy|yesterda|ystrday|ystday|yest|y'?day)"
TODAY = r"(?:today|tdy|2day)"
TOMORROW = r"(?:tomorrow|tomorow|tommorow|tmrw|tmw)"
NUMBER = r"(?:\d+(?:[.,]\d+)?|" + "|".join(sorted((re.escape(word) for word in NUMBERS), key=len, reverse=True)) + ")"
UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?)"
MERIDIAN = r"(?:[ap]m\b|[ap]\.m\.|in the (?:morning|afternoon|evening)|at night)"
ZONE = r"(?:UTC|GMT|Z|[A-Z]{2,3}S?T)\b"

_UNITS: dict[str, tuple[float, Unit]] = {
    "s": (1, "s"), "m": (1, "min"), "h": (1, "h"), "d": (1, "d"), "w": (7, "d"), "f": (14, "d"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day.

    Attributes:
        bare: the hour may as well be the one twelve hours later.
        zone: UTC, or an abbreviation that tells doubled times apart.
        spoken: morning or afternoon was said with it.
    """

    clock: time
    bare: bool = False
    zone: str | None = None
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day; one told by its weekday may as well be the one a week before. Raises InvalidInput."""

    day: date
    weekday: bool = False

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            raise InvalidInput(f"{self.day} lies beyond the calendar", field="time", value=str(self.day))


def number(text: str) -> float:
    """The value of a number in digits or words; "half an" is 0.5."""
    word = " ".join(text.lower().split())
    return float(NUMBERS[word]) if word in NUMBERS else float(word.replace(",", "."))


def length(amount: float, unit: str) -> Length:
    """A length of so many of a unit, weeks as days; raises InvalidInput for none."""
    factor, name = _UNITS[unit[0].lower()]
    if amount <= 0:
        raise InvalidInput(f"{amount:g} {unit} holds no time", field="time", value=f"{amount:g} {unit}")
    return Length(amount=amount * factor, unit=name)


def total(parts: list[Length]) -> Length:
    """Several lengths as one, in the smallest of their units."""
    last = parts[-1]
    whole = sum((part.delta for part in parts), timedelta(0))
    return Length(amount=whole / Length(amount=1, unit=last.unit).delta, unit=last.unit)


def clock(hour: str, minute: str | None, meridian: str | None, zone: str | None = None) -> Clock:
    """A time of day; raises InvalidInput when there is none such."""
    word = hour.lower()
    told = HOURS.index(word) + 1 if word in HOURS else int(word)
    late = bool(meridian) and _late(str(meridian).lower(), told)
    shown = told % 12 + 12 * late if meridian and told <= 12 else told
    try:
        value = time(0 if shown == 24 and not int(minute or 0) else shown, int(minute or 0))
    except ValueError as error:
        said = hour + (f":{minute}" if minute else "") + (f" {meridian}" if meridian else "")
        raise InvalidInput(f"{said!r} is not a time of day", field="time", value=said) from error
    bare = minute is None and not meridian and told <= 12
    return Clock(value, bare, zone.upper() if zone else None, spoken=bool(meridian))


def _late(meridian: str, hour: int) -> bool:
    if meridian == "at night":
        return 6 <= hour < 12
    return meridian.startswith("p") or meridian.endswith(("afternoon", "evening"))


def around_the_hour(hour: str, minutes: int, meridian: str | None) -> Clock:
    """So many minutes past (negative: to) the hour, which may be the afternoon's unless the meridian is said."""
    told = clock(hour, None, meridian)
    moment = datetime.combine(date(2000, 1, 2), told.clock) + timedelta(minutes=minutes)
    return Clock(moment.time(), told.bare, spoken=told.spoken)


def weekday(calendar: PlantCalendar, name: str, which: str = "") -> Day:
    """The most recent day of that name, today as well unless it is the last one; the coming one for "next"."""
    index = next(i for i, day in enumerate(WEEKDAYS) if day.startswith(name.lower()[:3]))
    back = (calendar.today.weekday() - index) % 7
    if which.lower().endswith(("next", "coming")):
        return Day(calendar.today + (7 - back) * ONE_DAY)
    return Day(calendar.today - (back or 7 * (which.lower() in {"last", "lst", "past", "previous"})) * ONE_DAY, True)


def numbered(calendar: PlantCalendar, day: int, month: int, year: str | None, said: str) -> Day:
    """A day by its number and month, the most recent one unless the year is said; raises InvalidInput."""
    if year:
        return Day(_existing(int(year) + 2000 * (len(year) == 2), month, day, said))
    this_year = calendar.today.year
    for candidate in range(this_year, this_year - 5, -1):
        if (found := _date(candidate, month, day)) and found <= calendar.today:
            return Day(found)
    return Day(_existing(this_year, month, day, said))


def day_of_month(calendar: PlantCalendar, day: int, said: str) -> Day:
    """The most recent day of that number; raises InvalidInput."""
    days = (calendar.today - back * ONE_DAY for back in range(62))
    found = next((item for item in days if item.day == day), None)
    if found is None:
        raise _no_day(said)
    return Day(found)


def slashed(calendar: PlantCalendar, first: int, second: int, year: str | None, said: str) -> Day:
    """A day like 21/11 or 11/21; raises AmbiguousTime when both orders make a day, InvalidInput when none does."""
    if first > 12 or second > 12 or first == second:
        day, month = (second, first) if second > 12 else (first, second)
        return numbered(calendar, day, month, year, said)
    days = [numbered(calendar, *pair, year, said).day for pair in ((first, second), (second, first))]
    raise AmbiguousTime(
        f"{said} is {days[0]:%-d %B %Y} or {days[1]:%-d %B %Y}: write it as {days[0]} or {days[1]}",
        field="time",
        value=said,
        candidates=tuple(str(day) for day in days),
    )


def month_of(name: str) -> int:
    """1 for January."""
    return MONTHS.index(name.lower()[:3]) + 1


def agreeing(day: Day, name: str | None, said: str) -> Day:
    """The day, if it has the weekday that was said with it; raises InvalidInput."""
    if name and not WEEKDAYS[day.day.weekday()].startswith(name.lower()[:3]):
        raise InvalidInput(f"{day.day:%-d %B %Y} is a {day.day:%A}, not {said!r}", field="time", value=said)
    return day


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _existing(year: int, month: int, day: int, said: str) -> date:
    found = _date(year, month, day)
    if found is None:
        raise _no_day(said)
    return found


def _no_day(said: str) -> InvalidInput:
    return InvalidInput(f"{said!r} is not a day of the calendar", field="time", value=said)
