"""Answers to the what-if questions of a folder: what every forecaster gives, and the file they are scored from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.folder import Meta, Pair
from twin.window import Window

LEVELS = np.round(np.arange(0.05, 0.96, 0.05), 2)
"""Levels of the quantiles of B."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """The answer to one question, in engineering units.

    Attributes:
        a, b: (horizon, tag) expected values under the levels A and B.
        quantiles: (level, horizon, tag) of B, at LEVELS.
        effect: (2, horizon, tag) the 5 and 95 % quantiles of B minus A; None where a forecaster has no such interval.
    """

    a: Floats
    b: Floats
    quantiles: Floats
    effect: Floats | None = None


class Forecaster(Protocol):
    """Answers one question after another."""

    def __call__(self, pair: Pair) -> Answer:
        """What it expects after the pair's context, under the levels A and B."""
        ...


def as_filed(answer: Answer, pair: Pair, meta: Meta) -> Answer:
    """The answer as the files have values: a slow tag's is repeated until a new one is due, the context's at first.

    A tag that never had a value in the context is left as it is.
    """
    source, known = in_force(pair.context, meta, len(answer.a))

    def repeated(values: Floats, at_first: Floats) -> Floats:
        index = np.broadcast_to(np.maximum(source, 0), values.shape)
        return np.where(source < 0, at_first, np.take_along_axis(values, index, axis=-2))

    effect = None if answer.effect is None else repeated(answer.effect, np.zeros_like(known))
    return Answer(repeated(answer.a, known), repeated(answer.b, known), repeated(answer.quantiles, known), effect)


def in_force(context: Window, meta: Meta, horizon: int) -> tuple[NDArray[np.intp], Floats]:
    """(horizon, tag) the row that each row repeats, -1 where it is the context's last one still; (tag,) its value."""
    source = np.repeat(np.arange(horizon)[:, None], len(meta.obs), axis=1)
    known = np.zeros(len(meta.obs))
    for column, tag in enumerate(meta.obs):
        seen = np.flatnonzero(context.valid[:, column])
        if meta.cadence(tag) > 1 and len(seen):
            source[:, column] = rows_in_force(horizon, len(context) - int(seen[-1]), meta.cadence(tag))
            known[column] = context.values[seen[-1], column]
    return source, known


def rows_in_force(horizon: int, since: int, cadence: float) -> NDArray[np.intp]:
    """(horizon,) the row whose value each row repeats; -1 where it is still that of the context.

    `since` is how many rows before row 0 the last new value came, `cadence` the rows between two.
    """
    due = np.floor((np.arange(horizon) + since) / cadence + 1e-9)
    return np.where(due < 1, -1, np.ceil(due * cadence - since - 1e-9)).astype(np.intp)


def save(path: Path, answers: Sequence[Answer]) -> None:
    """Write the file that `foretell bench score whatif` reads."""
    arrays: dict[str, NDArray[Any]] = {
        "A_mean": np.stack([answer.a for answer in answers]),
        "B_mean": np.stack([answer.b for answer in answers]),
        "B_quantiles": np.stack([answer.quantiles for answer in answers], axis=1),
    }
    effects = [answer.effect for answer in answers if answer.effect is not None]
    if effects:
        arrays["eff_q05"], arrays["eff_q95"] = np.stack(effects, axis=1)
    small = {name: array.astype(np.float32) for name, array in arrays.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **small, levels=LEVELS)
