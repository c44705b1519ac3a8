"""Rules for instants in full, days and times of day. Order matters: see `twin.times.atoms`."""

import re
from datetime import UTC, datetime, time

from twin.calendar import ONE_DAY
from twin.errors import InvalidInput
from twin.times.atoms import Atom, Build, Moment, Sentence, atom, group, rules
from twin.times.words import (
    HOURS,
    MERIDIAN,
    MONTH,
    NUMBER,
    SURE_WEEKDAY,
    TODAY,
    TOMORROW,
    WEEKDAY,
    YESTERDAY,
    ZONE,
    Clock,
    Day,
    Match,
    agreeing,
    around_the_hour,
    clock,
    day_of_month,
    month_of,
    number,
    numbered,
    slashed,
    weekday,
)

C, D = atom(Clock), atom(Day)
TO = r"(?: on(?:wards?)?)? ?(?:and|to|until|till|through|thru|-|–) ?"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
_HOUR = rf"(?P<h>\d{{1,2}}|{'|'.join(HOURS)})"
_FOUR_DIGITS = r"(?P<x>(?P<h>1\d|2[0-3])(?P<min>[0-5]\d))"
_BARE = r"(?P<x>(?P<h>\d{1,2}))"
_ZONED = rf"(?: ?(?:local|plant) time| ?(?-i:(?P<zone>{ZONE})))?"
_MERIDIAN = rf"(?P<meridian>{MERIDIAN})"
_WHICH = r"(?P<which>(?:this |the )?(?:coming|upcoming)|last|lst|this|past|previous|next)"
_BEFORE_A_DATE = r"(?:on|since|from|until|till|of|between|and|after|before|vs)"
_AFTER_A_DAY = (
    r"(?=\s*(?:$|[?.,;:!)–-]|['’]s\b|(?:at|and|to|until|till|between|from|nights?|nite|mornings?|afternoon|"
    r"evening|vs|"
    r"versus|against|compared|with|was|were|did|in|on|for|or|what|how|late|early|had|if|than|through|shift|\w+ shift|"
    rf"around|about|by|when|why|any)\b|@|{C}))"
)
_NO_UNIT = (
    r"(?!\s*(?:%|°|[.,]\d|(?:percent|kpa|m?bar|psi|deg\w*|kg|k?scmh|m3|l|rpm|ppm|mol|kw|mw|times|points?|hours?|h|min"
    r"|minutes?|days?)\b))"
)
_END = r"(?= ?(?:$|[?.,;!]))"
_STOP = r"(?= ?(?:$|[?.,;:!]|[-–—] |(?:last|this|yesterday|on|onwards?|instead)\b))"
_LEVEL = re.compile(
    r"\b(?:is|are|was|were|be|been|being|stay\w*|remain\w*|held|hold\w*|kept|keep\w*|set\w*|put|run\w*|ran|"
    r"left|stood|stand\w*|"
    r"setpoint|sp|valve|speed|operat\w+|not|level|target)(?: it| them| that)? ?$",
    re.IGNORECASE,
)
"""What stands at a number right behind is a level."""
_DONE = re.compile(
    r"\b(?:had|hadn't|have|would've|did|didn't|happened|undo|undone|without|revers\w+|(?:cut|raise|rise|"
    r"increase|decrease|"
    r"reduction|drop|step|move|change|dip) (?:in|of|to|on)|went|tripped|started|began|came|moved|changed|"
    r"raised|lowered|"
    r"reduced|increased|dropped|opened|closed)\b",
    re.IGNORECASE,
)
LAST_HOUR = 24
_PART_FOLLOWS = r"(?= (?:on )?(?:" + D + r"|(?:last|lst|this) (?:night|nite|morning|evening|afternoon)|tonight))"
_DAY_MONTH = (
    rf"(?:(?P<name>{WEEKDAY})[,.]? ?(?:the )?)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ?(?P<month>{MONTH})\b\.?"
    r"(?:,? (?P<y>\d{4}))?"
)
_MONTH_DAY = (
    rf"(?:(?P<name>{WEEKDAY}),? )?(?P<month>(?!may\b){MONTH}|(?<=on )may|(?<=since )may)\.? "
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}}))?{_NO_UNIT}"
)
_DIGITAL = (
    rf"(?P<h>\d{{1,2}})(?:[:h]|\.(?=\d\d ?[ap]\.?m))(?P<min>\d\d)(?::\d\d)?(?: ?{_MERIDIAN})?"
    rf"(?: ?(?:h|hrs|hours?|o['’]?clock|uhr)\b)?{_ZONED}"
)
_PAST_OR_TO = (
    r"(?P<n>(?:a )?(?:half|quarter)|(?<!from )(?<!between )(?:five|ten|twenty(?:[ -]five)?)|\d{1,2}(?= past| min))"
    rf"(?: minutes?| mins?)? (?P<way>past|to) {_HOUR}(?: ?{_MERIDIAN})?"
)


