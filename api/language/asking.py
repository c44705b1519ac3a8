"""A question as the engines see it, and what they make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from api.language.reading.vocabulary import Vocabulary
from api.language.slots import Slots
from twin.calendar import PlantCalendar
from twin.errors import ForetellError
from twin.query import OutOfScopePlan, Plan

NOTHING = Slots()


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that was asked back: which part of it was not clear, and what it may be."""

    question: str
    phrase: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a session knows of its last question: what it was read as, and the events that were spoken of."""

    intent: str = ""
    slots: Slots = NOTHING
    plan: Plan | None = None
    events: tuple[str, ...] = ()
    pending: Pending | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One question of a sentence.

    Attributes:
        text: as said, normalised.
        english: the same in the English of the rules; equal to `text` in English.
        masked: `text` with tags, assets, numbers and times masked: what an intent model sees.
    """

    text: str
    english: str
    masked: str
    slots: Slots


@dataclass(frozen=True, eq=False, slots=True)
class Asking:
    """Everything an engine may look at; made once for each question."""

    original: str
    language: str
    clauses: tuple[Clause, ...]
    vocabulary: Vocabulary
    calendar: PlantCalendar
    memory: Memory


@dataclass(frozen=True, eq=False, slots=True)
class Opinion:
    """What one engine thinks of one clause.

    Attributes:
        log_p: (intent,) log probabilities in the order of `twin.query.INTENTS`.
        slots: a language model's own reading, resolved by the same readers; None for the other engines.
    """

    engine: str
    log_p: NDArray[np.float64]
    slots: Slots | None = None


class Engine(Protocol):
    """Reads the intent of every clause."""

    @property
    def name(self) -> str:
        """rules, embed, or the served model's name."""
        ...

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        """One opinion a clause; raises LanguageModelUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Answerable:
    """Plans to carry out, with the calibrated probability that all of them are right.

    `memory` is what the session knows afterwards.
    """

    plans: tuple[Plan, ...]
    confidence: float
    engine: str
    memory: Memory


@dataclass(frozen=True, eq=False, slots=True)
class AskBack:
    """What keeps the question from being a plan, or is too unsure: said with what can be chosen."""

    error: ForetellError
    memory: Memory
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """Not a question for this twin."""

    plan: OutOfScopePlan
    confidence: float | None = None


Decision = Answerable | AskBack | Declined


class Chooser(Protocol):
    """Combines the engines' opinions."""

    def choose(self, opinions: Sequence[Sequence[Opinion]], asking: Asking) -> Decision:
        """What to do; `opinions` holds a sequence of one opinion a clause for each engine."""
        ...
