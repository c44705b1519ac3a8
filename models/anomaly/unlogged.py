"""Moves that nobody logged: the innovations that a move leaves behind when the model is not told of it."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.anomaly.event import Past
from models.anomaly.moves import PastMove
from models.anomaly.reading import Row
from models.anomaly.smoothing import SmoothingConfig, weights_of


@dataclass(frozen=True, slots=True)
class UnloggedConfig:
    """When an event is taken for a move that was not logged.

    Attributes:
        share: part of the innovations' excess since the move that its response must account for.
        rival: part of what the best constant push in any direction accounts for that the response must reach. A move
            whose response is itself a constant push cannot beat it.
        around: how far before or after the event's estimated start the move may have been made.
        least: rows since the move: fewer do not tell one response from another.
        ratio: likelihood ratio that is needed at least; the largest of many responses to noise is some tens.
        beyond: part of a move by which its estimated level may lie outside the tag's range.
    """

    share: float = 0.6
    rival: float = 0.9
    around: timedelta = timedelta(minutes=30)
    least: int = 5
    ratio: float = 100.0
    beyond: float = 0.25


@dataclass(frozen=True, eq=False, slots=True)
class Hypothesis:
    """One move at one row, as the innovations since speak for it.

    Attributes:
        column: of the move.
        row: the row of the past in which it arrived.
        size: engineering units.
        ratio: generalised likelihood ratio: what of the innovations' squared length the response accounts for.
        excess: squared length above what is ordinary.
        rival: what a constant push in the best of all directions accounts for, beyond its degrees of freedom.
    """

    column: int
    row: int
    size: float
    ratio: float
    excess: float
    rival: float


class UnloggedMoves:
    """The responses to moves, read off the model, against the innovations of an event."""

    def __init__(
        self,
        moves: tuple[str, ...],
        responses: NDArray[np.float64],
        precision: NDArray[np.float64],
        ranges: NDArray[np.float64],
        step: timedelta,
        config: UnloggedConfig | None = None,
    ) -> None:
        """`responses` (move, lag, tag) innovations of a unit, `precision` (tag, tag), `ranges` (move, 2) levels."""
        self._moves, self._responses, self._ranges = moves, responses, ranges
        self._root = np.linalg.cholesky(precision)
        self._config = config or UnloggedConfig()
        self._around = round(self._config.around / step)

    def explain(self, past: Past, start: np.datetime64, row: Row) -> PastMove | None:
        """The move that explains the innovations since about `start`, if there is one; never of a tag just moved."""
        times, innovations = past.innovations()
        first = int(np.searchsorted(times, start))
        found = self.best(innovations, first - self._around, first + self._around)
        if found is None or not self._convinces(found) or found.column in {move.column for move in row.moves}:
            return None
        before = float(row.levels[found.column])
        low, high = self._ranges[found.column] + np.array([-1.0, 1.0]) * self._config.beyond * abs(found.size)
        if not low <= before + found.size <= high:
            return None
        age = len(times) - 1 - found.row
        after = float(np.clip(before + found.size, *self._ranges[found.column]))
        return PastMove(self._moves[found.column], found.column, times[found.row], before, after, age, None)

    def _convinces(self, found: Hypothesis) -> bool:
        config = self._config
        explained = found.ratio >= config.share * found.excess and found.ratio >= config.rival * found.rival
        return explained and found.ratio >= config.ratio

    def best(self, innovations: NDArray[np.float64], first: int, last: int) -> Hypothesis | None:
        """The likeliest move in the rows first ... last, by all rows (time, tag) from then on."""
        news = np.isfinite(innovations)
        filled = np.where(news, innovations, 0.0)
        found = [
            self._at(filled[row:], news[row:], row)
            for row in range(max(first, 0), min(last, len(filled) - self._config.least) + 1)
        ]
        return max(found, key=lambda hypothesis: hypothesis.ratio, default=None)

    def _at(self, filled: NDArray[np.float64], news: NDArray[np.bool_], row: int) -> Hypothesis:
        rows = min(len(filled), self._responses.shape[1])
        white = filled[:rows] @ self._root
        answers = (self._responses[:, :rows] * news[:rows]) @ self._root
        power = np.maximum((answers**2).sum(axis=(1, 2)), 1e-12)
        along = (answers * white).sum(axis=(1, 2))
        column = int(np.argmax(along**2 / power))
        push = rows * float((white.mean(axis=0) ** 2).sum()) - white.shape[1]
        excess = float((white**2).sum()) - float(news[:rows].sum())
        size = float(along[column] / power[column])
        return Hypothesis(column, row, size, float(along[column] ** 2 / power[column]), excess, push)


def unsmoothed(
    means: NDArray[np.float64], config: SmoothingConfig, step: timedelta, cadence: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(move, lag, tag) innovations from their means (move, lag, tag) on the shortest scale.

    A tag that speaks every few rows holds its last innovation until its next one.
    """
    weights = weights_of(config.scales[0] / step, cadence)
    before = np.concatenate([np.zeros_like(means[:, :1]), means[:, :-1]], axis=1)
    steps = (means - before) / weights
    raw: NDArray[np.float64] = before + steps
    for lag in range(means.shape[1]):
        silent = steps[:, lag] == 0.0
        if lag:
            raw[:, lag] = np.where(silent & (cadence > 1), raw[:, lag - 1], raw[:, lag])
    return raw