def _iso(sentence: Sentence, match: Match) -> Atom:
    said = match["iso"].upper()
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise InvalidInput(f"{said!r} is not an instant of the calendar", field="time", value=said) from error
    if moment.tzinfo is not None:
        return Moment(moment.astimezone(UTC))
    return Moment(sentence.calendar.local(moment.date(), moment.time()))


def _in_digits(sentence: Sentence, match: Match) -> Atom:
    said = group(match, "x") or match[0]
    return numbered(sentence.calendar, int(match["d"]), int(match["m"]), group(match, "y"), said)


def _in_words(sentence: Sentence, match: Match) -> Atom:
    said = sentence.said(match)
    day = numbered(sentence.calendar, int(match["d"]), month_of(match["month"]), match["y"], said)
    return agreeing(day, match["name"], said)


def _with_slashes(sentence: Sentence, match: Match) -> Atom:
    return slashed(sentence.calendar, int(match["a"]), int(match["b"]), group(match, "y"), match["x"])


def _ordinal(sentence: Sentence, match: Match) -> Atom:
    said = sentence.said(match)
    return agreeing(day_of_month(sentence.calendar, int(match["d"]), said), group(match, "name"), said)


def _weekday(sentence: Sentence, match: Match) -> Atom:
    return weekday(sentence.calendar, match["name"], group(match, "which") or "")


def _of_last_week(sentence: Sentence, match: Match) -> Atom:
    index = weekday(sentence.calendar, match["name"]).day.weekday()
    return Day(sentence.calendar.week(1).start.astimezone(sentence.calendar.zone).date() + index * ONE_DAY)


def _days_ago(sentence: Sentence, match: Match) -> Atom | None:
    days = number(match["n"]) * (7 if match["unit"].lower().startswith("w") else 1)
    return Day(sentence.calendar.today - int(days) * ONE_DAY) if days == int(days) else None


def _away(days: int) -> Build:
    return lambda sentence, _: Day(sentence.calendar.today + days * ONE_DAY)


def _clock(_: Sentence, match: Match) -> Atom:
    return clock(match["h"], group(match, "min"), group(match, "meridian"), group(match, "zone"))


def _spoken(_: Sentence, match: Match) -> Atom:
    words = match["n"].lower().removeprefix("a ")
    minutes = {"half": 30, "quarter": 15}.get(words) or int(number(words.replace(" ", "-")))
    return around_the_hour(match["h"], -minutes if match["way"].lower() == "to" else minutes, match["meridian"])


def _hour_alone(sentence: Sentence, match: Match) -> Atom | None:
    """“Had we not cut the feed at 2”: an hour, where what was done is spoken of and nothing else has the number."""
    before = sentence.signs[: match.start()]
    if int(match["h"]) > LAST_HOUR or _LEVEL.search(before) or not _DONE.search(sentence.signs):
        return None
    return clock(match["h"], None, None)


def _word(_: Sentence, match: Match) -> Atom:
    return Clock(time(0 if "night" in match["word"].lower() else 12))


def _first_of_two(sentence: Sentence, match: Match) -> Atom:
    """The hour in "from 2 to 4 am": on the same side of noon, unless that would come later."""
    last, hour = sentence.get(match, "b", Clock), int(match["h"])
    if not last.spoken or hour > 12:
        return clock(match["h"], None, None, last.zone)
    same = clock(match["h"], None, "pm" if last.clock.hour >= 12 else "am").clock
    return Clock(same if same < last.clock else same.replace(hour=(same.hour + 12) % 24))


