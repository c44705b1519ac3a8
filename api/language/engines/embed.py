"""The engine of embeddings: an intent model reads each clause with its names, times and numbers masked."""

import asyncio
import re
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from api.language.asking import Asking, Opinion
from twin.protocols import IntentModel
from twin.query import INTENTS

NAME = "embed"
READ, PIECES = 300, 60
"""Characters, and words and signs, of a clause that are looked at: an embedding's time grows with their square."""
HIDDEN = 3.0
"""Nats against another topic where a tag is named in words that are not masked."""
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
        named = [bool(clause.slots.tags or clause.slots.moves) for clause in asking.clauses]
        hidden = [known and "TAG" not in clause.masked for known, clause in zip(named, asking.clauses, strict=True)]
        return tuple(Opinion(NAME, _ours(p) if own else p) for p, own in zip(found, hidden, strict=True))


def _ours(log_p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without "another topic", for a clause whose name of a tag the model does not see as one."""
    kept = log_p.copy()
    kept[INTENTS.index("out_of_scope")] -= HIDDEN
    return np.asarray(kept - np.logaddexp.reduce(kept), np.float64)


def _begin(text: str) -> str:
    ends = [piece.end() for piece in islice(_PIECE.finditer(text[:READ]), PIECES)]
    return text[: ends[-1]] if ends else text[:READ]
