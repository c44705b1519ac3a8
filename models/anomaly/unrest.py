"""How much less the world model knows after a move: statistics are compared with what is usual then."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.anomaly.moves import PastMove
from twin.window import Window

AGES = (0, 1, 2, 4, 7, 12, 20, 40, 80, 160)
"""Rows after a move at which another excess begins; after the last one the move is forgotten."""

_CAUTION = 4.0  # excesses are averages of something heavy-tailed; this much more is still usual
_PRIOR = 2.0  # squared sizes of moves that every move is taken to have shown the average excess at
_ROUNDS = 300


@dataclass(frozen=True, eq=False, slots=True)
class Unrest:
    """Excess of squared statistics after moves, relative to their median.

    Attributes:
        widths: (move,) size of an ordinary move, engineering units.
        excess: (statistic, move, age) excess after a move of that size, by the intervals that `AGES` begin.
    """

    widths: NDArray[np.float64]
    excess: NDArray[np.float64]

    @classmethod
    def none(cls, statistics: int, moves: int) -> "Unrest":
        """Moves make no difference."""
        return cls(np.ones(moves), np.zeros((statistics, moves, len(AGES) - 1)))

    def factor(self, moves: Sequence[PastMove]) -> NDArray[np.float64]:
        """(statistic,) by how much statistics are usually larger with these moves in the past."""
        sizes = np.zeros(self.excess.shape[1:])
        for move in moves:
            sizes[move.column, _interval(move.age)] += ((move.after - move.before) / self.widths[move.column]) ** 2
        return self.factors(sizes)

    def factors(self, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., statistic) the same from squared sizes (..., move, age) in ordinary moves."""
        total = np.tensordot(sizes, self.excess, axes=([-2, -1], [1, 2]))
        factors: NDArray[np.float64] = np.sqrt(1.0 + _CAUTION * total)
        return factors


def _interval(age: int) -> int:
    return int(np.searchsorted(AGES, age, side="right")) - 1


def squared_sizes(window: Window, moves: tuple[str, ...], widths: NDArray[np.float64]) -> NDArray[np.float64]:
    """(time, move, age) squared sizes of the moves that were made so long before each row."""
    levels = window.select(moves).values
    sizes = np.zeros((len(levels), len(moves), len(AGES) - 1))
    changes = np.nan_to_num(np.diff(levels, axis=0)) / widths
    for row, move in np.argwhere(changes):
        for interval, (first, last) in enumerate(pairwise(AGES)):
            sizes[row + 1 + first : row + 1 + last, move, interval] += changes[row, move] ** 2
    return sizes


def learn_unrest(
    statistics: Sequence[NDArray[np.float64]], sizes: Sequence[NDArray[np.float64]], widths: NDArray[np.float64]
) -> Unrest:
    """Excesses from stretches of normal operation; rows without statistics are left out.

    Least squares without negative excesses. A kind of move that was made seldom is drawn to the average of all.
    """
    rows, made = np.concatenate(statistics), np.concatenate(sizes)
    scored = np.isfinite(rows).all(axis=1)
    rows, made = rows[scored], made[scored]
    excess = np.maximum(rows**2 / np.median(rows**2, axis=0) - 1.0, 0.0)
    pooled = _not_negative(made.sum(axis=1), excess, 0.0, np.zeros((made.shape[2], excess.shape[1])))
    prior = np.tile(pooled, (made.shape[1], 1))
    each = _not_negative(made.reshape(len(made), -1), excess, _PRIOR, prior)
    return Unrest(widths, each.T.reshape(excess.shape[1], *made.shape[1:]))


def _not_negative(
    design: NDArray[np.float64], target: NDArray[np.float64], weight: float, prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(column, target) non-negative least squares by multiplicative updates (Lee & Seung 2001)."""
    squares = design.T @ design + weight * np.eye(design.shape[1])
    along = design.T @ target + weight * prior
    solution = np.full_like(along, 0.1)
    for _ in range(_ROUNDS):
        solution *= along / (squares @ solution + 1e-12)
    return solution
