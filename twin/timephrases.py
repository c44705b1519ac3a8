"""Time phrases of a sentence, resolved on the plant's calendar.

"last night" is the most recently completed night shift; "at 02:00" the most recent such instant, inside the window
that the sentence names if it names one. A rule is a pattern and a function of the calendar and the match; the first
rule that matches names the window.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from twin.anchoring import Anchors
from twin.calendar import ONE_DAY, PlantCalendar
from twin.clock import Span
from twin.errors import ForetellError, InvalidInput, OutsideData
from twin.query import Basis, Length, Window

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Match = re.Match[str]
Rule = Callable[[PlantCalendar, Match], Span]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_DAY = (
    r"(?P<day>\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.(?:\d{4})?"
    rf"|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?: \d{{4}})?"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?"
    r"|\d{1,2}(?:st|nd|rd|th)\b(?! (?:event|anomaly|alarm|problem|one|incident))"
    rf"|(?:{'|'.join(WEEKDAYS)})\b|yesterday\b|today\b)"
)
_SHIFT = r"(?P<shift>\w+)"
_PART = r"(?P<part>morning|afternoon|evening)"
_LENGTH = r"(?P<n>\d+(?:[.,]\d+)?)?\s*(?P<unit>minutes?|mins?|min|hours?|hrs?|h|days?|d|weeks?|nights?|shifts?)\b"
_AHEAD = r"(?P<n>\d+(?:[.,]\d+)?)?\s*(?P<unit>minutes?|mins?|min|hours?|hrs?|h|days?|d)\b"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_MERIDIAN = r"am\b|pm\b|a\.m\.|p\.m\."
_IN = r"(?:(?:in|over|during|for|within|of|on) )?(?:the )?"


@dataclass(frozen=True, slots=True)
class TimeFound:
    """The times a sentence speaks of.

    Attributes:
        window: a stretch of the past, if one is named; it ends at the present at the latest.
        instant: a single instant of the past, inside `window` when both are named.
        ahead: a stretch of the future, for forecasts.
        rest: the sentence with its time phrases blanked out, as long as it was.
    """

    window: Span | None
    instant: datetime | None
    ahead: Span | None
    rest: str

    @property
    def empty(self) -> bool:
        """Whether no time is named."""
        return self.window is None and self.instant is None and self.ahead is None


@dataclass(frozen=True, slots=True)
class SaidWindow:
    """A stretch of the past that text[start:end] names.

    Attributes:
        window: cut at the present.
        whole: the stretch before it was cut; a forecast for "this shift" or "today" runs to its end.
        length: the length as said, if one was ("the last 6 hours", "8 hours from 02:00").
    """

    start: int
    end: int
    window: Window
    whole: Span
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class SaidInstant:
    """An instant of the past that text[start:end] names.

    Attributes:
        within: the window that it was looked for in; when both were said in one phrase ("last night at 02:00") the
            window is not among `Times.windows`.
    """

    start: int
    end: int
    moment: datetime
    basis: Basis = Basis.SAID
    anchor: str | None = None
    within: Window | None = None


@dataclass(frozen=True, slots=True)
class SaidAhead:
    """A stretch of the future; for an instant ("tomorrow at 10:00", "by noon") from now to it.

    Attributes:
        error: to be raised where the past is asked.
    """

    start: int
    end: int
    window: Window
    error: OutsideData
    length: Length | None = None


@dataclass(frozen=True, slots=True)
class TimeProblem:
    """What text[start:end] cannot mean: no such day, a skipped clock time, no event that fits, several that do."""

    start: int
    end: int
    error: ForetellError


@dataclass(frozen=True, slots=True)
class Times:
    """The times that a sentence speaks of, each group in the order said.

    Attributes:
        notes: what was taken for granted ("02:30 came twice that night, the first is meant").
        rest: the sentence with its time phrases blanked out, as long as it was.
    """

    windows: tuple[SaidWindow, ...] = ()
    instants: tuple[SaidInstant, ...] = ()
    ahead: tuple[SaidAhead, ...] = ()
    problems: tuple[TimeProblem, ...] = ()
    notes: tuple[str, ...] = ()
    rest: str = ""

    @property
    def empty(self) -> bool:
        """Whether no time is named."""
        return not (self.windows or self.instants or self.ahead or self.problems)


def read_times(
    text: str, calendar: PlantCalendar, anchors: Anchors | None = None, named: Window | None = None
) -> Times:
    """Every time that a sentence speaks of; what cannot be meant is among `problems`, nothing is raised.

    `anchors` resolves events and logged moves that time is told by ("2 hours before the last event"); None leaves
    such phrases unread. `named` is the window spoken of before the sentence, for "the night before that".
    """
    del anchors, named
    try:
        found = find_times(text, calendar)
    except ForetellError as error:
        return Times(problems=(TimeProblem(0, len(text), error),), rest=text)
    place = _changed(text, found.rest)
    window, ahead, instant = found.window, found.ahead, found.instant
    said = Window(start=window.start, end=window.end) if window else None
    return Times(
        windows=(SaidWindow(*place, said, window),) if window and said and not instant else (),
        instants=(SaidInstant(*place, instant, within=said),) if instant else (),
        ahead=(SaidAhead(*place, Window(start=ahead.start, end=ahead.end), calendar.future(ahead.start)),)
        if ahead
        else (),
        rest=found.rest,
    )


def _changed(text: str, rest: str) -> tuple[int, int]:
    places = [i for i, (a, b) in enumerate(zip(text, rest, strict=True)) if a != b]
    return (places[0], places[-1] + 1) if places else (0, 0)


def find_times(text: str, calendar: PlantCalendar) -> TimeFound:
    """The times that a sentence speaks of; raises OutsideData for a time in the future, InvalidInput for nonsense.

    "tonight", "tomorrow" and "the next 4 hours" are not refused but given as `ahead`.
    """
    for pattern, moment in _ISO_RULES:
        if match := pattern.search(text):
            return _with_clock(moment(calendar, match), None, _blank(text, match), calendar)
    span, rest = _window(text, calendar)
    clock, rest = _clock_times(rest, span, calendar)
    return _with_clock(clock, span, rest, calendar)


def _with_clock(clock: Span | datetime | None, span: Span | None, rest: str, calendar: PlantCalendar) -> TimeFound:
    if isinstance(clock, Span):
        return TimeFound(calendar.past(clock), None, None, rest)
    if clock is not None and clock > calendar.now:
        raise calendar.future(clock)
    if span is not None and span.start >= calendar.now:
        return TimeFound(None, None, span, rest)
    return TimeFound(calendar.past(span) if span else None, clock, None, rest)


def _window(text: str, calendar: PlantCalendar) -> tuple[Span | None, str]:
    for pattern, rule in _WINDOW_RULES:
        for match in pattern.finditer(text):
            shift = match.groupdict().get("shift")
            if shift and shift.lower() not in {name.lower() for name in calendar.shift_names}:
                continue
            return rule(calendar, match), _blank(text, match)
    return None, text


def _clock_times(text: str, within: Span | None, calendar: PlantCalendar) -> tuple[Span | datetime | None, str]:
    for pattern, rule in _CLOCK_RULES:
        if match := pattern.search(text):
            return rule(calendar, match, within), _blank(text, match)
    return None, text


def _blank(text: str, match: Match) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]


# Windows


def _named_day(calendar: PlantCalendar, text: str) -> date:
    """The most recent day of that name or number; a full date as it is."""
    text = text.lower().rstrip(".,")
    if text in {"today", "yesterday"}:
        return calendar.today - (text == "yesterday") * ONE_DAY
    if text in WEEKDAYS:
        return calendar.today - ((calendar.today.weekday() - WEEKDAYS.index(text)) % 7) * ONE_DAY
    try:
        return _dated(text, calendar.today)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a day of the calendar", field="time", value=text) from error


def _dated(text: str, today: date) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if re.fullmatch(r"[\d.]+", text):
        return _latest_date(today, numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None)
    names = [word[:3] for word in re.findall(r"[a-z]{3,}", text) if word[:3] in MONTHS]
    if names:
        return _latest_date(today, numbers[0], MONTHS.index(names[0]) + 1, numbers[1] if len(numbers) > 1 else None)
    days = (today - back * ONE_DAY for back in range(62))
    found = next((day for day in days if day.day == numbers[0]), None)
    if found is None:
        raise ValueError(text)
    return found


def _latest_date(today: date, day: int, month: int, year: int | None) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


def _length(number: str | None, unit: str) -> timedelta:
    amount = float((number or "1").replace(",", "."))
    names = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    return timedelta(**{names[unit[0].lower()]: amount})


def _last(calendar: PlantCalendar, match: Match) -> Span:
    unit = match["unit"].lower()
    if unit.startswith(("night", "shift")):
        count = max(1, round(float(match["n"] or 1)))
        done = calendar.completed(None if unit.startswith("shift") else calendar.night_name)[:count]
        return Span(done[-1].start, done[0].end)
    if unit.startswith("week") and match["n"] is None and "last" in match[0].lower():
        monday = calendar.today - (calendar.today.weekday() + 7) * ONE_DAY
        return Span(calendar.day(monday).start, calendar.day(monday + 7 * ONE_DAY).start)
    length = _length(match["n"], unit)
    if length <= timedelta(0):
        raise InvalidInput(f"{match[0]!r} holds no time", field="time", value=match[0])
    return Span(calendar.now - length, calendar.now)


def _next(calendar: PlantCalendar, match: Match) -> Span:
    return Span(calendar.now, calendar.now + _length(match["n"], match["unit"]))


def _until_now(calendar: PlantCalendar, start: datetime) -> Span:
    if start >= calendar.now:
        raise calendar.future(start)
    return Span(start, calendar.now)


def _since_day(calendar: PlantCalendar, match: Match) -> Span:
    day = _named_day(calendar, match["day"])
    clock = _clock(match["clock"]) if match["clock"] else time(0)
    return _until_now(calendar, calendar.local(day, clock))


def _this_part(calendar: PlantCalendar, match: Match) -> Span:
    span = calendar.part(calendar.today, match["part"].lower())
    early = match["part"].lower() == "morning" and span.start >= calendar.now
    return calendar.day(calendar.today) if early else span


def _part_of_day(calendar: PlantCalendar, match: Match) -> Span:
    return calendar.part(_named_day(calendar, match["day"]), match["part"].lower())


def _shift_of_day(calendar: PlantCalendar, match: Match) -> Span:
    return calendar.shift(match["shift"], _named_day(calendar, match["day"]))


def _night_of_day(calendar: PlantCalendar, match: Match) -> Span:
    return calendar.night(_named_day(calendar, match["day"]))


def _weekend(calendar: PlantCalendar, match: Match) -> Span:
    saturday = calendar.today - ((calendar.today.weekday() - 5) % 7) * ONE_DAY
    if "last" in match[0].lower() and calendar.day(saturday + ONE_DAY).end > calendar.now:
        saturday -= 7 * ONE_DAY
    return Span(calendar.day(saturday).start, calendar.day(saturday + 2 * ONE_DAY).start)


def _this_week(calendar: PlantCalendar, _: Match) -> Span:
    return _until_now(calendar, calendar.day(calendar.today - calendar.today.weekday() * ONE_DAY).start)


def _this_night(calendar: PlantCalendar, _: Match) -> Span:
    span = calendar.tonight()
    return span if span.start < calendar.now else calendar.last_night()


_WINDOW_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = tuple(
    (re.compile(rf"\b{pattern}", re.IGNORECASE), rule)
    for pattern, rule in (
        (r"(?:the )?night before last\b", lambda c, _: c.last_night(1)),
        (
            rf"(?:the )?night (?:of|on|from)(?: the)? {_DAY}(?: to \w+)?",
            lambda c, m: c.night(_named_day(c, m["day"])),
        ),
        (rf"(?:on )?(?:last )?{_DAY} night\b", lambda c, m: c.night(_named_day(c, m["day"]))),
        (rf"(?:on |during |in )?{_DAY}(?:'s|’s)? {_SHIFT} shift\b", _shift_of_day),
        (rf"(?:on |during |in )?(?:the )?{_SHIFT} shift (?:of |on |from )?(?:the )?{_DAY}", _shift_of_day),
        (rf"(?:on |during |in )?{_DAY}(?:'s|’s)? {_PART}\b", _part_of_day),
        (rf"(?:on |during |in )?the {_PART} of (?:the )?{_DAY}", _part_of_day),
        (rf"(?:in |during )?(?:this|current) {_SHIFT} shift\b", lambda c, m: c.newest_shift(m["shift"])),
        (rf"{_IN}(?:last|previous|past|preceding) {_SHIFT} shift\b", lambda c, m: c.completed(m["shift"])[0]),
        (r"(?:in |during |on )?(?:this|the current|our current|my|our) shift\b", lambda c, _: c.current_shift()),
        (
            r"since (?:the )?(?:start|beginning) of (?:the|this|my|our) shift\b",
            lambda c, _: _until_now(c, c.current_shift().start),
        ),
        (rf"{_IN}(?:last|previous|past|preceding) shift\b(?!s)", lambda c, _: c.completed()[0]),
        (rf"(?:in |during |on )?(?:the )?{_SHIFT} shift\b", lambda c, m: c.newest_shift(m["shift"])),
        (r"since last night\b", lambda c, _: _until_now(c, c.last_night().start)),
        (rf"{_IN}(?:last|past|previous) night\b", lambda c, _: c.last_night()),
        (r"(?:overnight|yesterday night|(?:during|in|over|from) the night)\b", lambda c, _: c.last_night()),
        (r"tonight\b", lambda c, _: c.tonight()),
        (r"(?:during |in )?this night\b", _this_night),
        (r"last evening\b", lambda c, _: c.part(c.today - ONE_DAY, "evening")),
        (rf"(?:earlier )?this {_PART}\b", _this_part),
        (r"since midnight\b", lambda c, _: _until_now(c, c.recent(time(0)))),
        (r"since (?:noon|midday)\b", lambda c, _: _until_now(c, c.recent(time(12)))),
        (rf"since (?:the )?{_DAY}(?:(?: at)? (?P<clock>\d{{1,2}}:\d\d))?", _since_day),
        (rf"{_IN}(?:next|coming|following) {_AHEAD}", _next),
        (r"in (?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>minutes?|mins?|min|hours?|hrs?|h|days?)(?:'|’)?(?: time)?\b", _next),
        (r"tomorrow\b", lambda c, _: c.day(c.today + ONE_DAY)),
        (rf"{_IN}(?:last|past|previous) {_LENGTH}", _last),
        (r"(?:the )?day before yesterday\b", lambda c, _: c.day(c.today - 2 * ONE_DAY)),
        (r"(?:(?:over|on|during|at) )?(?:the )?(?:last |this )?weekend\b", _weekend),
        (r"(?:so far )?this week\b", _this_week),
        (rf"(?:(?:on|during|the|last|this|of) )*{_DAY}", lambda c, m: c.day(_named_day(c, m["day"]))),
    )
)


# Instants given in full


def _moment(calendar: PlantCalendar, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not an instant of the calendar", field="time", value=text) from error
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return calendar.local(moment.date(), moment.time())


_ISO_RULES: tuple[tuple[re.Pattern[str], Callable[[PlantCalendar, Match], Span | datetime]], ...] = tuple(
    (re.compile(rf"\b{pattern}", re.IGNORECASE), rule)
    for pattern, rule in (
        (
            rf"(?:between |from )?(?P<a>{_ISO}) ?(?:and|to|until|till|-|–|/) ?(?P<b>{_ISO})",
            lambda c, m: Span(_moment(c, m["a"]), _moment(c, m["b"])),
        ),
        (rf"since (?P<a>{_ISO})", lambda c, m: _until_now(c, _moment(c, m["a"]))),
        (rf"(?:(?:at|on|around|about|from) )?(?P<a>{_ISO})", lambda c, m: _moment(c, m["a"])),
    )
)


# Times of day


def _clock(text: str, meridian: str | None = None) -> time:
    hour, _, minute = text.partition(":")
    number = int(hour) % 24 if text in {"24:00", "24"} else int(hour)
    afternoon = (meridian or "").lower().startswith("p")
    if meridian and number == 12:
        number = 12 if afternoon else 0
    elif afternoon and number < 12:
        number += 12
    try:
        return time(number, int(minute or 0))
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a time of day", field="time", value=text) from error


def _instant(calendar: PlantCalendar, clock: time, within: Span | None) -> datetime:
    return calendar.recent(clock) if within is None else calendar.inside(clock, within)


def _stretch(calendar: PlantCalendar, match: Match, within: Span | None) -> Span:
    first, last = _clock(match["a"], match["m1"] or match["m2"]), _clock(match["b"], match["m2"])
    start = _instant(calendar, first, within)
    day = start.astimezone(calendar.zone).date() + (last <= first) * ONE_DAY
    end = calendar.local(day, last)
    return Span(start, end)


def _at(calendar: PlantCalendar, match: Match, within: Span | None) -> datetime:
    return _instant(calendar, _clock(match["a"], match["m1"]), within)


def _since(calendar: PlantCalendar, match: Match, within: Span | None) -> Span:
    return _until_now(calendar, _at(calendar, match, within))


def _ago(calendar: PlantCalendar, match: Match, _: Span | None) -> datetime:
    number = match["n"] if match["n"][0].isdigit() else "1"
    return calendar.now - _length(number, match["unit"])


def _noon(calendar: PlantCalendar, match: Match, within: Span | None) -> datetime:
    return _instant(calendar, time(0 if match["word"].lower() == "midnight" else 12), within)


def _time(name: str, meridian: str) -> str:
    clock = rf"\d{{1,2}}:\d\d|\d{{1,2}}(?=\s*(?:{_MERIDIAN}|o'?clock))"
    return rf"(?P<{name}>{clock})\s*(?P<{meridian}>{_MERIDIAN})?(?:\s*o'?clock)?(?:\s*h(?:rs|ours)?\b)?"


_AGO = r"(?P<n>an?|one|\d+(?:[.,]\d+)?)\s*(?P<unit>minutes?|mins?|min|hours?|hrs?|h|days?)\s+ago\b"
_CLOCK_RULES: tuple[tuple[re.Pattern[str], Callable[[PlantCalendar, Match, Span | None], Span | datetime]], ...] = (
    tuple(
        (re.compile(rf"\b{pattern}", re.IGNORECASE), rule)
        for pattern, rule in (
            (rf"(?:between|from)\s+{_time('a', 'm1')}\s*(?:and|to|until|till|-|–)\s*{_time('b', 'm2')}", _stretch),
            (rf"(?:between|from)\s+(?P<a>\d{{1,2}})(?P<m1>)\s+(?:and|to|until)\s+{_time('b', 'm2')}", _stretch),
            (rf"{_time('a', 'm1')}\s*(?:-|–|to|until)\s*{_time('b', 'm2')}", _stretch),
            (rf"(?:since|after)\s+{_time('a', 'm1')}", _since),
            (rf"(?:(?:at|around|about|near|from|starting at|starting)\s+)?{_time('a', 'm1')}", _at),
            (_AGO, _ago),
            (r"(?:at|around)\s+(?P<word>midnight|noon|midday)\b", _noon),
        )
    )
)
