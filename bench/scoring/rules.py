"""Proper scores of a distribution that is given by quantiles or by samples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def crps_of_samples(samples: Floats, truth: Floats) -> Floats:
    """Fair continuous ranked probability score of (sample, …) draws (Ferro 2014), in the unit of `truth` (…)."""
    count = len(samples)
    ranks: NDArray[Any] = (2.0 * np.arange(1, count + 1) - count - 1.0).reshape(-1, *[1] * truth.ndim)
    spread: Floats = (ranks * np.sort(samples, axis=0)).sum(0) / (count * (count - 1))
    away: Floats = np.abs(samples - truth).mean(0)
    return away - spread


def crps_of_quantiles(quantiles: Floats, truth: Floats, levels: Floats) -> Floats:
    """Twice the mean pinball loss of (level, …) quantiles at evenly spread levels, in the unit of `truth` (…)."""
    level = levels.reshape(-1, *[1] * truth.ndim)
    below = truth - quantiles
    loss: Floats = 2.0 * np.mean(np.maximum(level * below, (level - 1.0) * below), axis=0)
    return loss
