"""How fast a what-if is, beside latentplant's ensembles on the same rollout, and what watching a row costs.

The contestants and the live rows take turns, so that a busy machine is unfair to nobody. Times are medians over the
turns, in seconds on the clock and of CPU time; a ratio is the median of the ratios within a turn. All run on one
thread, as the twin does and latentplant (PyPI, extra `bench`) insists on. Its models have their default sizes and are
trained for one epoch on random numbers: weights do not change the cost. How long the shipped model's own training
took is on its card.
"""

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
WATCHED = 20
"""Live rows a turn."""

WHAT_IF_S, LIVE_MS, TRAINING_MIN = 1.0, 5.0, 30.0
AHEAD = {"latentplant_ensemble": 3.0, "latentplant_rssm_ensemble": 1.0}
"""What is asked for (issue 4, bar 6): times on the clock, and how many times longer the rivals shall take."""

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_NOT_INSTALLED = "not installed"

Work = Callable[[], object]
Taken = Mapping[str, NDArray[np.float64]]
"""(turn, 2) seconds of each contestant, on the clock and of CPU time."""


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A past of the model's context, the rows after it, and (HORIZON, move) levels in engineering units."""

    context: Window
    rows: Window
    moves: NDArray[np.float64]


def question(plant: Plant, model: WorldModel) -> Question:
    """From the demo plant's ordinary operation."""
    card, historian = model.card, MemoryHistorian(plant)
    hours = (card.context + (WATCHED * (ROUNDS + 1) + 1) * card.step) / timedelta(hours=1)
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
    return Question(context, known.rows(slice(rows, None)), held)


def own(model: WorldModel, asked: Question) -> dict[str, Work]:
    """A rollout from a belief at hand, one whose belief is inferred first, and a whole what-if: two of them."""
    belief, _ = model.observe(asked.context)
    moved = asked.moves.copy()
    moved[:, 0] *= 1.01
    return {
        "foretell": lambda: model.imagine(belief, asked.moves, samples=SAMPLES),
        "foretell_with_context": lambda: model.imagine(model.observe(asked.context)[0], asked.moves, samples=SAMPLES),
        "foretell_what_if": lambda: model.compare(
            model.observe(asked.context)[0], asked.moves, moved, samples=SAMPLES
        ),
    }


class Live:
    """Rows that come one by one: the belief takes each up, then the detector scores it."""

    def __init__(self, model: WorldModel, detector: Detector, asked: Question) -> None:
        self._model, self._detector, self._rows = model, detector, asked.rows
        self._belief, _ = model.observe(asked.context)
        self._next = 0
        self._taken: list[tuple[float, float, float]] = []

    def go_on(self) -> None:
        """WATCHED more rows, with their times; raises IndexError when there are no more."""
        for _ in range(WATCHED):
            row = self._rows.rows(slice(self._next, self._next + 1))
            if not len(row):
                raise IndexError(f"only {self._next} rows were prepared")
            began, began_cpu = time.perf_counter(), time.process_time()
            self._belief, residual = self._model.observe(row, self._belief)
            observed = time.process_time()
            self._detector.watch(row, residual)
            ended = time.process_time()
            self._taken.append((time.perf_counter() - began, observed - began_cpu, ended - observed))
            self._next += 1

    def report(self) -> dict[str, float]:
        """Milliseconds a row without those of the first turn: on the clock, and the CPU time of both parts."""
        clock, observing, detecting = 1000 * np.array(self._taken[WATCHED:]).T
        found = {
            "row_ms": np.median(clock),
            "row_p95_ms": np.quantile(clock, 0.95),
            "row_cpu_ms": np.median(observing + detecting),
            "observe_cpu_ms": np.median(observing),
            "detector_cpu_ms": np.median(detecting),
        }
        return {name: round(float(value), 3) for name, value in found.items()}


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


def turns(works: Mapping[str, Work], rounds: int, progress: Callable[[float], None]) -> Taken:
    """What each took in every turn, without the first turn, which warms up."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            work()
            seen[name].append((time.perf_counter() - began, time.process_time() - began_cpu))
        progress((turn + 1) / (rounds + 1))
    return {name: np.array(found[1:]) for name, found in seen.items()}


def medians(taken: Taken) -> dict[str, dict[str, float]]:
    """Seconds of each."""
    return {name: _named(np.median(found, axis=0), 5) for name, found in taken.items()}


def ratios(taken: Taken) -> dict[str, dict[str, float] | str]:
    """How many times longer the rivals take for context and rollout, on the clock and of CPU time."""
    ours = taken["foretell_with_context"]
    return {
        name: _named(np.median(taken[name] / ours, axis=0), 2) if name in taken else _NOT_INSTALLED for name in AHEAD
    }


def _named(pair: NDArray[np.float64], digits: int) -> dict[str, float]:
    return {"clock": round(float(pair[0]), digits), "cpu": round(float(pair[1]), digits)}


def bars(
    seconds: Mapping[str, Mapping[str, float]],
    longer: Mapping[str, Mapping[str, float] | str],
    live: Mapping[str, float],
    training_s: float | None,
) -> dict[str, dict[str, float | bool | None]]:
    """What is asked for, what was found, and whether it holds; None where it could not be measured."""
    found = {
        "what_if_s": bar(seconds["foretell_with_context"]["clock"], at_most=WHAT_IF_S),
        "row_ms": bar(live["row_ms"], at_most=LIVE_MS),
        "training_min": bar(None if training_s is None else training_s / 60, at_most=TRAINING_MIN),
    }
    for name, least in AHEAD.items():
        rival = longer[name]
        found[f"times_{name}"] = bar(None if isinstance(rival, str) else rival["clock"], at_least=least)
    return found


def bar(
    found: float | None, *, at_most: float = math.inf, at_least: float = -math.inf
) -> dict[str, float | bool | None]:
    """A number, its limit, and whether it holds."""
    limit = at_most if at_most < math.inf else at_least
    holds = None if found is None else at_least <= found <= at_most
    return {"found": None if found is None else round(found, 3), "limit": limit, "holds": holds}


def run(
    rounds: int = ROUNDS, checkpoint: Path = SHIPPED, progress: Callable[[float], None] = lambda done: None
) -> dict[str, object]:
    """Measure and write bench/results/rollout_speed.json; `progress` is told the part done."""
    import torch

    from bench.gpu import one_model

    torch.set_num_threads(1)
    began = time.perf_counter()
    plant = load_plant(PLANT_FILE)
    model = one_model(checkpoint)
    detector = Calibration.load(checkpoint, model.card.version)
    asked = question(plant, model)
    tags, members = len(model.card.tags), model.dynamics.members
    watched = Live(model, detector.detector(plant, BUDGET), asked)
    works = {**own(model, asked), **rivals(asked, tags, members), "live_rows": watched.go_on}
    taken = turns(works, rounds, progress)
    seconds, longer, live = medians(taken), ratios(taken), watched.report()
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
        times_as_long=longer,
        live=live,
        training_cpu_s=model.card.training_cpu_s,
        bars=bars(seconds, longer, live, model.card.training_cpu_s),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _NOT_INSTALLED


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
