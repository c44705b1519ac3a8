"""Moves in a sentence: "cut the A feed by 10 %", "a 10 % cut of it", "halve it", "set the agitator to 60 %"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from api.language.reading.amounts import Amount, amounts
from api.language.reading.lexicon import moving
from api.language.reading.numerals import Language, readings
from api.language.reading.reach import Said, reach
from api.language.reading.vocabulary import Mention, Vocabulary
from api.language.reading.words import KNOWN
from twin.errors import ForetellError, TooLarge
from twin.query import AskedMove, Length
from twin.scenario import Change

_STRANGE = re.compile(r"\s*([^\W\d_][^\W_]*(?:/[^\W_]+)?)")
_JOINED = re.compile(r"\s*(?:,|and|or|&|,\s*and|as well as)\s*(?:the\s+|both\s+)?")
_IF = re.compile(r"\bif\b[^,;·]{0,40}·+\s*$")
MOST = 20
"""Amounts of moves that a sentence may have."""
_BEFORE = 40
_UNITS: dict[str, Literal["s", "min", "h", "d"]] = {"s": "s", "m": "min", "h": "h", "d": "d"}


@dataclass(frozen=True, slots=True)
class SaidMove:
    """A move, and the words that say it.

    Attributes:
        start, end: from its first word (verb, name or amount) to its last (amount, name or duration).
        mention: what is moved, as said.
        note: what was taken for granted: a handle in place of the tag that was said, the end of a range.
    """

    move: AskedMove
    start: int
    end: int
    mention: Mention
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LooseMove:
    """A change that is no whole move: no tag ("make it 20 %"), or no amount ("raise the reactor pressure").

    Attributes:
        said: the change with its amount, for `reach` once the tag is known; its amount is None when none is said.
        direction: 1 upward, -1 downward, 0 when neither is said.
        mention: None when no tag is said.
    """

    said: Said
    direction: int
    start: int
    end: int
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class MovesFound:
    """The moves of a sentence, in the order said.

    Attributes:
        loose: changes that miss their tag or their amount.
        problems: what cannot be meant: no tag an operator reaches, a unit that does not fit, points or a tenth.
        problem_places: (start, end) of the words of each problem.
        used: mentions that name what is moved, those of problems too.
        lasting: how long, where no move was found that it belongs to.
    """

    moves: tuple[SaidMove, ...] = ()
    loose: tuple[LooseMove, ...] = ()
    problems: tuple[ForetellError, ...] = ()
    problem_places: tuple[tuple[int, int], ...] = ()
    used: tuple[Mention, ...] = ()
    lasting: Length | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """A change found in the text, before its tag is looked at."""

    said: Said
    direction: int
    mentions: tuple[Mention, ...]
    start: int
    end: int


def find_moves(text: str, vocabulary: Vocabulary, language: Language = "en") -> MovesFound:
    """The moves that a sentence in the English of the rules speaks of, its times blanked out before; never raises.

    `language` is the one the question was asked in: it says how "2,745" is read.
    """
    low = text.lower() if len(text.lower()) == len(text) else text
    mentions = [mention for mention in vocabulary.find(text, movable=True) if mention.asset is None]
    bare = _without(low, mentions)
    meant = _meant(bare, language)
    if len(meant) > MOST:
        error = TooLarge(
            f"{len(meant)} amounts in one question, at most {MOST} are read: ask for fewer moves at once",
            field="moves",
            value=len(meant),
            limit=MOST,
        )
        return MovesFound(problems=(error,), problem_places=((0, len(text)),))
    changes = list(_by_amounts(bare, mentions, meant))
    changes += _by_words(bare, mentions, changes)
    changes += _bare(bare, mentions, changes)
    return _bound(bare, sorted(changes, key=lambda change: change.start), vocabulary)


def _bound(text: str, changes: Sequence[_Change], vocabulary: Vocabulary) -> MovesFound:
    moves: list[SaidMove] = []
    loose: list[LooseMove] = []
    problems: list[tuple[ForetellError, tuple[int, int]]] = []
    for change in changes:
        complete = change.said.amount is not None or change.said.end is not None
        if not change.mentions or not complete:
            first = change.mentions[0] if change.mentions else None
            loose.append(LooseMove(change.said, change.direction, change.start, change.end, first))
        for mention in change.mentions if complete else ():
            try:
                move, note = reach(change.said, vocabulary.one(mention), vocabulary.plant)
            except ForetellError as error:
                problems.append((error, (change.start, change.end)))
            else:
                start, end = min(change.start, mention.start), max(change.end, mention.end)
                moves.append(SaidMove(move, start, end, mention, note))
    lasting = list(_lengths(text))
    used = tuple(mention for change in changes for mention in change.mentions)
    return MovesFound(
        tuple(_lasting(moves, lasting)),
        tuple(loose),
        tuple(error for error, _ in problems),
        tuple(place for _, place in problems),
        used,
        lasting[0][0] if lasting and not moves else None,
    )


def _without(text: str, mentions: Sequence[Mention]) -> str:
    for mention in mentions:
        text = text[: mention.start] + "·" * (mention.end - mention.start) + text[mention.end :]
    return text


# Changes with an amount


def _meant(text: str, language: Language) -> list[Amount]:
    """Amounts that may be those of moves."""
    lasting = [place for _, *place in _lengths(text)]
    return [
        _with_unit(text, amount)
        for amount in amounts(text, language)
        if not moving.TIME_UNIT.match(text, amount.end)
        and not moving.NOT_MEANT.search(text, max(0, amount.start - _BEFORE), amount.start)
        and not any(start <= amount.start < end for start, end in lasting)
    ]


def _by_amounts(text: str, mentions: Sequence[Mention], numbers: Sequence[Amount]) -> Iterator[_Change]:
    previous, direction = 0, 0
    for number, following in zip_longest(numbers, numbers[1:]):
        limit = following.start if following else len(text)
        change = _change(text, number, mentions, (previous, limit), direction)
        if change is not None:
            yield change
            direction = change.direction
            previous = max(number.end, change.mentions[0].end if change.mentions else 0)


def _change(
    text: str, amount: Amount, mentions: Sequence[Mention], bounds: tuple[int, int], inherited: int
) -> _Change | None:
    previous, limit = bounds
    named = _named(text, amount, mentions, previous, limit)
    head = text[previous : amount.start]
    behind = " ".join(text[amount.end : limit].replace("·", " ").split()[:3])
    way = _direction(head, behind)
    if way == 0 and re.fullmatch(r"\s*(?:,|and|&)?\s*(?:the )?[·\s]*by\s*", head):
        way = inherited
    said = _said(text, amount, head, way)
    if said is None:
        return None
    first = min(amount.start, _verb_start(text, previous, amount.start), *(mention.start for mention in named))
    return _Change(said, way, named, first, max(amount.end, *(m.end for m in named), 0) if named else amount.end)


def _named(text: str, amount: Amount, mentions: Sequence[Mention], previous: int, limit: int) -> tuple[Mention, ...]:
    """What the amount moves: the name right behind it ("10 % less A feed"), or those right before, or the next."""
    behind = [mention for mention in mentions if amount.end <= mention.start < limit]
    before = [mention for mention in mentions if previous <= mention.start and mention.end <= amount.start]
    placed = bool(before) and re.search(r"(?:\b(?:by|to|at)|=)\s*$", text[: amount.start]) is not None
    placed = placed or (bool(before) and amount.signed and not text[before[-1].end : amount.start].strip(" :,("))
    if behind and not placed:
        between = moving.RELATIVE.sub("", text[amount.end : behind[0].start])
        if moving.BESIDE.fullmatch(between):
            return _group(text, behind, 0, 1)
    if before:
        return _group(text, before, len(before) - 1, -1)
    if moving.IT.search(text, previous, amount.start):
        earlier = [mention for mention in mentions if mention.end <= previous]
        return (earlier[-1],) if earlier else ()
    asked = behind and moving.EITHER.fullmatch(text[amount.end : behind[0].start])
    return () if not behind or asked else _group(text, behind, 0, 1)


def _group(text: str, mentions: Sequence[Mention], place: int, step: int) -> tuple[Mention, ...]:
    """The mention with those that are joined to it: "the A and the D feed by 5 %"."""
    found = [mentions[place]]
    while 0 <= place + step < len(mentions):
        one, other = sorted((mentions[place], mentions[place + step]), key=lambda mention: mention.start)
        if not _JOINED.fullmatch(text, one.end, other.start):
            break
        place += step
        found.append(mentions[place])
    return tuple(found[::step] if step > 0 else reversed(found))


def _said(text: str, amount: Amount, head: str, way: int) -> Said | None:
    """The change as it was said; None when the number is none."""
    words = text[amount.start : amount.end].strip()
    before = text[: amount.start]
    relative = moving.RELATIVE.match(text, amount.end) is not None
    factor = moving.TIMES_BEFORE.search(before) or moving.TIMES_BEHIND.match(text, amount.number_end)
    sign = way or (-1 if amount.value < 0 else 1)
    if factor and amount.unit is None:
        return Said(Change.TIMES, amount, words=words)
    if re.search(r"\bin\s*$", before) and amount.fraction:
        return Said(Change.BY, amount, -1, words=words)
    to = moving.TO.search(before)
    if way == 0 and moving.CHANGED_BY.match(text, amount.end):
        return Said(Change.BY, amount, sign, relative, words=words)
    said_so = to is not None and (to[0].strip()[:2] in {"to", "at", "=", "→", "->"} or way == 0)
    if said_so and to is not None and to[0].startswith("at") and words.startswith("+"):
        return Said(Change.BY, amount, sign, relative, words=words)
    if said_so and not (amount.signed and way == 0 and not to):
        return Said(Change.TO, amount, words=words, relative=relative)
    if way == 0 and not amount.signed and not moving.BACK.search(before):
        meant = moving.SET.search(head) or _IF.search(head)
        return Said(Change.TO, amount, words=words, relative=relative) if meant else None
    return Said(Change.BY, amount, sign, relative, words=words)


def _direction(before: str, behind: str) -> int:
    """-1 or 1 by the last word that says so before the amount, or else by the first one behind it."""
    if behind.startswith("off"):
        return -1
    clause = moving.CLAUSE.split(before)[-1]
    for part in (clause, before):
        found = [
            (match.start(), sign) for sign, way in ((-1, moving.DOWN), (1, moving.UP)) for match in way.finditer(part)
        ]
        if found:
            return max(found)[1]
    nearest = [
        (match.start(), sign)
        for sign, way in ((-1, moving.DOWN), (1, moving.UP))
        if (match := way.search(moving.CLAUSE.split(behind)[0]))
    ]
    return min(nearest)[1] if nearest else 0


def _verb_start(text: str, previous: int, place: int) -> int:
    """Where the verb before an amount begins; the place itself without one."""
    clause = max((match.end() for match in moving.CLAUSE.finditer(text, previous, place)), default=previous)
    starts = [
        match.start()
        for pattern in (moving.DOWN, moving.UP, moving.SET)
        if (match := pattern.search(text, clause, place))
    ]
    return min(starts, default=place)


def _with_unit(text: str, amount: Amount) -> Amount:
    """With a word that is no ordinary one taken as a unit: it will be said not to fit."""
    match = _STRANGE.match(text, amount.end) if amount.unit is None and not amount.fraction else None
    if match is None or match[1] in KNOWN or moving.TIMES_BEHIND.match(text, amount.end):
        return amount
    if any(pattern.match(match[1]) for pattern in (moving.DOWN, moving.UP, moving.SET, _PLAIN_WORDS)):
        return amount
    return replace(amount, unit=match[1], end=match.end())


_PLAIN_WORDS = re.compile(
    r"(?:the|in|on|of|for|at|to|from|and|or|by|but|with|step|units?|please|each|both|steps?|while|since|per|versus|vs)$"
)


# Changes without one


def _by_words(text: str, mentions: Sequence[Mention], known: Sequence[_Change]) -> Iterator[_Change]:
    """Halve, double, stop, open fully."""
    places = [(change.start, change.end) for change in known]
    ends: tuple[tuple[re.Pattern[str], Literal["lowest", "highest"]], ...] = (
        (moving.LOWEST, "lowest"),
        (moving.HIGHEST, "highest"),
    )
    found = [
        (match, Said(Change.TIMES, _factor(match, factor), words=match[0]), 1 if factor > 1 else -1)
        for pattern, factor in moving.FACTORS
        for match in pattern.finditer(text)
    ] + [
        (match, Said(Change.TO, None, end=end, words=match[0]), 1 if end == "highest" else -1)
        for pattern, end in ends
        for match in pattern.finditer(text)
    ]
    for match, said, way in sorted(found, key=lambda item: (item[0].start(), -item[0].end())):
        taken = any(start < match.end() and match.start() < end for start, end in places)
        named = () if taken else _object(text, match, mentions)
        if said.end and named and not _to_the_end(text, match, named[-1]):
            continue
        if not taken and (named or said.amount is not None):
            start, end = match.start(), max([match.end(), *(mention.end for mention in named)])
            places.append((start, end))
            yield _Change(said, way, named, min([start, *(mention.start for mention in named)]), end)


def _to_the_end(text: str, match: re.Match[str], named: Mention) -> bool:
    """Whether a verb says how far: to close is to the stop, to open only where it is said; "a bit" is neither."""
    end = moving.CLAUSE.search(text, max(match.end(), named.end))
    around = text[max(0, match.start() - 12) : end.start() if end else len(text)]
    if moving.A_BIT.search(around):
        return False
    return not match[0].startswith("open") or moving.FULLY.search(around) is not None


def _factor(match: re.Match[str], factor: float) -> Amount:
    return Amount(factor, None, signed=False, start=match.start(), end=match.end(), number_end=match.end())


def _object(text: str, match: re.Match[str], mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """What a verb without an amount moves: what is named behind it, or before it in "if the A feed is halved"."""
    for place, mention in enumerate(mentions):
        if mention.start >= match.end():
            between = text[match.end() : mention.start]
            if moving.CLAUSE.search(between) is None and len(between.split()) <= 3:
                return _group(text, mentions[place:], 0, 1)
            break
    before = [mention for mention in mentions if mention.end <= match.start()]
    if before and re.fullmatch(
        r"\s*(?:is|was|were|are|be|been|being|had been|gets?|got|would be|,)?\s*(?:fully|all the way|to)?\s*",
        text[before[-1].end : match.start()],
    ):
        return _group(text, before, len(before) - 1, -1)
    return ()


def _bare(text: str, mentions: Sequence[Mention], known: Sequence[_Change]) -> Iterator[_Change]:
    """A verb with its object but no amount: "raise the reactor pressure"."""
    used = {mention.start for change in known for mention in change.mentions}
    places = [(change.start, change.end) for change in known]
    for pattern, way in ((moving.DOWN, -1), (moving.UP, 1), (_CHANGING, 0)):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in places):
                continue
            behind = [mention for mention in mentions if mention.start >= match.end()]
            if behind and behind[0].start not in used and _DIRECT.fullmatch(text, match.end(), behind[0].start):
                named = _group(text, behind, 0, 1)
                used.update(mention.start for mention in named)
                said = Said(Change.BY, None, way or 1, words=match[0])
                yield _Change(said, way, named, match.start(), named[-1].end)


_DIRECT = re.compile(r"\s*(?:up |down |on |off )?(?:the |our |its )?\s*")
_CHANGING = re.compile(r"\b(?:chang(?:e|ed|ing)|mov(?:e|ed|ing)|adjust(?:ed|ing)?|set|touch(?:ed|ing)?)\b")


# How long


def _lengths(text: str) -> Iterator[tuple[Length, int, int]]:
    for pattern in moving.LASTING:
        for match in pattern.finditer(text):
            amount = readings(match["amount"])[0]
            if amount > 0:
                yield Length(amount=amount, unit=_UNITS[match["unit"][0]]), match.start(), match.end()


def _lasting(moves: Sequence[SaidMove], lengths: Sequence[tuple[Length, int, int]]) -> Iterator[SaidMove]:
    """Each move with the first length behind it that no later move comes before; one before all is that of all."""
    for place, said in enumerate(moves):
        behind = [item for item in lengths if item[1] >= said.start]
        length = behind[0] if behind else (lengths[0] if lengths and lengths[0][1] < moves[0].start else None)
        if length is None:
            yield said
            continue
        last = place == len(moves) - 1 or length[1] < moves[place + 1].start
        end = max(said.end, length[2]) if last else said.end
        yield replace(said, move=said.move.model_copy(update={"duration": length[0]}), end=end)
