"""All evidence of a row as one number: means and variances of innovations on many time scales, as tail probabilities.

One-step innovations of a world model are smoothed on several time scales and whitened. After moves the model may be
wrong in some directions more than in others: the covariance grows with what was moved and how little the training log
covered it, so that a direction in which the model is never wrong stays sharp. Every statistic becomes -ln of its own
tail probability on normal operation that the model was not trained on; the largest of them, over a limit that again
depends on the moves, is the evidence (Tippett 1931). A value of 1 is the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.anomaly.coverage import Coverage, CoverageConfig, Fading

_LEAST = -3.0  # mean excesses below its level at which a statistic says nothing any more
KINDS = ("T2", "largest direction", "variances", "largest variance")


@dataclass(frozen=True, slots=True)
class EvidenceConfig:
    """How innovations become evidence.

    Attributes:
        scales: time constants of the exponentially weighted means; that of no time is the innovation itself, of which
            the variances are made.
        spans: time constants over which squared innovations are averaged.
        centre: the scale whose mean innovations are squared about: what stands is no variance.
        shrinkage: part of each scale's covariance that is taken from white innovations, whose means are known.
        clip: squared innovations count up to this many variances.
        tail: part of the rows of normal operation that lie beyond a statistic's level.
        false_alarms: part of the rows of normal operation that the limit lets through.
        caution: standard errors by which the limit at rest is raised.
        moving_caution: the same for that of moving operation: what is moved next may be moved for the first time.
        coverage: how moves are remembered.
    """

    scales: tuple[timedelta, ...] = (
        timedelta(0),
        timedelta(minutes=6),
        timedelta(minutes=30),
        timedelta(minutes=150),
        timedelta(hours=8),
    )
    spans: tuple[timedelta, ...] = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
    centre: timedelta = timedelta(minutes=30)
    shrinkage: float = 0.5
    clip: float = 25.0
    tail: float = 0.05
    false_alarms: float = 0.01
    caution: float = 1.0
    moving_caution: float = 2.0
    coverage: CoverageConfig = field(default_factory=CoverageConfig)


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """The covariance of one time scale: that of still operation, and what unrest adds to it.

    Attributes:
        axes: (tag, direction) directions in which both are diagonal, the still one being 1.
        excess: (direction,) variance at a unit of unrest.
        unrest: (feature,) weights of the features of moves; ordinary moving operation is 1.
    """

    axes: NDArray[np.float64]
    excess: NDArray[np.float64]
    unrest: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """A level that rises with unrest u: level + slope * ln(1 + u); `scale` is the mean excess of its logarithm."""

    level: float
    slope: float
    scale: float = 1.0

    def over(self, values: NDArray[np.float64], unrest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values relative to the level, in mean excesses."""
        above: NDArray[np.float64] = (values - self.level - self.slope * np.log1p(unrest)) / self.scale
        return above


@dataclass(frozen=True, eq=False, slots=True)
class Statistics:
    """Statistics of rows before they are compared with normal operation.

    Attributes:
        values: (time, statistic) amplitudes, kinds after one another.
        unrest: (time, statistic) unrest that each was divided by.
        present: (time, scale) unrest of the rows.
        whitened: (time, scale, direction) means, in standard deviations; those of no time scale are innovations.
        measured: (time,) bool, whether anything was.
    """

    values: NDArray[np.float64]
    unrest: NDArray[np.float64]
    present: NDArray[np.float64]
    whitened: NDArray[np.float64]
    measured: NDArray[np.bool_]

    def since(self, row: int) -> "Statistics":
        """Those from a row on."""
        return Statistics(*(getattr(self, name)[row:] for name in self.__slots__))


@dataclass(frozen=True, eq=False, slots=True)
class Whitening:
    """Everything that turns innovations and moves into statistics.

    Attributes:
        tags, moves: columns.
        step: distance of the rows.
        cadence: (tag,) rows between a tag's news.
        mean: (tag,) of the innovations of still operation, in sigma.
        coverage: what moves mean.
        scales: covariances, one per time scale.
        config: the configuration.
    """

    tags: tuple[str, ...]
    moves: tuple[str, ...]
    step: timedelta
    cadence: NDArray[np.int64]
    mean: NDArray[np.float64]
    coverage: Coverage
    scales: tuple[Scale, ...]
    config: EvidenceConfig

    @property
    def names(self) -> tuple[str, ...]:
        """Of the statistics."""
        means = [f"{int(scale.total_seconds() / 60)} min" for scale in self.config.scales[1:]]
        spans = [f"{int(span.total_seconds() / 60)} min" for span in self.config.spans]
        return tuple(f"{kind}, {time}" for kind in KINDS for time in (means if kind in KINDS[:2] else spans))


