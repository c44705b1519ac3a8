"""The engine of embeddings: an intent model reads each clause with its names, times and numbers masked."""

import asyncio
import re
from itertools import islice

import numpy as np

from api.language.asking import Asking, Opinion
from twin.protocols import IntentModel
from twin.query import INTENTS

NAME = "embed"
READ, PIECES = 300, 60
"""Characters, and words and signs, of a clause that are looked at: an embedding's time grows with their square."""
_PIECE = re.compile(r"[^\W\u3040-\u9fff]+|\S")
_ANYTHING = np.full(len(INTENTS), -np.log(len(INTENTS)))


class Embed:
    """Reads the intent of each clause from what its words mean, whatever they are."""

    def __init__(self, model: IntentModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Its name."""
        return NAME

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        """One opinion a clause; it knows nothing of the session, and has none on what is declined anyway."""
        return await asyncio.to_thread(self.opinions, asking)

    def opinions(self, asking: Asking) -> tuple[Opinion, ...]:
        """The same, at once."""
        if any(clause.slots.reason for clause in asking.clauses):
            return tuple(Opinion(NAME, _ANYTHING) for _ in asking.clauses)
        found = self._model.log_probabilities([_begin(clause.masked) for clause in asking.clauses])
        return tuple(Opinion(NAME, log_p) for log_p in found)


def _begin(text: str) -> str:
    ends = [piece.end() for piece in islice(_PIECE.finditer(text[:READ]), PIECES)]
    return text[: ends[-1]] if ends else text[:READ]
