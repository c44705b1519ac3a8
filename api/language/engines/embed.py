"""The engine of embeddings: an intent model reads each clause with its names, times and numbers masked."""

import asyncio

from api.language.asking import Asking, Opinion
from twin.protocols import IntentModel

NAME = "embed"


class Embed:
    """Reads the intent of each clause from what its words mean, whatever they are."""

    def __init__(self, model: IntentModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Its name."""
        return NAME

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        """One opinion a clause; it knows nothing of the session."""
        return await asyncio.to_thread(self.opinions, asking)

    def opinions(self, asking: Asking) -> tuple[Opinion, ...]:
        """The same, at once."""
        found = self._model.log_probabilities([clause.masked for clause in asking.clauses])
        return tuple(Opinion(NAME, log_p) for log_p in found)
