"""What alike events have in common: how they leave the prediction, and where they take the plant."""

import numpy as np
from numpy.typing import NDArray

from models.anomaly.event import Dating
from models.anomaly.reading import Finding
from twin.event import Trait

_LEAST = 0.02


def fingerprint(
    finding: Finding, dating: Dating, tags: tuple[str, ...], ordinary: NDArray[np.float64] | None
) -> tuple[Trait, ...]:
    """The tags' parts, each of the two parts of length 1; tags that have next to none are left out.

    The residual part is the share of the score, signed. The shift is that of the plant's measured state in its
    ordinary variations (tag,), which any world model's latent state is inferred from; without them it is 0.
    """
    residual = np.sign(finding.sigma) * np.sqrt(finding.shares)
    shift = np.zeros(len(tags)) if ordinary is None else np.nan_to_num(dating.change / ordinary)
    parts = np.stack([_unit(residual), _unit(shift)], axis=1)
    kept = np.flatnonzero(np.abs(parts).max(axis=1) >= _LEAST)
    return tuple(
        Trait(tag=tags[i], residual=round(float(parts[i, 0]), 3), shift=round(float(parts[i, 1]), 3)) for i in kept
    )


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    unit: NDArray[np.float64] = vector / length if length > 0 else np.zeros_like(vector)
    return unit