class Stream:
    """Innovations and features of moves, row after row, to statistics; any chunks give the same."""

    def __init__(self, whitening: Whitening) -> None:
        self._whitening = whitening
        self._means = Means(whitening.config.scales, whitening.step, whitening.cadence)
        self._keep = np.exp(-(whitening.step / np.array(whitening.config.spans)).astype(np.float64))
        self._variance = np.zeros((len(self._keep), len(whitening.tags)))
        self._restless = np.zeros(len(self._keep))

    def advance(self, sigma: NDArray[np.float64], features: NDArray[np.float64]) -> Statistics:
        """Statistics of rows: `sigma` (time, tag), NaN without news, and `features` (time, feature) of the moves."""
        whitening = self._whitening
        unrest = np.stack([features @ scale.unrest for scale in whitening.scales], axis=1)
        means = about(self._means.advance(sigma - whitening.mean), whitening.config)
        whitened = np.stack(
            [
                means[:, k] @ scale.axes / np.sqrt(1.0 + unrest[:, [k]] * scale.excess)
                for k, scale in enumerate(whitening.scales)
            ],
            axis=1,
        )
        measured: NDArray[np.bool_] = np.asarray(np.isfinite(sigma).any(axis=1))
        variances, restless = self._spread(whitened[:, 0], unrest[:, 0], measured)
        slow = whitened[:, 1:]
        values = [np.sqrt((slow**2).mean(axis=2)), np.abs(slow).max(axis=2)]
        values += [1.0 + np.sqrt((variances**2).mean(axis=2)), 1.0 + variances.max(axis=2)]
        own = np.concatenate([unrest[:, 1:], unrest[:, 1:], restless, restless], axis=1)
        return Statistics(np.concatenate(values, axis=1), own, unrest, whitened, measured)

    def _spread(
        self, instant: NDArray[np.float64], unrest: NDArray[np.float64], measured: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(time, span, direction) excess of variances, in standard deviations, and (time, span) mean unrest."""
        squares = np.minimum(instant**2, self._whitening.config.clip) - 1.0
        variances = np.empty((len(instant), *self._variance.shape))
        restless = np.empty((len(instant), len(self._keep)))
        part = 1.0 - self._keep
        for row, square in enumerate(squares):
            if measured[row]:
                self._variance += part[:, None] * (square - self._variance)
            self._restless += part * (unrest[row] - self._restless)
            variances[row], restless[row] = self._variance, self._restless
        error = np.sqrt(2.0 * part / (1.0 + self._keep))
        return np.maximum(variances / error[:, None], 0.0), restless


class Means:
    """Exponentially weighted means (Roberts 1959); a tag without news keeps its own, one long silent loses it."""

    def __init__(self, scales: Sequence[timedelta], step: timedelta, cadence: NDArray[np.int64]) -> None:
        rows = np.array([scale / step for scale in scales])[:, None]
        self.weights = 1.0 - np.exp(-cadence / np.maximum(rows, 1e-6))
        self._patience = 3 * cadence
        self._means = np.zeros(self.weights.shape)
        self._silent = np.zeros(len(cadence), dtype=np.int64)

    def advance(self, sigma: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time, scale, tag) means after each row of (time, tag)."""
        out = np.empty((len(sigma), *self._means.shape))
        for row, values in enumerate(sigma):
            news = np.isfinite(values)
            self._silent = np.where(news, 0, self._silent + 1)
            counted = news | (self._silent > self._patience)
            toward = np.where(news, values, 0.0)
            self._means = self._means + np.where(counted, self.weights * (toward - self._means), 0.0)
            out[row] = self._means
        return out


def about(means: NDArray[np.float64], config: EvidenceConfig) -> NDArray[np.float64]:
    """(time, scale, tag) means, the innovations replaced by their distance from the mean of the scale `centre`."""
    centred = means[:, :1] - means[:, [config.scales.index(config.centre)]]
    return np.concatenate([centred, means[:, 1:]], axis=1)


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """Whitening, and what its statistics look like in normal operation.

    Attributes:
        whitening: innovations and moves to statistics.
        tails: one per statistic, of its logarithm.
        limit: of the largest -ln tail probability.
        rest: the same where nothing was moved.
    """

    whitening: Whitening
    tails: tuple[Slope, ...]
    limit: Slope
    rest: float

    def surprise(self, statistics: Statistics) -> NDArray[np.float64]:
        """(time, statistic) -ln of each one's tail probability, by an exponential tail of its logarithm."""
        logs = np.log(statistics.values.clip(min=1e-9))
        over = [tail.over(logs[:, k], statistics.unrest[:, k]) for k, tail in enumerate(self.tails)]
        surprise: NDArray[np.float64] = np.maximum(np.stack(over, axis=1), _LEAST) - np.log(
            self.whitening.config.tail
        )
        return surprise

    def score(self, statistics: Statistics) -> NDArray[np.float64]:
        """(time,) the largest surprise over its limit; NaN when nothing was measured."""
        largest = self.surprise(statistics).max(axis=1)
        limit = self.limit.level + self.limit.slope * np.log1p(restlessness(statistics))
        limit = np.where(at_rest(statistics), self.rest, np.maximum(limit, self.rest))
        return np.where(statistics.measured, largest / limit, np.nan)


def restlessness(statistics: Statistics) -> NDArray[np.float64]:
    """(time,) unrest of a row: the mean over its time scales."""
    mean: NDArray[np.float64] = statistics.present[:, 1:].mean(axis=1)
    return mean


def at_rest(statistics: Statistics) -> NDArray[np.bool_]:
    """(time,) whether the moves add nothing to any statistic of a row."""
    still: NDArray[np.bool_] = statistics.unrest.max(axis=1) == 0
    return still


class Watch:
    """The evidence of rows as they come; any chunks give the same."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._fading = Fading(evidence.whitening.coverage)
        self._stream = Stream(evidence.whitening)

    def advance(self, sigma: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """(time,) evidence from innovations (time, tag) and levels of moves (time, move); NaN where there is none."""
        return self._evidence.score(self.statistics(sigma, levels))

    def statistics(self, sigma: NDArray[np.float64], levels: NDArray[np.float64]) -> Statistics:
        """Of such rows, before they become evidence."""
        features = self._evidence.whitening.coverage.features(self._fading.advance(levels))
        return self._stream.advance(sigma, features)
