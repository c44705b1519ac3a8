"""The engine of embeddings: an intent model reads each clause with its names, times and numbers masked."""

import asyncio

import numpy as np

from api.language.asking import Asking, Opinion
from twin.protocols import IntentModel
from twin.query import INTENTS

NAME = "embed"
READ = 300
"""Characters of a clause that are looked at: the time of an embedding grows with the square of its length."""
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
        found = self._model.log_probabilities([clause.masked[:READ] for clause in asking.clauses])
        return tuple(Opinion(NAME, log_p) for log_p in found)
