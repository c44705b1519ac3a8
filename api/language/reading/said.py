"""A clause as far as its words are found: names, times and numbers with their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.language.engines.cues import scored
from api.language.reading.amounts import Amount, amounts
from api.language.reading.clauses import PREMISE, gist_place
from api.language.reading.coordination import Mention
from api.language.reading.masking import Place, for_cues
from api.language.reading.numerals import Language
from api.language.reading.vocabulary import Vocabulary
from twin.anchoring import Anchors
from twin.calendar import PlantCalendar
from twin.plant import Plant
from twin.query import Window
from twin.timephrases import SaidAhead, SaidInstant, SaidWindow, TimeProblem, Times, read_times

_EVENT_ID = re.compile(
    r"\b(?:events?|incidents?|alarms?|anomal(?:y|ies)|frame|id|no\.?|"
    r"number)[ #:]+(?P<id>(?=\S*\d)[\w][\w:.-]{3,})|(?<![\w.-])(?P<bare>(?:evt?|event|ev|"
    r"inc|alm)[-_:][\w:.-]*\d[\w:.-]*)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(?:at|in|to|by|on|of|it|is|as|or|an?) \d")
_SHIELDS = re.compile(
    r"\b((?:those|these|the same|said) \d+ (?:hours?|minutes?|days?|nights?))\b|"
    r"\b(?:happen\w*|led|leads?|do(?:es|ne)?|did|compared|relative|thanks|owing|due|"
    r"close|next|respond\w*|attention|related|apply|belong\w*|refer\w*)( to)\b(?= (?:the|"
    r"our|it|that|this|my) )|\b(sep)(?= (?:press|pr|temp|tmp|lev|lvl|flow|under|valve|vlv|sp\b|setp))|"
    r"\b(shift|night shift)(?= (?:book|log|diary|journal|crew|"
    "team|handover|report))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A clause as far as its words are found.

    Attributes:
        rest: the clause with its times blanked out; `bare` with names too, in small letters.
        gist: where it asks what it asks.
        scores: of the intents, by their cues alone.
    """

    text: str
    times: Times
    mentions: tuple[Mention, ...]
    plant: tuple[Mention, ...]
    numbers: tuple[Amount, ...]
    rest: str
    bare: str
    gist: tuple[int, int]
    scores: dict[str, float]

    @property
    def asked(self) -> str:
        """The bare words of the gist."""
        return self.bare[self.gist[0] : self.gist[1]]

    def best(self) -> str:
        """The intent that the cues speak for most."""
        return max(self.scores, key=lambda intent: self.scores[intent]) if self.scores else ""

    def near(self, *intents: str, margin: float = 1.5) -> bool:
        """Whether one of the intents is the best or not far behind."""
        own = max((self.scores.get(intent, 0.0) for intent in intents), default=0.0)
        return own >= 1.4 and own >= max(self.scores.values(), default=0.0) - margin


def said_in(
    text: str,
    language: Language,
    vocabulary: Vocabulary,
    calendar: PlantCalendar,
    anchors: Anchors,
    spoken: Window | None,
) -> Said:
    """Names, times and numbers of a clause; `spoken` is the window spoken of before."""
    gist = gist_place(text)
    times = _asked_times(read_times(_shielded(text), calendar, anchors, spoken), gist)
    rest = blanked(text, [(start, end) for _, start, end in timed(times)])
    rest = _without_ids(rest)
    everything = vocabulary.find(rest)
    named = everything if PREMISE.search(text) else _asked_names(everything, gist)
    found = tuple(mention for mention in _told_apart(named) if not _whole_plant(mention, vocabulary.plant))
    whole = tuple(mention for mention in named if _whole_plant(mention, vocabulary.plant))
    bare = blanked(rest, [(mention.start, mention.end) for mention in (*found, *whole)])
    numbers = tuple(amounts(bare, language))
    places = [
        *map(place_of, found),
        *(("plant", m.start, m.end) for m in whole),
        *timed(times),
        *(("amount", number.start, number.end) for number in numbers),
    ]
    return Said(text, times, found, whole, numbers, rest, bare.lower(), gist, scored(for_cues(text, places, gist)))


def _whole_plant(mention: Mention, plant: Plant) -> bool:
    return mention.asset is not None and not mention.tags and plant.asset(mention.asset).parent is None


def place_of(mention: Mention) -> Place:
    """What a mention names, and where."""
    name = "tags" if mention.tags else "assets" if mention.asset else "unknown"
    return (name, mention.start, mention.end)


def timed(times: Times) -> Iterator[Place]:
    """Where the times stand, by the slot that they fill."""
    for name, group in (
        ("windows", times.windows),
        ("instant", times.instants),
        ("ahead", times.ahead),
        ("windows", times.problems),
    ):
        for found in group:
            yield (name, found.start, found.end)


def blanked(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The text with blanks at those places."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def among(mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether the mention overlaps one of the others."""
    return any(mention.start < other.end and other.start < mention.end for other in others)


def of_time(text: str, number: Amount) -> bool:
    """Whether a number counts hours, events or the like."""
    return (
        re.match(
            "[ -]?(?:hours?|hrs?|h|minutes?|mins?|min|days?|d|seconds?|s|nights?|shifts?|weeks?|"
            r"events?|alarms?|times)\b",
            text[number.number_end or number.end :],
        )
        is not None
    )


def event_id(text: str) -> str | None:
    """The event named by its id."""
    match = _EVENT_ID.search(text)
    return (match["id"] or match["bare"]).rstrip(".:-?") if match else None


def _shielded(text: str) -> str:
    """The text with words blanked out that are no time phrase here: "led to the upset", "shift book"."""
    return blanked(text, [match.span(match.lastindex or 0) for match in _SHIELDS.finditer(text)])


def _asked_times(times: Times, gist: tuple[int, int]) -> Times:
    """The times of the gist, where it has any of its own."""

    def inside(found: SaidWindow | SaidInstant | SaidAhead | TimeProblem) -> bool:
        return gist[0] <= found.start < gist[1]

    own = [*map(inside, times.windows), *map(inside, times.instants), *map(inside, times.ahead)]
    if not any(own):
        return times
    return replace(
        times,
        windows=tuple(filter(inside, times.windows)),
        instants=tuple(filter(inside, times.instants)),
        ahead=tuple(filter(inside, times.ahead)),
        problems=tuple(filter(inside, times.problems)),
    )


def _asked_names(mentions: Sequence[Mention], gist: tuple[int, int]) -> Sequence[Mention]:
    """The names of the gist, where a tag is among them: what leads up to it names nothing that is asked about."""
    inside = [mention for mention in mentions if gist[0] <= mention.start < gist[1]]
    sure = any(len(mention.tags) == 1 for mention in inside)
    return inside if sure else mentions


def _without_ids(text: str) -> str:
    match = _EVENT_ID.search(text)
    return blanked(text, [match.span("id") if match["id"] else match.span("bare")]) if match else text


def _told_apart(mentions: Sequence[Mention]) -> list[Mention]:
    """Without a name that leaves open what others of the sentence say: "which pressure, PT-110 or PT-210"."""
    sure = {mention.tags[0] for mention in mentions if len(mention.tags) == 1}
    plain = [m for m in mentions if not (m.unknown and _PREPOSITION.match(m.text))]
    return [m for m in plain if len(m.tags) < 2 or len(sure & set(m.tags)) < 2]
