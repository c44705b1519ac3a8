"""How much each engine's opinion counts, and how sure a reading is: what was fitted on the development questions."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from twin.errors import CheckpointError
from twin.query import INTENTS

FLOOR = -12.0
"""No engine rules an intent out for good."""
ENGINES = ("rules", "embed", "model")


class Mix(BaseModel):
    """The combination of one set of engines.

    Attributes:
        weights: of each engine's log probabilities, by what kind of clause it is: "english", "other" (language), and
            "leaning" on the question before it.
        bias: of intents.
        confidence: of the features of a reading, "one" the constant; P(whole plan right) is logistic in their sum.
        answer: from this confidence on a reading is answered; below it the two best are offered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Mapping[str, Mapping[str, float]]
    bias: Mapping[str, float] = {}
    confidence: Mapping[str, float]
    answer: float

    def intents(self, opinions: Mapping[str, NDArray[np.float64]], kind: str) -> NDArray[np.float64]:
        """(intent,) log probabilities of a clause from those of the engines."""
        scores = np.array([self.bias.get(intent, 0.0) for intent in INTENTS])
        for engine, log_p in opinions.items():
            scores = scores + self.weights[kind].get(engine, 0.0) * np.maximum(log_p, FLOOR)
        return np.asarray(scores - np.logaddexp.reduce(scores), np.float64)

    def sure(self, features: Mapping[str, float]) -> float:
        """P(whole plan right)."""
        logit = sum(self.confidence.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


class Calibration(BaseModel):
    """A mix for each set of engines, named "rules", "rules+embed", …"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mixes: Mapping[str, Mix]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises CheckpointError."""
        try:
            return cls.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError) as error:
            raise CheckpointError(f"the calibration {path} cannot be used: {error}", field="path") from error

    def of(self, engines: frozenset[str]) -> Mix:
        """The mix of these engines; raises CheckpointError when there is none."""
        name = "+".join(engine for engine in ENGINES if engine in engines)
        if name not in self.mixes:
            raise CheckpointError(f"there is no calibration of the engines {name or '(none)'}", field="engines")
        return self.mixes[name]
