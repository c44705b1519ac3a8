"""Rules for named stretches and lengths: nights, shifts, parts of days, weeks, months. Order matters."""

import re
from datetime import time

from twin.calendar import ONE_DAY
from twin.clock import Span
from twin.query import Length
from twin.times.atoms import Atom, Build, Moment, Relative, Sentence, Stretch, atom, group, rules
from twin.times.relative import day_before, length_before, night_before, same_sort_before, shift_before, week_before
from twin.times.words import MONTH, NUMBER, UNIT, YESTERDAY, Day, Match, length, month_of, number, total

D, L = atom(Day), atom(Length)
LAST = r"(?:last|lst|past|previous|prev|preceding|latest)"
NIGHT = r"(?:nights?|nites?|nght)"
_ENDS = r"(?=\s*(?:$|[?.,;:!)]|(?:and|vs|versus|than|with|to|was|were|for|in|on|of|compared|against|too|as)\b))"
BEFORE = (
    rf"(?: before (?:that|this|it)\b| before(?! and (?:\S+ ){{0,3}}after){_ENDS}| preceding (?:that|it)| earlier)"
)
_PART = r"(?P<part>morning|afternoon|evening|am|pm|eve)"
_AT = r"(?:at|since|before|after|until|from|by)"
_EDGE = r"(?:start|beginning|end|close|half|rest|remainder)"
_AGAINST = re.compile(r" (?:vs\.?|versus|against|to|and) (?:the )?", re.IGNORECASE)
_CREW = r"(?:crew|team|guys|people|lads|folks|operators?|men|staff|colleagues?)"
_DETERMINERS = (
    *("per", "a", "each", "every", "at", "good", "the", "one", "by", "to", "last", "lst", "past", "previous", "prev"),
    *("next", "this", "coming", "following", "latest", "current", "full", "whole", "in", "1", "2"),
)
_NO_NAME = "".join(rf"(?<!\b{word} )" for word in _DETERMINERS)
"""Words that "night" or "week" alone never stand behind."""
_IN = r"(?:during|in|over|through(?:out)?|from|of|all|for) (?:all )?(?:the )?(?:whole )?"


class _Of:
    """What of a day is meant: its night, a shift of it, a part of it."""

    def __init__(self, sentence: Sentence, what: str) -> None:
        self._calendar, self._what = sentence.calendar, what

    def on(self, day: Day) -> Span:
        """That of the day; of the day a week before when a weekday was said and this is still to come."""
        span = self._span(day)
        return self._span(Day(day.day - 7 * ONE_DAY)) if day.weekday and span.start >= self._calendar.now else span

    def _span(self, day: Day) -> Span:
        if self._what == "night":
            return self._calendar.night(day.day)
        if self._what in self._calendar.shift_names:
            return self._calendar.shift(self._what, day.day)
        return self._calendar.part(day.day, self._what)


def _part_name(word: str) -> str:
    return {"am": "morning", "pm": "afternoon", "eve": "evening"}.get(word.lower(), word.lower())


def _night_of(sentence: Sentence, match: Match) -> Atom:
    return Stretch(_Of(sentence, "night").on(sentence.get(match, "d", Day)), "night")


def _night_to(sentence: Sentence, match: Match) -> Atom:
    return Stretch(sentence.calendar.night(sentence.get(match, "d", Day).day - ONE_DAY), "night")


def _part_of(sentence: Sentence, match: Match) -> Atom:
    part = _Of(sentence, _part_name(match["part"]))
    return Stretch(part.on(sentence.get(match, "d", Day)), "part")


def _early_hours(sentence: Sentence, match: Match) -> Atom:
    day = sentence.maybe(match, "d")
    when = day.day if isinstance(day, Day) else sentence.calendar.today
    return Stretch(Span(sentence.calendar.day(when).start, sentence.calendar.local(when, time(6))), "part")


