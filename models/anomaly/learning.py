"""Learns what evidence looks like in normal operation, from innovations of runs that the model was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from models.anomaly.coverage import Coverage
from models.anomaly.evidence import (
    Evidence,
    EvidenceConfig,
    Means,
    Scale,
    Slope,
    Statistics,
    Stream,
    Whitening,
    about,
    restlessness,
)

_FOLDS = 5
_SLOPES, _STEEP = np.arange(0.0, 1.55, 0.05), np.arange(0.0, 12.0, 0.25)
_CALM = 1.0
_ROUNDS = 300


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """An unbroken stretch of normal operation.

    Attributes:
        sigma: (time, tag) one-step innovations of a model that was not trained on it, NaN without news.
        features: (time, feature) of the moves, by the coverage of that model's own training.
    """

    sigma: NDArray[np.float64]
    features: NDArray[np.float64]

    def halves(self) -> tuple["Run", "Run"]:
        """Two runs."""
        half = len(self.sigma) // 2
        return Run(self.sigma[:half], self.features[:half]), Run(self.sigma[half:], self.features[half:])


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """What evidence is about, before anything is learned: see `Whitening`."""

    tags: tuple[str, ...]
    moves: tuple[str, ...]
    step: timedelta
    cadence: NDArray[np.int64]
    coverage: Coverage
    config: EvidenceConfig


def learn_evidence(
    frame: Frame, moving: Sequence[Run], still: Sequence[Run], familiar: Sequence[Run] = ()
) -> Evidence:
    """Evidence with limits that hold on normal operation it was not fitted to.

    Args:
        frame: tags, moves and how moves are weighed.
        moving: operation with operators' moves.
        still: operation without any; none is needed.
        familiar: the runs of `moving` once more, as models see them that know other parts of the same run. A limit is
            for moves that nobody knows yet, so these do not set it; a covariance is learned from both.
    """
    views, still = [_enough(moving), _enough(familiar)], _enough(still)
    whitening = whiten(frame, [run for view in views for run in view], still)
    left_out: list[list[Statistics]] = [[], [], []]
    for fold in range(_FOLDS):
        others = [[run for i, run in enumerate(runs) if i % _FOLDS != fold] for runs in (*views, still)]
        part = whiten(frame, [*others[0], *others[1]], others[2])
        for kept, runs in zip(left_out, (*views, still), strict=True):
            kept += [_settled(part, run) for i, run in enumerate(runs) if i % _FOLDS == fold]
    return _limits(whitening, *left_out)


def _enough(runs: Sequence[Run]) -> list[Run]:
    """At least as many as there are folds, the longest halved, or none."""
    found = list(runs)
    while found and len(found) < _FOLDS:
        longest = max(range(len(found)), key=lambda i: len(found[i].sigma))
        found[longest : longest + 1] = found[longest].halves()
    return found


def _settled(whitening: Whitening, run: Run) -> Statistics:
    """Statistics of a run from where its first innovations have been taken in."""
    statistics = Stream(whitening).advance(run.sigma, run.features)
    return statistics.since(int(np.argmax(statistics.measured)))


def whiten(frame: Frame, moving: Sequence[Run], still: Sequence[Run]) -> Whitening:
    """Covariances of still operation, and of what moves add to it, on every time scale."""
    rest = [*still] or [*moving]
    mean = np.nan_to_num(np.nanmean(np.concatenate([run.sigma for run in rest]), axis=0)) if still else 0.0
    blank = Whitening(
        frame.tags,
        frame.moves,
        frame.step,
        frame.cadence,
        np.broadcast_to(mean, (len(frame.tags),)).astype(np.float64),
        frame.coverage,
        (),
        frame.config,
    )
    features = np.concatenate([run.features[_first(run) :] for run in moving])
    quiet, loud = (np.concatenate([_means(blank, run) for run in runs]) for runs in (rest, moving))
    white = _covariance(quiet[:, 0]) if still else _robust(quiet[:, 0])
    weights = Means(frame.config.scales, frame.step, frame.cadence).weights
    shares = np.sqrt(weights / (2.0 - weights))
    quiet, loud = about(quiet, frame.config), about(loud, frame.config)
    scales = []
    for k, share in enumerate(shares):
        theory = white * share[:, None] * share if k else _covariance(quiet[:, 0])
        shrink = 1.0 if k == 0 or not still else frame.config.shrinkage
        ground = shrink * theory + (1.0 - shrink) * _covariance(quiet[:, k])
        scales.append(_scale(ground, loud[:, k], features))
    return replace(blank, scales=tuple(scales))


def _means(blank: Whitening, run: Run) -> NDArray[np.float64]:
    means = Means(blank.config.scales, blank.step, blank.cadence).advance(run.sigma - blank.mean)
    return means[_first(run) :]


def _first(run: Run) -> int:
    """The first row with an innovation."""
    return int(np.argmax(np.isfinite(run.sigma).any(axis=1)))


def _covariance(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    covariance = rows.T @ rows / len(rows)
    floor = 1e-6 * np.diag(np.diag(covariance).clip(min=1e-9))
    return np.asarray(covariance + floor, dtype=np.float64)


def _robust(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Covariance of the quieter half of the rows, brought to the median's size."""
    size = ((rows / np.sqrt((rows**2).mean(axis=0)).clip(min=1e-9)) ** 2).mean(axis=1)
    return _covariance(rows[size <= np.median(size)])


