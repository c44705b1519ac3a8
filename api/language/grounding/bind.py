"""What belongs to what in a sentence: the subject, the kind and the side of every number, time and claim."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from api.language.grounding.evidence import Facts, Side
from api.language.grounding.families import Family, NumberKind
from api.language.grounding.names import Named, PlantNames
from api.language.grounding.scan import Part, Said
from api.language.grounding.tokens import Token

Tags = frozenset[str]
_NEAR = 3
"""Tokens between which two parts of a sentence belong together."""
_LONGEST = 250
"""Parts of a sentence; a longer one is read in pieces, so that hostile texts take no more time than their length."""
_REACH = 6
"""Tokens over which a negation or a direction reaches."""
_DENIAL = 16
"""Tokens over which a negation reaches, within its clause."""
_CLAUSE_ENDS = frozenset({Part.BREAK, Part.END, Part.NUMBER, Part.QUOTE})
_NEGATABLE = frozenset(
    {Family.DIRECTION, Family.COMPARISON, Family.PROBABILITY, Family.STATE, Family.CAUSE, Family.VERDICT}
    | {Family.COMPLETENESS, Family.DEGREE, Family.EXTREME, Family.LIMIT, Family.SEVERITY}
)


@dataclass(slots=True, eq=False)
class Bound:
    """A part of a sentence with what it belongs to.

    Attributes:
        subject: tags that it is said of; None where the text names none.
        other: tags that the subject is compared with.
        kind: what kind of number the text says it is.
        side: which of a pair.
        direction: 1 or -1 where the number is said to be a rise or a fall, else 0.
        limit: the limit that it is said to be the value of.
        noun: what it counts.
        beyond: 1 or -1 where the text says more or less than the number, else 0.
        negated: whether a negation before it reaches it.
        negates: the claim that this negation reaches.
        follows: the number, or the claim, behind a comparison.
    """

    said: Said
    subject: Tags | None = None
    other: Tags | None = None
    kind: NumberKind | None = None
    side: Side | None = None
    direction: int = 0
    limit: str | None = None
    noun: str | None = None
    beyond: int = 0
    negated: bool = False
    negates: "Bound | None" = None
    follows: "Bound | None" = None
    lead: "Bound | None" = None

    @property
    def claim(self) -> tuple[Family, str] | None:
        """Family and value of a claim."""
        value: tuple[Family, str] | None = self.said.value if self.said.part is Part.CLAIM else None
        return value

    def is_claim(self, *families: Family) -> bool:
        """Whether it is a claim of one of these families."""
        return self.claim is not None and self.claim[0] in families


@dataclass
class Sentence:
    """One sentence, its parts bound; letters [start, end) of the text."""

    start: int
    end: int
    bound: list[Bound] = field(default_factory=list)
    first: Tags | None = None
    last: Tags | None = None

    def of(self, part: Part) -> list[Bound]:
        """The parts of one sort."""
        return [item for item in self.bound if item.said.part is part]


@dataclass
class Binder:
    """Binds the parts of a text, sentence by sentence; the subject of one carries over to the next."""

    names: PlantNames
    facts: Facts
    tokens: Sequence[Token]

    def sentences(self, parts: Sequence[Said], length: int) -> list[Sentence]:
        """The sentences of a text of so many letters, bound."""
        found: list[Sentence] = []
        carried: Tags | None = None
        for start, end, own in _split(parts, length):
            sentence = Sentence(start, end, [Bound(said) for said in own])
            self._subjects(sentence, carried)
            _shared_names(sentence)
            _kinds(sentence)
            _sides(sentence)
            _directions(sentence)
            _reaches(sentence)
            carried = _union(sentence.first, sentence.last) or carried
            found.append(sentence)
        return found

    def _subjects(self, sentence: Sentence, carried: Tags | None) -> None:
        current: Tags | None = None
        other: tuple[Tags, int] | None = None
        bound = sentence.bound
        for place, item in enumerate(bound):
            said = item.said
            tags = self._named(said, current)
            if tags is not None and _is_object(bound, place):
                other = (tags, said.last)
                item.subject = tags
                self._object(bound, place, tags)
                continue
            if tags is not None:
                current = item.subject = tags
                sentence.first, sentence.last = sentence.first or tags, tags
                other = None
                continue
            if said.part is Part.JOINT and said.has("pronouns") and _opens(bound, place):
                current = _union(sentence.first, carried)
            item.subject = current
            if said.part is Part.NUMBER or said.part is Part.SIGN:
                forward = self._forward(bound, place)
                if forward is not None:
                    item.subject = forward
                elif other is not None and said.first - other[1] <= _NEAR:
                    item.subject, other = other[0], (other[0], said.last)
        self._leading(bound, carried)

    def _named(self, said: Said, current: Tags | None) -> Tags | None:
        if said.part is Part.NAME:
            named: tuple[Named, ...] = said.value
            tags = frozenset(tag for name in named for tag in name.tags)
            if tags:
                return tags
            inside = [self.names.inside[asset] for name in named for asset in name.assets]
            whole = frozenset(tag for tags in inside for tag in tags)
            return whole if whole and not (current and current <= whole) and current is None else None
        if said.part is Part.OTHER and current is not None:
            noun = self.names.nouns.get(self.tokens[said.first].key, frozenset()) & self.facts.tags
            if noun and not noun & current:
                return noun
        return None

    @staticmethod
    def _object(bound: Sequence[Bound], place: int, tags: Tags) -> None:
        """Tells the comparison before a name what it is compared with."""
        for before in reversed(bound[max(0, place - 4) : place]):
            if before.is_claim(Family.COMPARISON, Family.DIRECTION) or before.said.part is Part.BESIDE:
                before.other = tags
                return
            if before.said.part is Part.NUMBER:
                before.other = tags

    @staticmethod
    def _forward(bound: Sequence[Bound], place: int) -> Tags | None:
        """The name that a number stands before: "2704 kPa in the separator"."""
        for before in reversed(bound[:place]):
            if before.said.part in {Part.NUMBER, Part.BREAK}:
                break
            if before.said.part is Part.NAME:
                return None
        led = False
        for after in bound[place + 1 : place + 5]:
            said = after.said
            if said.part is Part.JOINT and said.has("forward"):
                led = True
            elif said.part is Part.NAME and led:
                return frozenset(tag for name in said.value for tag in name.tags) or None
            elif said.part not in {Part.OTHER, Part.JOINT, Part.KIND}:
                return None
        return None

    @staticmethod
    def _leading(bound: Sequence[Bound], carried: Tags | None) -> None:
        """What stands before the first name is about what was spoken of, or else about that name."""
        following: Tags | None = None
        for item in reversed(bound):
            if item.said.part is Part.NAME and item.subject:
                following = item.subject
            if item.subject is None:
                item.subject = carried if following is None or _pronoun(bound) else following


def _opens(bound: Sequence[Bound], place: int) -> bool:
    """Whether a pronoun opens a clause: it takes up what the sentence began with."""
    return place > 0 and bound[place - 1].said.part is Part.BREAK


def _pronoun(bound: Sequence[Bound]) -> bool:
    for item in bound:
        if item.said.part is Part.NAME:
            return False
        if item.said.part is Part.JOINT and item.said.has("pronouns"):
            return True
    return False


def _union(one: Tags | None, other: Tags | None) -> Tags | None:
    return None if one is None and other is None else (one or frozenset()) | (other or frozenset())


def _split(parts: Sequence[Said], length: int) -> Iterator[tuple[int, int, list[Said]]]:
    start, own = 0, list[Said]()
    for said in parts:
        own.append(said)
        if said.part is Part.END or len(own) >= _LONGEST:
            yield start, said.end, own
            start, own = said.end, []
    if own or start < length:
        yield start, length, own


def _is_object(bound: Sequence[Bound], place: int) -> bool:
    """Whether a name is what something is compared with: "above the separator pressure", "with sp.x"."""
    for before in reversed(bound[max(0, place - 3) : place]):
        said = before.said
        if said.part is Part.JOINT and (said.has("than") or said.has("instead")):
            return True
        if before.is_claim(Family.COMPARISON) or (before.is_claim(Family.DIRECTION) and said.has("than")):
            return True
        if said.part is not Part.OTHER:
            return False
    return False


def _shared_names(sentence: Sentence) -> None:
    """As in "X and Y were 1 and 2 kPa": as many numbers in a row as names in a row before them."""
    numbers = [place for place, item in enumerate(sentence.bound) if item.said.part is Part.NUMBER]
    names = [place for place, item in enumerate(sentence.bound) if item.said.part is Part.NAME and item.subject]
    before = [place for place in names if numbers and place < numbers[0]]
    after = [place for place in names if numbers and place > numbers[0]]
    if len(before) < 2 or after or len(before) != len(numbers):
        return
    for name, number in zip(before, numbers, strict=True):
        sentence.bound[number].subject = sentence.bound[name].subject


def _kinds(sentence: Sentence) -> None:
    """Every number takes the kind that is said just before it, or else just behind it."""
    bound = sentence.bound
    used: set[int] = set()
    numbers = [place for place, item in enumerate(bound) if item.said.part is Part.NUMBER]
    if _paired_kinds(bound, numbers):
        return
    begin = 0
    for place in numbers:
        before = [at for at in range(begin, place) if bound[at].said.part is Part.KIND and at not in used]
        near = list(range(place + 1, min(place + 5, len(bound))))
        after = _attached(bound, near)
        chosen = before[-1] if before else after
        if chosen is not None and not (before and _parted(bound, before[-1], place)):
            bound[place].kind = NumberKind(bound[chosen].said.value)
            used.add(chosen)
        elif after is not None:
            bound[place].kind = NumberKind(bound[after].said.value)
            used.add(after)
        _limit_before(bound, begin, place)
        begin = place + 1


def _paired_kinds(bound: Sequence[Bound], numbers: Sequence[int]) -> bool:
    """As in "mean and maximum were 1 and 2 kPa"."""
    if len(numbers) < 2:
        return False
    kinds = [at for at in range(numbers[0]) if bound[at].said.part is Part.KIND]
    rest = [at for at in range(numbers[0], len(bound)) if bound[at].said.part is Part.KIND]
    joined = all(bound[two].said.first > bound[one].said.last for one, two in pairwise(kinds))
    if len(kinds) != len(numbers) or rest or not joined:
        return False
    for kind, number in zip(kinds, numbers, strict=True):
        bound[number].kind = NumberKind(bound[kind].said.value)
    return True


def _parted(bound: Sequence[Bound], kind: int, place: int) -> bool:
    """Whether a name stands between the kind and the number: it belongs to that name's number then."""
    return any(item.said.part is Part.END for item in bound[kind:place])


