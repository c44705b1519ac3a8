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
from models.anomaly.standing import Standing, Standings, likeliest

_FOLDS = 5
_SLOPES, _STEEP = np.arange(0.0, 1.55, 0.05), np.arange(0.0, 12.0, 0.25)
_CALM = 1.0
_ROUNDS = 300
_GAINS = (0.0, 0.1, 0.3, 1.0, 3.0)
_SLOW = timedelta(minutes=150)


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """An unbroken stretch of normal operation.

    Attributes:
        sigma: (time, tag) one-step innovations of a model that was not trained on it, NaN without news.
        features: (time, feature) of the moves, by the coverage of that model's own training.
        log: which run of the log it shows, as another model may have seen the same one; None: a run of its own.
    """

    sigma: NDArray[np.float64]
    features: NDArray[np.float64]
    log: int | None = None

    def halves(self) -> tuple["Run", "Run"]:
        """Two runs."""
        half = len(self.sigma) // 2
        return Run(self.sigma[:half], self.features[:half]), Run(self.sigma[half:], self.features[half:])

    def without(self, standing: Standing) -> "Run":
        """The same without the standing error."""
        return replace(self, sigma=Standings(standing).advance(self.sigma, self.features))


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """What evidence is about, before anything is learned: see `Whitening`."""

    tags: tuple[str, ...]
    moves: tuple[str, ...]
    step: timedelta
    cadence: NDArray[np.int64]
    coverage: Coverage
    config: EvidenceConfig


def learn_evidence(frame: Frame, moving: Sequence[Run], still: Sequence[Run]) -> Evidence:
    """Evidence with limits that hold on normal operation it was not fitted to.

    Args:
        frame: tags, moves and how moves are weighed.
        moving: operation with operators' moves.
        still: operation without any; none is needed.
    """
    standing = _standing(frame, moving, still)
    moving, still = ([run.without(standing) for run in _enough(runs)] for runs in (moving, still))
    whitening = whiten(frame, moving, still)
    folds = max(2, min(_FOLDS, len(still) or _FOLDS, len(moving)))
    moved, stood = [log_of(i, run) for i, run in enumerate(moving)], list(range(len(still)))
    loud: dict[int, list[Statistics]] = {}
    quiet: list[Statistics] = []
    for fold in range(folds):
        others = [
            [run for log, run in zip(logs, runs, strict=True) if log % folds != fold]
            for logs, runs in ((moved, moving), (stood, still))
        ]
        part = whiten(frame, *others)
        for log, run in zip(moved, moving, strict=True):
            if log % folds == fold:
                loud.setdefault(log, []).append(_settled(part, run))
        quiet += [_settled(part, run) for i, run in enumerate(still) if i % folds == fold]
    return _limits(standing, whitening, list(loud.values()), quiet)


def log_of(number: int, run: Run) -> int:
    """The run of the log that a run shows: all that show the same one are left out together."""
    return number if run.log is None else run.log


def _standing(frame: Frame, moving: Sequence[Run], still: Sequence[Run]) -> Standing:
    """How wrong the model stands after moves: its slow mean errors against how little the levels are covered."""
    rest = [*still] or [*moving]
    innovations = np.concatenate([run.sigma for run in rest])
    mean = np.nan_to_num(np.nanmean(innovations, axis=0)) if still else np.zeros(len(frame.tags))
    noise = np.nan_to_num(np.nanvar(innovations, axis=0), nan=1.0).clip(min=1e-9)
    quiet, loud = (np.concatenate([_slow(frame, run, mean) for run in runs]) for runs in (rest, moving))
    usual = (quiet**2).mean(axis=0).clip(min=1e-9)
    features = np.concatenate([run.features[_first(run) :] for run in moving])
    memories = len(frame.coverage.keep)
    levels = [memories, 2 * memories + 1]
    size = (loud**2 / usual).mean(axis=1)
    weights = _unrest(np.clip(size - 1.0, 0.0, np.quantile(size, 0.99)), features[:, levels])
    unrest = features[:, levels] @ weights
    calm = 1.0 / (_CALM + unrest)
    error = ((loud**2 - usual) * calm[:, None]).sum(axis=0) / max(float((calm * unrest).sum()), 1e-9)
    coming, settling = np.zeros(features.shape[1]), frame.config.coverage.memories.index(frame.config.settling)
    coming[[settling, memories + 1 + settling]] = 2.0 * frame.step / frame.config.settling * weights
    standing = np.zeros(features.shape[1])
    standing[levels] = weights
    blank = Standing(mean, noise, error.clip(min=0.0), coming, standing)
    return likeliest(blank, [(run.sigma[_first(run) :], run.features[_first(run) :]) for run in moving], _GAINS)


def _slow(frame: Frame, run: Run, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """(time, tag) slow means of a run's innovations."""
    means = Means((_SLOW,), frame.step, frame.cadence).advance(run.sigma - mean)
    return means[_first(run) :, 0]


def _enough(runs: Sequence[Run]) -> list[Run]:
    """At least two runs, or none."""
    return [half for run in runs for half in run.halves()] if len(runs) == 1 else list(runs)


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
    standing: Standing, whitening: Whitening, logs: Sequence[Sequence[Statistics]], still: Sequence[Statistics]
) -> Evidence:
    """Tails over unrest, for which moving (by run of the log) and still operation count alike; limits of either."""
    moving = [part for log in logs for part in log]
    often = max(1, round(_rows(moving) / _rows(still))) if still else 0
    parts = [*moving, *(list(still) * often)]
    sizes = np.log(np.concatenate([part.values for part in parts]).clip(min=1e-9))
    unrest = np.concatenate([part.unrest for part in parts])
    config = whitening.config
    tails = tuple(_tail(sizes[:, k], unrest[:, k], 1.0 - config.tail) for k in range(sizes.shape[1]))
    evidence = Evidence(standing, whitening, tails, Slope(1.0, 0.0), 1.0)
    quantile = 1.0 - config.false_alarms
    level, slope = _moving_limit(evidence, logs, quantile)
    rest = float(np.quantile(_largest(evidence, still), quantile)) if still else level
    return replace(evidence, limit=Slope(level, slope), rest=rest)


def _moving_limit(evidence: Evidence, logs: Sequence[Sequence[Statistics]], quantile: float) -> tuple[float, float]:
    """Level and slope of the limit, the level raised by its standard error when runs are left out (Tukey 1958).

    A log tells as much of rare moves as it holds of them, however many rows follow each.
    """
    given = [np.log1p(np.concatenate([restlessness(part) for part in log])) for log in logs]
    largest = [_largest(evidence, log) for log in logs]
    level, slope = conditional_quantile(np.concatenate(given), np.concatenate(largest), quantile, _STEEP)
    above = [values - slope * unrest for values, unrest in zip(largest, given, strict=True)]
    without = [np.quantile(np.concatenate(above[:i] + above[i + 1 :]), quantile) for i in range(len(above))]
    error = float(np.sqrt((len(without) - 1) * np.var(without)))
    return level + evidence.whitening.config.caution * error, slope


def _largest(evidence: Evidence, parts: Sequence[Statistics]) -> NDArray[np.float64]:
    return np.concatenate([evidence.surprise(part).max(axis=1) for part in parts])


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
