"""When an event began: looking back along the innovations from the moment it was noticed."""

import numpy as np
from numpy.typing import NDArray

_LEAST = 0.5  # sigma; Page's reference value for a shift of one sigma
_PART = 0.25  # of the shift's size at the end: half of it would be best for a step, less finds a slow rise sooner
_END = 5  # rows that the size is the mean of
_MEMORY = 2.0  # sizes that the sum may reach: an earlier event is forgotten after a few quiet rows


def onset_rows(projected: NDArray[np.float64]) -> NDArray[np.intp]:
    """The row at which each column's shift of the mean began: where its cumulative sum was last 0 (Page 1954).

    `projected` (time, column) innovations along an event's direction, unit variance, positive once it is on; NaN
    without news. The last row is always part of the event.
    """
    news = np.isfinite(projected)
    filled = np.where(news, projected, 0.0)
    size = filled[-_END:].sum(axis=0) / np.maximum(news[-_END:].sum(axis=0), 1)
    steps = np.where(news, projected - np.maximum(_LEAST, _PART * size), 0.0)
    limit = np.maximum(_MEMORY * size, 4.0)
    total, start = np.zeros(projected.shape[1]), np.zeros(projected.shape[1], dtype=np.intp)
    for row, step in enumerate(steps[:-1]):
        total = np.clip(total + step, 0.0, limit)
        start = np.where(total == 0.0, row + 1, start)
    return start


def along(
    innovations: NDArray[np.float64], pattern: NDArray[np.float64], precision: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(time,) matched filter: innovations (time, tag) projected on a pattern, unit variance in normal operation.

    A row sees only the tags that have news in it; NaN when there are none.
    """
    news = np.isfinite(innovations)
    weights = precision @ pattern
    size = np.sqrt(max(float(pattern @ weights), 1e-12))
    projected = np.where(news, innovations, 0.0) @ weights / size
    return np.where(news.any(axis=1), projected, np.nan)
