"""The table of detection: the world model's evidence beside PCA, DPCA, CVA and ARX, on any folder of the benchmark.

Also the classical files of the Tennessee Eastman Process (Russell, Chiang & Braatz): there are no moves in them, so
the evidence looks at the errors of a line from each row to the next.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from bench.faults import Progress, run
from bench.folder import Folder, news, read_folder
from bench.references import ARX
from bench.report import MODEL, save
from bench.scoring.faults import score_faults
from bench.scoring.leading import score_leading
from bench.tep.causes import CAUSES
from models.anomaly.coverage import Coverage
from models.anomaly.evidence import Evidence, EvidenceConfig, Watch
from models.anomaly.lagged import LaggedSubspace, stacked
from models.anomaly.learning import Frame, Run, learn_evidence

_HARD = (3, 9, 15)
_ONSET, _STEP, _LAGS, _PENALTY = 160, timedelta(minutes=3), 3, 30.0
_WEIGHTS, _RIDGE = (1.0, 0.1, 0.02), 0.01
_CHOICE = 80
"""Rows of context and horizon over which the ARX model's penalty is chosen."""

_CADENCE = np.array([1] * 22 + [2] * 14 + [5] * 5 + [1] * 11)
Floats = NDArray[np.float64]


def compare(folders: Mapping[str, Path], classical: Path | None, progress: Progress) -> dict[str, object]:
    """Every detector on every folder, and on the classical files if given; writes bench/results/faults_tep.json."""
    began, tracks = time.perf_counter(), {}
    for i, (name, folder) in enumerate(folders.items()):
        tracks[name] = {"foretell": own(folder), **rivals(folder)}
        progress((i + 1) / (len(folders) + 1))
    report = save(
        "faults_tep",
        began,
        MODEL,
        tracks=tracks,
        classical=None if classical is None else classical_files(classical),
    )
    progress(1.0)
    return report


def own(folder: Path) -> dict[str, Any]:
    """Scores of the world model's evidence, by protocol."""
    with TemporaryDirectory() as place:
        out = Path(place) / "scores.npz"
        run(folder, out)
        with np.load(out) as written:
            predictions = dict(written)
    scores = _with_delay(score_faults(folder, predictions))
    leading = score_leading(folder, predictions, CAUSES)
    return {protocol: found | {"leading": leading[protocol]} for protocol, found in scores.items()}


def rivals(folder: Path) -> dict[str, dict[str, Any]]:
    """Scores of the classical detectors, at the oracle threshold that lets 1 % of the test's normal rows through."""
    data = read_folder(folder)
    observed = [tag.name for tag in data.plant.observed]
    logs = {
        moving: [held(window.select(observed).values) for window in windows]
        for moving, windows in ((False, data.steady or data.train), (True, data.train))
    }
    found = {}
    for name, lags in (("pca", 0), ("dpca", 2), ("cva", 3)):
        fitted = {moving: _subspace(name, lags, log) for moving, log in logs.items()}
        scores = [fitted[r.moving].score(held(r.window.select(observed).values)) for r in data.fault_runs]
        found[name] = _with_delay(score_faults(folder, {"score": np.stack(scores)}))
    return found | {"arx": _with_delay(score_faults(folder, {"score": _smoothed_errors(data)}))}


def _smoothed_errors(data: Folder) -> Floats:
    """(run, row) errors of an ARX model, exponentially weighted: the largest of three scales over their quantiles."""
    arx = ARX.fit(data, _CHOICE, _CHOICE)
    runs = data.fault_runs
    errors = [arx.innovations(fault.window, data.meta) for fault in runs]
    scores = np.zeros((len(runs), len(runs[0].window)))
    for moving, windows in ((False, data.steady or data.held_back), (True, data.held_back)):
        normal = [arx.innovations(window, data.meta) for window in windows]
        for weight in _WEIGHTS:
            usual = np.concatenate([_smoothed(part, weight) for part in normal])
            covariance = np.cov(usual.T)
            precision = np.linalg.inv(covariance + _RIDGE * np.diag(np.diag(covariance)))
            limit = np.quantile(_distance(usual, precision), 0.99)
            for score, own, fault in zip(scores, errors, runs, strict=True):
                if fault.moving == moving:
                    np.maximum(score, _distance(_smoothed(own, weight), precision) / limit, out=score)
    return scores


def _distance(rows: Floats, precision: NDArray[np.floating]) -> Floats:
    """(time,) squared Mahalanobis distance."""
    distance: Floats = np.einsum("ti,ij,tj->t", rows, precision, rows)
    return distance


