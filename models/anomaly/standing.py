"""The standing error of a world model at an operating point that the log hardly shows: it is taken off.

A level that the log never held leaves a model wrong by a constant for as long as it stands. Each tag's error is a
random walk that only moves feed, the more the less the log covers them: a scalar Kalman filter (Kalman 1960) per tag.
While nothing is moved the error does not walk, so that what departs then is not taken off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_CLIP = 25.0


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """How wrong the model may stand.

    Attributes:
        mean: (tag,) of the innovations of still operation, sigma.
        noise: (tag,) variance of an innovation in still operation.
        error: (tag,) variance of the standing error at a unit of unrest.
        arriving: (feature,) unrest by the features of the moves under way, per row.
        standing: (feature,) unrest by the features of the levels, in a first row.
    """

    mean: NDArray[np.float64]
    noise: NDArray[np.float64]
    error: NDArray[np.float64]
    arriving: NDArray[np.float64]
    standing: NDArray[np.float64]

    def scaled(self, gain: float) -> "Standing":
        """With so many times the variance of the standing error."""
        return replace(self, error=gain * self.error)


class Standings:
    """Innovations without the standing error, row after row; any chunks give the same.

    Attributes:
        cost: summed -2 log likelihood of the rows against those without a standing error.
    """

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._error = np.zeros_like(standing.mean)
        self._variance: NDArray[np.float64] | None = None
        self.cost = 0.0

    def advance(self, sigma: NDArray[np.float64], features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time, tag) what is left of `sigma`, which keeps the variance of still operation; NaN stays."""
        known, out = self._standing, np.full(sigma.shape, np.nan)
        walk = features @ known.arriving
        if self._variance is None:
            self._variance = float(features[0] @ known.standing) * known.error if len(features) else None
        for row, values in enumerate(sigma - known.mean):
            variance = self._variance + walk[row] * known.error
            news, total = np.isfinite(values), variance + known.noise
            rest = np.where(news, values - self._error, 0.0)
            share = np.where(news, variance / total, 0.0)
            out[row] = np.where(news, rest * np.sqrt(known.noise / total), np.nan)
            cost = np.minimum(rest**2 / total, _CLIP) + np.log(total / known.noise)
            self.cost += float(cost[news].sum())
            self._error, self._variance = self._error + share * rest, variance * (1.0 - share)
        return out


def likeliest(
    standing: Standing,
    runs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    gains: Sequence[float],
) -> Standing:
    """The gain under which the innovations and features of these runs are likeliest."""

    def cost(gain: float) -> float:
        total = 0.0
        for sigma, features in runs:
            filtered = Standings(standing.scaled(gain))
            filtered.advance(sigma, features)
            total += filtered.cost
        return total

    return standing.scaled(min(gains, key=cost))
