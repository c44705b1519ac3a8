"""What a clause moves, undoes, or may move with."""

import re
from collections.abc import Iterator, Sequence

from api.language.asking import Memory
from api.language.reading import slotwords
from api.language.reading.assemble import as_length
from api.language.reading.clauses import PREMISE
from api.language.reading.coordination import Mention
from api.language.reading.followups import FOLLOWS, LEANS, adjusted
from api.language.reading.masking import Place
from api.language.reading.movewords import LooseMove, MovesFound, SaidMove, find_moves
from api.language.reading.numerals import Language
from api.language.reading.reach import reach
from api.language.reading.said import Said, of_time, timed
from api.language.reading.undoing import undone
from api.language.reading.vocabulary import Vocabulary
from twin.errors import ForetellError
from twin.query import AskedMove
from twin.scenario import Change
from twin.timephrases import SaidAhead, SaidInstant

_STRONG = 2.0
SCENARIO = frozenset({"what_if", "counterfactual"})
_HANDLED = re.compile(
    r"\b(?:(?:with|using|by|via) (?:nothing|no other \w+) (?:but|except(?: for)?|other than|than|besides)|"
    r"with|using|via|through|by (?:only |just )?(?:moving|changing|adjusting|"
    "setting|using|turning|opening|closing|raising|lowering|cutting|manipulating|"
    "means of)|only|just|(?:move|change|adjust|use|touch|turn|play with)(?: only|"
    r" just)?)\s+(?:only |just |the |our |help of |both )*$"
)
_UP_TO = re.compile(r"^\W{0,2}(?:in|at|from|starting|tomorrow|today|on)\b")
_CHANGES = re.compile(
    r"\b(?:rais\w+|increas\w+|lower\w*|reduc\w+|cut\w*|decreas\w+|set|put|drop\w*|"
    r"open\w*|clos\w+|lift\w*|bump\w*|mov\w+|push\w*|turn\w*)\b"
)
_ALONE = re.compile(r"\s*(?:only|alone|and nothing else)\b")
_ASKED_BEHIND = re.compile(r",\s*(?:what|how|where)\b|\b(?:and|then) (?:show|tell|give) (?:me|us)\b")
_INSTEAD = re.compile(r"\binstead\b|\bthe same\b")
_TERSE = re.compile(
    r"·\s+(?:at|to) \d[\d.,]*\d*(?: ?(?:%|[^\W\d]+(?:/\w+)?))?\s*[,:;–-]\s*\S|·[\s:,(]*(?:(?:setpoint|valve|"
    r"bias) )?(?:(?:goes |go |going )?(?:back |further |a further )?(?:up|"
    r"down)(?: by| to)? \d|"
    r"(?:at |by |of )?[+−-] ?\d|(?:from )?\d[\d.,]* ?[^\W\d]*%? ?(?:->|→|=>|to) ?\d|(?:->|→|=>) ?\d|"
    r"(?:take |add )?(?:an? )?(?:extra|additional|another|further) \d|take \d[^?]* off\b|add \d|"
    r"[^?,;:]{0,12}\b(?:by|to) \d[\d.,]* ?[^\s?]* ?(?:up|down|raise|lower|reduce|increase|cut|decrease|set)\b|"
    r"(?:please )?(?:raise|lower|reduce|increase|cut|decrease|set) (?:by|to) \d|"
    r"(?:(?:by|at|to) )?\d[\d.,]* ?(?:%|[^\W\d]+)?(?: points?)? (?:higher|lower|slower|faster|more|less|"
    r"further|hotter|colder|"
    r"cooler|warmer|tighter|wider|shut|open|up|down)\b)"
    r"|(?:^|[,:;] ?|if |with |does |do |would |of (?:an? )?)\d[\d.,]* ?(?:%|[^\W\d]+)? (?:higher|lower|slower|"
    r"faster|more|less|"
    r"extra) (?:the )?·"
)
"""A change said without a verb: "agitator 50 -> 60 %", "steam valve +3", "8 % less fuel"."""
_WOULD = re.compile(r"\b(?:would|where|could|might)\b")
"""Before a move that is imagined away: what is named there is asked about."""
_ASKED_OF_PAST = re.compile(
    r"\bthan\b|\bsince\b(?!.*\bwould)|\b(?:was|were|did|why|when|explain|how (?:long|much|many)|compare|mean|average|"
    r"forecast|alarm|events?|limits?|keep|bring|get|advi[cs]e|recommend\w*|suggest\w*|using)\b"
)


