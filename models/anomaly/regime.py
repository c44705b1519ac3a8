"""Where the plant stands, against where calibration and training saw it: for telling a new regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.reading import Finding
from twin.window import Window

_MEMORY = timedelta(minutes=30)
_SHRINKAGE = 0.1


@dataclass(frozen=True, slots=True)
class RegimeConfig:
    """When a plant is said to run in a new regime.

    Attributes:
        settled: single rows must have been ordinary, and the operating point outside, for so long.
        after: how long after an alarm.
        lasts: a regime that has lasted so long is operation like any other, and may be learned.
        deadband: part of the limit below which the operating point is back.
    """

    settled: timedelta = timedelta(hours=2)
    after: timedelta = timedelta(hours=12)
    lasts: timedelta = timedelta(hours=12)
    deadband: float = 0.9


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """The operating points of normal operation: smoothed measured values.

    Attributes:
        mean, std: (tag,) engineering units.
        precision: (tag, tag) inverse correlation.
        limit: Mahalanobis distance that no stretch reached when the others were known.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    precision: NDArray[np.float64]
    limit: float

    @classmethod
    def learn(cls, windows: Sequence[Window], tags: tuple[str, ...]) -> Self:
        """From unbroken stretches of normal operation, operators' moves included."""
        points = [levels(window.select(tags).values, window.step) for window in windows]
        largest = 0.0
        for k, own in enumerate(points):
            others = cls._fitted([*points[:k], *points[k + 1 :]] or [own])
            largest = max(largest, float(others.distance(own).max()))
        known = cls._fitted(points)
        return cls(known.mean, known.std, known.precision, largest)

    @classmethod
    def _fitted(cls, points: Sequence[NDArray[np.float64]]) -> Self:
        rows = np.concatenate(points)
        mean = np.nanmean(rows, axis=0)
        std = np.maximum(np.nanstd(rows, axis=0), 1e-9 * np.maximum(np.abs(mean), 1.0))
        standard = np.nan_to_num((rows - mean) / std)
        correlation = (1.0 - _SHRINKAGE) * standard.T @ standard / len(standard) + _SHRINKAGE * np.eye(len(mean))
        return cls(mean, std, np.asarray(np.linalg.inv(correlation), dtype=np.float64), 1.0)

    def departure(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., tag) distances from the mean in ordinary variations; 0 for a tag that is not known."""
        return np.nan_to_num((points - self.mean) / self.std)

    def distance(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(...) Mahalanobis distances of points (..., tag)."""
        departure = self.departure(points)
        squared = (departure @ self.precision * departure).sum(axis=-1)
        return np.asarray(np.sqrt(np.maximum(squared, 0.0)), dtype=np.float64)

    def finding(self, point: NDArray[np.float64]) -> Finding:
        """Which tags make the distance."""
        departure = self.departure(point)
        parts = np.clip(departure * (self.precision @ departure), 0.0, None)
        return Finding(parts / max(float(parts.sum()), 1e-12), departure, departure)


class OperatingPoint:
    """Exponentially weighted means of the measured values; a tag without news keeps its own."""

    def __init__(self, tags: int, step: timedelta) -> None:
        self._weight = 1.0 - float(np.exp(-(step / _MEMORY)))
        self.values = np.full(tags, np.nan)

    def enter(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The point after a row's values (tag,); NaN for a tag that was never heard."""
        first = np.isnan(self.values)
        moved = self.values + self._weight * (values - self.values)
        self.values = np.where(np.isfinite(values), np.where(first, values, moved), self.values)
        return self.values


def levels(values: NDArray[np.float64], step: timedelta) -> NDArray[np.float64]:
    """(time, tag) operating points of rows (time, tag), from where they have forgotten their beginning."""
    point = OperatingPoint(values.shape[1], step)
    points = np.stack([point.enter(row) for row in values])
    return points[min(int(2 * _MEMORY / step), len(points) - 1) :]


class RegimeWatch:
    """Tells when the plant runs by its laws again, elsewhere, and when it is back."""

    def __init__(self, operation: Operation, step: timedelta, config: RegimeConfig) -> None:
        self._operation, self._config = operation, config
        self._settled = max(1, round(config.settled / step))
        self._after, self._lasts = round(config.after / step), round(config.lasts / step)
        self._point = OperatingPoint(len(operation.mean), step)
        self._since_alarm: int | None = None
        self._outside = self._ordinary = self._inside = self._lasted = 0
        self.active = False
        self.score = 0.0

    def enter(self, values: NDArray[np.float64], *, ordinary: bool, alarm: bool) -> bool:
        """Take a row: its values (tag,), whether it is ordinary by itself, and whether an event is open.

        Gives whether a regime began or ended.
        """
        self.score = float(self._operation.distance(self._point.enter(values))) / self._operation.limit
        self._since_alarm = 0 if alarm else None if self._since_alarm is None else self._since_alarm + 1
        self._outside = self._outside + 1 if self.score > 1.0 else 0
        self._inside = self._inside + 1 if self.score < self._config.deadband else 0
        self._ordinary = self._ordinary + 1 if ordinary else 0
        return self._end() if self.active else self._begin()

    @property
    def finding(self) -> Finding:
        """Which tags are elsewhere."""
        return self._operation.finding(self._point.values)

    def _begin(self) -> bool:
        lately = self._since_alarm is not None and self._since_alarm <= self._after
        self.active = lately and min(self._outside, self._ordinary) >= self._settled
        self._lasted = 0
        return self.active

    def _end(self) -> bool:
        self._lasted += 1
        self.active = self._inside < self._settled and self._lasted < self._lasts
        if not self.active:
            self._since_alarm = None
        return not self.active