def _this_part(sentence: Sentence, match: Match) -> Atom:
    calendar, part = sentence.calendar, _part_name(match["part"])
    span = calendar.part(calendar.today, part)
    early = part == "morning" and span.start >= calendar.now
    return Stretch(calendar.day(calendar.today) if early else span, "part")


def _last_evening(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.part(sentence.calendar.today - ONE_DAY, "evening"), "part")


def _shift_name(sentence: Sentence, match: Match) -> str | None:
    said = match["shift"].lower()
    known = {name.lower(): name for name in sentence.calendar.shift_names}.get(said)
    return known or (sentence.calendar.night_name if re.fullmatch(NIGHT, said) else None)


def _shift_of(sentence: Sentence, match: Match) -> Atom | None:
    name = _shift_name(sentence, match)
    return Stretch(_Of(sentence, name).on(sentence.get(match, "d", Day)), "shift", name) if name else None


def _last_shift_named(sentence: Sentence, match: Match) -> Atom | None:
    name = _shift_name(sentence, match)
    return Stretch(sentence.calendar.completed(name)[0], "shift", name) if name else None


def _shift_named(sentence: Sentence, match: Match) -> Atom | None:
    name = _shift_name(sentence, match)
    return Stretch(sentence.calendar.newest_shift(name), "shift", name) if name else None


def _next_shift(sentence: Sentence, match: Match) -> Atom | None:
    name = _shift_name(sentence, match) if group(match, "shift") else None
    return Stretch(sentence.calendar.next_shift(name), "shift", name) if name or not group(match, "shift") else None


def _next_night(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.next_shift(sentence.calendar.night_name), "night")


def _completed(sentence: Sentence, match: Match) -> Atom:
    night = re.fullmatch(NIGHT, match["what"].lower())
    count = max(1, round(number(match["n"])))
    done = sentence.calendar.completed(sentence.calendar.night_name if night else None)[:count]
    return Stretch(Span(done[-1].start, done[0].end), "night" if night else "shift")


def _bare_night(sentence: Sentence, match: Match) -> Atom:
    """“D feed nite min”: last night, where no other time is said or it is set against another."""
    against = _AGAINST.match(sentence.signs, match.end()) is not None
    return Stretch(sentence.calendar.last_night(), "night", vague=not against)


def _bare_week(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.week(), "week", vague=True)


def _last_night(back: int) -> Build:
    return lambda sentence, _: Stretch(sentence.calendar.last_night(back), "night")


def _nights_ago(sentence: Sentence, match: Match) -> Atom:
    return Stretch(sentence.calendar.last_night(max(1, round(number(match["n"]))) - 1), "night")


def _tonight(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.tonight(), "night")


def _current_shift(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.current_shift(), "shift")


def _the_shift(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.current_shift(), "shift", vague=True)


def _last_shift(sentence: Sentence, _: Match) -> Atom:
    return Stretch(sentence.calendar.completed()[0], "shift")


def _handover(sentence: Sentence, _: Match) -> Atom:
    return Moment(sentence.calendar.current_shift().start)


def _today(sentence: Sentence, _: Match) -> Atom:
    return Day(sentence.calendar.today)


def _week(back: int) -> Build:
    return lambda sentence, _: Stretch(sentence.calendar.week(back), "week")


def _weekend(sentence: Sentence, match: Match) -> Atom:
    newest = sentence.calendar.weekend()
    running = newest.end > sentence.calendar.now
    return Stretch(sentence.calendar.weekend(1) if match["last"] and running else newest, "weekend")


def _month(back: int) -> Build:
    def build(sentence: Sentence, _: Match) -> Atom:
        today = sentence.calendar.today
        return Stretch(sentence.calendar.month(today.year, today.month - back), "month")

    return build


def _month_named(sentence: Sentence, match: Match) -> Atom:
    today, month = sentence.calendar.today, month_of(match["month"])
    year = int(match["y"]) if match["y"] else today.year - (month > today.month)
    return Stretch(sentence.calendar.month(year, month), "month")


