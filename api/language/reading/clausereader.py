"""Reads one clause: its names, times, moves, limits and every other slot."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.language.asking import Clause, Memory
from api.language.reading import slotwords
from api.language.reading.amounts import Amount
from api.language.reading.bounds import Bounds
from api.language.reading.coordination import Mention
from api.language.reading.lexicon.moving import RAMPED
from api.language.reading.logwords import looked_for, where
from api.language.reading.masking import Place, masked
from api.language.reading.measures import DEGREES, POINTS
from api.language.reading.movewords import MovesFound
from api.language.reading.moving import Moving, advised
from api.language.reading.numerals import Language
from api.language.reading.refusals import reason
from api.language.reading.said import Said, among, event_id, of_time, place_of, said_in
from api.language.reading.spans import PAST, Spans
from api.language.reading.subjects import Subjects
from api.language.reading.vocabulary import Vocabulary
from api.language.reading.words import FILLER, KNOWN
from api.language.slots import Slots
from twin.anchoring import Anchors
from twin.calendar import PlantCalendar
from twin.errors import ForetellError, UnitMismatch
from twin.plant import Tag
from twin.query import Aggregation, AskedMove, Limit, Window
from twin.timephrases import read_times
from twin.units import convert

_MORE = re.compile(
    r"\b(?:more|less|extra|another|additional|off|onto|up|down|higher|lower|hotter|cooler|rais\w+|lower\w*|"
    r"increas\w+|"
    r"decreas\w+|reduc\w+|cut\w*|lift\w*|push\w*|add\w*|tak\w+|bump\w*|drop\w*|open\w*|clos\w+)\b"
)
_OF_TAGS = frozenset({"describe", "trend", "compare", "forecast", "plan"})
_ORDER = re.compile(
    r"^\W*(?:please |now |then |and |also |kindly |just |go |can you |could you |"
    "would you |i'd like you to |i would like you to |i want you to |you should |do |"
    "ok |okay |go ahead and |simply )*"
    "(?:set|cut|raise|make(?! (?:it|that))|lower|reduce|increase|decrease|put|drop|"
    "halve|double|triple|stop|shut|close|open|turn|switch|bump|lift|move|change|adjust|"
    "ramp|step|trim|throttle|push|pull|crank|bring|boost|dial|kick|nudge|take|add|slow|"
    r"speed|drive|reset|shave|run|shift|hold|keep)\b(?!.*\b(?:what|how|would|effect|"
    r"impact|will|happens?|does)\b)"
)
_NOW = re.compile(
    r"\b(?:now(?! (?:the|with|for|what|show|let)\b)|right now|currently|current|"
    r"at the moment|at present|presently|atm|rn|at this moment)\b"
)
_PRESENT = re.compile(
    r"^\W*(?:and |so |but )*(?:(?:what|how|where|who|which)(?:'s|s)? )?(?:(?:is|are|"
    r"does)\b|(?<='s )|(?<=s ))|^\W*(?:and |so )*(?:what|how|where)'s\b"
)
_OF_IT = re.compile(
    r"\bhow(?:'s|s| is| are| was| were| has| have) (?:it|they|that)\b(?! (?:going|hanging))|"
    r"\b(?:would|will|does|did|could|might|what) (?:it|they|that)\b|\b(?:it|that|they) (?:would|will|could|"
    r"might|do(?:es)?|be|"
    r"go|look)\b|\b(?:to|for|with|on|at) (?:it|that|them)\b|\bits (?!own|setpoint|valve|bias)"
)
_EVENTS = re.compile(rf"\b(?:more|fewer|less|as many) {slotwords.EVENT}\b")
_AGAINST = re.compile(r"\b(?:than|compar\w+|against|versus|vs|relative to|as opposed to)\b")
_MARKS = {"events": _EVENTS, "against": _AGAINST, "it": _OF_IT, "now": _NOW}
_HOW_LONG = re.compile(r"\bhow long\b(?! (?:until|till|before|to|ago))")
_PLAIN = re.compile(r"[^\W\d_]{2,}")
_OWN_SETPOINT = re.compile(
    r"\b(?:its|the|it's) own (?:setpoint|handle|controller|valve)\b|\bits setpoint (?:only|alone)\b"
)
_SINCE = re.compile(r"\bsince\b.*\bwould\b|\bwould\b.*\bsince\b", re.IGNORECASE)
_BARE_HOUR = re.compile(
    r"^(?P<lead>\W*(?:and |but |what about |how about |then |or )*(?:at|around|since) )(?P<hour>[01]?\d|"
    r"2[0-3])(?=[\s?.!]*$)",
    re.IGNORECASE,
)


def _moment(instant: datetime | None) -> Window | None:
    """An instant as the stretch that "since then" begins with."""
    return Window(start=instant, end=instant + timedelta(seconds=1)) if instant else None


def scenario_of(clause: Clause) -> str:
    """The kind of scenario that a clause asks about, if it asks about moves."""
    slots = clause.slots
    if not slots.moves or any(name == "together" for name, _, _ in slots.wordings):
        return ""
    return "counterfactual" if slots.past else "what_if"


class ClauseReader:
    """Reads clauses in the English of the rules, of one plant at one instant."""

    def __init__(self, vocabulary: Vocabulary, calendar: PlantCalendar, anchors: Anchors) -> None:
        self.vocabulary = vocabulary
        self._calendar = calendar
        self.now = calendar.now
        self._anchors = anchors

    def read(self, english: str, text: str, language: Language, context: Memory) -> Clause:
        """The clause; `text` is the same as it was said, `context` what was spoken of before."""
        hours = context.intent not in {"", "what_if"}
        english = _BARE_HOUR.sub(r"\g<lead>\g<hour>:00", english) if hours else english
        spoken = context.slots.windows[-1] if context.slots.windows else _moment(context.slots.instant)
        said = said_in(english, language, self.vocabulary, self._calendar, self._anchors, spoken)
        slots = _Filling(self.vocabulary, said, language, context, self.now).slots()
        if text == english:
            return Clause(text, english, masked(english, slots.wordings), slots)
        own = [place_of(mention) for mention in self.vocabulary.find(text, mend=False)]
        return Clause(text, english, masked(text, own), slots)

    def after(self, clause: Clause, context: Memory) -> Memory:
        """What a clause behind this one may lean on."""
        slots = clause.slots
        subject = slots.tags or slots.assets or slots.moves
        windows = slots.windows or context.slots.windows
        known = replace(slots if subject else replace(context.slots, windows=windows), windows=windows)
        return replace(context, slots=known)

    def names_something(self, text: str) -> bool:
        """Whether a stretch names something of the plant or a time."""
        return bool(self.vocabulary.find(text)) or not read_times(text, self._calendar, None).empty


@dataclass(frozen=True, slots=True)
class _Named:
    """The names of a clause by what they are said of.

    Attributes:
        free: what is asked about, tags and assets.
        moved, handles, negated: what is moved, may be moved, or was and is imagined not to have been.
    """

    free: Sequence[Mention]
    moved: Sequence[Mention]
    handles: Sequence[Mention]
    negated: Sequence[Mention] | None

    @property
    def focus(self) -> list[Mention]:
        """Names of what is asked about that are no asset's."""
        return [mention for mention in self.free if mention.asset is None or mention.tags]


