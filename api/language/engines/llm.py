"""The engine of a language model: it names what the question says, and everything is resolved here.

The model fills a form in the question's own words. From the form a plain sentence is made, and the readers of the
rules read that sentence: names, times and amounts mean the same whoever found them. Words and numbers that are not in
the question are dropped and counted.
"""

from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray

from api.language.asking import Asking, Clause, Memory, Opinion
from api.language.engines.form import MOST, Asked, Form, sentence, truthful
from api.language.engines.prompt import data, instructions
from api.language.reading.anchors import TwinAnchors
from api.language.reading.clausereader import ClauseReader
from api.language.reading.vocabulary import Vocabulary
from twin.clock import FixedClock
from twin.protocols import LanguageModel, Twin
from twin.query import INTENTS

log = structlog.get_logger(__name__)

TRUST = 0.85
"""Probability given to the intent that the model names; the chooser weighs it."""


@dataclass(slots=True)
class Dropped:
    """What models named that the question does not say, so far."""

    words: int = 0
    amounts: int = 0


class Llm:
    """Reads every clause, at most three, in one call."""

    def __init__(self, model: LanguageModel, twin: Twin) -> None:
        self._model = model
        self._twin = twin
        self._instructions = instructions(Vocabulary(twin.plant))
        self.dropped = Dropped()

    @property
    def name(self) -> str:
        """The served model's name."""
        return self._model.name

    @property
    def instructions(self) -> str:
        """What precedes every question; a server may be warmed up with it."""
        return self._instructions

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        """One opinion a clause, of the first three; nothing on the others. Raises LanguageModelUnavailable."""
        clauses = asking.clauses[:MOST]
        form = await self._model.complete(self._instructions, data([clause.text for clause in clauses]), Form)
        reader = self._reader(asking)
        found = [
            self._opinion(clause, asked, asking, reader)
            for clause, asked in zip(clauses, form.questions[: len(clauses)], strict=False)
        ]
        missing = len(asking.clauses) - len(found)
        return (*found, *(Opinion(self.name, np.full(len(INTENTS), -np.log(len(INTENTS)))) for _ in range(missing)))

    def _reader(self, asking: Asking) -> ClauseReader:
        then = self._twin.at(FixedClock(asking.calendar.now))
        return ClauseReader(asking.vocabulary, asking.calendar, TwinAnchors(then, asking.vocabulary))

    def _opinion(self, clause: Clause, asked: Asked, asking: Asking, reader: ClauseReader) -> Opinion:
        true, words, amounts = truthful(asked, clause)
        if words or amounts:
            self.dropped.words += words
            self.dropped.amounts += amounts
            log.info("language_model.dropped", words=words, amounts=amounts)
        text = sentence(true)
        slots = reader.read(text, text, "en", _alone(asking)).slots if text else None
        return Opinion(self.name, _log_p(asked.intent), slots)


def _alone(asking: Asking) -> Memory:
    return Memory(language=asking.language)


def _log_p(intent: str) -> NDArray[np.float64]:
    rest = (1 - TRUST) / (len(INTENTS) - 1)
    return np.log([TRUST if intent == name else rest for name in INTENTS])
