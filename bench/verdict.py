"""Does the verdict know? The doubt about every what-if of a folder, against what it is worth.

Two questions: whether the doubt tells the moves that lead out of the range of the log from those inside (area under
the receiver operating characteristic), and whether it goes along with the error of the answer (Spearman's rank
correlation, over all pairs and over those in range).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.counterfactual import Progress, train
from bench.folder import Folder, Pair, read_arrays, read_folder
from bench.scoring.units import scale_of
from twin.clock import from_datetime64
from twin.historian.memory import MemoryEventLog
from twin.operations.numbers import hours
from twin.operations.rollout import Context, coverage
from twin.operations.verdict import after_rollout, before_rollout, judged
from twin.plant import Plant
from twin.protocols import WorldModel
from twin.scenario import Support, Verdict
from twin.world import Comparison

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair: what the twin says of its own answer, and how far off that is, in units of scale."""

    verdict: Verdict
    level_error: float
    effect_error: float


def run(folder: Path, family: str | None = None, progress: Progress = lambda done: None) -> dict[str, object]:
    """Train on the folder, judge and answer its pairs."""
    data = read_folder(folder)
    model = train(data, family, lambda done: progress(0.6 * done))
    return {"model": model.card.version, **measured(model, data, lambda done: progress(0.6 + 0.4 * done))}


def measured(model: WorldModel, data: Folder, progress: Progress = lambda done: None) -> dict[str, Any]:
    """Scores of a trained model's doubt, and doubt and errors pair by pair."""
    found = judgements(model, data, progress)
    outside = np.array([pair.out_of_range for pair in data.what_ifs])
    return {**scores(found, outside), "pairs": _columns(found, outside)}


def judgements(model: WorldModel, data: Folder, progress: Progress) -> list[Judged]:
    """Every pair judged before its truth is looked at."""
    scale = scale_of(data.path, data.meta)
    truth = read_arrays(data.path, "whatif_truth", ("obs_A", "obs_B"))
    found = []
    for i, pair in enumerate(data.what_ifs):
        verdict, both = judge(model, data.plant, pair, i)
        true_a, true_b = (truth[name][i].astype(float) for name in ("obs_A", "obs_B"))
        level = (both.scenario.mean - true_b) / scale
        effect = (both.effect.mean - (true_b - true_a)) / scale
        found.append(Judged(verdict, *(float(np.sqrt((error**2).mean())) for error in (level, effect))))
        progress((i + 1) / len(data.what_ifs))
    return found


def judge(model: WorldModel, plant: Plant, pair: Pair, seed: int) -> tuple[Verdict, Comparison]:
    """What the operation `what_if` would say of the pair, and both futures, also where it refuses."""
    belief, _ = model.observe(pair.context)
    seen = coverage(plant, pair.context.select(model.card.tags))
    start = from_datetime64(pair.context.time[-1])
    context = Context(model, start, len(pair.b), pair.context, belief, seen)
    before = before_rollout(context, pair.b, plant, MemoryEventLog(), moved=[pair.kind])
    both = model.compare(belief, pair.a, pair.b, seed=seed)
    return judged([*before, *after_rollout(context, both.scenario, both.effect)], hours(model.card.horizon)), both


def scores(found: list[Judged], outside: Bools) -> dict[str, Any]:
    """The doubt as a sign of being out of range, and of error; how often each verdict was given, and its errors."""
    doubt = np.array([item.verdict.doubt for item in found])
    errors = {name: np.array([getattr(item, f"{name}_error") for item in found]) for name in ("level", "effect")}
    return {
        "auroc_out_of_range": _rounded(auroc(doubt, outside)) if outside.any() and not outside.all() else None,
        "rank_correlation": {
            name: {
                "all": _rounded(spearman(doubt, error)),
                "in_range": _rounded(spearman(doubt[~outside], error[~outside])),
            }
            for name, error in errors.items()
        },
        "verdicts": {
            group: _by_support([item for item, one in zip(found, chosen, strict=True) if one])
            for group, chosen in (("in_range", ~outside), ("out_of_range", outside))
        },
    }


def auroc(score: Floats, positive: Bools) -> float:
    """Chance that a positive has a higher score than a negative, ties half (Mann & Whitney 1947)."""
    ranks = _ranks(score)[positive]
    count = len(ranks)
    return float((ranks.sum() - count * (count + 1) / 2) / (count * (len(score) - count)))


def spearman(one: Floats, other: Floats) -> float:
    """Correlation of the ranks."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: Floats) -> Floats:
    """Ranks from 1 on; equal values share the mean of theirs."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2.0)[which]
    return ranks


def _by_support(found: list[Judged]) -> dict[str, dict[str, float | int]]:
    groups = {support: [item for item in found if item.verdict.support is support] for support in Support}
    return {
        support.value: {
            "pairs": len(items),
            "level_error": _rounded(np.mean([item.level_error for item in items])),
            "effect_error": _rounded(np.mean([item.effect_error for item in items])),
        }
        for support, items in groups.items()
        if items
    }


def _columns(found: list[Judged], outside: Bools) -> dict[str, list[Any]]:
    return {
        "out_of_range": outside.tolist(),
        "support": [item.verdict.support.value for item in found],
        **{name: [_rounded(getattr(item, name)) for item in found] for name in ("level_error", "effect_error")},
        "doubt": [_rounded(item.verdict.doubt) for item in found],
    }


def _rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)
