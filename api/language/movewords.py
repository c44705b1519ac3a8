"""Moves in a sentence: "cut the A feed by 10 %", "a 10 % cut of it", "halve it", "set the agitator to 60 %"."""

from dataclasses import dataclass

from api.language.numerals import Language
from api.language.vocabulary import Mention, Vocabulary
from twin.errors import ForetellError
from twin.query import AskedMove
from twin.scenario import Change


@dataclass(frozen=True, slots=True)
class SaidMove:
    """A move, and the words that say it.

    Attributes:
        start, end: from its first word (verb, name or amount) to its last (amount or duration).
        mention: what is moved, as said.
        note: where a handle takes the place of the tag that was said.
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
        amount: None when none is said.
        direction: 1 upward, -1 downward, 0 when neither is said.
        mention: None when no tag is said.
    """

    change: Change
    amount: float | None
    unit: str | None
    direction: int
    start: int
    end: int
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class MovesFound:
    """The moves of a sentence, in the order said.

    Attributes:
        problems: what cannot be meant: no tag an operator reaches, a unit that does not fit, points or a tenth.
        problem_places: (start, end) of the words of each problem.
    """

    moves: tuple[SaidMove, ...] = ()
    loose: tuple[LooseMove, ...] = ()
    problems: tuple[ForetellError, ...] = ()
    problem_places: tuple[tuple[int, int], ...] = ()


def find_moves(text: str, vocabulary: Vocabulary, language: Language = "en") -> MovesFound:
    """The moves that a sentence in the English of the rules speaks of, its times blanked out before; never raises.

    `language` is the one the question was asked in: it says how "2,745" is read.
    """
    raise NotImplementedError
