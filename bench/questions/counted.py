"""What a language model is asked during a bench, and how long it takes."""

import time
from collections import Counter
from typing import TypeVar

from pydantic import BaseModel

from api.language.narrate import Narration
from twin.errors import LanguageModelUnavailable
from twin.protocols import LanguageModel

T = TypeVar("T", bound=BaseModel)


class Counted:
    """A language model that counts what it is asked.

    Instructions that are new to it are read before the first question that follows them, and not counted: a server in
    use has read them at its start.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._known: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """As the model itself; raises LanguageModelUnavailable."""
        if instructions not in self._known:
            self._known.add(instructions)
            await self.warm_up(instructions)
        self._counts["narrated" if schema is Narration else "read"] += 1
        began = time.perf_counter()
        try:
            return await self._model.complete(instructions, prompt, schema)
        except LanguageModelUnavailable:
            self._counts["unanswered"] += 1
            raise
        finally:
            self._seconds += time.perf_counter() - began

    async def warm_up(self, instructions: str) -> None:
        """As the model itself; raises LanguageModelUnavailable."""
        await self._model.warm_up(instructions)

    def taken(self) -> dict[str, object]:
        """What came since the last time: questions read, answers narrated, calls unanswered, seconds of them all."""
        counts = {name: self._counts[name] for name in ("read", "narrated", "unanswered")}
        found: dict[str, object] = {"name": self.name, **counts, "seconds": round(self._seconds, 1)}
        self._counts.clear()
        self._seconds = 0.0
        return found