def _year(back: int) -> Build:
    def build(sentence: Sentence, _: Match) -> Atom:
        return _whole_year(sentence, sentence.calendar.today.year - back)

    return build


def _year_named(sentence: Sentence, match: Match) -> Atom:
    return _whole_year(sentence, int(match["x"]))


def _whole_year(sentence: Sentence, year: int) -> Stretch:
    return Stretch(Span(sentence.calendar.month(year, 1).start, sentence.calendar.month(year, 12).end), "range")


def _length(_: Sentence, match: Match) -> Atom:
    parts = [length(number(match["n"]), match["unit"])]
    if match["n2"]:
        parts.append(length(number(match["n2"]), match["unit2"]))
    return total(parts)


def _and_a_half(_: Sentence, match: Match) -> Atom:
    return length(number(match["n"] or "1") + 0.5, match["unit"])


def _one(_: Sentence, match: Match) -> Atom:
    return length(1, match["x"])


def _nights_before(sentence: Sentence, match: Match) -> Atom:
    return Relative(night_before(sentence, round(number(group(match, "n") or "1"))))


def _shift_before(sentence: Sentence, _: Match) -> Atom:
    return Relative(shift_before(sentence))


def _day_before(sentence: Sentence, _: Match) -> Atom:
    return Relative(day_before(sentence))


def _week_before(sentence: Sentence, _: Match) -> Atom:
    return Relative(week_before(sentence))


def _length_before(sentence: Sentence, match: Match) -> Atom:
    return Relative(length_before(sentence, sentence.get(match, "length", Length)))


def _same_before(sentence: Sentence, _: Match) -> Atom:
    return Relative(same_sort_before(sentence))