class Moving:
    """Reads the moves of one clause; what cannot be meant and what is taken for granted is collected."""

    def __init__(self, vocabulary: Vocabulary, said: Said, language: Language, context: Memory) -> None:
        self.vocabulary = vocabulary
        self.said = said
        self.language = language
        self.context = context
        self.problems: list[ForetellError] = []
        self.notes: list[str] = list(said.times.notes)
        self.places: list[Place] = list(timed(said.times))
        self.leans = self._leans()
        self.loose = False
        self.terse = self._terse()
        strong = self.terse or max(said.scores.get(intent, 0.0) for intent in SCENARIO) >= _STRONG
        near = self.terse or (said.near(*SCENARIO, margin=2.0) and said.best() != "plan")
        self.scenario = (strong and near) or (context.intent in SCENARIO and self.leans)

    def _terse(self) -> bool:
        """Whether a name and an amount beside it say a change without a verb."""
        text = self.said.rest.lower()
        if _ASKED_OF_PAST.search(self.said.bare):
            return False
        for mention in sorted(self.said.mentions, key=lambda m: -m.start):
            if any(self._movable(name) for name in mention.tags):
                text = f"{text[: mention.start]}·{text[mention.end :]}"
        return _TERSE.search(text) is not None

    def _movable(self, name: str) -> bool:
        tag = self.vocabulary.plant.tag(name)
        return tag.movable or tag.handle is not None

    def _leans(self) -> bool:
        asked = self.said.text[self.said.gist[0] : self.said.gist[1]]
        return FOLLOWS.match(self.said.text) is not None or LEANS.search(asked) is not None or len(asked.split()) <= 3

    def moves_found(self) -> MovesFound:
        """Changes that the clause speaks of."""
        found = find_moves(self.said.rest, self.vocabulary, self.language)
        self.loose = any(loose.mention for loose in found.loose) or _CHANGES.search(self.said.bare) is not None
        sure = [
            problem for problem in found.problems if self.scenario or problem.field in {"moves", "amount", "unit"}
        ]
        self.problems += sure
        self.notes += [move.note for move in found.moves if move.note and self.scenario]
        return found

    def moved_names(self, found: MovesFound) -> list[Mention]:
        """Names of what is moved; "change" without an amount says what is moved only where nothing else does."""
        if not self.scenario:
            return []
        loose = [] if found.moves else [loose.mention for loose in found.loose if loose.mention]
        return [*found.used, *loose]

    def moves(self, found: MovesFound) -> tuple[AskedMove, ...]:
        """The moves, those of before changed where the clause leans on them."""
        if found.moves:
            return tuple(self._timed_move(move, len(found.moves)) for move in found.moves)
        last = self.context.slots.moves
        loose = next((loose for loose in found.loose if loose.said.amount and loose.mention is None), None)
        if loose is not None and (not last or _CHANGES.search(self.said.bare)):
            return self._of_it(loose)
        goes_on = self.context.intent in SCENARIO or PREMISE.search(self.said.text) is not None
        if not last or not goes_on or found.problems:
            return ()
        return self._changed(loose, last)

    def _of_it(self, loose: LooseMove) -> tuple[AskedMove, ...]:
        """“Raise it by 20 kPa”: of what was moved before, or spoken of."""
        slots = self.context.slots
        names = [move.tag for move in slots.moves[-1:]] or list(slots.undone_tags[-1:] or slots.tags[:1])
        of_it = re.search(r"\b(?:it|its|that|this)\b", self.said.bare)
        if not names or not (slots.moves or of_it or self.vocabulary.plant.tag(names[0]).movable):
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
        free = [number for number in self.said.numbers if not of_time(self.said.bare, number)]
        bare = FOLLOWS.match(self.said.text) or len(self.said.text.split()) <= 3 or _INSTEAD.search(self.said.bare)
        if change is None and len(free) == 1 and bare:
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
        lasting = next((a for a in self.said.times.ahead if lasts(a, said, self.said.text)), None)
        if lasting is not None:
            return said.move.model_copy(update={"duration": lasting.length})
        until = next((a for a in self.said.times.ahead if holds_until(a, said, self.said.text)), None)
        if until is not None:
            return said.move.model_copy(update={"duration": as_length(until.window.end - until.window.start)})
        ahead = next((a for a in self.said.times.ahead if lies_ahead(a, said, self.said.text)), None)
        if ahead is not None:
            return said.move.model_copy(update={"at": ahead.window.end})
        if count > 1 and len(self.said.times.instants) > 1:
            near = min(self.said.times.instants, key=lambda instant: _gap(instant, said))
            return said.move.model_copy(update={"at": near.moment})
        return said.move

    def undone_names(self) -> tuple[Mention, ...] | None:
        """Names of what was moved, where a move that was made is imagined away."""
        if not self.said.near(*SCENARIO, "moves", margin=3.0) and self.context.intent not in SCENARIO:
            return None
        first = self.said.gist[0]
        place = undone(" " * first + self.said.bare[first:])
        if place is None:
            return None
        named = [m for m in self.said.mentions if m.tags]
        behind = [m for m in named if m.start >= place[0]]
        return tuple(self._negated(named, behind, place))

    def _negated(
        self, named: Sequence[Mention], behind: Sequence[Mention], place: tuple[int, int]
    ) -> Iterator[Mention]:
        passive = [m for m in named if m.end <= place[0] and not self.said.bare[m.end : place[0]].strip()]
        if passive and re.match(
            r"(?:had|has|have|was|were|weren|wasn|stayed|not)\b|hadn", self.said.bare[place[0] :]
        ):
            yield passive[-1]
            return
        ends = [
            match.start()
            for match in re.finditer(r",|\bwhat\b|\bhow\b|\bwould\b|\bwhere\b|\?|:|\s[-–—]\s", self.said.bare)
            if match.start() >= place[1]
        ]
        asks = _ASKED_BEHIND.search(self.said.bare, place[1])
        ends += [asks.start()] if asks else []
        stop = min(
            (end for end in ends if any(m.end <= end for m in behind) or (asks and end == asks.start())),
            default=len(self.said.bare),
        )
        inside = [m for m in behind if m.start < stop]
        before = [m for m in named if m.start < place[0] and not behind]
        asked = before and self._only_asked(before[-1], place[0])
        yield from inside or ([] if asked else before[-1:])

    def _only_asked(self, mention: Mention, place: int) -> bool:
        """“Where would the level be without the change”: the level is asked about, nobody says what was changed."""
        bare = self.said.bare
        condition = re.search(
            r"\b(?:if|had|its|suppos\w+|assum\w+|imagin\w+|say)\b", bare[: mention.start]
        ) or re.search(r"\bits\b", bare[mention.end :])
        return condition is None and _WOULD.search(bare[:place]) is not None

    def handled(self) -> tuple[Mention, ...]:
        """Names of what may be moved: "with the A feed"."""
        low = self.said.rest.lower()
        found: list[Mention] = []
        for mention in self.said.mentions:
            joined = found and re.fullmatch(
                r"[\s,]*(?:and|or|,|plus)\s+(?:the )?", low[found[-1].end : mention.start]
            )
            alone = _ALONE.match(low, mention.end)
            if mention.tags and (joined or alone or _HANDLED.search(low[: mention.start])):
                found.append(mention)
        named = [m for m in self.said.mentions if m.tags or m.asset]
        return tuple(found) if len(found) < len(named) or advised(self.context, self.leans) else ()

    def owns(self, mention: Mention) -> bool:
        """“Where would the level be if we lowered its setpoint”: the level is asked about, too."""
        own = re.search(r"\bits\b(?: own)? +(?:setpoint|valve|bias|handle)?", self.said.bare)
        tag = self.vocabulary.plant.tag(mention.tags[0]) if mention.tags else None
        between = self.said.bare[mention.end : own.start()] if own and mention.end <= own.start() else ""
        return tag is not None and not tag.movable and len(between.split()) > 1

    def handle(self, mention: Mention) -> str | None:
        """The movable tag that a name stands for."""
        tags = [self.vocabulary.plant.tag(name) for name in mention.tags]
        reached = list(
            dict.fromkeys(tag.name if tag.movable else tag.handle for tag in tags if tag.movable or tag.handle)
        )
        return reached[0] if reached else None


