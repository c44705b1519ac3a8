"""What operators did lately, and how well the training log covers it: how wrong a world model may be of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

_SPELL = timedelta(hours=20)
_LEAST_WIDTH = 0.05


@dataclass(frozen=True, slots=True)
class CoverageConfig:
    """How long moves are remembered.

    Attributes:
        memories: time constants over which a move fades; beside them the levels themselves count.
    """

    memories: tuple[timedelta, ...] = (
        timedelta(minutes=20),
        timedelta(minutes=90),
        timedelta(hours=5),
        timedelta(hours=20),
    )


@dataclass(frozen=True, eq=False, slots=True)
class Coverage:
    """How moves are weighed; features are (memory and then levels) x (leverage, size).

    The leverage of moves is their part of a linear model's squared prediction error, as far as it comes from the
    fit (Hoaglin & Welsch 1978): large for what the training log hardly ever showed, at most 1 for what it held.

    Attributes:
        reference: (move,) levels that the plant is run at when nothing is moved, engineering units.
        widths: (move,) half of the range that the training log covered, engineering units.
        keep: (memory,) part of a faded move that is left a row later.
        prior: (memory + 1,) what one move of a width tells.
        inverse: (memory + 1, move, move) inverse information in the training log, in priors.
    """

    reference: NDArray[np.float64]
    widths: NDArray[np.float64]
    keep: NDArray[np.float64]
    prior: NDArray[np.float64]
    inverse: NDArray[np.float64]

    @classmethod
    def learn(
        cls,
        trained: Sequence[NDArray[np.float64]],
        still: Sequence[NDArray[np.float64]],
        ranges: NDArray[np.float64],
        step: timedelta,
        config: CoverageConfig,
    ) -> Self:
        """From the levels (time, move) that the model was trained on, and those of operation without moves.

        `ranges` (move,) are the widths of the plant file: a move that was never made still has a size.
        """
        everything = np.concatenate(list(trained))
        reference = np.mean(np.concatenate(list(still) or list(trained)), axis=0)
        widths = np.maximum(np.ptp(everything, axis=0) / 2, _LEAST_WIDTH * ranges)
        rows = np.array([memory / step for memory in config.memories])
        prior = np.append(rows / 2, _SPELL / step)
        nothing = np.broadcast_to(np.eye(len(widths)), (len(prior), *2 * widths.shape))
        blank = cls(reference, widths, np.exp(-1.0 / rows), prior, nothing)
        return blank.knowing([Fading(blank).advance(levels) for levels in trained])

    def knowing(self, faded: Sequence[NDArray[np.float64]]) -> Self:
        """The same for a model that was trained on these faded moves (time, memory + 1, move)."""
        told = np.sum([np.einsum("tfi,tfj->fij", part, part) for part in faded], axis=0)
        relative = np.eye(len(self.widths)) + told / self.prior[:, None, None]
        return replace(self, inverse=np.linalg.inv(relative))

    def features(self, faded: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time, feature) from faded moves (time, memory + 1, move)."""
        leverage = np.einsum("tfi,fij,tfj->tf", faded, self.inverse, faded)
        size: NDArray[np.float64] = (faded**2).sum(axis=2)
        return np.concatenate([leverage, size], axis=1)


@dataclass(slots=True)
class Fading:
    """Moves as they fade row by row; a level that is not known is the last one known."""

    coverage: Coverage
    level: NDArray[np.float64] | None = None
    faded: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def advance(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time, memory + 1, move) faded moves, and last the distance from the reference, in widths."""
        keep, out = self.coverage.keep[:, None], np.empty((len(levels), len(self.coverage.keep) + 1, levels.shape[1]))
        for row, given in enumerate(levels):
            before = self.coverage.reference if self.level is None else self.level
            self.level = np.where(np.isfinite(given), given, before)
            change = np.zeros(len(given)) if not self.faded.size else (self.level - before) / self.coverage.widths
            self.faded = keep * (self.faded if self.faded.size else np.zeros((len(keep), 1))) + change
            out[row, :-1], out[row, -1] = self.faded, (self.level - self.coverage.reference) / self.coverage.widths
        return out
