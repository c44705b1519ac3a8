"""What-if against the truth: random in-envelope moves on the demo plant, answered by the twin and by its clone.

Every case is a plant of its own with a past at the operators' ordinary rate of moves. Two clones run on, without
and with the move, under the same noise: the true counterfactual. The twin is asked through the operation
`what_if`; persistence (hold the last measured value) and an ARX ridge fitted on the same log stand beside it.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.campaign import PLANT_FILE, ROOT, SHIPPED
from bench.cases import Case, Values, cases
from ingest.demo.training import training_log
from twin.clock import FixedClock, Span
from twin.historian.memory import MemoryEventLog
from twin.operations.whatif import what_if
from twin.plant import Plant
from twin.plantfile import load_plant
from twin.protocols import Twin, WorldModel
from twin.scenario import Change, Move, Rollout, Scenario

RESULTS = ROOT / "bench" / "results" / "whatif.json"
_LAST = timedelta(hours=2)


@dataclass(frozen=True, eq=False, slots=True)
class Forecast:
    """(horizon, tag) means without and with the move, and the band of the latter where there is one."""

    baseline: Values
    scenario: Values
    low: Values | None = None
    high: Values | None = None
    effect_low: Values | None = None
    effect_high: Values | None = None


Forecaster = Callable[[Case], Forecast]
Sums = dict[str, float]


def by_model(plant: Plant, model: WorldModel) -> Forecaster:
    """Asks the twin with that model, as a person would; a single member gives no interval of the effect."""

    def ask(case: Case) -> Forecast:
        twin = Twin(plant, case.historian, MemoryEventLog(), model, FixedClock(case.now))
        tag, level = case.move
        horizon = case.baseline.end - case.now
        scenario = Scenario(moves=(Move(tag=tag, change=Change.TO, amount=level),), horizon=horizon)
        answer = what_if(twin, scenario, max_horizon=horizon)
        if answer.baseline is None or answer.scenario is None:
            raise RuntimeError(f"{tag} = {level} was refused: {'; '.join(answer.verdict.reasons)}")
        tags = model.card.tags
        forecast = Forecast(
            _band(answer.baseline, tags, "mean"),
            _band(answer.scenario, tags, "mean"),
            _band(answer.scenario, tags, "p05"),
            _band(answer.scenario, tags, "p95"),
        )
        if not model.card.disagreement_limit:
            return forecast
        effects = {effect.tag: effect for effect in answer.effects}
        return replace(
            forecast,
            effect_low=np.array([effects[name].p05 for name in tags]),
            effect_high=np.array([effects[name].p95 for name in tags]),
        )

    return ask


def persistence(case: Case) -> Forecast:
    """Holds every tag's last measured value."""
    tags = case.baseline.tags
    past = case.historian.window(tags, Span(case.now - timedelta(hours=6), case.now), case.baseline.step)
    last = np.array([past.values[past.valid[:, i], i][-1] for i in range(len(tags))])
    held = np.tile(last, (len(case.baseline), 1))
    return Forecast(held, held)


def _band(rollout: Rollout, tags: tuple[str, ...], name: str) -> Values:
    return np.array([getattr(rollout.band(tag), name) for tag in tags]).T


def score(case: Case, forecast: Forecast, scale: Values) -> Sums:
    """Sums and counts of one case, from which `rates` makes the scores."""
    both = case.scenario.valid & case.baseline.valid
    error = np.where(both, forecast.scenario - case.scenario.values, 0.0) / scale
    effect = np.where(both, case.scenario.values - case.baseline.values, 0.0) / scale
    guess = np.where(both, forecast.scenario - forecast.baseline, 0.0) / scale
    count = np.maximum(both.sum(0), 1)
    moved = np.sqrt((effect**2).sum(0) / count) > case.noise / scale
    end = slice(-int(_LAST / case.baseline.step), None)
    ends, guesses = (_mean(x[end], both[end]) for x in (effect, guess))
    decided = np.abs(ends) > case.noise / scale
    sums = {
        "rows": both.sum(),
        "squared": (error**2).sum(),
        "effect": (effect[:, moved] ** 2).sum(),
        "effect_error": ((guess - effect)[:, moved] ** 2).sum(),
        "moved": moved.sum(),
        "decided": decided.sum(),
        "sign": (np.sign(ends) == np.sign(guesses))[decided].sum(),
    }
    return {name: float(value) for name, value in {**sums, **_inside(case, forecast, both, moved)}.items()}


