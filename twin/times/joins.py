"""Rules that join atoms: lengths to windows, clock times to days, two ends to a range, "since", "until". In order."""

import re
from datetime import datetime, timedelta

from twin.anchoring import Anchor
from twin.calendar import ONE_DAY
from twin.clock import Span
from twin.errors import InvalidInput
from twin.query import Length
from twin.times.atoms import Atom, Build, Future, Moment, Relative, Sentence, Stage, Stretch, atom, group, rules
from twin.times.days import TO
from twin.times.relative import length_before, same_sort_before, same_time, since_then
from twin.times.stretches import BEFORE, LAST
from twin.times.words import Clock, Day, Match, number

AROUND_CLOCK = timedelta(hours=2)
"""What "before 06:00" means when no length is said."""

C, D, L, S, I = atom(Clock), atom(Day), atom(Length), atom(Stretch), atom(Moment)  # noqa: E741
R, G = atom(Relative), atom(Stage)
DAYLIKE = atom(Day, Stretch)
POINT = atom(Clock, Moment)
ANY = atom(Day, Stretch, Clock, Moment)
_ON = r",? ?(?:(?:on|of|in|during|from) )?(?:the )?"
_AT = r"(?:['’]s)?,? ?(?:(?:at|around|about|near|circa|from) |@ ?|~ ?)?"
_FUTURE = re.compile(
    r"\b(?:will|won't|going to|gonna|forecast|predict\w*|expect|anticipate|foresee)\b|"
    r"['’]ll\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:compar\w+|differ\w*|contrast\w*)\b", re.IGNORECASE)


def stretch_of(sentence: Sentence, value: Atom) -> Stretch:
    """A day or a stretch as a stretch."""
    if isinstance(value, Day):
        return Stretch(sentence.calendar.day(value.day), "day")
    if isinstance(value, Stretch):
        return value
    raise TypeError(type(value).__name__)


def inside(sentence: Sentence, told: Clock, stretch: Stretch) -> datetime:
    """The instant of a clock time in a stretch; a bare hour may be the afternoon's, and "3 this morning" is night.

    Raises InvalidInput when the stretch has no such instant.
    """
    calendar = sentence.calendar
    later = told.clock.replace(hour=(told.clock.hour + 12) % 24)
    spans = [stretch.span]
    if stretch.sort == "part":
        spans.append(calendar.day(stretch.span.start.astimezone(calendar.zone).date()))
    for span in spans:
        for clock in [told.clock, later] if told.bare else [told.clock]:
            try:
                return calendar.inside(clock, span, told.zone)
            except InvalidInput:
                continue
    return calendar.inside(told.clock, stretch.span, told.zone)


def staged(sentence: Sentence, stage: Stage, within: Stretch | None) -> Stretch:
    """A range of two clock times, the most recent one, or the one inside a stretch."""
    calendar = sentence.calendar
    start = inside(sentence, stage.first, within) if within else calendar.recent(stage.first.clock, stage.first.zone)
    return Stretch(Span(start, _after(sentence, start, stage.last)))


def _after(sentence: Sentence, start: datetime, told: Clock) -> datetime:
    """The first instant after another at which the clock shows that time."""
    first = start.astimezone(sentence.calendar.zone).date()
    ends = [sentence.calendar.local(first, told.clock, told.zone)]
    if ends[0] <= start:
        ends.append(sentence.calendar.local(first + ONE_DAY, told.clock, told.zone))
    return ends[-1]


# Lengths


def _back(sentence: Sentence, match: Match) -> Atom:
    length = sentence.get(match, "l", Length)
    return Stretch(Span(sentence.calendar.now - length.delta, sentence.calendar.now), "length", length=length)


def _previous(sentence: Sentence, match: Match) -> Atom:
    """In "the previous 6 hours": before those just named, if such were named right before."""
    length = sentence.get(match, "l", Length)

    def tell(before: Stretch | Moment | None) -> Stretch | Moment:
        told = before if isinstance(before, Stretch) and before.sort == "length" else None
        return length_before(sentence, length)(told)

    return Relative(tell)


def _ahead(sentence: Sentence, match: Match) -> Atom:
    length, now = sentence.get(match, "l", Length), sentence.calendar.now
    return Future(Span(now, now + length.delta), length)


def _ago(sentence: Sentence, match: Match) -> Atom:
    return Moment(sentence.calendar.now - sentence.get(match, "l", Length).delta)