DAYS = rules(
    (rf"(?P<iso>{_ISO})", _iso),
    (r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})", _in_digits),
    (r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})", _in_digits),
    (rf"{_BEFORE_A_DATE} (?:the )?(?P<x>(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d\d)?)", _in_digits),
    (r"(?P<x>(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4}|\d\d))", _with_slashes),
    (rf"{_BEFORE_A_DATE} (?:the )?(?P<x>(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}}))", _with_slashes),
    (
        _DAY_MONTH,
        _in_words,
    ),
    (
        _MONTH_DAY,
        _in_words,
    ),
    (rf"(?:(?P<name>{WEEKDAY}),? (?:the )?|the )(?P<d>\d{{1,2}})(?:st|nd|rd|th){_AFTER_A_DAY}", _ordinal),
    (rf"{_BEFORE_A_DATE} (?P<x>(?P<d>\d{{1,2}})(?:st|nd|rd|th)){_AFTER_A_DAY}", _ordinal),
    (rf"last week(?:['’]s)? (?P<name>{WEEKDAY})", _of_last_week),
    (rf"(?P<name>{WEEKDAY}) (?:of )?last week", _of_last_week),
    (rf"(?:{_WHICH} )?(?P<name>{SURE_WEEKDAY})", _weekday),
    (rf"{_WHICH} (?P<name>{WEEKDAY})", _weekday),
    (rf"(?:(?:on|since|from|and|between|to|until|the) |- ?)(?P<x>(?P<name>{WEEKDAY}))", _weekday),
    (rf"(?:vs\.?|versus|against|than|with|or) (?P<x>(?P<name>{WEEKDAY}))", _weekday),
    (rf"(?P<name>{WEEKDAY})(?= ?(?:vs|versus|against|or on|and on|compared)\b)", _weekday),
    (rf"(?P<name>{WEEKDAY})(?= (?:night|nite|morning|afternoon|evening|\d))", _weekday),
    (rf"(?:the )?day before {YESTERDAY}", _away(-2)),
    (rf"{YESTERDAY}(?! nigh?te?\b)", _away(-1)),
    (TODAY, _away(0)),
    (rf"(?:the )?day after {TOMORROW}", _away(2)),
    (TOMORROW, _away(1)),
    (rf"(?P<n>{NUMBER}) ?(?P<unit>days?|weeks?|wks?) ago", _days_ago),
)
CLOCKS = rules(
    (
        _DIGITAL,
        _clock,
    ),
    (rf"{_HOUR} ?(?:o['’]?clock|uhr)\b(?: {_MERIDIAN})?{_ZONED}", _clock),
    (rf"(?P<h>[012]\d)(?P<min>[0-5]\d) ?(?:hrs|hours|h)\b{_ZONED}", _clock),
    (rf"(?P<h>0\d)(?P<min>[0-5]\d){_ZONED}", _clock),
    (rf"(?:between|from) {_FOUR_DIGITS}{TO}{C}", _clock),
    (rf"(?:between|from) {C}{TO}{_FOUR_DIGITS}{_NO_UNIT}", _clock),
    (
        _PAST_OR_TO,
        _spoken,
    ),
    (rf"{_HOUR} ?{_MERIDIAN}{_ZONED}", _clock),
    (r"(?:12 )?(?P<word>noon|midday|midnight)", _word),
    (rf"(?:between|from) {_BARE}{TO}(?P<b>{C})", _first_of_two),
    (rf"\d{{1,2}} ?[-–] ?(?P<x>(?P<h>\d{{1,2}}) ?{_MERIDIAN})", _clock),
    (rf"{_BARE} ?[-–] ?(?P<b>{C})", _first_of_two),
    (rf"(?:between|from) {C}{TO}{_BARE}{_NO_UNIT}", _clock),
    (rf"{D},? (?:between|from) {_BARE}{TO}\d{{1,2}}{_NO_UNIT}", _clock),
    (rf"(?:between|from) {_BARE}{TO}\d{{1,2}}{_PART_FOLLOWS}", _clock),
    (rf"(?:between|from) {C}{TO}{_BARE}{_NO_UNIT}", _clock),
    (rf"(?:at|@|around|about|since|by|until|till|from|after|before|to) ?{_BARE}{_PART_FOLLOWS}", _clock),
    (
        rf"(?:{D}|(?:last|lst) (?:night|nite)|this morning|tonight),? (?:at|@) ?{_BARE}{_NO_UNIT}{_END}",
        _clock,
    ),
    (rf"(?:since|until|till) {_BARE}{_NO_UNIT}{_END}", _clock),
    (rf"(?:at|@) ?{_BARE}{_NO_UNIT}{_STOP}", _hour_alone),
)
