"""How the residuals answer to a biased transmitter and to a move: the model's own signatures.

The generalised likelihood ratio of Willsky & Jones 1976 needs the innovations that each hypothesis leaves behind.
They are read off the model by letting it observe a stretch of normal operation twice, once with one column shifted;
so any world model has them, and none has to reveal its equations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.anomaly.smoothing import Smoother
from twin.protocols import WorldModel
from twin.window import Window

_STAGES = (slice(1, 4), slice(4, 12))  # rows after the shift: the answer to it, and while it is taken up


@dataclass(frozen=True, eq=False, slots=True)
class Signatures:
    """Innovations (in the model's sigma) that one engineering unit of a hypothesis leaves behind.

    Attributes:
        bias: (tag, pattern, tag) of a biased transmitter: its own jump, two stages of the answer, and last what is
            left once the bias has lasted.
        move: (scale, move, lag, tag) smoothed, of a move that was made and not logged; lag 0 is its own row.
    """

    bias: NDArray[np.float64]
    move: NDArray[np.float64]

    @property
    def lasting(self) -> NDArray[np.float64]:
        """(tag, tag) what a bias leaves behind once it has lasted."""
        return self.bias[:, -1]


def learn_signatures(model: WorldModel, window: Window, lags: int, smoother: Callable[[], Smoother]) -> Signatures:
    """Signatures over the last `lags` rows of a stretch of normal operation, by shifting one column at a time.

    `smoother` makes a fresh smoother without drift.
    """
    card = model.card
    window = window.select((*card.tags, *card.moves))
    before, after = window.rows(slice(0, -lags)), window.rows(slice(-lags, None))
    belief, _ = model.observe(before)
    _, ordinary = model.observe(after, belief)

    def answer(column: int, amount: float) -> NDArray[np.float64]:
        values = after.values.copy()
        values[:, column] += amount
        _, residual = model.observe(Window(after.tags, after.time, values, after.valid, after.step), belief)
        change: NDArray[np.float64] = (residual.sigma - ordinary.sigma) / amount
        return change

    tags = len(card.tags)
    noise = np.nanmedian(ordinary.noise, axis=0)
    bias = np.stack([_patterns(answer(i, 3.0 * noise[i]), i) for i in range(tags)])
    amounts = [0.05 * (line.high - line.low) or 1.0 for line in card.envelope]
    # told of a move that was not made, the model errs by the opposite of one that was made and not logged
    moves = [-answer(tags + j, amount) for j, amount in enumerate(amounts)]
    return Signatures(bias, np.stack([smoother().advance(move)[1] for move in moves]).transpose(2, 0, 1, 3))


def _patterns(answer: NDArray[np.float64], tag: int) -> NDArray[np.float64]:
    """(pattern, tag) of one transmitter's answer (lag, tag)."""
    own = np.eye(answer.shape[1])[tag]
    return np.stack([own, *(_mean(answer[rows]) for rows in (*_STAGES, slice(len(answer) // 2, None)))])


def _mean(answer: NDArray[np.float64]) -> NDArray[np.float64]:
    """(tag,) mean over rows with news; 0 where there was none."""
    news = np.isfinite(answer)
    mean: NDArray[np.float64] = np.where(news, answer, 0.0).sum(axis=0) / np.maximum(news.sum(axis=0), 1)
    return mean