class _Filling(Moving):
    """The slots of one clause, one after the other."""

    def __init__(
        self, vocabulary: Vocabulary, said: Said, language: Language, context: Memory, now: datetime
    ) -> None:
        super().__init__(vocabulary, said, language, context)
        self._spans = Spans(said, context, now, scenario=self.scenario, leans=self.leans)
        self._subjects = Subjects(vocabulary, said, context, leans=self.leans)

    def slots(self) -> Slots:
        """All of them."""
        said, asked = self.said, self.said.asked
        found = self.moves_found()
        moves = self.moves(found)
        named = self._named(found, moves)
        tags = self._asked_tags(named, moves)
        self._place_all(named)
        self.problems += self._subjects.problems
        self.problems += [problem.error for problem in said.times.problems]
        self.notes += self._subjects.notes
        if moves and RAMPED.search(said.bare):
            self.notes.append("a ramp is rolled out as a step at its start")
        limits, target = self._limits(named, found, tags)
        if not (found.moves or limits or (found.problems and self.scenario)):
            self._check_units(tags)
        shown = tuple(name for name in tags if not (self.scenario and name in {move.tag for move in moves}))
        return Slots(
            tags=shown,
            assets=self._subjects.assets(named.free, (*shown, *(move.tag for move in moves))),
            windows=self._spans.windows(),
            instant=self._spans.instant(),
            ahead=self._spans.ahead(found),
            aggregation=self._aggregation(asked, limits),
            limits=limits,
            target=target,
            direction=slotwords.direction(asked),
            handles=self._reached(named.handles) or self._own_handle(tags),
            moves=tuple(self._spans.at_coming(move) for move in moves),
            undone=named.negated is not None,
            undone_tags=self._reached(named.negated or ()),
            which=slotwords.which(said.bare),
            event_id=event_id(said.text),
            severity=slotwords.severity(asked),
            count_only=slotwords.counted(asked),
            horizon=self._spans.horizon(found),
            text=self._looked_for(),
            where=where(asked),
            aspect=slotwords.aspect(asked),
            reason=self._refused(moves, found),
            past=PAST.search(said.bare) is not None or (self.terse and _SINCE.search(said.text) is not None),
            order=self._ordered(moves, shown),
            notes=tuple(dict.fromkeys(self.notes)),
            wordings=tuple(sorted((*self.places, *self._marks(asked)), key=lambda place: place[1])),
            unread=self._unread(),
            problems=tuple(self.problems),
        )

    # Names

    def _named(self, found: MovesFound, moves: Sequence[AskedMove]) -> _Named:
        negated = self.undone_names() if not moves else None
        moved = self.moved_names(found) if negated is None else ()
        advice = self.said.near("plan", margin=3.0) or advised(self.context, self.leans)
        handles = self.handled() if advice else ()
        gone = [*moved, *handles, *(negated or ())]
        free = [m for m in self.said.mentions if not among(m, gone) or self.owns(m)]
        return _Named(free, moved, handles, negated)

    def _asked_tags(self, named: _Named, moves: Sequence[AskedMove]) -> tuple[str, ...]:
        tags = self._subjects.tags(named.focus)
        if not tags and self.leans and self.context.intent in _OF_TAGS:
            tags = self._subjects.alike(named.free)
        return tags if tags or self.scenario else self._subjects.of_unit(named.free)

    def _reached(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """The movable tags that names stand for."""
        return tuple(dict.fromkeys(name for mention in mentions if (name := self.handle(mention))))

    def _own_handle(self, tags: Sequence[str]) -> tuple[str, ...]:
        """“With nothing but its own setpoint”."""
        spoken = tags or (self.context.slots.tags if self.leans else ())
        if len(spoken) != 1 or not self.said.near("plan") or not _OWN_SETPOINT.search(self.said.bare):
            return ()
        tag = self.vocabulary.plant.tag(spoken[0])
        return (tag.handle,) if tag.handle else ()

    def _place_all(self, named: _Named) -> None:
        negated = named.negated or ()
        gone = (*named.moved, *named.handles, *negated)
        self.places += [place_of(mention) for mention in named.free if not among(mention, gone)]
        self.places += [("plant", m.start, m.end) for m in self.said.plant]
        moved = (*named.moved, *negated)
        self.places += [("moved", m.start, m.end) for m in self.said.mentions if among(m, moved)]
        self.places += [("handles", m.start, m.end) for m in named.handles]

    # Values

    def _limits(
        self, named: _Named, found: MovesFound, tags: Sequence[str]
    ) -> tuple[tuple[Limit, ...], float | None]:
        inside = [*((m.start, m.end) for m in found.moves), *((m.start, m.end) for m in found.loose)]
        inside = inside if self.scenario else []
        free = [
            n
            for n in self.said.numbers
            if not any(a <= n.start < b for a, b in inside) and not of_time(self.said.bare, n)
        ]
        only = tags[0] if len(tags) == 1 else None
        bounds = Bounds(self.vocabulary, self.said, self.context, self._subjects, named.focus, named.moved, only)
        limits, target = bounds.limits(free, named=bool(tags)), bounds.target(free)
        self.problems += bounds.problems
        self.places += [("stays", start, end) for start, end in bounds.stays]
        return limits, target

    def _check_units(self, tags: Sequence[str]) -> None:
        """A change of what was named by an amount that none of it has the unit of: "15 kPa more reactor level"."""
        named = [self.vocabulary.plant.tag(name) for name in tags]
        for number in self.said.numbers if named and _MORE.search(self.said.bare) else ():
            if number.unit in {None, "%", POINTS, DEGREES} or of_time(self.said.bare, number):
                continue
            problems = [problem for tag in named if (problem := _misfit(number, tag))]
            if len(problems) == len(named):
                self.problems.append(problems[0])

    def _aggregation(self, asked: str, limits: Sequence[Limit]) -> Aggregation | None:
        said = slotwords.aggregation(asked) or self._led()
        if limits and _HOW_LONG.search(asked) and not self.said.near("forecast", margin=0.0):
            return Aggregation.SHARE
        if limits and said in {Aggregation.MAX, Aggregation.MIN} and limits[0].name is not None:
            return None
        present = limits and said is None and self.said.times.empty and re.match(r"^\W*(?:is|are)\b", asked)
        return Aggregation.NOW if present else said

    def _led(self) -> Aggregation | None:
        """What the lead asks for, where it names a tag: "peak reactor pressure: this shift against the last"."""
        start = self.said.gist[0]
        named = any(mention.tags and mention.end <= start for mention in self.said.mentions)
        return slotwords.aggregation(self.said.bare[:start]) if named else None

    # The rest

    def _refused(self, moves: Sequence[AskedMove], found: MovesFound) -> slotwords.Reason | None:
        refused = reason(
            self._pointed(),
            moves=bool(moves or ((found.problems or found.loose) and self._may_move())),
            known=bool(self.said.mentions) or not self.said.times.empty,
        )
        return None if refused == "unreadable" and moves else refused

    def _may_move(self) -> bool:
        """Whether something is named that could be moved, or nothing: of an asset alone nothing is."""
        return not self.said.mentions or any(m.tags or m.unknown for m in self.said.mentions)

    def _ordered(self, moves: Sequence[AskedMove], tags: Sequence[str]) -> bool:
        """An order, not a change with a question about it: "raise it by 2, separator level?"."""
        asks = bool(tags) and self.said.text.rstrip().endswith("?")
        said = _ORDER.match(self.said.bare) is not None and not self.said.near("counterfactual", margin=0.0)
        return bool(moves) and said and not asks

    def _pointed(self) -> str:
        """The text with its names as a dot each, so that no name is taken for a word."""
        text = self.said.text
        for mention in sorted(self.said.mentions, key=lambda m: -m.start):
            text = f"{text[: mention.start]}·{text[mention.end :]}"
        return text

    def _marks(self, asked: str) -> Iterator[Place]:
        if self.leans:
            yield ("leans", 0, 0)
        if not self.scenario:
            yield ("together", 0, 0)
        if self.terse:
            yield ("terse", 0, 0)
        for name, pattern in _MARKS.items():
            if pattern.search(asked):
                yield (name, 0, 0)
        if self.loose:
            yield ("loose", 0, 0)
        if _PRESENT.match(asked):
            yield ("present", 0, 0)
        if _coded([m for m in self.said.mentions if m.tags]):
            yield ("coded", 0, 0)

    def _looked_for(self) -> str:
        start, end = self.said.gist
        return looked_for(self.said.rest[start:end], [(m.start - start, m.end - start) for m in self.said.mentions])

    def _unread(self) -> tuple[str, ...]:
        start, end = self.said.gist
        words = (match[0] for match in _PLAIN.finditer(self.said.bare[start:end]))
        return tuple(word for word in words if word not in KNOWN and word not in FILLER and len(word) > 2)


def _misfit(amount: Amount, tag: Tag) -> ForetellError | None:
    try:
        convert(amount.value, amount.unit, tag, difference=True)
    except UnitMismatch as error:
        return _about(error, "change")
    return None


def _coded(mentions: Sequence[Mention]) -> bool:
    """Whether the names are codes, such as PI-207: one asks what they are, not how high."""
    return bool(mentions) and all(re.search(r"\d|[._]", mention.text) for mention in mentions)


def _about(error: ForetellError, field: str) -> ForetellError:
    error.field = field
    return error