def _between_ago(sentence: Sentence, match: Match) -> Atom:
    last = sentence.get(match, "l", Length)
    first = Length(amount=number(match["n"]), unit=last.unit)
    near, far = sorted((first.delta, last.delta))
    return Stretch(Span(sentence.calendar.now - far, sentence.calendar.now - near))


def _half(sentence: Sentence, match: Match) -> Atom:
    whole = stretch_of(sentence, sentence.at(match, "s"))
    middle = whole.span.start + (whole.span.end - whole.span.start) / 2
    first = match["which"].lower() in {"first", "1st"}
    return Stretch(Span(whole.span.start, middle) if first else Span(middle, whole.span.end))


def _part(sentence: Sentence, match: Match) -> Atom:
    whole = stretch_of(sentence, sentence.at(match, "s")).span
    length = sentence.get(match, "l", Length)
    first = match["which"].lower() in {"first", "opening", "1st"}
    span = Span(whole.start, whole.start + length.delta) if first else Span(whole.end - length.delta, whole.end)
    return Stretch(span, length=length)


def _edge(sentence: Sentence, match: Match) -> Atom:
    whole = stretch_of(sentence, sentence.at(match, "s"))
    end = match["edge"].lower() in {"end", "close"}
    return Moment(whole.span.end if end else whole.span.start)


def _rest(sentence: Sentence, match: Match) -> Atom | None:
    whole = stretch_of(sentence, sentence.at(match, "s"))
    now = sentence.calendar.now
    return Future(Span(now, whole.span.end)) if whole.span.end > now else None


def _same_time(days: int) -> Build:
    return lambda sentence, _: Relative(same_time(sentence, days))


def _since_then(sentence: Sentence, _: Match) -> Atom:
    return Relative(since_then(sentence))


def _before_that(sentence: Sentence, _: Match) -> Atom:
    return Relative(same_sort_before(sentence))


