"""The classical baselines as detectors: PCA, dynamic PCA and canonical variates through the twin's own decisions.

T2 of what the components explain and the squared error of the rest (Jackson & Mudholkar 1979; Ku, Storer & Georgakis
1995; Odiowei & Cao 2010), blind to moves. Thresholds, delays and frames are those of the twin's detector.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.decision import DecisionConfig
from models.anomaly.detector import DetectorConfig, EventDetector
from models.anomaly.lagged import LaggedSubspace
from models.anomaly.moves import PastMove
from models.anomaly.reading import Finding, Suspect
from models.anomaly.threshold import Tail, fit_tail, persistent
from models.anomaly.tracker import TrackerConfig
from twin.plant import Plant
from twin.window import Window
from twin.world import Residual

_LAGS, _STATES = 3, 30

METHODS: dict[str, Callable[[Sequence[NDArray[np.float64]]], LaggedSubspace]] = {
    "pca": partial(LaggedSubspace.dynamic_pca, lags=0),
    "dpca": partial(LaggedSubspace.dynamic_pca, lags=_LAGS),
    "cva": lambda runs: LaggedSubspace.canonical(runs, _LAGS, min(_STATES, runs[0].shape[1])),
}
"""How each baseline is fitted to runs (time, tag) without gaps."""


@dataclass(frozen=True, eq=False, slots=True)
class ClassicalReading:
    """T2 and squared error of a row with those before it; see `Reading`."""

    subspace: LaggedSubspace
    standard: NDArray[np.float64]
    measured: bool

    @property
    def values(self) -> NDArray[np.float64]:
        """(2,) amplitudes of T2 and of the squared error."""
        if not self.measured:
            return np.full(2, np.nan)
        explained = self.standard @ self.subspace.axes
        rest = float(self.standard @ self.subspace.rest @ self.standard)
        amplitudes: NDArray[np.float64] = np.sqrt(np.array([float(explained @ explained), max(rest, 0.0)]))
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
        axes, tags = self.subspace.axes, len(self.subspace.mean)
        index = axes @ axes.T / thresholds[0] ** 2 + self.subspace.rest / thresholds[1] ** 2
        part = (index @ self.standard) ** 2 / np.maximum(np.diag(index), 1e-9)
        shares = part.reshape(-1, tags).sum(axis=0)
        now = self.standard[:tags]
        return Finding(shares / max(float(shares.sum()), 1e-12), now, now, sensor=suspect)


@dataclass(frozen=True, eq=False, slots=True)
class ClassicalRow:
    """A scored row; see `Row`."""

    time: np.datetime64
    fresh: NDArray[np.float64]
    values: NDArray[np.float64]
    reading: ClassicalReading
    levels: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    moves: tuple[PastMove, ...] = ()

    def read(self, faulty: Collection[int] = ()) -> ClassicalReading:
        """The reading, whatever transmitters are faulty."""
        return self.reading


class ClassicalScorer:
    """Standardised values of the last rows against their components; see `Scorer`."""

    statistics = ("T2", "squared prediction error")
    scales = 1

    def __init__(self, subspace: LaggedSubspace, tags: tuple[str, ...]) -> None:
        self._subspace, self.tags = subspace, tags
        self._last = np.zeros(len(tags))
        self._past: deque[NDArray[np.float64]] = deque(maxlen=subspace.lags + 1)

    def advance(self, window: Window, residual: Residual) -> Iterator[ClassicalRow]:
        """The rows of a window; a tag without news holds its value."""
        values = window.select(self.tags).values
        standard = (values - self._subspace.mean) / self._subspace.std
        for time, own, row in zip(window.time, values, standard, strict=True):
            news = np.isfinite(row)
            self._last = np.where(news, row, self._last)
            self._past.appendleft(self._last)
            before = self._past[-1]  # the first row stands for earlier ones
            missing = [before] * (self._subspace.lags + 1 - len(self._past))
            lagged = np.concatenate([*self._past, *missing])
            yield ClassicalRow(time, row, own, ClassicalReading(self._subspace, lagged, bool(news.any())))

    def forget(self) -> None:
        """Nothing: it has no slow means."""


@dataclass(frozen=True, eq=False, slots=True)
class ClassicalCalibration:
    """One baseline and the tails of its statistics on normal operation."""

    method: str
    tags: tuple[str, ...]
    subspace: LaggedSubspace
    tails: tuple[Tail, ...]
    step: timedelta

    @classmethod
    def learn(cls, windows: Sequence[Window], tags: tuple[str, ...], method: str = "pca") -> Self:
        """From unbroken stretches of normal operation; every tail is that of stretches left out of the components."""
        step, decision = windows[0].step, DecisionConfig()
        on, off = round(decision.on_delay / step), round(decision.off_delay / step)
        runs = [held(window.select(tags).values) for window in windows]
        series = []
        for k, run in enumerate(runs):
            others = [*runs[:k], *runs[k + 1 :]] or [run]
            series.append(np.sqrt(np.maximum(METHODS[method](others).statistics(run), 0.0)))
        tails = tuple(fit_tail([persistent(values[:, i], on) for values in series], step, off) for i in range(2))
        return cls(method, tags, METHODS[method](runs), tails, step)

    def detector(
        self, plant: Plant, false_alarms_per_week: float, config: DetectorConfig | None = None
    ) -> EventDetector:
        """A detector in its initial state, with thresholds for this budget.

        An event begins where its statistic first passed the threshold: static values say nothing of earlier rows.
        """
        tracker = TrackerConfig(lookback=DecisionConfig().on_delay)
        return EventDetector(
            plant,
            partial(ClassicalScorer, self.subspace, self.tags),
            self.tails,
            np.eye(len(self.tags)),
            step=self.step,
            version=self.method,
            false_alarms_per_week=false_alarms_per_week,
            config=config or DetectorConfig(tracker=tracker),
        )


def held(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(time, tag) with the last value where there is no news, and the tag's mean before the first one."""
    filled, last = np.empty_like(values), np.nanmean(values, axis=0)
    for row, own in enumerate(values):
        last = np.where(np.isfinite(own), own, last)
        filled[row] = last
    return filled