def _scale(ground: NDArray[np.float64], rows: NDArray[np.float64], features: NDArray[np.float64]) -> Scale:
    """The covariance of one time scale from that of still operation and rows (time, tag) with moves."""
    tags = rows.shape[1]
    size = np.einsum("ti,ij,tj->t", rows, np.linalg.inv(ground), rows) / tags
    weights = _unrest(np.clip(size - 1.0, 0.0, np.quantile(size, 0.99)), features)
    unrest = features @ weights
    calm = 1.0 / (_CALM + unrest)
    added = ((rows * calm[:, None]).T @ rows - ground * calm.sum()) / max(float((calm * unrest).sum()), 1e-9)
    variance, axes = np.linalg.eigh(ground)
    root = axes / np.sqrt(variance.clip(min=1e-12 * variance.max()))
    excess, turn = np.linalg.eigh(root.T @ added @ root)
    return Scale(root @ turn, excess.clip(min=0.0), weights)


def _unrest(excess: NDArray[np.float64], features: NDArray[np.float64]) -> NDArray[np.float64]:
    """(feature,) weights of the features by relative least squares without negative ones; mean unrest is 1."""
    size = features.mean(axis=0) + 1e-9
    scaled, weight = features / size, np.ones(len(excess))
    for _ in range(4):
        weighted = scaled * weight[:, None]
        solution = _not_negative(weighted.T @ weighted, weighted.T @ (excess * weight))
        weight = 1.0 / (0.3 * excess.mean() + scaled @ solution + 1e-9)
    mean = float(solution.sum())
    return np.asarray(solution / size / mean if mean > 0 else np.zeros_like(size), dtype=np.float64)


def _not_negative(gram: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares without negative coefficients, one coordinate after another (Franc, Hlavac & Navara 2005)."""
    solution, slope = np.zeros(len(along)), -along
    for _ in range(_ROUNDS):
        for i, curvature in enumerate(np.diag(gram)):
            better = max(0.0, float(solution[i] - slope[i] / max(curvature, 1e-12)))
            slope = slope + (better - solution[i]) * gram[i]
            solution[i] = better
    return solution


def _limits(
    whitening: Whitening, moving: Sequence[Statistics], familiar: Sequence[Statistics], still: Sequence[Statistics]
) -> Evidence:
    """Tails over unrest, for which moving and still operation count alike; a limit of either."""
    often = max(1, round((_rows(moving) + _rows(familiar)) / _rows(still))) if still else 0
    parts = [*moving, *familiar, *(list(still) * often)]
    sizes = np.log(np.concatenate([part.values for part in parts]).clip(min=1e-9))
    unrest = np.concatenate([part.unrest for part in parts])
    config = whitening.config
    tails = tuple(_tail(sizes[:, k], unrest[:, k], 1.0 - config.tail) for k in range(sizes.shape[1]))
    evidence = Evidence(whitening, tails, Slope(1.0, 0.0), 1.0)
    level, slope = _limit(evidence, moving, _STEEP, config.moving_caution)
    rest = _limit(evidence, still, np.zeros(1), config.caution)[0] if still else level
    return replace(evidence, limit=Slope(level, slope), rest=rest)


def _limit(
    evidence: Evidence, runs: Sequence[Statistics], slopes: NDArray[np.float64], caution: float
) -> tuple[float, float]:
    """Level and slope of the limit, the level raised by standard errors from leaving runs out (Tukey 1958).

    A log tells as much of rare moves as it holds of them, however many rows follow each.
    """
    quantile = 1.0 - evidence.whitening.config.false_alarms
    given = [np.log1p(restlessness(run)) for run in runs]
    largest = [evidence.surprise(run).max(axis=1) for run in runs]
    level, slope = conditional_quantile(np.concatenate(given), np.concatenate(largest), quantile, slopes)
    above = [values - slope * unrest for values, unrest in zip(largest, given, strict=True)]
    without = [np.quantile(np.concatenate(above[:i] + above[i + 1 :]), quantile) for i in range(len(above))]
    error = float(np.sqrt((len(without) - 1) * np.var(without)))
    return level + caution * error, slope


def _rows(parts: Sequence[Statistics]) -> int:
    return sum(len(part.values) for part in parts)


def _tail(logs: NDArray[np.float64], unrest: NDArray[np.float64], quantile: float) -> Slope:
    level, slope = conditional_quantile(np.log1p(unrest), logs, quantile, _SLOPES)
    over = logs - level - slope * np.log1p(unrest)
    return Slope(level, slope, max(float(over[over > 0].mean()) if (over > 0).any() else 0.0, 1e-3))


def conditional_quantile(
    given: NDArray[np.float64], values: NDArray[np.float64], quantile: float, slopes: NDArray[np.float64]
) -> tuple[float, float]:
    """Level and slope of a quantile that rises with `given`: the least check loss (Koenker & Bassett 1978)."""

    def fitted(slope: float) -> tuple[float, float]:
        rest = values - slope * given
        level = float(np.quantile(rest, quantile))
        error = rest - level
        return float(np.maximum(quantile * error, (quantile - 1.0) * error).mean()), level

    best = min(((*fitted(float(slope)), float(slope)) for slope in slopes), key=lambda found: found[0])
    return best[1], best[2]
