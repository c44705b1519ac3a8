"""Scores of what-if answers against both true futures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.folder import Arrays, Meta, read_arrays, read_meta
from bench.scoring.rules import crps_of_quantiles, crps_of_samples
from bench.scoring.units import noise_of, scale_of
from twin.errors import InvalidInput

END_HOURS = 2.0
"""The sign of an effect is that of its mean over the last two hours."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Scores = dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class _Case:
    """Truth and answers of all pairs, (pair, horizon, tag) each; the effect is B minus A.

    Attributes:
        moved: (pair, tag) the tags that the step moved: root mean square of the true effect above the noise.
        end, end_hat: (pair, tag) mean effect over the last two hours, true and answered.
        decided: (pair, tag) where the true one is above the noise.
        low, high, crps: of B, where quantiles or samples were given; crps in units of scale.
        inside: the answered interval of the effect holds the true one.
    """

    truth: Floats
    answer: Floats
    held: Floats
    effect: Floats
    effect_hat: Floats
    moved: Bools
    end: Floats
    end_hat: Floats
    decided: Bools
    low: Floats | None
    high: Floats | None
    crps: Floats | None
    inside: Bools | None
    scale: Floats
    last_hour: int


def score_what_ifs(folder: Path, predictions: Arrays) -> dict[str, Scores]:
    """Scores in range and out of range, by name; docs/benchmark.md says what each one is.

    `predictions` holds A_mean and B_mean (pair, horizon, tag); for coverage and CRPS B_samples (sample, …) or
    B_quantiles (level, …) with levels; for the effect's interval eff_q05 and eff_q95. Raises InvalidInput when an
    array is missing or has another shape.
    """
    meta = read_meta(folder)
    asked = read_arrays(folder, "whatif", ("obs_ctx", "kind", "ood"))
    truth = read_arrays(folder, "whatif_truth", ("obs_A", "obs_B"))
    case = _case(meta, scale_of(folder, meta), noise_of(folder, meta), asked, truth, predictions)
    groups = {"in_range": ~asked["ood"], "out_of_range": asked["ood"]}
    names = [move.name for move in meta.act]
    return {name: _scores(case, chosen, asked["kind"], names) for name, chosen in groups.items() if chosen.any()}


