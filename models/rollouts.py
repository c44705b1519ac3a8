"""Rollouts of any world model over recent data, beside what was measured: for the gate and for the drift alarm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from twin.clock import to_datetime64
from twin.protocols import WorldModel
from twin.window import Window

BAND = (5.0, 95.0)
"""Percentiles of the paths that bound the 90 % band."""


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """How recent data is cut into rollouts.

    Attributes:
        horizon: length of a rollout, at most; a model's own horizon may be shorter.
        stride: between the starts of two rollouts.
        samples: paths of each.
        seed: of the paths.
    """

    horizon: timedelta = timedelta(hours=8)
    stride: timedelta = timedelta(hours=4)
    samples: int = 64
    seed: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Rolled:
    """One rollout under the moves that were really made.

    Attributes:
        start: the last row that was observed before it, UTC.
        error: (horizon, tag) imagined mean minus measured, engineering units; NaN where nothing was measured.
        reach: (horizon, tag) how many times as wide the band would have to be to hold the measured value; NaN where
            nothing was measured.
    """

    start: np.datetime64
    error: NDArray[np.float64]
    reach: NDArray[np.float64]

    @property
    def inside(self) -> NDArray[np.bool_]:
        """(horizon, tag) whether the measured value lies within the band; meaningless where error is NaN."""
        return self.reach <= 1.0


def rolled(
    model: WorldModel, windows: Sequence[Window], since: datetime, context: timedelta, config: RolloutConfig
) -> Iterator[Rolled]:
    """Every rollout that fits into the windows and imagines nothing from before `since`.

    `context` is what is observed before each, so that models with contexts of their own are compared on the same
    stretches.
    """
    past, horizon, stride = (round(part / model.card.step) for part in (context, config.horizon, config.stride))
    for window in windows:
        first = int(np.searchsorted(window.time, to_datetime64(since), side="right"))
        for start in range(max(first, past), len(window) - horizon + 1, max(1, stride)):
            yield _roll(
                model, window.rows(slice(start - past, start)), window.rows(slice(start, start + horizon)), config
            )


def pooled(errors: Sequence[Rolled], scale: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Root mean square error over all tags, and (tag,) tag by tag, in units of `scale` (tag,); NaN where none is."""
    if not errors:
        return float("nan"), np.full(len(scale), np.nan)
    squares = np.concatenate([(item.error / scale) ** 2 for item in errors])
    known = np.isfinite(squares)
    sums, counts = np.where(known, squares, 0.0).sum(axis=0), known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        by_tag = np.sqrt(sums / counts)
    return float(np.sqrt(np.nanmean(by_tag**2))) if known.any() else float("nan"), by_tag


def coverage(errors: Sequence[Rolled]) -> tuple[float, float] | None:
    """Share of the measured values within the band, mean over rollouts, and its standard error; None without values.

    Values of one rollout stand and fall together, so a rollout counts as one.
    """
    known = [item.inside[np.isfinite(item.error)] for item in errors]
    shares = np.array([inside.mean() for inside in known if len(inside)])
    if not len(shares):
        return None
    return float(shares.mean()), float(shares.std(ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else 1.0


def _roll(model: WorldModel, past: Window, future: Window, config: RolloutConfig) -> Rolled:
    belief, _ = model.observe(past)
    moves = future.select(model.card.moves).values
    imagined = model.imagine(belief, moves, samples=config.samples, seed=config.seed)
    observed = future.select(model.card.tags)
    measured = np.where(observed.valid, observed.values, np.nan)
    low, high = np.percentile(imagined.paths, BAND, axis=0)
    error = imagined.mean - measured
    side = np.where(error < 0, high - imagined.mean, imagined.mean - low)
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(error == 0, 0.0, np.abs(error) / np.maximum(side, 0.0))
    return Rolled(past.time[-1], error, reach)
