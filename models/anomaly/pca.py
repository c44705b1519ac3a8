"""The classical baseline: principal components of the measured values, T2 and the squared prediction error.

Jackson & Mudholkar 1979; as it is used on this kind of plant: static, blind to moves and to time. It goes through the
same thresholds and decisions as the twin's own detector.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.decision import DecisionConfig
from models.anomaly.detector import DetectorConfig, EventDetector
from models.anomaly.moves import PastMove
from models.anomaly.reading import Finding, Suspect
from models.anomaly.threshold import Tail, fit_tail, persistent
from models.anomaly.tracker import TrackerConfig
from twin.plant import Plant
from twin.window import Window
from twin.world import Residual

_KEPT = 0.9  # share of the variance that the components explain


@dataclass(frozen=True, eq=False, slots=True)
class Components:
    """Principal components of normal operation.

    Attributes:
        tags: columns.
        mean, std: (tag,) engineering units.
        axes: (component, tag) of the standardised values.
        variance: (component,) along the axes.
    """

    tags: tuple[str, ...]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    axes: NDArray[np.float64]
    variance: NDArray[np.float64]

    @classmethod
    def fit(cls, windows: Sequence[Window], tags: tuple[str, ...]) -> Self:
        """Components that explain nine tenths of the variance of these stretches."""
        values = np.concatenate([window.select(tags).values for window in windows])
        mean, std = np.nanmean(values, axis=0), np.maximum(np.nanstd(values, axis=0), 1e-12)
        standard = np.concatenate([held((window.select(tags).values - mean) / std) for window in windows])
        variance, axes = np.linalg.eigh(standard.T @ standard / len(standard))
        order = np.argsort(-variance)
        kept = int(np.searchsorted(np.cumsum(variance[order]) / variance.sum(), _KEPT)) + 1
        return cls(tags, mean, std, axes[:, order[:kept]].T, variance[order[:kept]])


def held(standard: NDArray[np.float64]) -> NDArray[np.float64]:
    """(time, tag) with the last value where there is no news, and the mean (0) before the first one."""
    filled, last = np.empty_like(standard), np.zeros(standard.shape[1])
    for row, values in enumerate(standard):
        last = np.where(np.isfinite(values), values, last)
        filled[row] = last
    return filled


@dataclass(frozen=True, eq=False, slots=True)
class PcaReading:
    """T2 and squared prediction error of a row; see `Reading`."""

    components: Components
    standard: NDArray[np.float64]
    measured: bool

    def _squared(self) -> NDArray[np.float64]:
        """(2,) T2 and squared prediction error."""
        scores = self.components.axes @ self.standard
        rest = self.standard - scores @ self.components.axes
        return np.array([(scores**2 / self.components.variance).sum(), (rest**2).sum()])

    @property
    def values(self) -> NDArray[np.float64]:
        """(2,) amplitudes of T2 and of the squared prediction error."""
        if not self.measured:
            return np.full(2, np.nan)
        amplitudes: NDArray[np.float64] = np.sqrt(self._squared())
        return amplitudes

    @property
    def raw(self) -> NDArray[np.float64]:
        """The same: it does not know moves."""
        return self.values

    def sensor(self, tag: int) -> NDArray[np.float64]:
        """(2,) zeros: it does not tell transmitters from the plant."""
        return np.zeros(2)

    def suspects(self, thresholds: NDArray[np.float64]) -> tuple[Suspect, ...]:
        """None: it does not tell transmitters from the plant."""
        return ()

    def finding(
        self, thresholds: NDArray[np.float64], *, with_moves: bool = False, suspect: int | None = None
    ) -> Finding:
        """Contributions by reconstruction (Alcala & Qin 2009) to both statistics over their thresholds together."""
        axes = self.components.axes
        modelled = (axes.T / self.components.variance) @ axes
        index = modelled / thresholds[0] ** 2 + (np.eye(len(self.standard)) - axes.T @ axes) / thresholds[1] ** 2
        part = (index @ self.standard) ** 2 / np.maximum(np.diag(index), 1e-9)
        return Finding(part / max(float(part.sum()), 1e-12), self.standard, self.standard, sensor=suspect)


@dataclass(frozen=True, eq=False, slots=True)
class PcaRow:
    """A scored row; see `Row`."""

    time: np.datetime64
    fresh: NDArray[np.float64]
    values: NDArray[np.float64]
    reading: PcaReading
    levels: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    moves: tuple[PastMove, ...] = ()

    def read(self, faulty: Collection[int] = ()) -> PcaReading:
        """The reading, whatever transmitters are faulty."""
        return self.reading


class PcaScorer:
    """Standardised values against their principal components; see `Scorer`."""

    statistics = ("T2", "squared prediction error")
    scales = 1

    def __init__(self, components: Components) -> None:
        self._components = components
        self.tags = components.tags
        self._last = np.zeros(len(self.tags))

    def advance(self, window: Window, residual: Residual) -> Iterator[PcaRow]:
        """The rows of a window; a tag without news holds its value."""
        values = window.select(self.tags).values
        standard = (values - self._components.mean) / self._components.std
        for time, own, row in zip(window.time, values, standard, strict=True):
            news = np.isfinite(row)
            self._last = np.where(news, row, self._last)
            yield PcaRow(time, row, own, PcaReading(self._components, self._last, bool(news.any())))

    def forget(self) -> None:
        """Nothing: it has no memory."""


@dataclass(frozen=True, eq=False, slots=True)
class PcaCalibration:
    """Components and the tails of their statistics on normal operation."""

    components: Components
    tails: tuple[Tail, ...]
    step: timedelta

    @classmethod
    def learn(cls, windows: Sequence[Window], tags: tuple[str, ...]) -> Self:
        """From unbroken stretches of normal operation; every tail is that of stretches left out of the components."""
        step, decision = windows[0].step, DecisionConfig()
        on, off = round(decision.on_delay / step), round(decision.off_delay / step)
        series = []
        for k, window in enumerate(windows):
            others = [*windows[:k], *windows[k + 1 :]] or [window]
            series.append(_amplitudes(Components.fit(others, tags), window))
        tails = tuple(fit_tail([persistent(values[:, i], on) for values in series], step, off) for i in range(2))
        return cls(Components.fit(windows, tags), tails, step)

    def detector(
        self, plant: Plant, false_alarms_per_week: float, config: DetectorConfig | None = None
    ) -> EventDetector:
        """A detector in its initial state, with thresholds for this budget.

        An event begins where its statistic first passed the threshold: static values say nothing of earlier rows.
        """
        tracker = TrackerConfig(lookback=DecisionConfig().on_delay)
        return EventDetector(
            plant,
            partial(PcaScorer, self.components),
            self.tails,
            np.eye(len(self.components.tags)),
            step=self.step,
            version="pca",
            false_alarms_per_week=false_alarms_per_week,
            config=config or DetectorConfig(tracker=tracker),
        )


def _amplitudes(components: Components, window: Window) -> NDArray[np.float64]:
    standard = held((window.select(components.tags).values - components.mean) / components.std)
    return np.stack([PcaReading(components, row, True).values for row in standard])