def _smoothed(errors: Floats, weight: float) -> Floats:
    """(time, tag) exponentially weighted means (Roberts 1959)."""
    means: Floats = lfilter([weight], [1.0, weight - 1.0], errors, axis=0)
    return means


def _subspace(name: str, lags: int, log: list[Floats]) -> LaggedSubspace:
    if name == "cva":
        return LaggedSubspace.canonical(log, lags, 30)
    return LaggedSubspace.dynamic_pca(log, lags)


def _with_delay(scores: dict[str, Any]) -> dict[str, Any]:
    for protocol in scores.values():
        delays = [np.inf if delay is None else delay for delay in protocol["delay"].values()]
        median = float(np.median(delays)) if delays else np.inf
        protocol["median_delay"] = median if np.isfinite(median) else None
    return scores


def held(values: Floats) -> Floats:
    """(time, tag) with the last value where there is none."""
    rows = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    filled: Floats = np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)
    return filled


def classical_files(path: Path) -> dict[str, Any]:
    """Detection rates of faults 1 to 21: learned on d00 and d00_te, rows from 160 on of the test files are faulty."""
    with np.load(path) as archive:
        files = {name: archive[name].astype(np.float64) for name in archive.files}
    log, test = files["d00"], {k: files[f"d{k:02d}_te"] for k in range(1, 22)}
    mean, std = log.mean(axis=0), np.maximum(log.std(axis=0), 1e-9)
    line = _line([(log - mean) / std])
    evidence = _classical_evidence((log - mean) / std, (files["d00_te"] - mean) / std, line)
    scores = {k: _score(evidence, _errors((x - mean) / std, line)) for k, x in test.items()}
    table = {"foretell": _rates(scores)}
    for name, lags in (("pca", 0), ("dpca", 2), ("cva", 3)):
        subspace = _subspace(name, lags, [log])
        limit = np.quantile(subspace.score(files["d00_te"]), 0.99)
        table[name] = _rates({k: subspace.score(x) / limit for k, x in test.items()})
    return table


def _classical_evidence(log: Floats, normal: Floats, line: Floats) -> Evidence:
    """Evidence from errors on the log, each fifth predicted by a line fitted to the others, and on a second log."""
    errors = np.empty_like(log)
    for part in np.array_split(np.arange(len(log)), 5):
        others = [piece for piece in (log[: part[0]], log[part[-1] + 1 :]) if len(piece) > _LAGS]
        errors[part] = _errors(log, _line(others))[part]
    tags = log.shape[1]
    config = EvidenceConfig()
    coverage = Coverage.learn([np.zeros((2, 1))], [], np.ones(1), _STEP, config.coverage)
    frame = Frame(tuple(map(str, range(tags))), ("none",), _STEP, _CADENCE, coverage, config)
    pieces = [*np.array_split(errors, 2), *np.array_split(_errors(normal, line), 4)]
    runs = [Run(piece, np.zeros((len(piece), 2 * (len(coverage.keep) + 1)))) for piece in pieces]
    return learn_evidence(frame, runs, runs)


def _line(parts: list[Floats]) -> Floats:
    """Ridge regression of each row on those before it."""
    past = np.concatenate([stacked(part[:-1], _LAGS - 1)[_LAGS - 1 :] for part in parts])
    now = np.concatenate([part[_LAGS:] for part in parts])
    weights: Floats = np.linalg.solve(past.T @ past + _PENALTY * np.eye(past.shape[1]), past.T @ now)
    return weights


def _errors(values: Floats, line: Floats) -> Floats:
    """(time, tag) errors of the line, NaN for the first rows and where a tag has no news."""
    errors = np.full(values.shape, np.nan)
    errors[_LAGS:] = values[_LAGS:] - stacked(values[:-1], _LAGS - 1)[_LAGS - 1 :] @ line
    new = np.stack([news(column, float(every)) for column, every in zip(values.T, _CADENCE, strict=True)], axis=1)
    return np.where(new, errors, np.nan)


def _score(evidence: Evidence, errors: Floats) -> Floats:
    return np.nan_to_num(Watch(evidence).advance(errors, np.zeros((len(errors), 1))))


def _rates(scores: Mapping[int, Floats]) -> dict[str, Any]:
    rates = {k: round(float((score[_ONSET:] > 1).mean()), 3) for k, score in scores.items()}
    easier = [rate for k, rate in rates.items() if k not in _HARD]
    return {
        "fdr": rates,
        "mean_fdr_without_3_9_15": round(float(np.mean(easier)), 3),
        "far_before_onset": round(float(np.mean([(score[:_ONSET] > 1).mean() for score in scores.values()])), 4),
    }
