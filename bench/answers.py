"""Answers to the what-if questions of a folder: what every forecaster gives, and the file they are scored from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.folder import Pair

LEVELS = np.round(np.arange(0.05, 0.96, 0.05), 2)
"""Levels of the quantiles of B."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """The answer to one question, in engineering units.

    Attributes:
        a, b: (horizon, tag) expected values under the levels A and B.
        quantiles: (level, horizon, tag) of B, at LEVELS.
        effect: (level, horizon, tag) of B minus A, at LEVELS; None where a forecaster has no such quantiles.
    """

    a: Floats
    b: Floats
    quantiles: Floats
    effect: Floats | None = None


class Forecaster(Protocol):
    """Answers one question after another."""

    def __call__(self, pair: Pair) -> Answer:
        """What it expects after the pair's context, under the levels A and B."""
        ...


def arrays(answers: Sequence[Answer]) -> dict[str, NDArray[Any]]:
    """What the scores are taken of, by the names of docs/benchmark.md."""
    found: dict[str, NDArray[Any]] = {
        "A_mean": np.stack([answer.a for answer in answers]),
        "B_mean": np.stack([answer.b for answer in answers]),
        "B_quantiles": np.stack([answer.quantiles for answer in answers], axis=1),
    }
    effects = [answer.effect[[0, -1]] for answer in answers if answer.effect is not None]
    if effects:
        found["eff_q05"], found["eff_q95"] = np.stack(effects, axis=1)
    return {name: array.astype(np.float32) for name, array in found.items()} | {"levels": LEVELS}


def save(path: Path, answers: Sequence[Answer]) -> None:
    """Write the file that `foretell bench score whatif` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays(answers))
