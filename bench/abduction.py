"""Counterfactuals of a past that is known, against the truth: disturbances kept, beside a forecast from the start.

Every pair of the benchmark's what-ifs gives both futures of a cloned plant, A under the moves that were made and B
under others, with the same disturbances and the same noise. The twin is shown A and asked for B. Abduction keeps
what happened in A; the forecast knows the past up to the start alone. A cell (pair, tag) counts as disturbed when
nobody moved anything in the last hours of the context and A still left where the tag was by more than noise.
Rows count in which a tag has a new value.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.counterfactual import Progress, train
from bench.folder import Folder, Pair, news, read_arrays, read_folder
from bench.scoring.units import noise_of, scale_of
from twin.operations.abduction import counterfactual
from twin.protocols import WorldModel
from twin.window import Window
from twin.world import quantiles

QUIET_HOURS = 4.0
DISTURBED = 2.0
"""Noise standard deviations by which a disturbed tag leaves where it was (root mean square over the horizon)."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """(pair, horizon, tag) each: expected B by both methods, and the bands' bounds.

    Attributes:
        abducted, forecast: means.
        abducted_band, forecast_band: (2, pair, horizon, tag) 5 and 95 % quantiles.
    """

    abducted: Floats
    forecast: Floats
    abducted_band: Floats
    forecast_band: Floats


def run(folder: Path, family: str | None = None, progress: Progress = lambda done: None) -> dict[str, object]:
    """Train on the folder, answer its pairs both ways, and score."""
    data = read_folder(folder)
    model = train(data, family, lambda done: progress(0.6 * done))
    return {"model": model.card.version, **measured(model, data, lambda done: progress(0.6 + 0.4 * done))}


def measured(model: WorldModel, data: Folder, progress: Progress = lambda done: None) -> dict[str, Any]:
    """Scores of a trained model's answers, both ways."""
    true_a, true_b = (x.astype(float) for x in read_arrays(data.path, "whatif_truth", ("obs_A", "obs_B")).values())
    shown = after_windows(data, true_a)
    answers = answered(model, data.what_ifs, shown, progress)
    truth = np.where(np.stack([window.valid for window in shown]), true_b, np.nan)
    groups = _groups(data, data.path, true_a)
    found = {name: scores(answers, truth, scale_of(data.path, data.meta), cells) for name, cells in groups.items()}
    return {"noise_floor": _floor(data.path, data), **found}


def after_windows(data: Folder, true_a: Floats) -> tuple[Window, ...]:
    """(pair) what was measured after each start under the moves that were made; a value is valid where it is new."""
    context = read_arrays(data.path, "whatif", ("obs_ctx",))["obs_ctx"].astype(float)
    return tuple(
        _after(data, pair, before, after) for pair, before, after in zip(data.what_ifs, context, true_a, strict=True)
    )


def answered(model: WorldModel, pairs: tuple[Pair, ...], shown: tuple[Window, ...], progress: Progress) -> Answers:
    """Both answers to every pair, with the same random numbers."""
    means: list[tuple[Floats, Floats]] = []
    bands: list[tuple[Floats, Floats]] = []
    for i, (pair, after) in enumerate(zip(pairs, shown, strict=True)):
        belief, _ = model.observe(pair.context)
        kept = counterfactual(model, belief, after, pair.a, pair.b, seed=i).scenario
        forecast = model.imagine(belief, pair.b, seed=i)
        means.append((kept.mean, forecast.mean))
        bands.append((_quantiles(kept.paths), _quantiles(forecast.paths)))
        progress((i + 1) / len(pairs))
    abducted, imagined = (np.stack(part) for part in zip(*means, strict=True))
    kept_band, imagined_band = (np.stack(part, axis=1) for part in zip(*bands, strict=True))
    return Answers(abducted, imagined, kept_band, imagined_band)


def scores(answers: Answers, truth: Floats, scale: Floats, cells: Bools) -> dict[str, Any]:
    """Root mean square errors in units of scale over the chosen (pair, tag) cells, their ratio, and the coverage.

    `truth` (pair, horizon, tag) is NaN where it does not count.
    """
    if not cells.any():
        return {"cells": 0}
    kept, forecast = (_rms((part - truth) / scale, cells) for part in (answers.abducted, answers.forecast))
    return {
        "cells": int(cells.sum()),
        "abduction": round(kept, 4),
        "forecast": round(forecast, 4),
        "ratio": round(kept / forecast, 4),
        "abduction_cover90": round(_covered(answers.abducted_band, truth, cells), 4),
        "forecast_cover90": round(_covered(answers.forecast_band, truth, cells), 4),
    }


def _groups(data: Folder, folder: Path, true_a: Floats) -> dict[str, Bools]:
    context = read_arrays(folder, "whatif", ("obs_ctx",))["obs_ctx"].astype(float)
    hour, quiet = (max(1, data.meta.rows(hours)) for hours in (1.0, QUIET_HOURS))
    levels = [pair.context.select([move.name for move in data.meta.act]).values[-quiet:] for pair in data.what_ifs]
    calm = np.array([not np.ptp(rows, axis=0).any() for rows in levels])
    away = np.sqrt(((true_a - context[:, -hour:].mean(1)[:, None]) ** 2).mean(1))
    left = away > DISTURBED * noise_of(folder, data.meta)
    inside = np.array([not pair.out_of_range for pair in data.what_ifs])[:, None]
    everything = np.ones_like(left)
    return {
        "disturbed": left & calm[:, None] & inside,
        "in_range": everything & inside,
        "out_of_range": everything & ~inside,
    }


def _after(data: Folder, pair: Pair, before: Floats, after: Floats) -> Window:
    whole = np.concatenate([before, after])
    columns = zip(data.meta.obs, whole.T, strict=True)
    new = np.stack([news(values, data.meta.cadence(tag)) for tag, values in columns], axis=1)[len(before) :]
    step = np.timedelta64(data.meta.step, "us")
    time = pair.context.time[-1] + np.arange(1, len(after) + 1) * step
    tags = tuple(tag.name for tag in data.meta.obs)
    return Window(tags, time, np.where(new, after, np.nan), new, data.meta.step)


def _floor(folder: Path, data: Folder) -> float:
    """What a forecast that knows all but the measurements' noise would reach, in units of scale."""
    return round(float(np.sqrt(np.mean((noise_of(folder, data.meta) / scale_of(folder, data.meta)) ** 2))), 4)


def _quantiles(paths: NDArray[np.float32]) -> Floats:
    bounds: Floats = quantiles(paths, (0.05, 0.95)).astype(np.float64)
    return bounds


def _rms(errors: Floats, cells: Bools) -> float:
    return float(np.sqrt(np.nanmean((errors**2).transpose(0, 2, 1)[cells])))


def _covered(band: Floats, truth: Floats, cells: Bools) -> float:
    inside = ((truth >= band[0]) & (truth <= band[1])).transpose(0, 2, 1)[cells]
    return float(inside[np.isfinite(truth).transpose(0, 2, 1)[cells]].mean())
