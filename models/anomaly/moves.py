"""Logged moves of the recent past, and what the model's response to each may leave behind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class PastMove:
    """A change of one movable tag.

    Attributes:
        tag, column: the movable tag and its column among the moves.
        time: end of the row's interval in which the change arrived.
        before, after: engineering units.
        age: rows since.
        response: (scale, tag) smoothed innovations, in sigma, had the model not been told of the move; None once its
            signature has faded.
    """

    tag: str
    column: int
    time: np.datetime64
    before: float
    after: float
    age: int
    response: NDArray[np.float64] | None


class ActiveMoves:
    """Finds changes in the movable columns and follows each for a while."""

    def __init__(self, moves: tuple[str, ...], responses: NDArray[np.float64], memory: int) -> None:
        """`responses` (scale, move, lag, tag): smoothed signature of a move by one unit; `memory` in rows."""
        self._moves, self._responses, self._memory = moves, responses, memory
        self.levels = np.full(len(moves), np.nan)
        """(move,) newest known levels."""
        self._recent: list[tuple[int, np.datetime64, float, float, int]] = []

    def enter(self, time: np.datetime64, levels: NDArray[np.float64]) -> tuple[PastMove, ...]:
        """Take a row's levels (move,); gives the moves that still count, oldest first."""
        known = np.where(np.isfinite(levels), levels, self.levels)
        aged = [(column, at, before, after, age + 1) for column, at, before, after, age in self._recent]
        changed = np.flatnonzero(np.isfinite(self.levels) & (known != self.levels))
        aged += [(int(j), time, float(self.levels[j]), float(known[j]), 0) for j in changed]
        self.levels = known
        self._recent = [move for move in aged if move[4] < self._memory]
        return tuple(self._past(*move) for move in self._recent)

    def _past(self, column: int, time: np.datetime64, before: float, after: float, age: int) -> PastMove:
        lasts = age < self._responses.shape[2]
        response = self._responses[:, column, age] * (after - before) if lasts else None
        return PastMove(self._moves[column], column, time, before, after, age, response)