def _case(meta: Meta, scale: Floats, noise: Floats, asked: Arrays, truth: Arrays, predictions: Arrays) -> _Case:
    true_a, true_b, context = (x.astype(float) for x in (truth["obs_A"], truth["obs_B"], asked["obs_ctx"]))
    mean_a, mean_b = (_like(predictions, name, true_b) for name in ("A_mean", "B_mean"))
    effect, effect_hat = true_b - true_a, mean_b - mean_a
    rows = meta.rows(END_HOURS)
    end = effect[:, -rows:].mean(1)
    low, high, crps = _band(predictions, true_b, scale)
    return _Case(
        truth=true_b,
        answer=mean_b,
        held=np.broadcast_to(context[:, -1:], true_b.shape),
        effect=effect,
        effect_hat=effect_hat,
        moved=np.sqrt((effect**2).mean(1)) > noise,
        end=end,
        end_hat=effect_hat[:, -rows:].mean(1),
        decided=np.abs(end) > noise,
        low=low,
        high=high,
        crps=crps,
        inside=_inside(predictions, effect),
        scale=scale,
        last_hour=-(-rows // 2),
    )


def _band(predictions: Arrays, truth: Floats, scale: Floats) -> tuple[Floats | None, Floats | None, Floats | None]:
    if "B_samples" in predictions:
        samples = _like(predictions, "B_samples", truth, leading=1)
        low, high = np.quantile(samples, [0.05, 0.95], axis=0)
        return low, high, crps_of_samples(samples, truth) / scale
    if "B_quantiles" in predictions:
        quantiles = _like(predictions, "B_quantiles", truth, leading=1)
        levels = np.round(np.asarray(predictions["levels"], float), 6)
        low, high = (quantiles[_index(levels, level)] for level in (0.05, 0.95))
        return low, high, crps_of_quantiles(quantiles, truth, levels) / scale
    return None, None, None


def _index(levels: Floats, level: float) -> int:
    found = np.flatnonzero(levels == level)
    if not len(found):
        raise InvalidInput(f"levels holds no {level}", field="levels", value=levels.tolist(), limit=level)
    return int(found[0])


def _inside(predictions: Arrays, effect: Floats) -> Bools | None:
    if "eff_q05" not in predictions:
        return None
    low, high = (_like(predictions, name, effect) for name in ("eff_q05", "eff_q95"))
    inside: Bools = (effect >= low) & (effect <= high)
    return inside


def _like(predictions: Arrays, name: str, truth: Floats, leading: int = 0) -> Floats:
    """The array of that name, which must have the truth's shape behind `leading` axes of its own."""
    if name not in predictions:
        raise InvalidInput(f"the predictions hold no {name}", field=name)
    values = np.asarray(predictions[name], float)
    if values.shape[leading:] != truth.shape or values.ndim != truth.ndim + leading:
        raise InvalidInput(
            f"{name} has the shape {values.shape}, the truth has {truth.shape}",
            field=name,
            value=values.shape,
            limit=truth.shape,
        )
    return values


def _scores(case: _Case, chosen: Bools, kind: NDArray[np.integer[Any]], names: list[str]) -> Scores:
    """All scores of the chosen pairs."""
    moved, decided = case.moved & chosen[:, None], case.decided & chosen[:, None]
    own, held = _nrmse(case, case.answer, chosen), _nrmse(case, case.held, chosen)
    right = np.sign(case.end) == np.sign(case.end_hat)
    return {
        "pairs": int(chosen.sum()),
        "nrmse": own,
        "nrmse_hold": held,
        "skill": 1 - own / held,
        "nrmse_last_hour": _nrmse(case, case.answer, chosen, slice(-case.last_hour, None)),
        "effect_r2": _r2(case, moved),
        "effect_cells": int(moved.sum()),
        "sign_acc": _share(right[decided]),
        "sign_cells": int(decided.sum()),
        **_calibration(case, chosen, moved),
        "by_kind": _by_kind(case, moved, kind, names),
    }


def _nrmse(case: _Case, answer: Floats, chosen: Bools, rows: slice = slice(None)) -> float:
    error = ((answer - case.truth) / case.scale)[chosen][:, rows]
    return float(np.sqrt(np.mean(error**2)))


def _effects(case: _Case, moved: Bools) -> tuple[Floats, Floats]:
    """(cell, horizon) true and answered effects of the (pair, tag) cells that moved, in units of scale."""
    true, answered = (x / case.scale for x in (case.effect, case.effect_hat))
    return true.transpose(0, 2, 1)[moved], answered.transpose(0, 2, 1)[moved]


def _r2(case: _Case, moved: Bools) -> float | None:
    """None where nothing moved."""
    if not moved.any():
        return None
    true, answered = _effects(case, moved)
    return float(1 - ((true - answered) ** 2).sum() / (true**2).sum())


def _share(cells: Bools) -> float | None:
    return float(cells.mean()) if cells.size else None


def _calibration(case: _Case, chosen: Bools, moved: Bools) -> Mapping[str, float | None]:
    found: dict[str, float | None] = {}
    if case.low is not None and case.high is not None and case.crps is not None:
        covered = (case.truth >= case.low) & (case.truth <= case.high)
        found["cover90"] = float(covered[chosen].mean())
        found["width90"] = float(((case.high - case.low) / case.scale)[chosen].mean())
        found["crps"] = float(case.crps[chosen].mean())
    if case.inside is not None:
        found["effect_cover90"] = _share(case.inside.transpose(0, 2, 1)[moved])
    return found


def _by_kind(case: _Case, moved: Bools, kind: NDArray[np.integer[Any]], names: list[str]) -> dict[str, Scores]:
    found = {}
    for column, name in enumerate(names):
        cells = moved & (kind == column)[:, None]
        fit = _r2(case, cells)
        if fit is not None:
            true, _ = _effects(case, cells)
            found[name] = {"r2": round(fit, 3), "rms_effect": round(float(np.sqrt((true**2).mean())), 3)}
    return found