def _attached(bound: Sequence[Bound], near: Sequence[int]) -> int | None:
    """The kind directly behind a number: "2704 kPa on average"."""
    for at in near:
        said = bound[at].said
        if said.part is Part.KIND:
            return at
        if said.part is Part.JOINT and said.has("instead"):
            return None
        beside = said.part is Part.BESIDE or bound[at].is_claim(Family.DIRECTION, Family.COMPARISON)
        if beside:
            continue
        if said.part not in {Part.OTHER, Part.JOINT} or said.last - said.first > 2 or said.has("than"):
            return None
    return None


def _limit_before(bound: Sequence[Bound], begin: int, place: int) -> None:
    for at in range(place - 1, begin - 1, -1):
        claim = bound[at].claim
        if claim is not None and claim[0] is Family.LIMIT:
            if bound[place].said.first - bound[at].said.last <= _NEAR:
                bound[place].limit = claim[1]
            return


def _sides(sentence: Sentence) -> None:
    """As in "from 1 to 2", "1 → 2", "1 instead of 2", "since 02:00"."""
    bound = sentence.bound
    for part in (Part.NUMBER, Part.INSTANT):
        places = [place for place, item in enumerate(bound) if item.said.part is part]
        for one, two in pairwise(places):
            between = [bound[at].said for at in range(one + 1, two)]
            if (
                any(said.has("instead") for said in between)
                and bound[two].said.first - bound[one].said.last <= _DENIAL
            ):
                bound[one].side, bound[two].side = Side.LATE, Side.EARLY
            elif _to(between):
                bound[one].side, bound[two].side = Side.EARLY, Side.LATE
                bound[two].lead = bound[one]
        for place in places:
            if bound[place].side is None:
                bound[place].side = _alone(bound, place)


