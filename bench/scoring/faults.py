"""Scores of a detector on runs with faults: detection rate, delay and false alarms at a threshold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.folder import Arrays, Meta, read_arrays, read_meta
from twin.errors import InvalidInput

IN_A_ROW = 3
"""Rows above the threshold that make a detection."""

HARD = (3, 9, 15)
"""Faults that the literature leaves out of its means."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Scores = dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class _Runs:
    """Runs of one protocol, (run, time) each; the labels are (run,).

    Attributes:
        onset: row from which a fault is on.
        live: (run,) rows before a trip.
        row_minutes: minutes to a row.
    """

    score: Floats
    idv: NDArray[np.integer[Any]]
    live: NDArray[np.integer[Any]]
    onset: int
    row_minutes: float


def score_faults(folder: Path, predictions: Arrays) -> dict[str, Scores]:
    """Scores of the steady and the moving runs, by name; docs/benchmark.md says what each one is.

    `predictions` holds score (run, time), higher is stranger; optional threshold_steady and threshold_moving. A
    threshold that is not given is the 99 % quantile over the protocol's own normal rows: an oracle, reported as
    such. Raises InvalidInput when score is missing or has another shape.
    """
    meta = read_meta(folder)
    file = read_arrays(folder, "faults", ("obs", "idv", "moving", "onset_h", "valid_len"))
    score = _score(predictions, file["obs"].shape[:2])
    found = {}
    for name, chosen in (("steady", ~file["moving"]), ("moving", file["moving"])):
        if chosen.any():
            runs = _runs(meta, file, score, chosen)
            found[name] = _scores(runs, predictions.get(f"threshold_{name}"))
    return found


def _score(predictions: Arrays, shape: tuple[int, ...]) -> Floats:
    if "score" not in predictions:
        raise InvalidInput("the predictions hold no score", field="score")
    score = np.asarray(predictions["score"], float)
    if score.shape != shape:
        raise InvalidInput(
            f"score has the shape {score.shape}, the runs have {shape}", field="score", value=score.shape, limit=shape
        )
    return score


def _runs(meta: Meta, file: Arrays, score: Floats, chosen: Bools) -> _Runs:
    onset = meta.rows(float(file["onset_h"]))
    return _Runs(score[chosen], file["idv"][chosen], file["valid_len"][chosen], onset, meta.row_minutes)


def _scores(runs: _Runs, given: NDArray[Any] | None) -> Scores:
    free = runs.idv == 0
    fault_free, before = runs.score[free], runs.score[~free][:, : runs.onset]
    normal = np.concatenate([fault_free.ravel(), before.ravel()])
    threshold = float(np.quantile(normal, 0.99)) if given is None else float(given)
    rates, delays = _by_fault(runs, threshold)
    known = {idv: rate for idv, rate in rates.items() if rate is not None}
    return {
        "threshold": threshold,
        "oracle_threshold": given is None,
        "far": _mean(fault_free > threshold),
        "far_before_onset": _mean(before > threshold),
        "fdr": rates,
        "delay": delays,
        "mean_fdr": _mean(list(known.values()), 3),
        "mean_fdr_without_3_9_15": _mean([rate for idv, rate in known.items() if idv not in HARD], 3),
    }


def _by_fault(runs: _Runs, threshold: float) -> tuple[dict[int, float | None], dict[int, float | None]]:
    """Share of faulty rows above the threshold, and minutes to detection, by IDV; None where there is none."""
    row = np.arange(runs.score.shape[1])
    rates: dict[int, float | None] = {}
    delays: dict[int, float | None] = {}
    for run in np.flatnonzero(runs.idv != 0):
        idv = int(runs.idv[run])
        faulty = (row >= runs.onset) & (row < runs.live[run])
        hit = (runs.score[run] > threshold) & faulty
        rates[idv] = round(float(hit[faulty].mean()), 3) if faulty.any() else None
        first = _detected(hit)
        delays[idv] = None if first is None else round((first - runs.onset + 1) * runs.row_minutes, 1)
    return rates, delays


def _detected(hit: Bools) -> int | None:
    """The row that completes the first IN_A_ROW hits in a row."""
    complete = np.flatnonzero(np.convolve(hit, np.ones(IN_A_ROW), "valid") >= IN_A_ROW)
    return int(complete[0]) + IN_A_ROW - 1 if complete.size else None


def _mean(values: Bools | list[float], digits: int | None = None) -> float | None:
    """None where there is nothing to average."""
    if not np.size(values):
        return None
    mean = float(np.mean(values))
    return mean if digits is None else round(mean, digits)