NAMED = rules(
    (r"(?:the )?night before last", _last_night(1)),
    (rf"(?:the )?nights? before {YESTERDAY}|(?:the )?night before {LAST} night", _last_night(1)),
    (rf"(?:the )?(?P<n>{NUMBER}) nights{BEFORE}", _nights_before),
    (rf"(?:the )?(?:{NIGHT}{BEFORE}|night prior|previous night)", _nights_before),
    (rf"(?:the )?night (?:from|of|between) (?P<d>{D}) (?:to|and|on) {D}", _night_of),
    (rf"(?:the )?night (?:to|into) (?:the )?(?P<d>{D})", _night_to),
    (rf"(?:the )?{NIGHT} (?:of|on|from)(?: the)? ?(?P<d>{D})(?: to {D})?", _night_of),
    (rf"(?P<d>{D})(?:['’]s)? {NIGHT}(?! shift)", _night_of),
    (rf"(?P<d>{D})(?:['’]s)?,? (?:(?:during|in|on|over) )?(?:the )?(?P<shift>\w+) shift", _shift_of),
    (rf"(?:the )?(?P<shift>\w+) shift,? (?:of |on |from )?(?:the )?(?P<d>{D})", _shift_of),
    (rf"(?P<d>{D})(?:['’]s)? {_PART}", _part_of),
    (rf"the {_PART} of (?:the )?(?P<d>{D})", _part_of),
    (rf"(?:the )?(?:early|small) hours(?: of (?:this morning|(?P<d>{D})))?(?: this morning)?", _early_hours),
    (r"(?:the )?(?:this|current|ongoing|running) (?P<shift>\w+) shift", _shift_named),
    (rf"(?:the )?{LAST} (?P<shift>\w+) shift", _last_shift_named),
    (r"(?:the )?(?:next|coming|following) (?P<shift>\w+) shift", _next_shift),
    (r"(?:the )?(?:next|coming|following) shift", _next_shift),
    (r"(?:the )?(?:next|coming) night", _next_night),
    (
        rf"{_AT} (?:the )?(?:last )?(?P<x>shift (?:change|handover|hand-over|takeover)|change of shift|handover)",
        _handover,
    ),
    (rf"(?:the )?{LAST} (?P<n>{NUMBER}) (?P<what>shifts|nights|nites)", _completed),
    (rf"(?P<n>{NUMBER}) nights ago", _nights_ago),
    (rf"(?:the )?shift{BEFORE}", _shift_before),
    (rf"(?:the )?{LAST} shift(?!s)", _last_shift),
    (r"(?:this|the current|our current|my current|current|my|our|the running|the ongoing) shift", _current_shift),
    (rf"(?:the )?(?P<shift>\w+) shift(?: {_CREW})?", _shift_named),
    (rf"(?:the )?(?P<shift>\w+) {_CREW}", _shift_named),
    (rf"(?:on|of) (?P<x>(?P<shift>{NIGHT}))(?= ?(?:$|[?.,;!]|\w))", _shift_named),
    (r"(?:of|from|for) (?P<x>the shift)", _the_shift),
    (rf"{_IN}(?P<x>shift)", _current_shift),
    (rf"(?:late |all )?{LAST} {NIGHT}(?! shift)", _last_night(0)),
    (rf"(?:overnight|over night|o/n|all night|{YESTERDAY} {NIGHT})", _last_night(0)),
    (rf"{_IN}(?P<x>{NIGHT})", _last_night(0)),
    (rf"{_NO_NAME}(?P<x>night|nite)(?! (?:shift|before|of|from|on|crew|was|is|to|into)\b|['’]s)", _bare_night),
    (r"tonight|tonite|2nite|this (?:night|nite)", _tonight),
    (r"last (?:evening|eve)", _last_evening),
    (rf"(?:earlier |early |late )?this {_PART}", _this_part),
    (r"(?:the )?day (?:before(?: that)?|earlier|prior)", _day_before),
    (r"(?:the )?week (?:before(?: that| last)?|earlier|prior)", _week_before),
    (r"(?:last|lst|previous) (?:calendar )?week", _week(1)),
    (r"(?:so far )?(?:this|the current) week", _week(0)),
    (r"next week", _week(-1)),
    (rf"{_EDGE} of (?:the )?(?P<x>week)", _week(0)),
    (rf"{_EDGE} of (?:the )?(?P<x>month)", _month(0)),
    (rf"{_EDGE} of (?:the )?(?P<x>day)", _today),
    (r"(?:(?P<last>last|previous) |this |the )?(?:weekend|week-end|w/e|wkend|wknd)", _weekend),
    (r"(?:last|previous) (?:calendar )?month", _month(1)),
    (r"(?:this|the current) month", _month(0)),
    (rf"{_NO_NAME}(?P<x>week|wk){_ENDS}", _bare_week),
    (r"last year", _year(1)),
    (r"this year", _year(0)),
    (r"(?:in|during|since|of) (?P<x>20\d\d)(?= ?(?:$|[?.,;!]))", _year_named),
    (rf"(?:in|during|for|since|of|last|all) (?P<x>(?P<month>{MONTH})(?: (?P<y>\d{{4}}))?)(?! \d)", _month_named),
)
LENGTHS = rules(
    (rf"(?:(?P<n>{NUMBER}) ?)?(?P<unit>hour|day|week) and a half", _and_a_half),
    (r"(?P<n>\d+(?:[.,]\d+)?) ?(?P<unit>h|d)(?: ?(?P<n2>\d\d?) ?(?P<unit2>minutes?|mins?|m))?", _length),
    (
        rf"(?P<n>{NUMBER}) ?(?P<unit>{UNIT})(?:,? ?(?:and )?(?P<n2>{NUMBER}) ?(?P<unit2>minutes?|mins?|m|hours?|h))?",
        _length,
    ),
    (rf"(?:{LAST}|next|coming|first|final|following|in the|the) (?P<x>hour|hr|day|minute|week)", _one),
    (rf"(?:the )?(?P<length>{L}){BEFORE}", _length_before),
    (r"(?:the )?(?:one|ones|same) before(?: that)?", _same_before),
    (r"(?:and|with|to|than|vs\.?|versus|against) (?P<x>the (?:previous|last|preceding|earlier) one)", _same_before),
)