def advised(context: Memory, leans: bool) -> bool:
    """Whether a clause that leans on the one before goes on about advice: "only with the A feed"."""
    return context.intent == "plan" and leans


def _meant(move: AskedMove, text: str) -> AskedMove:
    """The move in the kind that "and to 140" or "and by 5" says."""
    said = re.search(r"\b(to|at|by) [-+]?\d", text)
    if said is None or move.change is Change.TIMES or re.search(r"\bmake (?:it|that)\b", text):
        return move
    return move.model_copy(update={"change": Change.BY if said[1] == "by" else Change.TO})


def _gap(instant: SaidInstant, said: SaidMove) -> int:
    return min(abs(instant.start - said.end), abs(said.start - instant.end) + 1)


def lies_ahead(time: SaidAhead, move: SaidMove, text: str) -> bool:
    """Whether a time of the future right behind a move says when it is made: "by 40 kPa in 2 hours"."""
    return 0 <= time.start - move.end <= 2 and _UP_TO.match(text[time.start :]) is not None


def holds_until(time: SaidAhead, move: SaidMove, text: str) -> bool:
    """Whether an instant of the future behind a move says how long it is held: "+15 kPa until 06:00"."""
    behind = 0 <= time.start - move.end <= 2
    return bool(time.instant and behind and re.match(r"\W*(?:until|till?|up to)\b", text[time.start :].lower()))


def lasts(time: SaidAhead, move: SaidMove, text: str) -> bool:
    """Whether a time of the future right behind a move says for how long: "5 % lower for the next 6 hours"."""
    between = text[move.end : time.start].split()
    behind = time.start >= move.end and len(between) <= 2 and re.match(r"\W*for\b", text[time.start :].lower())
    return bool(time.length and behind)
