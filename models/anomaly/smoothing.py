"""One-step innovations at several time scales, with no news where nothing was measured."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SmoothingConfig:
    """How innovations are averaged over time.

    Attributes:
        scales: time constants of the exponentially weighted means (Roberts 1959), shortest first. A filter takes up a
            lasting fault within a few rows, so the short scale alone loses sight of it.
        drift: time constant of the slow mean that is taken off first: what the model is wrong by at this operating
            point is no event.
        winsor: innovations enter the slow mean cut to this many sigma, so that an event does not become normal.
        settle: after a silence of n rows a tag's next n rows are skipped, at most for this long: the model was not
            corrected meanwhile.
    """

    scales: tuple[timedelta, ...] = (timedelta(minutes=6), timedelta(minutes=30), timedelta(minutes=150))
    drift: timedelta = timedelta(hours=12)
    winsor: float = 2.0
    settle: timedelta = timedelta(hours=1)


class Smoother:
    """Running means of each tag's innovations; a tag without news keeps its means.

    A tag that speaks every c rows is averaged with 1 - exp(-c / tau), so all tags share the time constants.
    """

    def __init__(self, config: SmoothingConfig, step: timedelta, cadence: NDArray[np.int64]) -> None:
        """`cadence` (tag,) rows between a tag's news."""
        self._cadence = cadence
        self._weights = np.stack([weights_of(scale / step, cadence) for scale in config.scales])
        self._drift_weight = weights_of(config.drift / step, cadence)
        self._winsor = config.winsor
        self._settle = int(config.settle / step)
        self._means = np.zeros(self._weights.shape)
        self._drift = np.zeros(len(cadence))
        self._heard = np.zeros(len(cadence), dtype=np.bool_)
        self._silent = np.zeros(len(cadence), dtype=np.int64)
        self._skip = np.zeros(len(cadence), dtype=np.int64)

    def enter(self, sigma: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A row's innovations without drift (tag,), NaN without news, and the means after it (scale, tag)."""
        news = self._settled(np.isfinite(sigma))
        innovation = np.where(news, sigma - self._drift, np.nan)
        self._means = np.where(news, self._means + self._weights * (innovation - self._means), self._means)
        toward = np.clip(innovation, -self._winsor, self._winsor)
        self._drift = np.where(news, self._drift + self._drift_weight * toward, self._drift)
        return innovation, self._means

    def advance(self, sigma: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Innovations (time, tag) and means (time, scale, tag) of each row of (time, tag)."""
        rows = [self.enter(row) for row in sigma]
        return np.stack([innovation for innovation, _ in rows]), np.stack([means for _, means in rows])

    def forget(self) -> None:
        """Start the means again from 0; the drift stays."""
        self._means = np.zeros_like(self._means)

    def _settled(self, measured: NDArray[np.bool_]) -> NDArray[np.bool_]:
        returned = measured & self._heard & (self._silent > 2 * self._cadence)
        self._heard |= measured
        self._skip = np.where(returned, np.minimum(self._silent, self._settle), np.maximum(self._skip - 1, 0))
        self._silent = np.where(measured, 0, self._silent + 1)
        settled: NDArray[np.bool_] = measured & (self._skip == 0)
        return settled


def weights_of(rows: float, cadence: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weight of one piece of news for a time constant of so many rows."""
    return 1.0 - np.exp(-cadence / rows)
