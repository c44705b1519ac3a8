"""Thresholds from a stated false-alarm budget, by extreme-value theory on held-back normal operation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput

WEEK = timedelta(weeks=1)
_QUANTILES = (0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
_ENOUGH, _LEAST = 20, 8
_HEAVIEST = 0.3  # beyond this is sampling error of some tens of peaks; so is a tail that ends (below 0)


@dataclass(frozen=True, slots=True)
class Tail:
    """The upper tail of a statistic in normal operation: peaks over `level`, generalised Pareto.

    Attributes:
        level: where the tail begins, in units of the statistic.
        scale, shape: of the generalised Pareto distribution of the excesses; shape > 0 is heavy-tailed.
        per_week: clusters of exceedance of `level` per week of normal operation.
    """

    level: float
    scale: float
    shape: float
    per_week: float

    def threshold(self, per_week: float) -> float:
        """The value that clusters exceed `per_week` times a week (Coles 2001, eq. 4.12, as a return level)."""
        if per_week <= 0:
            raise InvalidInput(
                f"false alarms per week = {per_week:g} is not above 0", field="false_alarms_per_week", value=per_week
            )
        ratio = max(self.per_week / per_week, 1.0)
        if abs(self.shape) < 1e-6:
            return float(self.level + self.scale * np.log(ratio))
        return float(self.level + self.scale / self.shape * (ratio**self.shape - 1.0))


def fit_tail(series: Sequence[NDArray[np.float64]], step: timedelta, gap: int) -> Tail:
    """The tail of a statistic from stretches of normal operation.

    It begins at the highest of a few quantiles that leaves 20 clusters to fit to; a slow statistic crosses rarely,
    and then for long.

    Args:
        series: one array (time,) per unbroken stretch; NaN where nothing was scored.
        step: distance of the rows.
        gap: rows below the level that separate two clusters; dependent crossings count once.

    Raises:
        InvalidInput: when there are fewer than 8 clusters at any of them.
    """
    scored = np.concatenate([values[np.isfinite(values)] for values in series])
    peaks, level = np.empty(0), np.nan
    for quantile in _QUANTILES if len(scored) else ():
        level = float(np.quantile(scored, quantile))
        peaks = np.array([peak for values in series for peak in _cluster_peaks(values, level, gap)])
        if len(peaks) >= _ENOUGH:
            break
    if len(peaks) < _LEAST:
        raise InvalidInput(
            f"{len(scored)} rows of normal operation give {len(peaks)} peaks; {_LEAST} are needed to set a threshold",
            field="calibration",
            value=len(peaks),
            limit=_LEAST,
        )
    scale, shape = pareto_by_moments(peaks - level)
    return Tail(level, scale, shape, len(peaks) * (WEEK / step) / len(scored))


def pareto_by_moments(excess: NDArray[np.float64]) -> tuple[float, float]:
    """Scale and shape of the generalised Pareto distribution by probability-weighted moments.

    Hosking & Wallis 1987, Technometrics 29(3), section 3.2, with their plotting positions (i - 0.35) / n;
    their k is -shape. The shape is kept within [0, 0.3].
    """
    ordered = np.sort(excess)
    position = (np.arange(1, len(ordered) + 1) - 0.35) / len(ordered)
    first, second = ordered.mean(), (ordered * (1.0 - position)).mean()
    shape = float(np.clip(2.0 - first / (first - 2.0 * second), 0.0, _HEAVIEST))
    return float(first * (1.0 - shape)), shape


def persistent(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """(time,) the least of the last `rows` values: what an on-delay of that many rows lets through.

    The first rows - 1 entries are NaN, and so is every entry whose stretch contains a NaN.
    """
    if rows == 1 or len(values) < rows:
        return values.copy() if rows == 1 else np.full(len(values), np.nan)
    least = np.lib.stride_tricks.sliding_window_view(values, rows).min(axis=1)
    return np.concatenate([np.full(rows - 1, np.nan), least])


def _cluster_peaks(values: NDArray[np.float64], level: float, gap: int) -> list[float]:
    """The largest value of each run of crossings; runs less than `gap` rows apart are one."""
    crossing = np.flatnonzero(values > level)
    if not len(crossing):
        return []
    borders = np.flatnonzero(np.diff(crossing) > gap) + 1
    return [float(values[run].max()) for run in np.split(crossing, borders)]
