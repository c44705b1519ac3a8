"""The detector: a scorer, thresholds from the false-alarm budget, and the events they make."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.anomaly.frames import SeverityConfig, build_frame
from models.anomaly.frozen import FrozenLimits, FrozenWatch
from models.anomaly.reading import Row, Scorer
from models.anomaly.regime import Operation
from models.anomaly.threshold import Tail
from models.anomaly.tracker import Tracker, TrackerConfig
from models.anomaly.unlogged import UnloggedMoves
from twin.event import EventFrame
from twin.plant import Plant
from twin.protocols import ScoreSeries
from twin.window import Window
from twin.world import Residual


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """Everything about a detector that is not learned."""

    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    severity: SeverityConfig = field(default_factory=SeverityConfig)


def thresholds(tails: tuple[Tail, ...], false_alarms_per_week: float) -> NDArray[np.float64]:
    """(statistic,) one threshold per statistic; the budget is split evenly (union bound)."""
    return np.array([tail.threshold(false_alarms_per_week / len(tails)) for tail in tails])


class EventDetector:
    """Residuals -> scores -> decisions -> event frames, for any scorer; see the protocol `Detector`."""

    def __init__(
        self,
        plant: Plant,
        scorer: Callable[[], Scorer],
        tails: tuple[Tail, ...],
        precision: NDArray[np.float64],
        *,
        step: timedelta,
        version: str,
        false_alarms_per_week: float,
        frozen: FrozenLimits | None = None,
        unlogged: UnloggedMoves | None = None,
        operation: Operation | None = None,
        config: DetectorConfig | None = None,
    ) -> None:
        """`scorer` makes one in its initial state; `tails` one per statistic; `precision` (tag, tag) of its rows.

        Without `unlogged` no event is taken for an unlogged move, without `operation` none for a new regime.
        """
        self._plant, self._make_scorer, self._precision = plant, scorer, precision
        self._step, self._version, self._budget = step, version, false_alarms_per_week
        self._thresholds = thresholds(tails, false_alarms_per_week)
        self._limits, self._config = frozen, config or DetectorConfig()
        self._unlogged, self._operation = unlogged, operation
        self.restart()

    def anew(self) -> Self:
        """The same detector as it was before it saw any row."""
        fresh = copy(self)
        fresh.restart()
        return fresh

    def restart(self) -> None:
        """Forget every row."""
        self._last: np.datetime64 | None = None
        self._scorer = self._make_scorer()
        self._frozen = FrozenWatch(self._limits) if self._limits else None
        self._tracker = Tracker(
            self._plant,
            self._scorer.tags,
            self._step,
            self._precision,
            self._thresholds,
            self._scorer.scales,
            self._version,
            self._config.tracker,
            self._unlogged,
            self._operation,
        )

    @property
    def thresholds(self) -> dict[str, float]:
        """The threshold of each statistic by its name, in units of the statistic."""
        return dict(zip(self._scorer.statistics, self._thresholds.tolist(), strict=True))

    def adjusted(self, factors: Mapping[str, float]) -> Self:
        """The same detector before any row, each named statistic's threshold multiplied by its factor."""
        fresh = copy(self)
        fresh._thresholds = self._thresholds * [factors.get(name, 1.0) for name in self._scorer.statistics]  # noqa: SLF001
        fresh.restart()
        return fresh

    def peaks(self, window: Window, residual: Residual, since: np.datetime64) -> dict[str, float]:
        """The largest value of each statistic from `since` on, by name, as if nothing was seen before the window."""
        rows = self._make_scorer().advance(window, residual)
        late = [row.read().values for row in rows if row.time >= since]
        highest = np.nan_to_num(np.stack([np.zeros(len(self._thresholds)), *late])).max(axis=0)
        return dict(zip(self._scorer.statistics, highest.tolist(), strict=True))

    @property
    def false_alarms_per_week(self) -> float:
        """The budget its threshold was set by."""
        return self._budget

    def watch(self, window: Window, residual: Residual) -> tuple[ScoreSeries, tuple[EventFrame, ...]]:
        """Score the rows and give every frame that opened, grew or closed in them, in its latest form.

        A row in which nothing was measured, or nothing could be compared yet, has no score. Rows from before those
        it has seen start it anew.
        """
        if self._last is not None and residual.time[0] <= self._last:
            self.restart()
        self._last = residual.time[-1]
        self._tracker.touched.clear()
        scores = np.array([self._follow(row) for row in self._scorer.advance(window, residual)])
        scored = np.isfinite(scores)
        ordinary = self._operation.std if self._operation else None
        frames = [
            build_frame(event, self._plant, self._scorer.tags, self._version, self._config.severity, ordinary)
            for event in self._tracker.touched.values()
        ]
        ordered = tuple(sorted(frames, key=lambda frame: (frame.start, frame.id)))
        return ScoreSeries(residual.time[scored], scores[scored]), ordered

    def _follow(self, row: Row) -> float:
        repeats = np.zeros(len(row.values))
        since = np.full(len(row.values), row.time)
        if self._frozen:
            repeats, since = self._frozen.enter(row.time, row.values), self._frozen.since
        followed = self._tracker.follow(row, repeats, since)
        if followed.over:
            self._scorer.forget()
        return followed.score
