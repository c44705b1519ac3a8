"""Reads one clause: its names, times, moves, limits and every other slot."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from api.language.asking import Clause, Memory
from api.language.reading import slotwords
from api.language.reading.amounts import Amount
from api.language.reading.coordination import Mention
from api.language.reading.counterparts import counterpart
from api.language.reading.limits import SaidLimit, level_of, limit_of, said_limits, said_target
from api.language.reading.logwords import looked_for, where
from api.language.reading.masking import Place, masked
from api.language.reading.measures import DEGREES, POINTS, TEMPERATURES
from api.language.reading.movewords import MovesFound
from api.language.reading.moving import Moving, advised, lasts, lies_ahead
from api.language.reading.names import quantity_of
from api.language.reading.numerals import Language
from api.language.reading.refusals import reason
from api.language.reading.said import Said, among, event_id, of_time, place_of, said_in
from api.language.reading.vocabulary import Vocabulary
from api.language.reading.words import FILLER, KNOWN
from api.language.slots import Slots
from twin.anchoring import Anchors
from twin.calendar import PlantCalendar
from twin.errors import ForetellError, UnitMismatch
from twin.plant import Tag, TagRole
from twin.query import Aggregation, AskedMove, Length, Limit, Window
from twin.timephrases import read_times
from twin.units import convert

_HOT = re.compile(r"\b(?:hot|hotter|hottest|cold|colder|coldest|cool|cooler|warm|warmer|warmest)\b")
_AHEAD = frozenset({"forecast", "plan", "what_if", "counterfactual"})
_HOW_HOT = re.compile(
    r"\bhow (?:hot|cold|cool|warm) (?:did|was|were|is|are|does|has|had) (?:the |our )?(\w+(?: \w+){0,3}?)"
    r"(?: (?:get|got|become|been|go|run|now|today|right)\b.*)?\W*$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|less|extra|another|additional|off|onto|up|down|higher|lower|hotter|cooler|rais\w+|lower\w*|"
    r"increas\w+|"
    r"decreas\w+|reduc\w+|cut\w*|lift\w*|push\w*|add\w*|tak\w+|bump\w*|drop\w*|open\w*|clos\w+)\b"
)
_FULL = re.compile(r"\b(?:how (?:full|empty)|fuller|emptier|fullest|emptiest)\b")
_OF_TAGS = frozenset({"describe", "trend", "compare", "forecast", "plan"})
_PAST = re.compile(
    r"\b(?:had|hadn't|would have|would've|could have|might have|should have|"
    "wouldn't have|have (?:happened|been|helped|looked|gone|avoided|prevented|ended|"
    r"done)|looking back|in hindsight)\b|\bif \w+ had\b|'d (?:have|not|\w+ed|cut|set|put|"
    r"left|raised|lowered)\b"
)
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
_CLOCK = re.compile(
    r"(?:at |by |around |from |about )?(?:\d{1,2}(?:[:.]\d\d)?(?: ?(?:am|pm|o'clock|h))?|(?:half|a quarter|"
    r"quarter) (?:past|to) \w+|noon|"
    r"midday|midnight)",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:now(?! (?:the|with|for|what|show|let)\b)|right now|currently|current|"
    r"at the moment|at present|presently|atm|rn|at this moment)\b"
)
_PRESENT = re.compile(
    r"^\W*(?:and |so |but )*(?:(?:what|how|where|who|which)(?:'s|s)? )?(?:(?:is|are|"
    r"does)\b|(?<='s )|(?<=s ))|^\W*(?:and |so )*(?:what|how|where)'s\b"
)
_LENGTH = re.compile(
    r"(?<![\w.])(?<!for )(?<!after )(?<!by )(\d+(?:\.\d+)?) ?(h|hrs?|hours?|d|days?|min|"
    r"mins|minutes?)\b(?! (?:ago|later|before|after))"
)
_OF_IT = re.compile(
    r"\b(?:would|will|does|did|could|might|what) (?:it|they|that)\b|\b(?:it|that|they) (?:would|will|could|"
    r"might|do(?:es)?|be|"
    r"go|look)\b|\b(?:to|for|with|on|at) (?:it|that|them)\b|\bits (?!own|setpoint|valve|bias)"
)
_PASSES_IT = re.compile(
    r"\b(?:exceed\w*|pass\w*|cross\w*|violat\w*|break|broke|hit|reach\w*|above|over)\b.{0,12}\b(?:it|that|"
    r"them|this|those|one)\b"
)
_PLAIN = re.compile(r"[^\W\d_]{2,}")


_FEW = 4
_SINCE = re.compile(r"\bsince\b.*\bwould\b|\bwould\b.*\bsince\b", re.IGNORECASE)
_LATER = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?) ?(?P<unit>hours?|hrs?|h|minutes?|mins?|min|days?) (?P<way>later|earlier|before|"
    r"after)(?: that)?\W*$"
)
_BARE_HOUR = re.compile(
    r"^(?P<lead>\W*(?:and |but |what about |how about |then |or )*(?:at|around|since) )(?P<hour>[01]?\d|"
    r"2[0-3])(?=[\s?.!]*$)",
    re.IGNORECASE,
)


def _moment(instant: datetime | None) -> Window | None:
    """An instant as the stretch that "since then" begins with."""
    return Window(start=instant, end=instant + timedelta(seconds=1)) if instant else None


class ClauseReader:
    """Reads clauses in the English of the rules, of one plant at one instant."""

    def __init__(self, vocabulary: Vocabulary, calendar: PlantCalendar, anchors: Anchors) -> None:
        self.vocabulary = vocabulary
        self._calendar = calendar
        self.now = calendar.now
        self._anchors = anchors

    def read(self, english: str, text: str, language: Language, context: Memory) -> Clause:
        """The clause; `text` is the same as it was said, `context` what was spoken of before."""
        english = _BARE_HOUR.sub(r"\g<lead>\g<hour>:00", english) if context.intent else english
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
        return replace(
            context, slots=replace(slots if subject else replace(context.slots, windows=windows), windows=windows)
        )

    def names_something(self, text: str) -> bool:
        """Whether a stretch names something of the plant or a time."""
        return bool(self.vocabulary.find(text)) or not read_times(text, self._calendar, None).empty


class _Filling(Moving):
    """The slots of one clause, one after the other."""

    def __init__(
        self, vocabulary: Vocabulary, said: Said, language: Language, context: Memory, now: datetime
    ) -> None:
        super().__init__(vocabulary, said, language, context)
        self.now = now
        self._only: str | None = None

    def slots(self) -> Slots:
        """All of them."""
        said = self.said
        found = self.moves_found()
        moved = self.moved_names(found)
        moves = self.moves(found)
        negated = self.undone_names() if not moves else None
        advice = said.near("plan", margin=3.0) or advised(self.context, self.leans)
        handles = self.handled() if advice else ()
        gone = [*moved, *handles, *(negated or ())]
        free = [m for m in said.mentions if not among(m, gone) or self.owns(m)]
        focus = [m for m in free if m.asset is None or m.tags]
        tags = self._tags(focus)
        if not tags and self.leans and self.context.intent in _OF_TAGS:
            tags = self._alike(free)
        if not tags and not self.scenario:
            tags = self._of_unit(free)
        self._place_all(free, moved, handles, negated or ())
        self.problems += [problem.error for problem in said.times.problems]
        limits, target = self._limits(focus, moved, found, tags)
        if not (found.moves or limits or (found.problems and self.scenario)):
            self._check_units(tags)
        refused = reason(
            self._pointed(),
            moves=bool(moves or ((found.problems or found.loose) and self._may_move())),
            known=bool(said.mentions) or not said.times.empty,
        )
        if refused == "unreadable" and moves:
            refused = None
        if self.scenario and moves:
            tags = tuple(name for name in tags if name not in {move.tag for move in moves})
        asked = said.asked
        return Slots(
            tags=tags,
            assets=self._assets(free, (*tags, *(move.tag for move in moves))),
            windows=self._windows(),
            instant=self._instant(),
            ahead=self._ahead(found),
            aggregation=self._aggregation(asked, limits),
            limits=limits,
            target=target,
            direction=slotwords.direction(asked),
            handles=tuple(dict.fromkeys(name for m in handles if (name := self.handle(m)))),
            moves=tuple(self._at_coming(move) for move in moves),
            undone=negated is not None,
            undone_tags=tuple(dict.fromkeys(name for m in negated or () if (name := self.handle(m)))),
            which=slotwords.which(said.bare),
            event_id=event_id(said.text),
            severity=slotwords.severity(asked),
            count_only=slotwords.counted(asked),
            horizon=self._horizon(found),
            text=looked_for(said.rest[said.gist[0] : said.gist[1]]),
            where=where(asked),
            aspect=slotwords.aspect(asked),
            reason=refused,
            past=_PAST.search(said.bare) is not None or (self.terse and _SINCE.search(said.text) is not None),
            order=self._ordered(moves, tags),
            notes=tuple(dict.fromkeys(self.notes)),
            wordings=tuple(sorted((*self.places, *self._marks(asked)), key=lambda place: place[1])),
            unread=self._unread(),
            problems=tuple(self.problems),
        )

    def _may_move(self) -> bool:
        """Whether something is named that could be moved, or nothing: of an asset alone nothing is."""
        return not self.said.mentions or any(m.tags or m.unknown for m in self.said.mentions)

    def _check_units(self, tags: Sequence[str]) -> None:
        """A change of what was named by an amount that none of it has the unit of: "15 kPa more reactor level"."""
        named = [self.vocabulary.plant.tag(name) for name in tags]
        for number in self.said.numbers if named and _MORE.search(self.said.bare) else ():
            if number.unit in {None, "%", POINTS, DEGREES} or of_time(self.said.bare, number):
                continue
            problems = [problem for tag in named if (problem := _misfit(number, tag))]
            if len(problems) == len(named):
                self.problems.append(problems[0])

    # Names

    def _tags(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        names: list[str] = []
        for mention in mentions:
            narrowed = self._narrowed(mention)
            try:
                names.append(self.vocabulary.one(narrowed).name)
            except ForetellError as error:
                self.problems.append(error)
                continue
            if not mention.exact:
                self.notes.append(f"I read {mention.text!r} as {names[-1]}")
        return tuple(dict.fromkeys(names))

    def _alike(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """“And the stripper?” after the separator's level: the stripper's."""
        assets = [m.asset for m in mentions if m.asset is not None and not m.tags]
        found = (counterpart(name, asset, self.vocabulary) for asset in assets for name in self.context.slots.tags)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def _of_unit(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """“Below 40 % in the separator”, “was the stripper hotter”: the one tag of the asset in such a unit."""
        assets = [m.asset for m in mentions if m.asset is not None and not m.tags]
        units = {n.unit for n in self.said.numbers if n.unit} if self._bounded() else set()
        if len(assets) == 1 and _FULL.search(self.said.bare):
            return self._called(f"{assets[0]} level")
        units |= set(TEMPERATURES) if _HOT.search(self.said.bare) else set()
        if not assets and _HOT.search(self.said.bare):
            return self._of_heat()
        if len(assets) != 1 or not units:
            return ()
        own = self.vocabulary.plant.tags_of(assets[0])
        found = [
            tag.name for tag in own if tag.unit in units and tag.role is TagRole.MEASURED and tag.asset == assets[0]
        ]
        if len(found) == 1:
            return tuple(found)
        quantity = next(filter(None, map(quantity_of, units)), "level" if "%" in units else None)
        return self._called(f"{assets[0]} {quantity}") if quantity else ()

    def _of_heat(self) -> tuple[str, ...]:
        """“How hot was the supply”: the supply temperature."""
        said = _HOW_HOT.search(self.said.rest)
        return self._called(f"{said[1]} temperature") if said else ()

    def _called(self, phrase: str) -> tuple[str, ...]:
        """The one tag of that name; several are a problem."""
        found = self.vocabulary.find(phrase)
        if len(found) != 1 or not found[0].tags:
            return ()
        return self._tags(found)

    def _bounded(self) -> bool:
        """Whether a number is a limit, or where something shall be brought to."""
        bare, numbers = self.said.bare, self.said.numbers
        target = re.search(r"\b(?:back|bring|get|return|way)\b", bare) and said_target(bare, numbers)
        return bool(said_limits(bare, numbers) or target)

    def _narrowed(self, mention: Mention) -> Mention:
        """Of several tags the one that was spoken of, or that belongs to the asset that was."""
        if len(mention.tags) < 2:
            return mention
        plant = self.vocabulary.plant
        if _HOT.search(self.said.bare) and not any(plant.tag(n).unit in TEMPERATURES for n in mention.tags):
            warm = self.vocabulary.find(f"{mention.text} temperature")
            mention = replace(mention, tags=warm[0].tags) if len(warm) == 1 and warm[0].tags else mention
        own = [m.asset for m in self.said.mentions if m.asset and not m.tags] or list(self.context.slots.assets)
        inside = [
            name for name in mention.tags if any(tag.name == name for asset in own for tag in plant.tags_of(asset))
        ]
        if not inside and self.leans:
            inside = [name for name in mention.tags if name in self.context.slots.tags]
        if self.said.near("moves", margin=0.5) and not inside:
            inside = [name for name in mention.tags if plant.tag(name).movable]
        return replace(mention, tags=tuple(inside)) if len(inside) == 1 else mention

    def _assets(self, mentions: Sequence[Mention], named: Sequence[str]) -> tuple[str, ...]:
        """Assets that are named without one of their tags."""
        plant = self.vocabulary.plant
        assets = [m.asset for m in mentions if m.asset is not None and not m.tags]
        own = [asset for asset in assets if not any(tag.name in named for tag in plant.tags_of(asset))]
        return tuple(dict.fromkeys(own))

    def _place_all(
        self,
        free: Sequence[Mention],
        moved: Sequence[Mention],
        handles: Sequence[Mention],
        negated: Sequence[Mention],
    ) -> None:
        self.places += [place_of(mention) for mention in free if not among(mention, (*moved, *handles, *negated))]
        self.places += [("plant", m.start, m.end) for m in self.said.plant]
        self.places += [("moved", m.start, m.end) for m in self.said.mentions if among(m, moved) or among(m, negated)]
        self.places += [("handles", m.start, m.end) for m in handles]

    # Values

    def _limits(
        self, focus: Sequence[Mention], moved: Sequence[Mention], found: MovesFound, tags: Sequence[str]
    ) -> tuple[tuple[Limit, ...], float | None]:
        inside = [*((m.start, m.end) for m in found.moves), *((m.start, m.end) for m in found.loose)]
        inside = inside if self.scenario else []
        free = [
            n
            for n in self.said.numbers
            if not any(a <= n.start < b for a, b in inside) and not of_time(self.said.bare, n)
        ]
        self._only = tags[0] if len(tags) == 1 else None
        limits = [self._limit(said, focus, moved) for said in said_limits(self.said.bare, free)]
        if not limits and self.context.slots.aspect == "limits" and _PASSES_IT.search(self.said.bare):
            limits = [self._limit(SaidLimit(0, 0, "above"), focus, moved)]
        known = self.context.slots.limits[:1]
        if not limits and known and not tags and len(free) == 1 and len(self.said.text.split()) <= _FEW:
            limits = [self._limit(SaidLimit(0, 0, known[0].side, free[0]), focus, moved)]
        goal = said_target(self.said.bare, free)
        return tuple(limit for limit in limits if limit), self._target(goal, focus)

    def _limit(self, said: SaidLimit, focus: Sequence[Mention], moved: Sequence[Mention]) -> Limit | None:
        name = self._limited(said.start, focus) or (self._limited(said.start, moved) if said.name else None)
        if name is None:
            return None
        try:
            limit = limit_of(said, self._held(name) if said.name else self.vocabulary.plant.tag(name))
        except ForetellError as error:
            self.problems.append(_about(error, "limit"))
            return None
        if said.stays and limit is not None:
            self.places.append(("stays", said.start, said.end))
        return limit

    def _held(self, name: str) -> Tag:
        """The tag that trips: of a setpoint the one that it holds."""
        plant = self.vocabulary.plant
        return next((tag for tag in plant.tags if tag.handle == name), plant.tag(name))

    def _limited(self, place: int, mentions: Sequence[Mention]) -> str | None:
        """The tag that a limit at a place is one of: the last named before it, else the first behind it."""
        before = [m for m in mentions if m.tags and m.end <= place]
        behind = [m for m in mentions if m.tags and m.start >= place]
        chosen = before[-1:] or behind[:1]
        if chosen:
            narrowed = self._narrowed(chosen[0])
            return narrowed.tags[0] if len(narrowed.tags) == 1 else None
        if self._only is not None:
            return self._only
        return self.context.slots.tags[0] if self.context.slots.tags and not mentions else None

    def _target(self, goal: Amount | None, focus: Sequence[Mention]) -> float | None:
        name = self._limited(goal.start, focus) if goal else None
        if goal is None or name is None:
            return None
        try:
            return level_of(goal, self.vocabulary.plant.tag(name))
        except ForetellError as error:
            self.problems.append(_about(error, "target"))
            return None

    def _aggregation(self, asked: str, limits: Sequence[Limit]) -> Aggregation | None:
        said = slotwords.aggregation(asked) or self._led()
        if limits and said in {Aggregation.MAX, Aggregation.MIN} and limits[0].name is not None:
            return None
        present = limits and said is None and self.said.times.empty and re.match(r"^\W*(?:is|are)\b", asked)
        return Aggregation.NOW if present else said

    def _led(self) -> Aggregation | None:
        """What the lead asks for, where it names a tag: "peak reactor pressure: this shift against the last"."""
        start = self.said.gist[0]
        named = any(mention.tags and mention.end <= start for mention in self.said.mentions)
        return slotwords.aggregation(self.said.bare[:start]) if named else None

    def _ordered(self, moves: Sequence[AskedMove], tags: Sequence[str]) -> bool:
        """An order, not a change with a question about it: "raise it by 2, separator level?"."""
        asks = bool(tags) and self.said.text.rstrip().endswith("?")
        said = _ORDER.match(self.said.bare) is not None and not self.said.near("counterfactual", margin=0.0)
        return bool(moves) and said and not asks

    # Times

    def _bare_length(self) -> Length | None:
        """The length that a few words name without more: "rx level max 24h"."""
        match = _LENGTH.search(self.said.bare)
        if slotwords.duration(self.said.bare):
            return None
        terse = self.said.times.empty and len(self.said.text.split()) <= 7
        return slotwords.length(match[1], match[2]) if match and terse else None

    def _instant(self) -> datetime | None:
        """The instant said, or the one spoken of before moved by "an hour later"."""
        instants = self.said.times.instants
        if instants:
            return None if self._coming() else instants[0].moment
        match, last = _LATER.search(self.said.text), self.context.slots.instant
        length = slotwords.length(match["n"], match["unit"]) if match else None
        if match is None or last is None or length is None:
            return None
        return last + (length.delta if match["way"] in {"later", "after"} else -length.delta)

    def _of_future(self) -> bool:
        """Whether a length without more is one of the future, as in a session about what will be."""
        ahead = self.context.intent in _AHEAD and self.leans and self.said.times.empty
        return self.scenario or ahead or self.said.near("forecast", "plan", margin=0.0)

    def _windows(self) -> tuple[Window, ...]:
        length = self._bare_length()
        if length is None or self._of_future():
            return tuple(window.window for window in self.said.times.windows)
        now = self.now
        return (Window(start=now - length.delta, end=now),)

    def _coming(self) -> datetime | None:
        """The clock time without a day that lies ahead today, where the future is spoken of."""
        instants = self.said.times.instants
        if len(instants) != 1 or _PAST.search(self.said.bare) or not (self.scenario or self._foreseen()):
            return None
        said = self.said.text[instants[0].start : instants[0].end]
        coming = instants[0].moment + timedelta(days=1)
        bare = _CLOCK.fullmatch(said.strip()) is not None
        soon = timedelta(0) < coming - self.now <= timedelta(hours=12)
        return coming if bare and soon and instants[0].moment < self.now - timedelta(hours=12) else None

    def _foreseen(self) -> bool:
        return self.said.best() == "forecast" or self.context.intent == "forecast"

    def _at_coming(self, move: AskedMove) -> AskedMove:
        coming = self._coming()
        return move.model_copy(update={"at": coming}) if coming and move.at is None and self.scenario else move

    def _ahead(self, found: MovesFound) -> Window | None:
        times = self.said.times
        coming = self._coming()
        if coming is not None and not self.scenario:
            return Window(start=self.now, end=coming)
        text = self.said.text
        used = [a for a in times.ahead if any(lies_ahead(a, m, text) or lasts(a, m, text) for m in found.moves)]
        free = [a.window for a in times.ahead if a not in used]
        if free:
            return free[0]
        now = self.now
        on = [w.whole.end for w in times.windows if w.whole.end > now]
        return Window(start=now, end=on[0]) if on and self.said.best() == "forecast" else None

    def _horizon(self, found: MovesFound) -> Length | None:
        said = next((a.length for a in self.said.times.ahead if a.length and a.window == self._ahead(found)), None)
        if said is None and self._of_future():
            lasting = None if self.scenario else slotwords.duration(self.said.bare)
            return slotwords.horizon(self.said.bare) or self._bare_length() or lasting
        return said or slotwords.horizon(self.said.bare)

    # The rest

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
        if _OF_IT.search(asked):
            yield ("it", 0, 0)
        if self.loose:
            yield ("loose", 0, 0)
        if _NOW.search(asked):
            yield ("now", 0, 0)
        if _PRESENT.match(asked):
            yield ("present", 0, 0)
        if _coded([m for m in self.said.mentions if m.tags]):
            yield ("coded", 0, 0)

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
