"""How fast a what-if is, beside latentplant's ensembles on the same rollout, and what watching a row costs.

The contestants take turns, so that a busy machine is unfair to nobody; the numbers are medians over the turns, in
seconds on the clock and of CPU time. All run on one thread, as the twin does and latentplant (PyPI, extra `bench`)
insists on. Its models have their default sizes and are trained for one epoch on random numbers: weights do not
change the cost.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bench.campaign import PLANT_FILE, SHIPPED
from bench.night import BUDGET
from bench.report import save
from ingest.demo.history import training_campaign
from models.anomaly.calibration import Calibration
from twin.clock import Span
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant
from twin.plantfile import load_plant
from twin.protocols import Detector, WorldModel
from twin.window import Window

SAMPLES, HORIZON = 64, 160
ROUNDS = 15
WATCHED = 200
"""Rows that the live part is measured on."""

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_NOT_INSTALLED = "not installed"

Work = Callable[[], object]


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A past of the model's context, the rows after it, and (HORIZON, move) levels in engineering units."""

    context: Window
    rows: Window
    moves: NDArray[np.float64]


def question(plant: Plant, model: WorldModel) -> Question:
    """From the demo plant's ordinary operation."""
    card, historian = model.card, MemoryHistorian(plant)
    hours = (card.context + (WATCHED + 1) * card.step) / timedelta(hours=1)
    for batch in training_campaign(5, hours + 1.0, start=_BEGIN):
        historian.write(batch)
    extent = historian.extent()
    if extent is None:
        raise RuntimeError("the campaign gave no samples")
    window = historian.window((*card.tags, *card.moves), Span(extent.start, extent.end), card.step)
    known = window.rows(slice(int(window.valid[:, len(card.tags) :].all(1).argmax()), None))
    rows = card.context // card.step
    context = known.rows(slice(0, rows))
    held = np.tile(context.select(card.moves).values[-1], (HORIZON, 1))
    return Question(context, known.rows(slice(rows, rows + WATCHED)), held)


def own(model: WorldModel, asked: Question) -> dict[str, Work]:
    """A rollout from a belief at hand, and one whose belief is inferred first."""
    belief, _ = model.observe(asked.context)
    return {
        "foretell": lambda: model.imagine(belief, asked.moves, samples=SAMPLES),
        "foretell_with_context": lambda: model.imagine(model.observe(asked.context)[0], asked.moves, samples=SAMPLES),
    }


def rivals(asked: Question, tags: int, members: int) -> dict[str, Work]:
    """Ensembles of latentplant with so many members, on the same context and moves; none when it is not installed."""
    try:
        from latentplant import ProbabilisticEnsemble, RSSMEnsemble, WindowSet
    except ImportError:
        return {}
    rng = np.random.default_rng(0)
    moves = asked.moves.shape[1]
    past, future = len(asked.context), HORIZON
    shapes = [(past, tags), (past, moves), (past, 0), (future, tags), (future, moves), (future, 0)]
    windows = WindowSet(*(rng.standard_normal((4, *shape)) for shape in shapes), np.ones((4, future, tags), bool))
    one = [getattr(windows, name)[:1] for name in ("obs_ctx", "act_ctx", "exo_ctx", "act_fut", "exo_fut")]
    found: dict[str, Work] = {}
    for name, kind in (("latentplant_ensemble", ProbabilisticEnsemble), ("latentplant_rssm_ensemble", RSSMEnsemble)):
        model = kind(tags, moves, 0, n_members=members)
        model.fit(windows, epochs=1, seed=0)
        found[name] = partial(model.rollout, *one, n_samples=SAMPLES, seed=0)
    return found


def turns(works: Mapping[str, Work], rounds: int, progress: Callable[[float], None]) -> dict[str, dict[str, float]]:
    """Median seconds of each, on the clock and of CPU time, after one turn that warms up."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            work()
            taken = time.perf_counter() - began, time.process_time() - began_cpu
            if turn:
                seen[name].append(taken)
        progress((turn + 1) / (rounds + 1))
    return {name: _medians(found) for name, found in seen.items()}


def _medians(found: list[tuple[float, float]]) -> dict[str, float]:
    clock, cpu = zip(*found, strict=True)
    return {"clock": round(median(clock), 5), "cpu": round(median(cpu), 5)}


def live(model: WorldModel, detector: Detector, asked: Question) -> dict[str, float]:
    """Milliseconds a row takes when rows come one by one: the belief, then the detector."""
    belief, _ = model.observe(asked.context)
    taken = []
    for t in range(len(asked.rows)):
        row = asked.rows.rows(slice(t, t + 1))
        began, began_cpu = time.perf_counter(), time.process_time()
        belief, residual = model.observe(row, belief)
        seen_cpu = time.process_time()
        detector.watch(row, residual)
        taken.append((time.perf_counter() - began, time.process_time() - began_cpu, seen_cpu - began_cpu))
    clock, cpu, observing = 1000 * np.array(taken).T
    found = {
        "row_ms": np.median(clock),
        "row_p95_ms": np.quantile(clock, 0.95),
        "row_cpu_ms": np.median(cpu),
        "observe_cpu_ms": np.median(observing),
    }
    return {name: round(float(value), 3) for name, value in found.items()}


def ratios(seconds: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float] | str]:
    """How many times longer the rivals take for context and rollout, on the clock and of CPU time."""
    ours = seconds["foretell_with_context"]
    found = {name: seconds.get(name) for name in ("latentplant_ensemble", "latentplant_rssm_ensemble")}
    return {
        name: {kind: round(taken[kind] / ours[kind], 2) for kind in ours} if taken else _NOT_INSTALLED
        for name, taken in found.items()
    }


def run(
    rounds: int = ROUNDS, checkpoint: Path = SHIPPED, progress: Callable[[float], None] = lambda done: None
) -> dict[str, object]:
    """Measure and write bench/results/rollout_speed.json; `progress` is told the part done."""
    import torch

    from models.checkpoint import load

    torch.set_num_threads(1)
    began = time.perf_counter()
    plant = load_plant(PLANT_FILE)
    model = load(checkpoint, plant)
    detector = Calibration.load(checkpoint, model.card.version)
    asked = question(plant, model)
    mine, tags, members = own(model, asked), len(model.card.tags), model.dynamics.members
    seconds = turns({**mine, **rivals(asked, tags, members)}, rounds, progress)
    return save(
        "rollout_speed",
        began,
        libraries={name: _version(name) for name in ("torch", "latentplant")},
        model=model.card.version,
        rollout={
            "samples": SAMPLES,
            "horizon": HORIZON,
            "members": members,
            "context": len(asked.context),
            "tags": tags,
            "moves": len(model.card.moves),
        },
        median_seconds=seconds,
        times_as_long=ratios(seconds),
        live=live(model, detector.detector(plant, BUDGET), asked),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _NOT_INSTALLED


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
