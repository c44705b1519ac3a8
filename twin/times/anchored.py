"""Times told by events and logged moves: "2 hours before the last event", "when the A feed was cut"."""

import re
from datetime import timedelta

from twin.anchoring import Anchor, Anchors, Asked, EventAsked
from twin.clock import Span
from twin.errors import ForetellError
from twin.query import Length
from twin.times.atoms import Atom, Failure, Moment, Sentence, Stretch, atom
from twin.times.joins import stretch_of
from twin.times.words import Clock, Day, Match

BESIDE = timedelta(hours=2)
"""Before and after an event or a move when no length is said."""
NEAR = timedelta(minutes=30)
"""Around an event or a move; and how near to a time that is said with it an event lies."""

L, DAYLIKE, POINT = atom(Length), atom(Day, Stretch), atom(Clock, Moment)
_RELATION = re.compile(
    rf"(?<!\w)(?:(?:in |over |within |for )?(?:the )?(?P<l>{L}) )?"
    rf"(?P<way>before and (?P<second>(?:(?:the )?(?P<l2>{L}) )?after)"
    r"|(?:at|around) the (?:time|start|onset|beginning) of|at the end of|as soon as"
    r"|before|prior to|leading up to|up to|preceding|after|following|since|during|throughout|when|while|once"
    r"|between|from|until|till|around|about|and|to) +",
    re.IGNORECASE,
)
_WITHIN = re.compile(rf",? ?(?:(?:of|on|in|from|during|at|around) )?(?:the )?(?P<d>{DAYLIKE}|{POINT})", re.IGNORECASE)
_WAYS = {
    "prior to": "before", "leading up to": "before", "up to": "before", "preceding": "before", "following": "after",
    "throughout": "during", "while": "during", "once": "when", "as soon as": "when", "about": "around",
    "around the time of": "around", "around the start of": "around", "at the time of": "when",
    "at the start of": "when", "at the onset of": "when", "at the beginning of": "when", "at the end of": "end",
}  # fmt: skip
_FIRST, _LAST = frozenset({"between", "from"}), frozenset({"and", "to", "until", "till"})
"""Ways that make of an event the first or the last end of a range: only with another end beside it."""
_OTHER_END = re.compile(r" ?(?:and|to|until|till|on|onwards?|up to|-|–)\b", re.IGNORECASE)
_BEFORE_IT = re.compile(rf"(?:{DAYLIKE}|{POINT}) ?$")


def read_anchors(sentence: Sentence) -> None:
    """Put a stretch or an instant wherever time is told by an event or a logged move."""
    if sentence.anchors is None:
        return
    place = 0
    while match := _RELATION.search(sentence.signs, place):
        place = _read(sentence, sentence.anchors, match)


def _read(sentence: Sentence, anchors: Anchors, match: Match) -> int:
    """Read at one relation; where to go on."""
    way = "before" if match["second"] else _WAYS.get(match["way"].lower(), match["way"].lower())
    try:
        asked = _asked(sentence, anchors, match, way)
    except ForetellError as error:
        sentence.put(match.start(), match.end(), Failure(error))
        return match.end()
    if asked is None:
        return match.start() + max(1, len(match["l"] or ""))
    stop, within = _within(sentence, asked)
    if not _pair(asked) and not _an_end(sentence, way, match.start(), stop):
        return match.end()
    start = match.end() if way in _FIRST | _LAST and not _pair(asked) else match.start()
    try:
        found = anchors.resolve(asked, within)
        if match["second"]:
            first, second = _length(sentence, match, "l"), _length(sentence, match, "l2")
            sentence.put(match.start("second"), stop, _beside("after", second or first, found[-1]))
            sentence.put(start, match.start("second") - 1, _beside("before", first, found[-1]))
        else:
            sentence.put(start, stop, _made(sentence, match, way, asked, found))
    except ForetellError as error:
        sentence.put(start, stop, Failure(error))
    return stop


def _length(sentence: Sentence, match: Match, name: str) -> Length | None:
    length = sentence.maybe(match, name)
    return length if isinstance(length, Length) else None


def _asked(sentence: Sentence, anchors: Anchors, match: Match, way: str) -> Asked | None:
    if match.end() >= len(sentence.signs) or not sentence.text[match.end() :].strip():
        return None
    event = anchors.event(sentence.text, match.end())
    return event or (None if way == "during" else anchors.move(sentence.text, match.end()))


def _an_end(sentence: Sentence, way: str, start: int, stop: int) -> bool:
    """Whether the way fits what stands beside the event: the end of a range needs the other one."""
    if way in _FIRST:
        return _OTHER_END.match(sentence.signs, stop) is not None
    return way not in _LAST or _BEFORE_IT.search(sentence.signs, 0, start) is not None


def _pair(asked: Asked) -> bool:
    return isinstance(asked, EventAsked) and asked.count == 2


def _within(sentence: Sentence, asked: Asked) -> tuple[int, Span | None]:
    """The end of the phrase with the window that is said behind it, and that window."""
    match = _WITHIN.match(sentence.signs, asked.stop)
    if match is None:
        return asked.stop, None
    value = sentence.at(match, "d")
    if isinstance(value, Clock):
        moment = sentence.calendar.recent(value.clock, value.zone)
        return match.end(), Span(moment - NEAR, moment + NEAR)
    if isinstance(value, Moment):
        return match.end(), Span(value.moment - NEAR, value.moment + NEAR)
    return match.end(), stretch_of(sentence, value).span


def _made(sentence: Sentence, match: Match, way: str, asked: Asked, found: tuple[Anchor, ...]) -> Atom:
    if way == "between" and _pair(asked):
        return _between(found)
    anchor = found[-1]
    if way in {"before", "after"}:
        return _beside(way, _length(sentence, match, "l"), anchor)
    if way == "since":
        return Stretch(Span(anchor.start, sentence.calendar.now), "anchored", anchor=anchor)
    if way == "during" and anchor.end > anchor.start:
        return Stretch(Span(anchor.start, anchor.end), "anchored", anchor=anchor)
    if way == "around":
        return Stretch(Span(anchor.start - NEAR, anchor.start + NEAR), "anchored", anchor=anchor)
    return Moment(anchor.end if way == "end" else anchor.start, anchor=anchor)


def _beside(way: str, length: Length | None, anchor: Anchor) -> Stretch:
    delta = length.delta if length else BESIDE
    span = Span(anchor.start - delta, anchor.start) if way == "before" else Span(anchor.start, anchor.start + delta)
    return Stretch(span, "anchored", length=length, anchor=anchor)


def _between(anchors: tuple[Anchor, ...]) -> Stretch:
    first, last = anchors
    return Stretch(Span(min(first.end, last.start), last.start), "anchored", anchor=last)
