"""What the scores are measured in: each tag's scale and noise, as meta.json states them or the logs show them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.folder import Meta, read_arrays

Floats = NDArray[np.float64]


def scale_of(folder: Path, meta: Meta) -> Floats:
    """(tag,) the unit of the scores; the tag's standard deviation in normal.npz where meta.json states none."""
    stated = [tag.scale for tag in meta.obs]
    if all(stated):
        return np.array(stated, float)
    measured = read_arrays(folder, "normal", ("obs",))["obs"].astype(float).std((0, 1))
    return np.array([scale or own for scale, own in zip(stated, measured, strict=True)], float)


def noise_of(folder: Path, meta: Meta) -> Floats:
    """(tag,) standard deviation of the white noise; where none is stated, of the row-to-row jitter in steady.npz.

    Without steady runs the jitter is that of val.npz.
    """
    stated = [tag.noise for tag in meta.obs]
    if all(stated):
        return np.array(stated, float)
    runs = np.empty((0, 0, len(stated)))
    if (folder / "steady.npz").exists():
        runs = read_arrays(folder, "steady", ("obs",))["obs"].astype(float)
    if not len(runs):
        runs = read_arrays(folder, "val", ("obs",))["obs"].astype(float)
    jitter = np.diff(runs, axis=1).std((0, 1)) / np.sqrt(2.0)
    return np.array([noise or own for noise, own in zip(stated, jitter, strict=True)], float)