def _inside(case: Case, forecast: Forecast, both: NDArray[np.bool_], moved: NDArray[np.bool_]) -> Sums:
    if forecast.low is None or forecast.high is None:
        return {}
    truth = case.scenario.values
    covered = (truth >= forecast.low) & (truth <= forecast.high) & both
    if forecast.effect_low is None or forecast.effect_high is None:
        return {"covered": covered.sum()}
    hour = slice(-int(timedelta(hours=1) / case.baseline.step), None)
    effect = _mean((truth - case.baseline.values)[hour], both[hour])
    known = moved & both[hour].any(0)
    found = (effect >= forecast.effect_low) & (effect <= forecast.effect_high) & known
    return {"covered": covered.sum(), "effect_covered": found.sum(), "effect_known": known.sum()}


def _mean(values: Values, valid: NDArray[np.bool_]) -> Values:
    mean: Values = np.where(valid, values, 0.0).sum(0) / np.maximum(valid.sum(0), 1)
    return mean


def rates(sums: Sums) -> dict[str, float]:
    """Scores from sums: NRMSE in the tags' training scale, R² of the effect on the tags that moved, and so on."""
    found = {
        "nrmse": float(np.sqrt(sums["squared"] / sums["rows"])),
        "effect_r2": 1 - sums["effect_error"] / max(sums["effect"], 1e-12),
        "sign_accuracy": sums["sign"] / max(sums["decided"], 1),
        "tags_moved": sums["moved"],
    }
    if "covered" in sums:
        found["coverage90"] = sums["covered"] / sums["rows"]
    if "effect_covered" in sums:
        found["effect_coverage90"] = sums["effect_covered"] / max(sums["effect_known"], 1)
    return {name: round(value, 4) for name, value in found.items()}


def summary(per_case: list[Sums]) -> dict[str, dict[str, float]]:
    """`total`: all cases pooled; `median`: over cases in which at least one tag moved."""
    total = {name: np.sum([sums[name] for sums in per_case], axis=0) for name in per_case[0]}
    single = [rates(sums) for sums in per_case if sums["moved"] > 0]
    return {
        "total": rates(total),
        "median": {n: round(float(np.median([s[n] for s in single])), 4) for n in single[0]},
    }


def ridge(plant: Plant, progress: Callable[[float], None]) -> WorldModel:
    """A single ARX ridge, fitted on the log that the shipped model was trained on."""
    from models.training import TrainingConfig, train

    historian = training_log(plant, progress)
    extent = historian.extent()
    if extent is None:
        raise RuntimeError("the campaign gave no samples")
    return train(historian, plant, extent, replace(TrainingConfig(), family="linear", members=1))


def run(
    count: int = 20,
    horizon: timedelta = timedelta(hours=8),
    checkpoint: Path = SHIPPED,
    progress: Callable[[float], None] = lambda done: None,
) -> dict[str, object]:
    """Ask, compare, and write bench/results/whatif.json; `progress` is told the part done."""
    import torch

    from models.checkpoint import load

    torch.set_num_threads(1)
    began = time.perf_counter()
    plant = load_plant(PLANT_FILE)
    model = load(checkpoint, plant)
    linear = ridge(plant, lambda done: progress(0.4 * done))
    forecasters: dict[str, Forecaster] = {
        "foretell": by_model(plant, model),
        "arx_ridge": by_model(plant, linear),
        "persistence": persistence,
    }
    scores: dict[str, list[Sums]] = {name: [] for name in forecasters}
    seconds, asked = [], []
    for case in cases(plant, count, horizon):
        for name, forecaster in forecasters.items():
            start = time.perf_counter()
            forecast = forecaster(case)
            seconds.append((name, time.perf_counter() - start))
            scores[name].append(score(case, forecast, np.array(model.card.scale)))
        asked.append({"tag": case.move[0], "level": round(case.move[1], 4), **rates(scores["foretell"][-1])})
        progress(0.4 + 0.6 * len(asked) / count)
    results = {name: summary(sums) for name, sums in scores.items()}
    report: dict[str, object] = {
        "bench": "whatif",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "torch", "numpy", "tep-studio")},
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_per_question": round(float(np.median([t for name, t in seconds if name == "foretell"])), 3),
        "model": model.card.version,
        "horizon_hours": horizon.total_seconds() / 3600,
        "cases": count,
        "skill": round(1 - results["foretell"]["total"]["nrmse"] / results["persistence"]["total"]["nrmse"], 4),
        "results": results,
        "asked": asked,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    return report


def main() -> None:
    """Run with a progress bar and print the summary."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("What-if against the clone", total=1.0)
        report = run(progress=lambda done: bar.update(task, completed=done))
    print(json.dumps({name: report[name] for name in ("model", "skill", "results")}, indent=1))


if __name__ == "__main__":
    main()
