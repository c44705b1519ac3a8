"""Which tags evidence is about: contributions in the space of tags, not of whitened directions."""

import numpy as np
from numpy.typing import NDArray

from models.anomaly.evidence import KINDS, Evidence, Statistics

Floats = NDArray[np.float64]


def contributions(evidence: Evidence, statistics: Statistics) -> Floats:
    """(time, tag) shares in each row's most surprising statistic; they sum to 1.

    A tag's contribution is what reconstructing it alone would take off the squared distance (Alcala & Qin 2009,
    eq. 12); for a variance, its running mean over the span.
    """
    ratios = _ratios(evidence, statistics)
    config = evidence.whitening.config
    scales, spans = len(config.scales) - 1, len(config.spans)
    by_scale = [ratios[:, k] for k in range(1, scales + 1)]
    squares = np.minimum(ratios[:, 0], config.clip)
    by_span = [_running(squares, float(np.exp(-evidence.whitening.step / span))) for span in config.spans]
    apart = np.stack([*by_scale, *by_span], axis=1)
    groups = np.concatenate([np.tile(np.arange(scales), 2), np.tile(scales + np.arange(spans), len(KINDS) - 2)])
    chosen = groups[evidence.surprise(statistics).argmax(axis=1)]
    found = apart[np.arange(len(apart)), chosen]
    return np.asarray(found / found.sum(axis=1, keepdims=True).clip(min=1e-12), dtype=np.float64)


def _ratios(evidence: Evidence, statistics: Statistics) -> Floats:
    """(time, scale, tag) squared distance that a tag's reconstruction takes off."""
    out = np.empty((*statistics.whitened.shape[:2], len(evidence.whitening.tags)))
    for k, scale in enumerate(evidence.whitening.scales):
        spread = 1.0 + statistics.present[:, [k]] * scale.excess
        slope = (statistics.whitened[:, k] / np.sqrt(spread)) @ scale.axes.T
        out[:, k] = slope**2 / ((1.0 / spread) @ (scale.axes**2).T)
    return out


def _running(values: Floats, keep: float) -> Floats:
    """Exponentially weighted mean of (time, tag), from 1, which is what it is in normal operation."""
    out, mean = np.empty_like(values), np.ones(values.shape[1])
    for row, value in enumerate(values):
        mean = keep * mean + (1.0 - keep) * value
        out[row] = mean
    return out
