"""The atoms of time in a sentence: what was recognised stands as one sign in its place, so that rules can join them.

A rule is a pattern over the sentence in which every atom is a letter of its kind (`ATOM`), and a function that makes
of the match a new atom, or None when it is none after all. Rules are taken in order; a later one sees what the
earlier ones made. Places stay those of the sentence.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from twin.anchoring import Anchor, Anchors
from twin.calendar import PlantCalendar
from twin.clock import Span
from twin.errors import ForetellError, InvalidInput
from twin.query import Basis, Length
from twin.times.words import Clock, Day, Match

Sort = Literal["day", "part", "night", "shift", "week", "weekend", "month", "length", "range", "anchored"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, not yet cut at the present.

    Attributes:
        name: the shift's, if it is told by one.
        vague: it counts only when no other time is said; "the notes of the shift" may be about anything.
    """

    span: Span
    sort: Sort = "range"
    name: str | None = None
    length: Length | None = None
    anchor: Anchor | None = None
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and the stretch that it was looked for in, if that was said with it."""

    moment: datetime
    within: Stretch | None = None
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A range of two times of day, whose day another part of the sentence may tell."""

    first: Clock
    last: Clock


@dataclass(frozen=True, slots=True)
class Future:
    """From now on to the end of a span; `instant` when an instant was said."""

    span: Span
    length: Length | None = None
    instant: datetime | None = None


@dataclass(frozen=True, slots=True)
class Relative:
    """A time told by the one that was said before it; the function gets that, None when there is none."""

    tell: Callable[[Stretch | Moment | None], Stretch | Moment]


@dataclass(frozen=True, slots=True)
class Failure:
    """What cannot be meant."""

    error: ForetellError


Atom = Clock | Day | Length | Stretch | Moment | Stage | Future | Relative | Failure
A = TypeVar("A")

MOST = 50
"""Atoms that a sentence may hold: what comes beyond them is not read."""
_FILL = "\ue000"
_SIGNS: dict[type, str] = {
    kind: chr(0xE001 + i)
    for i, kind in enumerate((Clock, Day, Length, Stretch, Moment, Stage, Future, Relative, Failure))
}


def atom(*kinds: type) -> str:
    """The pattern of an atom of these kinds."""
    return f"[{''.join(_SIGNS[kind] for kind in kinds)}]{_FILL}*"


@dataclass(eq=False)
class Sentence:
    """A sentence while its times are read.

    Attributes:
        text: as said.
        signs: the same with atoms as signs.
        atoms: place of each atom and its value.
        named: the window spoken of before the sentence.
    """

    text: str
    calendar: PlantCalendar
    anchors: Anchors | None = None
    named: Stretch | None = None
    signs: str = ""
    atoms: dict[int, tuple[int, Atom]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signs = self.text

    def put(self, start: int, end: int, value: Atom) -> None:
        """Let an atom take a place, instead of those that lie in it."""
        self.atoms = {place: item for place, item in self.atoms.items() if not start <= place < end}
        self.atoms[start] = (end, value)
        self.signs = self.signs[:start] + _SIGNS[type(value)] + _FILL * (end - start - 1) + self.signs[end:]

    def get(self, match: Match, group: str, kind: type[A]) -> A:
        """The atom of that kind that a group matched."""
        value = self.atoms[match.start(group)][1]
        if not isinstance(value, kind):
            raise TypeError(f"{group} is a {type(value).__name__}")
        return value

    def at(self, match: Match, group: str) -> Atom:
        """The atom that a group matched."""
        return self.atoms[match.start(group)][1]

    def maybe(self, match: Match, group: str) -> Atom | None:
        """The atom that a group matched, if it matched."""
        return self.at(match, group) if match.groupdict().get(group) else None

    def said(self, match: Match) -> str:
        """The words of a match, as said."""
        return self.text[match.start() : match.end()]

    def ordered(self) -> Iterator[tuple[int, int, Atom]]:
        """Start, end and value of every atom, in the order said."""
        for start, (end, value) in sorted(self.atoms.items()):
            yield start, end, value


def group(match: Match, name: str) -> str | None:
    """What a group matched; None too where the pattern has no such group."""
    found: str | None = match.groupdict().get(name)
    return found


def told(error: ForetellError | OverflowError, said: str) -> ForetellError:
    """The error; for a time beyond the calendar one that says so."""
    if isinstance(error, ForetellError):
        return error
    return InvalidInput(f"{said!r} lies beyond the calendar", field="time", value=said)


Build = Callable[[Sentence, Match], Atom | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it makes; a group `x` is the part of the match that the atom stands for."""

    pattern: re.Pattern[str]
    build: Build

    def apply(self, sentence: Sentence) -> None:
        """Put an atom wherever the pattern fits and the builder makes one."""
        place = 0
        while len(sentence.atoms) < MOST and (match := self.pattern.search(sentence.signs, place)):
            try:
                made = self.build(sentence, match)
            except (ForetellError, OverflowError) as error:
                made = Failure(told(error, sentence.said(match)))
            start, end = match.span("x") if group(match, "x") else match.span()
            if made is not None:
                sentence.put(start, end, made)
            place = end if made is not None else match.start() + 1


def rules(*pairs: tuple[str, Build]) -> Sequence[Rule]:
    """Rules whose patterns begin and end at the edge of a word."""
    return [
        Rule(re.compile(rf"(?<![\w./])(?<!\w-)(?:{pattern})(?![\w{_FILL}])", re.IGNORECASE), build)
        for pattern, build in pairs
    ]


def basis_of(found: Anchor | None) -> tuple[Basis, str | None]:
    """What a window or an instant stands on."""
    return (found.basis, found.name) if found else (Basis.SAID, None)
