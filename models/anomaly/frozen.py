"""Transmitters that repeat themselves: bit-identical values over more consecutive news than ever in calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.plant import Plant
from twin.window import Window

_LEAST = 4  # identical values in a row before anything is said, even of a tag that never repeats itself
_QUIET = 0.02  # share of its news that a tag may spend in one run and still be watched


@dataclass(frozen=True, eq=False, slots=True)
class FrozenLimits:
    """How often each tag repeats a value in normal operation.

    Attributes:
        tags: the observed tags.
        limit: (tag,) length of a run of identical values that is alarming; 0 for a tag that is not watched.
        low, high: (tag,) ends of the instrument's range; a value there is saturated, not frozen.
    """

    tags: tuple[str, ...]
    limit: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def learn(cls, plant: Plant, tags: tuple[str, ...], windows: Sequence[Window]) -> Self:
        """Limits at twice the longest run of normal operation, and at least 4.

        Tags logged on change and tags that stand still for long in normal operation are not watched.
        """
        low = np.array([plant.tag(tag).low for tag in tags])
        high = np.array([plant.tag(tag).high for tag in tags])
        blank = cls(tags, np.ones(len(tags)), low, high)
        longest, news = np.zeros(len(tags)), np.zeros(len(tags))
        for window in windows:
            watch, values = FrozenWatch(blank), window.select(tags).values
            for time, row in zip(window.time, values, strict=True):
                watch.enter(time, row)
                longest = np.maximum(longest, watch.run)
            news += np.isfinite(values).sum(axis=0)
        on_change = np.array([plant.tag(tag).cadence is None for tag in tags])
        watched = ~on_change & (longest <= _QUIET * news)
        return cls(tags, np.where(watched, np.maximum(2.0 * longest, _LEAST), 0.0), low, high)


class FrozenWatch:
    """Counts how often each tag has repeated its last value; a row without news changes nothing."""

    def __init__(self, limits: FrozenLimits) -> None:
        self._limits = limits
        count = len(limits.tags)
        self._rate = np.divide(1.0, limits.limit - 1.0, out=np.zeros(count), where=limits.limit > 1.0)
        self._last = np.full(count, np.nan)
        self.run = np.zeros(count)
        """(tag,) identical values in a row, the last one included; 0 for a saturated value."""
        self.since = np.full(count, np.datetime64("NaT", "us"))
        """(tag,) time of the first value of each tag's run."""
        margin = 1e-6 * (limits.high - limits.low)
        self._bottom, self._top = limits.low + margin, limits.high - margin

    def enter(self, time: np.datetime64, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(tag,) repetitions up to this row over those that are alarming: 0 for a new value, 1 at the limit."""
        news = np.isfinite(values)
        same = news & (values == self._last)
        saturated = (self._last <= self._bottom) | (self._last >= self._top)
        self.since = np.where(news & ~same, time, self.since)
        self.run = np.where(same, self.run + 1, np.where(news, 1.0, self.run))
        self.run = np.where(same & saturated, 0.0, self.run)
        self._last = np.where(news, values, self._last)
        return np.maximum(self.run - 1.0, 0.0) * self._rate
