"""Moves in a sentence: "cut the A feed by 10 %", "a 10 % cut of it", "halve it", "set the agitator to 60 %"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.language.amounts import Amount, amounts
from api.language.moves import checked
from api.language.vocabulary import Mention, Vocabulary
from twin.errors import AmbiguousTag, InvalidInput
from twin.operations.levels import PERCENT, RATIO
from twin.operations.numbers import plain
from twin.plant import Tag
from twin.scenario import Change, Move

DOWN = re.compile(
    r"\b(?:cut|cuts|cutting|reduc\w+|lower\w*|decreas\w+|drop\w*|trim\w*|throttl\w+|shav\w+|down|less|smaller|fall\w*|fell|"
    r"tak\w+ off|back off|left out|leav\w+ out)\b"
)
UP = re.compile(
    r"\b(?:rais\w+|increas\w+|lift\w*|bump\w*|boost\w*|push\w*|up|more|higher|larger|ris\w+|rose|add\w*)\b"
)
SET = re.compile(
    r"\b(?:set|setting|put|putting|hold|holding|keep|keeping|run|running|ran|were|was|is|be|been|chang\w+|mov\w+|bring|brought|"
    r"adjust\w*|at|to)\b"
)
STOP = re.compile(
    r"\b(?:stop(?:ped|ping)?|shut(?:ting)?(?: off| down)?|(?:switch|turn)(?:ed|ing)? off|clos(?:e|ed|ing))\b"
)
FACTORS = (
    (re.compile(r"\bhalv(?:e|ed|es|ing)\b|\b(?:by|in) half\b|\bcut\b.*\bhalf\b"), 0.5),
    (re.compile(r"\bdoubl(?:e|ed|es|ing)\b"), 2.0),
    (re.compile(r"\btripl(?:e|ed|es|ing)\b"), 3.0),
)
TIMES = re.compile(
    r"(?:\bx|×|\btimes |\ba factor of |\bby a factor )\s*(\d+(?:[.,]\d+)?)|\b(\d+(?:[.,]\d+)?) ?(?:times|x)\b"
)
AFTER_NOUN = re.compile(
    r"\s*(?:cut|reduction|increase|decrease|drop|rise|raise|step|more|less|lower|higher|smaller|larger)?"
    r"(?:\s*(?:of|in|to|on|for))?(?:\s*(?:the|our))?\s*$"
)
RELATIVE = re.compile(r"\s*(?:of (?:its|the|their)(?: present| current)? value|relative)\b")
DURATION = re.compile(r"\bfor (?:about )?(\d+(?:[.,]\d+)?) ?(hours?|hrs?|h|minutes?|mins?|min)\b")
TIME_UNIT = re.compile(r"\s*(?:hours?|hrs?|h|minutes?|mins?|min|days?|d|seconds?|s|events?|times|x|sigma)\b")


@dataclass(frozen=True, slots=True)
class MovesFound:
    """The moves of a sentence.

    Attributes:
        moves: in the order said, on tags that an operator sets.
        used: the mentions that name what is moved.
        notes: where a handle took the place of the tag that was said.
    """

    moves: tuple[Move, ...]
    used: tuple[Mention, ...]
    notes: tuple[str, ...]


def find_moves(text: str, vocabulary: Vocabulary) -> MovesFound:
    """The moves that a sentence speaks of, its times blanked out before.

    Raises UnknownTag, AmbiguousTag, UnitMismatch, InvalidInput for what is no move of this plant.
    """
    low = text.lower()
    mentions = [mention for mention in vocabulary.find(text, movable=True) if mention.asset is None]
    found: list[tuple[Move, Mention, str | None]] = []
    bare = _without(low, mentions)
    numbers = [
        amount
        for amount in amounts(bare)
        if not amount.fraction and not TIME_UNIT.match(bare, amount.end) and not _from(bare, amount)
    ]
    previous = 0
    for amount in numbers:
        mention = _mention_of(low, amount, mentions, previous)
        said = _said(low, bare, amount, mention, previous) if mention else None
        if mention is not None and said is not None:
            move, note = reached(said, vocabulary.one(mention), vocabulary, text[amount.start : amount.end].strip())
            found.append((move, mention, note))
        previous = amount.end
    if not found:
        found = _factors(bare, mentions, vocabulary)
    lasting = _duration(low)
    moves = tuple(move.model_copy(update={"duration": lasting}) if lasting else move for move, _, _ in found)
    notes = tuple(dict.fromkeys(note for _, _, note in found if note))
    return MovesFound(moves, tuple(mention for _, mention, _ in found), notes)


def _without(text: str, mentions: Sequence[Mention]) -> str:
    for mention in mentions:
        text = text[: mention.start] + "·" * (mention.end - mention.start) + text[mention.end :]
    return text


def _from(text: str, amount: Amount) -> bool:
    return re.search(r"\bfrom\s*$", text[: amount.start]) is not None


def _mention_of(text: str, amount: Amount, mentions: Sequence[Mention], previous: int) -> Mention | None:
    """What the amount moves: the name right behind it ("10 % less A feed"), or the nearest before, or the next."""
    behind = [mention for mention in mentions if mention.start >= amount.end]
    before = [mention for mention in mentions if previous <= mention.start and mention.end <= amount.start]
    placed = bool(before) and re.search(r"\b(?:by|to|at)\s*$", text[: amount.start]) is not None
    if behind and not placed and AFTER_NOUN.fullmatch(RELATIVE.sub("", text[amount.end : behind[0].start])):
        return behind[0]
    return before[-1] if before else behind[0] if behind else None


def _said(text: str, bare: str, amount: Amount, mention: Mention, previous: int) -> Move | None:
    """The move as it was said, on the tag that was said; None when the number is no move."""
    around = f"{bare[previous : amount.start]} | {' '.join(bare[amount.end :].split()[:3])}"
    way = _direction(around)
    lead = bare[: amount.start].rstrip().rsplit(maxsplit=1)
    word = lead[-1] if lead else ""
    times = TIMES.search(bare, max(0, amount.start - 16))
    if times and times.start() < amount.end <= times.end():
        return _move(mention, Change.TIMES, amount.value)
    if word in {"to", "at"} or (way == 0 and word != "by" and not amount.signed and SET.search(around)):
        if amount.unit == "%" and RELATIVE.match(text, amount.end):
            return _move(mention, Change.TIMES, amount.value / 100)
        return _move(mention, Change.TO, amount.value, amount.unit)
    if way == 0 and not amount.signed:
        return None
    value = amount.value if way == 0 else way * abs(amount.value)
    if amount.unit == "%" and RELATIVE.match(text, amount.end):
        return _move(mention, Change.TIMES, 1 + value / 100)
    return _move(mention, Change.BY, value, amount.unit)


def _direction(text: str) -> int:
    """-1 or 1 by the last word that says so before the amount, or else by the first one behind it."""
    before, _, after = text.partition("|")
    found = [(match.start(), sign) for sign, way in ((-1, DOWN), (1, UP)) for match in way.finditer(before)]
    if found:
        first = [sign for _, sign in sorted(found)]
        return first[-1] if len(set(first)) == 1 else _verb(before, first)
    return -1 if DOWN.search(after) else 1 if UP.search(after) else 0


def _verb(text: str, signs: Sequence[int]) -> int:
    """With both directions in the clause the last clause counts: "to lower the work, raise …"."""
    last = re.split(r",|;|\bif\b|\band\b|\bthen\b", text)[-1]
    return -1 if DOWN.search(last) else 1 if UP.search(last) else signs[-1]


def _move(mention: Mention, change: Change, amount: float, unit: str | None = None) -> Move:
    return Move(tag=mention.text, change=change, amount=amount, unit=unit)


def _factors(
    text: str, mentions: Sequence[Mention], vocabulary: Vocabulary
) -> list[tuple[Move, Mention, str | None]]:
    """Moves without a number: halve, double, stop."""
    for pattern, factor in FACTORS:
        match = pattern.search(text)
        if match and mentions:
            mention = min(mentions, key=_distance(match.end()))
            move, note = reached(_move(mention, Change.TIMES, factor), vocabulary.one(mention), vocabulary, match[0])
            return [(move, mention, note)]
    match = STOP.search(text)
    behind = [mention for mention in mentions if match and mention.start >= match.start()]
    if match and behind:
        tag = vocabulary.one(behind[0])
        change = Change.TIMES if tag.handle and vocabulary.plant.tag(tag.handle).unit == RATIO else Change.TO
        move, note = reached(_move(behind[0], change, 0.0), tag, vocabulary, match[0])
        return [(move, behind[0], note)]
    return []


def _distance(place: int) -> Callable[[Mention], int]:
    return lambda mention: min(abs(mention.start - place), abs(mention.end - place))


def reached(move: Move, tag: Tag, vocabulary: Vocabulary, words: str) -> tuple[Move, str | None]:
    """The move on what an operator sets, with a note when that is not the tag that was said.

    `words` is how the amount was said. Raises InvalidInput, UnitMismatch, AmbiguousTag.
    """
    if tag.movable:
        return _fitting(move, tag, words), None
    if tag.handle is None:
        near = [item.name for item in vocabulary.plant.tags_of(tag.asset) if item.movable]
        hint = f"; around it one can set {', '.join(near)}" if near else ""
        raise InvalidInput(
            f"{tag.name} is not something an operator sets{hint}", field="moves", value=tag.name, candidates=near
        )
    handle = vocabulary.plant.tag(tag.handle)
    fitted = _fitting(move, handle, words)
    if handle.unit == RATIO and fitted.change is not Change.TIMES:
        raise InvalidInput(
            f"{tag.name} is moved through {handle.name}, a factor: say by how many per cent",
            field="moves",
            value=words,
            candidates=(handle.name,),
        )
    return fitted, f"an operator moves {tag.name} through {handle.name}"


def _fitting(move: Move, tag: Tag, words: str) -> Move:
    move = move.model_copy(update={"tag": tag.name})
    if move.change is Change.TO and move.unit == "%" and tag.unit not in PERCENT:
        return move.model_copy(update={"change": Change.TIMES, "amount": move.amount / 100, "unit": None})
    try:
        return checked(move, tag)
    except AmbiguousTag as error:
        size = plain(abs(move.amount))
        raise AmbiguousTag(
            error.detail,
            field="amount",
            value=words,
            unit="%",
            candidates=(f"{size} percentage points", f"{size} % of its value"),
        ) from error


def _duration(text: str) -> timedelta | None:
    match = DURATION.search(text)
    if match is None:
        return None
    amount = float(match[1].replace(",", "."))
    return timedelta(hours=amount) if match[2].startswith("h") else timedelta(minutes=amount)
