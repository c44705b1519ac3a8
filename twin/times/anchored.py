"""Times told by events and logged moves: "2 hours before the last event", "when the A feed was cut"."""

import re
from dataclasses import dataclass
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
    r"(?P<way>before|prior to|leading up to|up to|preceding|after|following|since|during|throughout|when|while|"
    r"once|between|from|until|till|around|about|at the (?:time|start|onset|beginning) of|"
    r"at the end of|as soon as|and|to|by) +",
    re.IGNORECASE,
)
_WITHIN = re.compile(rf",? ?(?:(?:of|on|in|from|during|at|around) )?(?:the )?(?P<d>{DAYLIKE}|{POINT})", re.IGNORECASE)
_WAYS = {
    "prior to": "before", "leading up to": "before", "up to": "before", "preceding": "before", "following": "after",
    "throughout": "during", "while": "during", "once": "when", "as soon as": "when", "about": "around",
    "at the time of": "when", "at the start of": "when", "at the onset of": "when", "at the beginning of": "when",
    "at the end of": "end",
}  # fmt: skip
_ENDS = frozenset({"between", "from", "until", "till", "and", "to", "by"})
"""Ways that make of an event an end of a range."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The anchors that a phrase speaks of, and where it ends."""

    asked: Asked
    stop: int
    anchors: tuple[Anchor, ...]


def read_anchors(sentence: Sentence) -> None:
    """Put a stretch or an instant wherever time is told by an event or a logged move."""
    if sentence.anchors is None:
        return
    place = 0
    while match := _RELATION.search(sentence.signs, place):
        place = _read(sentence, sentence.anchors, match)


def _read(sentence: Sentence, anchors: Anchors, match: Match) -> int:
    """Read at one relation; where to go on."""
    way = _WAYS.get(match["way"].lower(), match["way"].lower())
    try:
        asked = _asked(sentence, anchors, match, way)
    except ForetellError as error:
        sentence.put(match.start(), len(sentence.text), Failure(error))
        return len(sentence.text)
    if asked is None:
        return match.start() + max(1, len(match["l"] or ""))
    stop, within = _within(sentence, asked)
    start = match.end() if way in _ENDS and not _pair(asked) else match.start()
    try:
        made = _made(sentence, match, way, _Found(asked, stop, anchors.resolve(asked, within)))
    except ForetellError as error:
        made = Failure(error)
    sentence.put(start, stop, made)
    return stop


def _asked(sentence: Sentence, anchors: Anchors, match: Match, way: str) -> Asked | None:
    if match.end() >= len(sentence.signs) or not sentence.text[match.end() :].strip():
        return None
    event = anchors.event(sentence.text, match.end())
    return event or (None if way == "during" else anchors.move(sentence.text, match.end()))


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


def _made(sentence: Sentence, match: Match, way: str, found: _Found) -> Atom:
    if way == "between" and _pair(found.asked):
        return _between(found.anchors)
    anchor = found.anchors[-1]
    length = sentence.maybe(match, "l")
    delta = length.delta if isinstance(length, Length) else BESIDE
    lasting = length if isinstance(length, Length) else None
    if way == "before":
        return Stretch(Span(anchor.start - delta, anchor.start), "anchored", length=lasting, anchor=anchor)
    if way == "after":
        return Stretch(Span(anchor.start, anchor.start + delta), "anchored", length=lasting, anchor=anchor)
    if way == "since":
        return Stretch(Span(anchor.start, sentence.calendar.now), "anchored", anchor=anchor)
    if way == "during" and anchor.end > anchor.start:
        return Stretch(Span(anchor.start, anchor.end), "anchored", anchor=anchor)
    if way == "around":
        return Stretch(Span(anchor.start - NEAR, anchor.start + NEAR), "anchored", anchor=anchor)
    return Moment(anchor.end if way == "end" else anchor.start, anchor=anchor)


def _between(anchors: tuple[Anchor, ...]) -> Stretch:
    first, last = anchors
    return Stretch(Span(min(first.end, last.start), last.start), "anchored", anchor=last)