def _same_time_on(sentence: Sentence, match: Match) -> Atom:
    day = sentence.get(match, "d", Day).day

    def tell(before: Stretch | Moment | None) -> Stretch | Moment:
        said = (
            before.span.start if isinstance(before, Stretch) else before.moment if before else sentence.calendar.now
        )
        return same_time(sentence, (said.astimezone(sentence.calendar.zone).date() - day) // ONE_DAY)(before)

    return Relative(tell)


# Clock times of days


def _stage(sentence: Sentence, match: Match) -> Atom:
    stage = Stage(sentence.get(match, "a", Clock), sentence.get(match, "b", Clock))
    day = sentence.maybe(match, "d")
    return staged(sentence, stage, stretch_of(sentence, day)) if day is not None else stage


def _clock_of_day(sentence: Sentence, match: Match) -> Atom:
    stretch = stretch_of(sentence, sentence.at(match, "d"))
    told = sentence.get(match, "c", Clock)
    if stretch.sort == "day":
        day = stretch.span.start.astimezone(sentence.calendar.zone).date()
        return Moment(sentence.calendar.local(day, told.clock, told.zone), stretch)
    return Moment(inside(sentence, told, stretch), stretch)


# Ranges


def _range(sentence: Sentence, match: Match) -> Atom | None:
    """One stretch from end to end; two windows where stretches of one sort are set against each other."""
    first, last = sentence.at(match, "a"), sentence.at(match, "b")
    between = match["lead"].lower() == "between"
    alike = isinstance(first, Stretch) and isinstance(last, Stretch) and first.sort == last.sort != "part"
    if between and (alike or _COMPARED.search(sentence.signs, 0, match.start("a"))):
        return None
    return _joined(sentence, first, last)


def _plain_range(sentence: Sentence, match: Match) -> Atom | None:
    compared = _COMPARED.search(sentence.signs, 0, match.start("a"))
    if compared and match["to"].strip() not in {"-", "–"}:
        return None
    return _joined(sentence, sentence.at(match, "a"), sentence.at(match, "b"))


def _joined(sentence: Sentence, first: Atom, last: Atom) -> Stretch:
    end = _end(sentence, last)
    if isinstance(first, Clock):
        if end is None:
            raise TypeError("two clock times are a stage")
        start = _clock_before(sentence, first, end)
    else:
        start = _start(sentence, first)
    if end is None:
        end = _after(sentence, start, last) if isinstance(last, Clock) else start
    if end <= start and isinstance(first, Day) and first.weekday:
        start = sentence.calendar.day(first.day - 7 * ONE_DAY).start
    return Stretch(Span(start, end), anchor=_anchor(first) or _anchor(last))


def _anchor(value: Atom) -> Anchor | None:
    return value.anchor if isinstance(value, Moment | Stretch) else None


def _clock_before(sentence: Sentence, told: Clock, end: datetime) -> datetime:
    return sentence.calendar.inside(told.clock, Span(end - timedelta(hours=25), end), told.zone)


def _start(sentence: Sentence, value: Atom) -> datetime:
    if isinstance(value, Moment):
        return value.moment
    return stretch_of(sentence, value).span.start


def _end(sentence: Sentence, value: Atom) -> datetime | None:
    if isinstance(value, Clock):
        return None
    return value.moment if isinstance(value, Moment) else stretch_of(sentence, value).span.end


def _to_now(sentence: Sentence, match: Match) -> Atom:
    start = _moment(sentence, match, "a")
    if start >= sentence.calendar.now:
        raise sentence.calendar.future(start)
    return Stretch(Span(start, sentence.calendar.now), anchor=_anchor(sentence.at(match, "a")))


def _by(sentence: Sentence, match: Match) -> Atom | None:
    value, calendar = sentence.at(match, "a"), sentence.calendar
    if isinstance(value, Clock):
        end = calendar.coming(value.clock, value.zone)
    elif isinstance(value, Stretch):
        end = value.span.start if value.span.start > calendar.now else value.span.end
    else:
        end = _end(sentence, value) or calendar.now
    return Future(Span(calendar.now, end), instant=end) if end > calendar.now else None


def _lasting_from(sentence: Sentence, match: Match) -> Atom:
    length, start = sentence.get(match, "l", Length), _moment(sentence, match, "a")
    return Stretch(Span(start, start + length.delta), length=length)


def _beside(sentence: Sentence, match: Match) -> Atom | None:
    """The window of "2 hours before 06:00", "half an hour after 02:00"."""
    if group(match, "l") is None and _FUTURE.search(sentence.signs) and isinstance(sentence.at(match, "a"), Clock):
        return _by(sentence, match)
    moment = _moment(sentence, match, "a")
    if group(match, "l") is None and moment > sentence.calendar.now:
        return _by(sentence, match)
    length = sentence.maybe(match, "l")
    delta = length.delta if isinstance(length, Length) else AROUND_CLOCK
    earlier = group(match, "way") not in {"after", "following"}
    span = Span(moment - delta, moment) if earlier else Span(moment, moment + delta)
    return Stretch(span, length=length if isinstance(length, Length) else None)


def _either_side(sentence: Sentence, match: Match) -> Atom:
    length, moment = sentence.get(match, "l", Length), _moment(sentence, match, "a")
    return Stretch(Span(moment - length.delta, moment + length.delta), length=length)


def _just(sentence: Sentence, match: Match) -> Atom:
    return Moment(_moment(sentence, match, "a"))


def _after_in(sentence: Sentence, match: Match) -> Atom:
    """In "after 02:00 last night": goes on to the night's end; without a window to now."""
    value = sentence.at(match, "a")
    if isinstance(value, Moment) and value.within and value.within.span.end > value.moment:
        return Stretch(Span(value.moment, value.within.span.end))
    return _to_now(sentence, match)


def _moment(sentence: Sentence, match: Match, name: str) -> datetime:
    value = sentence.at(match, name)
    if isinstance(value, Clock):
        return sentence.calendar.recent(value.clock, value.zone)
    return _start(sentence, value)


def _coming(sentence: Sentence, match: Match) -> Atom | None:
    """A clock time in a sentence about the future, when no day is said."""
    if not _FUTURE.search(sentence.signs):
        return None
    told = sentence.get(match, "c", Clock)
    end = sentence.calendar.coming(told.clock, told.zone)
    return Future(Span(sentence.calendar.now, end), instant=end)


LENGTHS = rules(
    (rf"(?:the )?(?P<which>first|1st|opening|last|final) (?P<l>{L}) (?:of|in) (?:the )?(?P<s>{DAYLIKE})", _part),
    (rf"(?:the )?(?P<which>first|1st|second|2nd|last) half of (?:the )?(?P<s>{DAYLIKE})", _half),
    (rf"(?:the )?(?P<edge>start|beginning|end|close) of (?:the )?(?P<s>{DAYLIKE})", _edge),
    (rf"(?:the )?(?:rest|remainder) of (?:the )?(?P<s>{DAYLIKE})", _rest),
    (rf"later (?:on )?(?P<s>{DAYLIKE})", _rest),
    (rf"(?:the |these )?(?:previous|preceding|prior) (?P<l>{L})", _previous),
    (rf"(?:the |these |this )?{LAST} (?P<l>{L})", _back),
    (rf"(?P<l>{L}) (?:back|until now|to now|up to now)", _back),
    (rf"(?:(?:in|over|during|for|within) )?(?:the )?(?:next|coming|following) (?P<l>{L})", _ahead),
    (rf"in (?P<l>{L})(?:['’]s?)?(?: time)?", _ahead),
    (rf"within (?P<l>{L})(?! of\b)", _ahead),
    (rf"(?P<l>{L}) (?:from now|ahead|into the future|on(?= ?(?:$|[?.,;!])))", _ahead),
    (r"(?:ever )?since then|after that", _since_then),
    (r"before that", _before_that),
    (rf"between (?P<n>\d+) and (?P<l>{L}) ago", _between_ago),
    (rf"(?P<l>{L}) ago", _ago),
    (rf"(?:the )?same (?:\w+ )?(?:of |on )?(?P<d>{D})", _same_time_on),
    (rf"(?:at )?(?:the )?same (?:\w+ )?(?:a day|the day|one day){BEFORE}?|(?:the )?same time {R}", _same_time(1)),
    (r"(?:the )?day (?:before|earlier),? (?:at )?(?:the )?same time", _same_time(1)),
    (r"(?:at )?(?:the )?same (?:\w+ )?(?:last week|a week (?:earlier|before|ago)|the week before)", _same_time(7)),
)
CLOCKS = rules(
    (rf"(?P<d>{DAYLIKE}){_AT}(?:between |from )?(?P<a>{C}){TO}(?P<b>{C})", _stage),
    (rf"(?:between |from )?(?P<a>{C}){TO}(?P<b>{C}){_ON}(?P<d>{DAYLIKE})", _stage),
    (rf"(?:between |from )(?P<a>{C}){TO}(?P<b>{C})", _stage),
    (rf"(?P<a>{C}) ?(?:to|until|till|-|–) ?(?P<b>{C})", _stage),
    (rf"(?P<c>{C}) ?(?:(?:on|of|in|during) )?(?:the )?(?P<d>{DAYLIKE})", _clock_of_day),
    (rf"(?P<d>{DAYLIKE}){_AT}(?P<c>{C})", _clock_of_day),
)
RANGES = rules(
    (rf"(?P<lead>between|from) (?:the )?(?P<a>{ANY}){TO}(?:the )?(?P<b>{ANY})", _range),
    (rf"(?P<a>{D}|{I})(?P<to> ?(?:to|until|till|-|–|/) ?)(?P<b>{D}|{I})", _plain_range),
    (
        rf"(?:since|from|between|starting) (?:the )?(?P<a>{ANY}) ?(?:and|to|until|till|up to|-) ?(?:now|the present)",
        _to_now,
    ),
    (rf"(?:ever )?since (?:about |around |at )?(?:the )?(?P<a>{ANY})", _to_now),
    (rf"(?:from|starting(?: from| on)?|beginning) (?:the )?(?P<a>{DAYLIKE}) (?:on|onwards?)", _to_now),
    (rf"starting (?:from |on )?(?P<a>{DAYLIKE})", _to_now),
    (rf"(?:the )?(?P<l>{L}) (?:from|starting at|starting) (?P<a>{POINT})", _lasting_from),
    (rf"(?:from|starting(?: at)?) (?P<a>{POINT}) (?:on )?for (?P<l>{L})", _lasting_from),
    (
        rf"(?:the )?(?P<l>{L}) (?P<way>before|prior to|leading up to|up to|until|after|following) (?P<a>{POINT})",
        _beside,
    ),
    (rf"(?P<l>{L}) (?:on )?(?:either|each) side of (?P<a>{POINT})", _either_side),
    (rf"(?:just|shortly|right|soon) (?:after|before|past) (?P<a>{POINT})", _just),
    (rf"(?P<way>before|prior to) (?P<a>{POINT})", _beside),
    (rf"after (?P<a>{POINT})", _after_in),
    (rf"(?:by|until|till|up to) (?:about |around )?(?:the )?(?P<a>{ANY})", _by),
    (rf"(?:(?:at|around|about) )?(?P<c>{C})", _coming),
)