def _to(between: Sequence[Said]) -> bool:
    """Whether what stands between two numbers or times makes them a pair: "to", "→"."""
    words = [said for said in between if said.part is not Part.OTHER]
    if len(between) > 4 or any(said.part not in {Part.JOINT, Part.SIGN} for said in words):
        return False
    return any(said.role("late") for said in words) or (len(words) == 1 and words[0].part is Part.SIGN)


def _alone(bound: Sequence[Bound], place: int) -> Side | None:
    for before in reversed(bound[max(0, place - 4) : place]):
        if before.said.edge is not None:
            return Side(before.said.edge)
        if before.said.part not in {Part.OTHER, Part.JOINT}:
            return None
    return None


def _directions(sentence: Sentence) -> None:
    """Numbers that are rises or falls: "12 kPa lower", "fell by 12 kPa"."""
    bound = sentence.bound
    for place, item in enumerate(bound):
        if item.said.part is Part.NUMBER:
            if item.side is None:
                item.direction = _direction_behind(bound, place) or _direction_before(bound, place)
            if place + 1 < len(bound):
                item.noun = _noun_behind(bound, place)


def _direction_behind(bound: Sequence[Bound], place: int) -> int:
    for after in bound[place + 1 : place + 3]:
        said = after.said
        if said.part is Part.BESIDE:
            return _SIGN.get(said.value, 0)
        if after.is_claim(Family.DIRECTION) and not _verb(after, bound, place):
            after.follows = bound[place]
            return _SIGN.get(after.claim[1] if after.claim else "", 0)
        if (
            after.is_claim(Family.COMPARISON)
            and not said.has("unsided")
            and (after.other or not _measures(bound, after))
        ):
            after.follows = bound[place]
            return _SIGN.get(after.claim[1] if after.claim else "", 0)
        if said.part is not Part.OTHER:
            return 0
    return 0


