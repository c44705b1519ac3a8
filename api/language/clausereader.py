"""Reads one clause: its names, times, moves, limits and every other slot."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.language import slotwords
from api.language.amounts import Amount, amounts
from api.language.asking import Clause, Memory
from api.language.clauses import gist_place
from api.language.counterparts import counterpart
from api.language.engines.cues import scored
from api.language.followups import FOLLOWS, LEANS, adjusted
from api.language.limits import SaidLimit, level_of, limit_of, said_limits, said_target
from api.language.logwords import looked_for, where
from api.language.masking import Place, for_cues, masked
from api.language.movewords import LooseMove, MovesFound, SaidMove, find_moves
from api.language.numerals import Language
from api.language.reach import reach
from api.language.refusals import reason
from api.language.slots import Slots
from api.language.undoing import undone
from api.language.coordination import Mention
from api.language.vocabulary import Vocabulary
from api.language.words import FILLER, KNOWN
from twin.anchoring import Anchors
from twin.calendar import PlantCalendar
from twin.errors import ForetellError
from twin.query import Aggregation, AskedMove, Length, Limit, Window
from twin.scenario import Change
from twin.timephrases import SaidAhead, SaidInstant, SaidWindow, TimeProblem, Times, read_times

_STRONG = 2.0
_OF_TAGS = frozenset({"describe", "trend", "compare", "forecast", "plan"})
_SCENARIO = frozenset({"what_if", "counterfactual"})
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
_NOW = re.compile(
    r"\b(?:now(?! (?:the|with|for|what|show|let)\b)|right now|currently|current|"
    r"at the moment|at present|presently|atm|rn|at this moment)\b"
)
_PRESENT = re.compile(
    r"^\W*(?:and |so |but )*(?:(?:what|how|where|who|which)(?:'s|s)? )?(?:(?:is|are|"
    r"does)\b|(?<='s )|(?<=s ))|^\W*(?:and |so )*(?:what|how|where)'s\b"
)
_EVENT_ID = re.compile(
    r"\b(?:events?|incidents?|alarms?|anomal(?:y|ies)|frame|id|no\.?|"
    r"number)[ #:]+(?P<id>(?=\S*\d)[\w][\w:.-]{3,})|(?<![\w.-])(?P<bare>(?:evt?|event|ev|"
    r"inc|alm)[-_:][\w:.-]*\d[\w:.-]*)",
    re.IGNORECASE,
)
_HANDLED = re.compile(
    r"\b(?:with|using|via|through|by (?:only |just )?(?:moving|changing|adjusting|"
    "setting|using|turning|opening|closing|raising|lowering|cutting|manipulating|"
    "means of)|only|just|(?:move|change|adjust|use|touch|turn|play with)(?: only|"
    r" just)?)\s+(?:only |just |the |our |help of |both )*$"
)
_UP_TO = re.compile(r"^\W{0,2}(?:in|at|from|starting|tomorrow|today|on)\b")
_PREPOSITION = re.compile(r"(?:at|in|to|by|on|of|it|is|as|or|an?) \d")
_LENGTH = re.compile(r"(?<![\w.])(?<!for )(?<!after )(?<!by )(\d+(?:\.\d+)?) ?(h|hrs?|hours?|d|days?|min|mins|minutes?)\b(?! (?:ago|later|before|after))")
_CHANGES = re.compile(
    r"\b(?:rais\w+|increas\w+|lower\w*|reduc\w+|cut\w*|decreas\w+|set|put|drop\w*|"
    r"open\w*|clos\w+|lift\w*|bump\w*|mov\w+|push\w*)\b"
)
_SHIELDS = re.compile(
    r"\b(?:happen\w*|led|leads?|do(?:es|ne)?|did|compared|relative|thanks|owing|due|"
    r"close|next|respond\w*|attention|related|apply|belong\w*|refer\w*)( to)\b(?= (?:the|"
    r"our|it|that|this|my) )|\b(shift|night shift)(?= (?:book|log|diary|journal|crew|"
    "team|handover|report))",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class _Said:
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


class ClauseReader:
    """Reads clauses in the English of the rules, of one plant at one instant."""

    def __init__(self, vocabulary: Vocabulary, calendar: PlantCalendar, anchors: Anchors) -> None:
        self.vocabulary = vocabulary
        self.plant = vocabulary.plant
        self._calendar = calendar
        self.now = calendar.now
        self._anchors = anchors

    def read(self, english: str, text: str, language: Language, context: Memory) -> Clause:
        """The clause; `text` is the same as it was said, `context` what was spoken of before."""
        said = self._said(english, language, context)
        slots = _Filling(self, said, language, context).slots()
        if text == english:
            return Clause(text, english, masked(english, slots.wordings), slots)
        own = [_place(mention) for mention in self.vocabulary.find(text, mend=False)]
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

    def _said(self, text: str, language: Language, context: Memory) -> _Said:
        spoken = context.slots.windows[-1] if context.slots.windows else None
        gist = gist_place(text)
        times = _asked_times(read_times(_shielded(text), self._calendar, self._anchors, spoken), gist)
        rest = _blanked(text, [(start, end) for _, start, end in _timed(times)])
        rest = _without_ids(rest)
        named = self.vocabulary.find(rest)
        found = tuple(mention for mention in _told_apart(named) if not self._whole_plant(mention))
        whole = tuple(mention for mention in named if self._whole_plant(mention))
        bare = _blanked(rest, [(mention.start, mention.end) for mention in (*found, *whole)])
        numbers = tuple(amounts(bare, language))
        places = [
            *map(_place, found),
            *(("plant", m.start, m.end) for m in whole),
            *_timed(times),
            *(("amount", number.start, number.end) for number in numbers),
        ]
        return _Said(
            text, times, found, whole, numbers, rest, bare.lower(), gist, scored(for_cues(text, places, gist))
        )

    def _whole_plant(self, mention: Mention) -> bool:
        return mention.asset is not None and not mention.tags and self.plant.asset(mention.asset).parent is None


class _Filling:
    """The slots of one clause, one after the other; problems are collected."""

    def __init__(self, reader: ClauseReader, said: _Said, language: Language, context: Memory) -> None:
        self.reader = reader
        self.vocabulary = reader.vocabulary
        self.said = said
        self.language = language
        self.context = context
        self.problems: list[ForetellError] = []
        self.notes: list[str] = list(said.times.notes)
        self.places: list[Place] = list(_timed(said.times))
        self.leans = self._leans()
        self.loose = False
        strong = max(said.scores.get(intent, 0.0) for intent in _SCENARIO) >= _STRONG
        self.scenario = (strong and said.near(*_SCENARIO, margin=2.0) and said.best() != "plan") or (
            context.intent in _SCENARIO and self.leans
        )

    def slots(self) -> Slots:
        """All of them."""
        said = self.said
        found = self._moves_found()
        moved = self._moved_names(found)
        moves = self._moves(found)
        negated = self._undone() if not moves else None
        advice = said.near("plan", margin=3.0) or _advised(self.context, self.leans)
        handles = self._handled() if advice else ()
        gone = [*moved, *handles, *(negated or ())]
        free = [m for m in said.mentions if not _among(m, gone) or self._owns(m)]
        focus = [m for m in free if m.asset is None or m.tags]
        tags = self._tags(focus)
        if not tags and self.leans and self.context.intent in _OF_TAGS:
            tags = self._alike(free)
        self._place_all(free, moved, handles, negated or ())
        self.problems += [problem.error for problem in said.times.problems]
        limits, target = self._limits(focus, moved, found)
        refused = reason(
            self._pointed(),
            moves=bool(moves or found.loose or found.problems),
            known=bool(said.mentions) or not said.times.empty,
        )
        asked = said.asked
        return Slots(
            tags=tags,
            assets=self._assets(free, (*tags, *(move.tag for move in moves))),
            windows=self._windows(),
            instant=said.times.instants[0].moment if said.times.instants else None,
            ahead=self._ahead(found),
            aggregation=self._aggregation(asked, limits),
            limits=limits,
            target=target,
            direction=slotwords.direction(asked),
            handles=tuple(dict.fromkeys(name for m in handles if (name := self._handle(m)))),
            moves=moves,
            undone=negated is not None,
            undone_tags=tuple(dict.fromkeys(name for m in negated or () if (name := self._handle(m)))),
            which=slotwords.which(said.bare),
            event_id=_event_id(said.text),
            severity=slotwords.severity(asked),
            count_only=slotwords.counted(asked),
            horizon=self._horizon(found),
            text=looked_for(said.rest[said.gist[0] : said.gist[1]]),
            where=where(asked),
            aspect=slotwords.aspect(asked),
            reason=refused,
            past=_PAST.search(said.bare) is not None,
            order=bool(moves) and _ORDER.match(said.bare) is not None and not said.near("counterfactual", margin=0.0),
            notes=tuple(dict.fromkeys(self.notes)),
            wordings=tuple(sorted((*self.places, *self._marks(asked)), key=lambda place: place[1])),
            unread=self._unread(),
            problems=tuple(self.problems),
        )

    def _leans(self) -> bool:
        asked = self.said.text[self.said.gist[0] : self.said.gist[1]]
        return FOLLOWS.match(self.said.text) is not None or LEANS.search(asked) is not None or len(asked.split()) <= 3

    # Moves

    def _moves_found(self) -> MovesFound:
        found = find_moves(self.said.rest, self.vocabulary, self.language)
        self.loose = any(loose.mention for loose in found.loose) or _CHANGES.search(self.said.bare) is not None
        sure = [
            problem for problem in found.problems if self.scenario or problem.field in {"moves", "amount", "unit"}
        ]
        self.problems += sure
        self.notes += [move.note for move in found.moves if move.note and self.scenario]
        return found

    def _moved_names(self, found: MovesFound) -> list[Mention]:
        """Names of what is moved; "change" without an amount says what is moved only where nothing else does."""
        if not self.scenario:
            return []
        loose = [] if found.moves else [loose.mention for loose in found.loose if loose.mention]
        return [*found.used, *loose]

    def _moves(self, found: MovesFound) -> tuple[AskedMove, ...]:
        if found.moves:
            return tuple(self._timed_move(move, len(found.moves)) for move in found.moves)
        last = self.context.slots.moves
        loose = next((loose for loose in found.loose if loose.said.amount and loose.mention is None), None)
        if loose is not None and (not last or _CHANGES.search(self.said.bare)):
            return self._of_it(loose)
        if not last or self.context.intent not in _SCENARIO or found.problems:
            return ()
        return self._changed(loose, last)

    def _of_it(self, loose: LooseMove) -> tuple[AskedMove, ...]:
        """“Raise it by 20 kPa”: of what was moved before, or spoken of."""
        slots = self.context.slots
        names = [move.tag for move in slots.moves[-1:]] or list(slots.tags[:1])
        if not names or (not slots.moves and not re.search(r"\b(?:it|its|that|this)\b", self.said.bare)):
            return ()
        try:
            move, note = reach(loose.said, self.vocabulary.plant.tag(names[0]), self.vocabulary.plant)
        except ForetellError as error:
            self.problems.append(error)
            return ()
        self.notes += [note] if note else []
        lasting = slotwords.duration(self.said.bare)
        return (move.model_copy(update={"duration": lasting}) if lasting else move,)

    def _changed(self, loose: LooseMove | None, last: Sequence[AskedMove]) -> tuple[AskedMove, ...]:
        """The moves of before by another amount, or for another time."""
        change = loose.said.amount if loose else None
        free = [number for number in self.said.numbers if not _of_time(self.said.bare, number)]
        if change is None and len(free) == 1 and FOLLOWS.match(self.said.text):
            change = free[0]
        lasting = slotwords.duration(self.said.bare)
        if change is None and lasting is None:
            return ()
        kind, way = (loose.said.change, loose.direction) if loose else (None, 0)
        last = (*last[:-1], _meant(last[-1], self.said.bare))
        tag = self.vocabulary.plant.tag(last[-1].tag)
        try:
            move = adjusted(last[-1], change, tag, kind, way) if change else last[-1]
        except ForetellError as error:
            self.problems.append(error)
            return ()
        return (*last[:-1], move.model_copy(update={"duration": lasting}) if lasting else move)

    def _timed_move(self, said: SaidMove, count: int) -> AskedMove:
        """The move at its own instant, where several are said or it lies ahead."""
        ahead = next(
            (
                a
                for a in self.said.times.ahead
                if 0 <= a.start - said.end <= 2 and _UP_TO.match(self.said.text[a.start :])
            ),
            None,
        )
        if ahead is not None:
            return said.move.model_copy(update={"at": ahead.window.end})
        if count > 1 and len(self.said.times.instants) > 1:
            near = min(self.said.times.instants, key=lambda instant: _gap(instant, said))
            return said.move.model_copy(update={"at": near.moment})
        return said.move

    def _undone(self) -> tuple[Mention, ...] | None:
        """Names of what was moved, where a move that was made is imagined away."""
        if not self.said.near(*_SCENARIO, "moves", margin=3.0) and self.context.intent not in _SCENARIO:
            return None
        place = undone(self.said.bare)
        if place is None:
            return None
        named = [m for m in self.said.mentions if m.tags]
        behind = [m for m in named if m.start >= place[0]]
        return tuple(self._negated(named, behind, place))

    def _negated(
        self, named: Sequence[Mention], behind: Sequence[Mention], place: tuple[int, int]
    ) -> Iterator[Mention]:
        ends = [
            match.start()
            for match in re.finditer(r",|\bwhat\b|\bhow\b|\bwould\b|\bwhere\b|\?|:", self.said.bare)
            if match.start() > place[1]
        ]
        stop = min((end for end in ends if any(m.end <= end for m in behind)), default=len(self.said.bare))
        yield from [m for m in behind if m.start < stop] or [m for m in named if m.start < place[0] and not behind][
            -1:
        ]

    def _handled(self) -> tuple[Mention, ...]:
        low = self.said.rest.lower()
        found: list[Mention] = []
        for mention in self.said.mentions:
            joined = found and re.fullmatch(
                r"[\s,]*(?:and|or|,|plus)\s+(?:the )?", low[found[-1].end : mention.start]
            )
            if mention.tags and (joined or _HANDLED.search(low[: mention.start])):
                found.append(mention)
        named = [m for m in self.said.mentions if m.tags]
        return tuple(found) if len(found) < len(named) or _advised(self.context, self.leans) else ()

    def _owns(self, mention: Mention) -> bool:
        """“Where would the level be if we lowered its setpoint”: the level is asked about, too."""
        own = re.search(r"\bits\b(?: own)? +(?:setpoint|valve|bias|handle)?", self.said.bare)
        tag = self.vocabulary.plant.tag(mention.tags[0]) if mention.tags else None
        between = self.said.bare[mention.end : own.start()] if own and mention.end <= own.start() else ""
        return tag is not None and not tag.movable and len(between.split()) > 1

    def _handle(self, mention: Mention) -> str | None:
        tags = [self.vocabulary.plant.tag(name) for name in mention.tags]
        reached = list(
            dict.fromkeys(tag.name if tag.movable else tag.handle for tag in tags if tag.movable or tag.handle)
        )
        return reached[0] if reached else None

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

    def _narrowed(self, mention: Mention) -> Mention:
        """Of several tags the one that was spoken of, or that belongs to the asset that was."""
        if len(mention.tags) < 2:
            return mention
        plant = self.vocabulary.plant
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
        self.places += [_place(mention) for mention in free if not _among(mention, (*moved, *handles, *negated))]
        self.places += [("plant", m.start, m.end) for m in self.said.plant]
        self.places += [
            ("moved", m.start, m.end) for m in self.said.mentions if _among(m, moved) or _among(m, negated)
        ]
        self.places += [("handles", m.start, m.end) for m in handles]

    # Values

    def _limits(
        self, focus: Sequence[Mention], moved: Sequence[Mention], found: MovesFound
    ) -> tuple[tuple[Limit, ...], float | None]:
        inside = [(move.start, move.end) for move in (*found.moves, *found.loose)] if self.scenario else []
        free = [
            n
            for n in self.said.numbers
            if not any(a <= n.start < b for a, b in inside) and not _of_time(self.said.bare, n)
        ]
        limits = [self._limit(said, focus, moved) for said in said_limits(self.said.bare, free)]
        goal = said_target(self.said.bare, free)
        return tuple(limit for limit in limits if limit), self._target(goal, focus)

    def _limit(self, said: SaidLimit, focus: Sequence[Mention], moved: Sequence[Mention]) -> Limit | None:
        name = self._limited(said.start, focus) or (self._limited(said.start, moved) if said.name else None)
        if name is None:
            return None
        try:
            limit = limit_of(said, self.vocabulary.plant.tag(name))
        except ForetellError as error:
            self.problems.append(_about(error, "limit"))
            return None
        if said.stays and limit is not None:
            self.places.append(("stays", said.start, said.end))
        return limit

    def _limited(self, place: int, mentions: Sequence[Mention]) -> str | None:
        """The tag that a limit at a place is one of: the last named before it, else the first behind it."""
        before = [m for m in mentions if m.tags and m.end <= place]
        behind = [m for m in mentions if m.tags and m.start >= place]
        chosen = before[-1:] or behind[:1]
        if chosen:
            narrowed = self._narrowed(chosen[0])
            return narrowed.tags[0] if len(narrowed.tags) == 1 else None
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
        said = slotwords.aggregation(asked)
        if limits and said in {Aggregation.MAX, Aggregation.MIN} and limits[0].name is not None:
            return None
        present = limits and said is None and self.said.times.empty and re.match(r"^\W*(?:is|are)\b", asked)
        return Aggregation.NOW if present else said

    # Times

    def _bare_length(self) -> Length | None:
        """The length that a few words name without more: "rx level max 24h"."""
        match = _LENGTH.search(self.said.bare)
        terse = self.said.times.empty and len(self.said.text.split()) <= 7
        return slotwords.length(match[1], match[2]) if match and terse else None

    def _windows(self) -> tuple[Window, ...]:
        length = self._bare_length()
        if length is None or self.scenario or self.said.near("forecast", "plan", margin=0.0):
            return tuple(window.window for window in self.said.times.windows)
        now = self.reader.now
        return (Window(start=now - length.delta, end=now),)

    def _ahead(self, found: MovesFound) -> Window | None:
        times = self.said.times
        used = [
            a
            for a in times.ahead
            if any(0 <= a.start - move.end <= 2 and _UP_TO.match(self.said.text[a.start :]) for move in found.moves)
        ]
        free = [a.window for a in times.ahead if a not in used]
        if free:
            return free[0]
        now = self.reader.now
        on = [w.whole.end for w in times.windows if w.whole.end > now]
        return Window(start=now, end=on[0]) if on and self.said.best() == "forecast" else None

    def _horizon(self, found: MovesFound) -> Length | None:
        said = next((a.length for a in self.said.times.ahead if a.length and a.window == self._ahead(found)), None)
        if said is None and (self.scenario or self.said.near("forecast", margin=0.0)):
            return slotwords.horizon(self.said.bare) or self._bare_length()
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


def _place(mention: Mention) -> Place:
    name = "tags" if mention.tags else "assets" if mention.asset else "unknown"
    return (name, mention.start, mention.end)


def _shielded(text: str) -> str:
    """The text with words blanked out that are no time phrase here: "led to the upset", "shift book"."""
    return _blanked(text, [match.span(1) if match[1] else match.span(2) for match in _SHIELDS.finditer(text)])


def _asked_times(times: Times, gist: tuple[int, int]) -> Times:
    """The times of the gist, where it has any of its own."""

    def inside(found: SaidWindow | SaidInstant | SaidAhead | TimeProblem) -> bool:
        return gist[0] <= found.start < gist[1]

    if not any(map(inside, (*times.windows, *times.instants, *times.ahead))):
        return times
    return replace(
        times,
        windows=tuple(filter(inside, times.windows)),
        instants=tuple(filter(inside, times.instants)),
        ahead=tuple(filter(inside, times.ahead)),
        problems=tuple(filter(inside, times.problems)),
    )


def _without_ids(text: str) -> str:
    match = _EVENT_ID.search(text)
    return _blanked(text, [match.span("id") if match["id"] else match.span("bare")]) if match else text


def _told_apart(mentions: Sequence[Mention]) -> list[Mention]:
    """Without a name that leaves open what others of the sentence say: "which pressure, PT-110 or PT-210"."""
    sure = {mention.tags[0] for mention in mentions if len(mention.tags) == 1}
    plain = [m for m in mentions if not (m.unknown and _PREPOSITION.match(m.text))]
    return [m for m in plain if len(m.tags) < 2 or len(sure & set(m.tags)) < 2]


def _timed(times: Times) -> Iterator[Place]:
    for name, group in (
        ("windows", times.windows),
        ("instant", times.instants),
        ("ahead", times.ahead),
        ("windows", times.problems),
    ):
        for found in group:
            yield (name, found.start, found.end)


def _meant(move: AskedMove, text: str) -> AskedMove:
    """The move in the kind that "and to 140" or "and by 5" says."""
    said = re.search(r"\b(to|at|by) [-+]?\d", text)
    if said is None or move.change is Change.TIMES or re.search(r"\bmake (?:it|that)\b", text):
        return move
    return move.model_copy(update={"change": Change.BY if said[1] == "by" else Change.TO})


def _advised(context: Memory, leans: bool) -> bool:
    """Whether a clause that leans on the one before goes on about advice: "only with the A feed"."""
    return context.intent == "plan" and leans


def _coded(mentions: Sequence[Mention]) -> bool:
    """Whether the names are codes, such as PI-207: one asks what they are, not how high."""
    return bool(mentions) and all(re.search(r"\d|[._]", mention.text) for mention in mentions)


def _blanked(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _among(mention: Mention, others: Sequence[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)


def _gap(instant: SaidInstant, said: SaidMove) -> int:
    return min(abs(instant.start - said.end), abs(said.start - instant.end) + 1)


def _of_time(text: str, number: Amount) -> bool:
    return (
        re.match(
            "[ -]?(?:hours?|hrs?|h|minutes?|mins?|min|days?|d|seconds?|s|nights?|shifts?|weeks?|"
            r"events?|alarms?|times)\b",
            text[number.number_end or number.end :],
        )
        is not None
    )


def _about(error: ForetellError, field: str) -> ForetellError:
    error.field = field
    return error


def _event_id(text: str) -> str | None:
    match = _EVENT_ID.search(text)
    return (match["id"] or match["bare"]).rstrip(".:-?") if match else None
