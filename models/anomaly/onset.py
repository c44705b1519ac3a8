"""When an event began: looking back along the innovations from the moment it was noticed."""

import numpy as np
from numpy.typing import NDArray

_LEAST = 0.5  # sigma; Page's reference value for a shift of one sigma
_PART = 0.25  # of the shift's size at the end: half of it would be best for a step, less finds a slow rise sooner
_END = 5  # rows that the size is the mean of


def onset_row(projected: NDArray[np.float64]) -> int:
    """The row at which a shift of the mean most likely began (Page 1954: where the cumulative sum was last lowest).

    `projected` (time,) innovations along the event's direction, unit variance, positive once the event is on; NaN
    without news. The last row is always part of the event.
    """
    news = np.isfinite(projected)
    size = float(projected[news][-_END:].mean()) if news.any() else 0.0
    steps = np.where(news, projected - max(_LEAST, _PART * size), 0.0)
    from_row_on = np.cumsum(steps[::-1])[::-1]
    return int(np.argmax(from_row_on))


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