def _measures(bound: Sequence[Bound], item: Bound) -> bool:
    """Whether a comparison goes on to what it compares with."""
    at = next(place for place, one in enumerate(bound) if one is item)
    return any(after.said.part in {Part.NUMBER, Part.NAME} for after in bound[at + 1 : at + 3])


def _verb(after: Bound, bound: Sequence[Bound], place: int) -> bool:
    """Whether the direction behind a number begins something new: "2704 kPa, fell by 12 kPa"."""
    at = bound.index(after)
    following = bound[at + 1].said if at + 1 < len(bound) else None
    if following is None:
        return False
    led = following.part is Part.JOINT and (following.has("by") or following.role("late"))
    return led or following.part is Part.NUMBER


def _direction_before(bound: Sequence[Bound], place: int) -> int:
    for at in range(place - 1, -1, -1):
        before = bound[at]
        said = before.said
        if bound[place].said.first - said.last > _REACH or said.part in {Part.NUMBER, Part.END, Part.INSTANT}:
            return 0
        if said.part is Part.BREAK or ((said.role("early") or said.role("late")) and not said.has("by")):
            return 0
        if before.is_claim(Family.DIRECTION):
            if before.follows is not None:
                return 0
            before.follows = bound[place]
            return _SIGN.get(before.claim[1] if before.claim else "", 0)
        if before.claim is not None and not before.is_claim(Family.DEGREE, Family.QUANTIFIER):
            return 0
        if said.part is Part.KIND:
            return 0
    return 0


_SIGN = {"up": 1, "above": 1, "down": -1, "below": -1}


def _noun_behind(bound: Sequence[Bound], place: int) -> str | None:
    for after in bound[place + 1 : place + 4]:
        if after.said.part is Part.NOUN:
            return str(after.said.value)
        if after.said.part is not Part.OTHER:
            return None
    return None


def _reaches(sentence: Sentence) -> None:
    """Which claims a negation turns round, and which number or limit stands behind a comparison."""
    bound = sentence.bound
    for place, item in enumerate(bound):
        if item.claim == (Family.QUANTIFIER, "none"):
            item.negates = _negated(bound, place) or _just_said(bound, place)
            if item.negates is not None:
                for denied in (item.negates, *_with(bound, place, item.negates)):
                    denied.negated = not denied.negated
        if item.is_claim(Family.COMPARISON):
            item.follows = item.follows or _compared(bound, place)
            number = item.follows is not None and item.follows.said.part is Part.NUMBER
            if item.follows is not None and number and item.said.first < item.follows.said.first:
                value = item.claim[1] if item.claim else str(item.said.value)
                item.follows.beyond = _SIGN.get(value, 0)


def _just_said(bound: Sequence[Bound], place: int) -> Bound | None:
    """The verb directly before a denial: "stieg nicht"."""
    before = bound[place - 1] if place else None
    if (
        before is not None
        and before.is_claim(Family.DIRECTION, Family.COMPARISON)
        and bound[place].said.has("denial")
    ):
        return before
    return None


def _with(bound: Sequence[Bound], place: int, denied: Bound) -> list[Bound]:
    """What is denied in the same breath: "did not clearly rise or fall", "stieg und fiel nicht deutlich"."""
    at = bound.index(denied)
    found = []
    last = denied.said.last
    for after in bound[at + 1 :]:
        if after.said.first - last > 2:
            break
        if after.claim is not None and after.claim[0] is Family.DIRECTION:
            found.append(after)
            last = after.said.last
        elif after.said.part is not Part.OTHER:
            break
    if denied.is_claim(Family.DEGREE):
        for before in reversed(bound[:place]):
            if before.said.part in _CLAUSE_ENDS or before.claim == (Family.QUANTIFIER, "none"):
                break
            if before.is_claim(Family.DIRECTION):
                found.append(before)
    return found


def _negated(bound: Sequence[Bound], place: int) -> Bound | None:
    for after in bound[place + 1 :]:
        if after.said.first - bound[place].said.last > _DENIAL or after.said.part in _CLAUSE_ENDS:
            return None
        far = after.said.first - bound[place].said.last > _REACH
        if after.claim is not None and after.claim[0] in _NEGATABLE and (not far or after.said.has("unsided")):
            return after
    return None


def _compared(bound: Sequence[Bound], place: int) -> Bound | None:
    for after in bound[place + 1 : place + 9]:
        if after.said.part is Part.NUMBER or after.is_claim(Family.LIMIT):
            return after
        if after.said.part not in {Part.OTHER, Part.JOINT}:
            return None
    return None
