"""The classical detectors on arrays of measured values: PCA, dynamic PCA and canonical variates.

Each row is compared with the log by two statistics, Hotelling's T2 of what the components explain and the squared
error of the rest; the score is the larger one over its own quantile in normal operation. They know nothing of moves.
The baseline of the event benches, with decisions and frames, is in `models/anomaly/classical.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_KEPT = 0.9
_QUANTILE = 0.99
_FLOOR = 1e-9


def stacked(values: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """(time, (lags + 1) * tag): every row and those before it, newest first; the first stands for earlier ones."""
    padded = np.concatenate([np.repeat(values[:1], lags, axis=0), values])
    return np.concatenate([padded[lags - lag : len(padded) - lag] for lag in range(lags + 1)], axis=1)


@dataclass(frozen=True, eq=False, slots=True)
class LaggedSubspace:
    """Components of standardised lagged rows.

    Attributes:
        mean, std: (tag,) of the log.
        lags: rows before the present one.
        axes: (lagged tag, component) whose scores have unit variance in the log.
        rest: (lagged tag, lagged tag) projection onto what the components leave.
        limits: (2,) of both statistics.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    lags: int
    axes: NDArray[np.float64]
    rest: NDArray[np.float64]
    limits: NDArray[np.float64]

    @classmethod
    def dynamic_pca(cls, runs: Sequence[NDArray[np.float64]], lags: int) -> Self:
        """Principal components for nine tenths of the variance (Ku, Storer & Georgakis 1995); no lags: plain PCA."""
        mean, std, rows = _standard(runs, lags)
        variance, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
        order = np.argsort(-variance)
        kept = order[: int(np.searchsorted(np.cumsum(variance[order]) / variance.sum(), _KEPT)) + 1]
        axes = vectors[:, kept]
        rest = np.eye(len(axes)) - axes @ axes.T
        return cls(mean, std, lags, axes / np.sqrt(variance[kept]), rest, np.ones(2)).limited(runs)

    @classmethod
    def canonical(cls, runs: Sequence[NDArray[np.float64]], lags: int, states: int, ridge: float = 1e-3) -> Self:
        """Combinations of the past that tell most of the future (Larimore 1990; Odiowei & Cao 2010)."""
        mean, std, rows = _standard(runs, lags)
        ahead = np.concatenate([_future((run - mean) / std, lags) for run in runs])
        past, future = _root(rows, ridge), _root(ahead, ridge)
        left, _, _ = np.linalg.svd(past.T @ (rows.T @ ahead / len(rows)) @ future)
        states = min(states, left.shape[1])
        axes, white = past @ left[:, :states], past @ left[:, states:]
        return cls(mean, std, lags, axes, white @ white.T, np.ones(2)).limited(runs)

    def statistics(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time, 2) T2 and squared error of rows (time, tag)."""
        rows = stacked((values - self.mean) / self.std, self.lags)
        return np.stack([((rows @ self.axes) ** 2).sum(axis=1), ((rows @ self.rest) * rows).sum(axis=1)], axis=1)

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time,) the larger statistic over its limit."""
        score: NDArray[np.float64] = (self.statistics(values) / self.limits).max(axis=1)
        return score

    def limited(self, runs: Sequence[NDArray[np.float64]]) -> Self:
        """The same with limits that 99 % of the rows of these runs stay below, each by itself."""
        found = np.concatenate([self.statistics(run) for run in runs])
        limits = np.quantile(found, _QUANTILE, axis=0)
        return type(self)(self.mean, self.std, self.lags, self.axes, self.rest, limits)


def _standard(
    runs: Sequence[NDArray[np.float64]], lags: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    everything = np.concatenate(list(runs))
    mean, std = everything.mean(axis=0), np.maximum(everything.std(axis=0), _FLOOR)
    return mean, std, np.concatenate([stacked((run - mean) / std, lags) for run in runs])


def _future(standard: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """(time, (lags + 1) * tag) the rows that follow each; the last row stands for later ones."""
    later = np.concatenate([standard[1:], standard[-1:]])
    return stacked(later[::-1], lags)[::-1]


def _root(rows: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """A root of the inverse covariance."""
    variance, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    root: NDArray[np.float64] = vectors / np.sqrt(variance.clip(min=0.0) + ridge)
    return root
