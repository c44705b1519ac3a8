"""Times that are told by the one said before: the night before that, the same time yesterday."""

from collections.abc import Callable
from datetime import datetime, timedelta

from twin.calendar import ONE_DAY
from twin.clock import Span
from twin.errors import InvalidInput
from twin.query import Length
from twin.times.atoms import Moment, Sentence, Stretch

Before = Stretch | Moment | None
Tell = Callable[[Before], Stretch | Moment]
_INSTANT = timedelta(microseconds=1)


def _start(sentence: Sentence, before: Before) -> datetime:
    """The start of what was said before; of its own window, for an instant; now when nothing was."""
    if isinstance(before, Moment):
        return before.within.span.start if before.within else before.moment
    return before.span.start if before else sentence.calendar.now


def night_before(sentence: Sentence, count: int = 1) -> Tell:
    """So many nights before the one just named, or before last night."""

    def tell(before: Before) -> Stretch:
        calendar = sentence.calendar
        start = _start(sentence, before) if before else calendar.last_night().start
        nights = [calendar.shift_before(start, calendar.night_name)]
        while len(nights) < count:
            nights.append(calendar.shift_before(nights[-1].start, calendar.night_name))
        return Stretch(Span(nights[-1].start, nights[0].end), "night")

    return tell


def shift_before(sentence: Sentence) -> Tell:
    """The shift before the one just named, or before the running one; of the same name when a name was said."""

    def tell(before: Before) -> Stretch:
        start = _start(sentence, before) if before else sentence.calendar.current_shift().start
        return Stretch(sentence.calendar.shift_before(start), "shift")

    return tell


def day_before(sentence: Sentence) -> Tell:
    """The calendar day before what was just named, or before today."""

    def tell(before: Before) -> Stretch:
        day = _start(sentence, before).astimezone(sentence.calendar.zone).date()
        return Stretch(sentence.calendar.day(day - ONE_DAY), "day")

    return tell


def week_before(sentence: Sentence) -> Tell:
    """The week before the one just named, Monday to Monday, or seven days before a stretch that is none."""

    def tell(before: Before) -> Stretch | Moment:
        if before is None or (isinstance(before, Stretch) and before.sort == "week"):
            monday = _start(sentence, before).astimezone(sentence.calendar.zone).date()
            monday -= (monday.weekday() + 7) * ONE_DAY
            days = sentence.calendar.day(monday), sentence.calendar.day(monday + 6 * ONE_DAY)
            return Stretch(Span(days[0].start, days[1].end), "week")
        return moved(sentence, before, 7)

    return tell


def length_before(sentence: Sentence, length: Length) -> Tell:
    """So long before the start of what was just named, or before now."""

    def tell(before: Before) -> Stretch:
        end = _start(sentence, before)
        return Stretch(Span(end - length.delta, end), "length", length=length)

    return tell


def same_sort_before(sentence: Sentence) -> Tell:
    """The night, shift, day or week before the one just named; for any other stretch one of its length before it."""

    def tell(before: Before) -> Stretch | Moment:
        if isinstance(before, Stretch) and before.sort in {"night", "shift", "day", "week"}:
            if before.name:
                return Stretch(sentence.calendar.shift_before(before.span.start, before.name), "shift", before.name)
            tellers = {"night": night_before, "shift": shift_before, "day": day_before, "week": week_before}
            return tellers[before.sort](sentence)(before)
        if isinstance(before, Stretch):
            span = before.span
            return Stretch(Span(span.start - (span.end - span.start), span.start), before.sort)
        return shift_before(sentence)(before)

    return tell


def since_then(sentence: Sentence) -> Tell:
    """From the end of what was just named to now; from its start, if it goes on to now."""

    def tell(before: Before) -> Stretch:
        if before is None:
            raise InvalidInput("say since when: no time was named before", field="time")
        now = sentence.calendar.now
        first = before.moment if isinstance(before, Moment) else before.span.start
        last = before.moment if isinstance(before, Moment) else before.span.end
        return Stretch(Span(last if last < now else first, now))

    return tell


def same_time(sentence: Sentence, days: int) -> Tell:
    """The same times of day so many days earlier than what was just named, or than now."""
    return lambda before: moved(sentence, before or Moment(sentence.calendar.now), days)


def moved(sentence: Sentence, before: Stretch | Moment, days: int) -> Stretch | Moment:
    """The same times on the plant's clock so many days earlier; raises InvalidInput where the clock skips one."""
    if isinstance(before, Moment):
        return Moment(_earlier(sentence, before.moment, days))
    start, end = before.span.start, min(before.span.end, max(sentence.calendar.now, before.span.start + _INSTANT))
    return Stretch(Span(_earlier(sentence, start, days), _earlier(sentence, end, days)), before.sort, before.name)


def _earlier(sentence: Sentence, moment: datetime, days: int) -> datetime:
    wall = moment.astimezone(sentence.calendar.zone)
    return sentence.calendar.local(wall.date() - days * ONE_DAY, wall.time())
