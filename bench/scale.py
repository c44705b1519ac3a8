"""Cost of growth of the world model: training and rollouts on 1, 10 and 100 copies of the demo plant.

Every copy has the demo plant's log, shifted in time against the others, so that copies neither repeat one another nor
know of each other: the truth is block-diagonal. Two ways stand side by side, for the champion's family and for the
linear one: one dense model of all tags, and a model a unit (`models.units`). Costs are CPU seconds on one thread. A
dense model whose normal matrices would not fit into the memory granted is not trained, and the report says how large
one would be. Units are fitted alike and on their own: of many of them TRAINED are trained, the others count as much
and have the weights of those, so that rollouts and rows are measured on all tags.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.campaign import PLANT_FILE, ROOT
from bench.report import MODEL, save
from ingest.demo.history import training_campaign
from models.dataset import DatasetConfig, read_episodes
from models.training import TrainingConfig, fit
from models.units import unit_plants
from models.world.ensemble import Ensemble
from models.world.linear import LinearConfig
from models.world.narx import NarxConfig
from models.world.units import UnitModels
from twin.clock import Span
from twin.historian.memory import MemoryHistorian
from twin.plant import Asset, Plant
from twin.plantfile import load_plant
from twin.protocols import WorldModel
from twin.window import Window

PLOT = ROOT / "docs" / "images" / "scale.svg"
COPIES = (1, 10, 100)
HOURS = 50.0
"""Length of each of the two logs: one to train on, the other to choose and calibrate by."""

SHIFT = 10
"""Rows between two copies: a multiple of the analysers' cadences, so that all have news in the same rows."""

SAMPLES, HORIZON, WATCHED = 64, 160, 20
MEMORY = 1e9
"""Bytes granted to a normal matrix of the regression, of which training holds several."""

TRAINED = 5
"""Units that are really trained, of all those of a size."""

WAYS = {"dense": "one dense model", "units": "a model a unit"}
COSTS = {
    "train_s": "training, CPU s",
    "rollout_s": f"rollout {SAMPLES} x {HORIZON}, CPU s",
    "row_ms": "a row observed, CPU ms",
}
NARX = TrainingConfig(family="narx", dynamics=NarxConfig(), horizon=HORIZON, stride=HORIZON, samples=SAMPLES)
LINEAR = replace(NARX, family="linear", dynamics=LinearConfig(penalties=(10.0,), fills=1))


@dataclass(frozen=True, eq=False, slots=True)
class Log:
    """A plant and windows of it, to train on and to hold back."""

    plant: Plant
    train: tuple[Window, ...]
    held_back: tuple[Window, ...]


def demo_log(plant: Plant, hours: float = HOURS) -> Log:
    """Two episodes of the demo plant with a move an hour: one to train on, one to hold back."""
    historian = MemoryHistorian(plant)
    episodes = []
    for month in (1, 2):
        span = Span(datetime(2026, month, 1, tzinfo=UTC), datetime(2026, month, 25, tzinfo=UTC))
        for batch in training_campaign(month, hours, start=span.start):
            historian.write(batch)
        episodes.append(read_episodes(historian, plant, span, DatasetConfig()))
    return Log(plant, *episodes)


def copied(log: Log, copies: int) -> Log:
    """So many plants in one, each an asset of its own."""
    units = [_unit(i) for i in range(copies)]
    tags = tuple(
        replace(tag, name=f"{unit}.{tag.name}", asset=unit, handle=None) for unit in units for tag in log.plant.tags
    )
    plant = replace(log.plant, assets=tuple(Asset(unit, "", None) for unit in units), tags=tags, gains=())
    return Log(
        plant,
        tuple(_shifted(window, units) for window in log.train),
        tuple(_shifted(window, units) for window in log.held_back),
    )


def _unit(number: int) -> str:
    return f"unit{number:03d}"


def _shifted(window: Window, units: Sequence[str]) -> Window:
    """Column blocks of the same window, SHIFT rows later each time; the end comes round to the front."""
    rows = window.rows(slice(0, len(window) // SHIFT * SHIFT))
    return Window(
        tuple(f"{unit}.{tag}" for unit in units for tag in window.tags),
        rows.time,
        np.concatenate([np.roll(rows.values, SHIFT * i, axis=0) for i in range(len(units))], axis=1),
        np.concatenate([np.roll(rows.valid, SHIFT * i, axis=0) for i in range(len(units))], axis=1),
        window.step,
    )


def cpu(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its CPU seconds."""
    began = time.process_time()
    return work(), time.process_time() - began


def cost(model: WorldModel, trained: float, log: Log) -> dict[str, float]:
    """CPU seconds of its training, of a rollout of SAMPLES paths and HORIZON rows, and of a row that is observed."""
    card, window = model.card, log.held_back[0]
    rows = card.context // card.step
    (belief, _), _ = cpu(lambda: model.observe(window.rows(slice(0, rows))))
    moves = np.tile(window.select(card.moves).values[rows], (HORIZON, 1))
    model.imagine(belief, moves[:2], samples=SAMPLES)  # what is set up once is not counted
    _, rolled = cpu(lambda: model.imagine(belief, moves, samples=SAMPLES))
    _, observed = cpu(lambda: model.observe(window.rows(slice(rows, rows + WATCHED)), belief))
    return {"train_s": trained, "rollout_s": rolled, "row_ms": 1000 * observed / WATCHED}


def by_unit(log: Log, config: TrainingConfig) -> tuple[UnitModels, float, int]:
    """A model a unit, the CPU seconds that all of them take to train, and how many were."""
    plants = unit_plants(log.plant, [asset.name for asset in log.plant.assets])
    first = plants[:TRAINED]
    trained, seconds = cpu(lambda: [fit(log.train, log.held_back, plant, config) for plant in first])
    models = [renamed(trained[i % len(trained)], plant) for i, plant in enumerate(plants)]
    return UnitModels(log.plant, models), seconds * len(plants) / len(trained), len(trained)


def renamed(model: Ensemble[Any], plant: Plant) -> Ensemble[Any]:
    """The same weights for another unit of the same build."""
    tags, moves = (tuple(tag.name for tag in some) for some in (plant.observed, plant.movable))
    about = {"plant": plant.name, "tags": tags, "moves": moves, "envelope": (), "coverage": (), "operation": ()}
    normalizer = replace(model.normalizer, tags=tags, moves=moves)
    return Ensemble(model.dynamics, normalizer, model.calibration, model.card.model_copy(update=about))


def dense_matrix(tags: int, moves: int, config: TrainingConfig) -> float:
    """Bytes of one normal matrix of a dense model's regression."""
    if config.family == "narx":
        narx = config.of(NarxConfig)
        own = len(narx.tag_blocks) * tags + len(narx.move_blocks) * moves + narx.products(moves)
    else:
        linear = config.of(LinearConfig)
        own = len(linear.tag_lags) * tags + len(linear.move_lags) * moves
    return 8.0 * (own + 1) ** 2


def measure(log: Log, config: TrainingConfig) -> dict[str, Any]:
    """Both ways at this size; for a single unit they are one."""
    tags, moves = len(log.plant.observed), len(log.plant.movable)
    matrix = dense_matrix(tags, moves, config)
    model, seconds, trained = by_unit(log, config)
    units = cost(model, seconds, log)
    dense: dict[str, float] | None = units if len(log.plant.assets) == 1 else None
    if dense is None and matrix <= MEMORY:
        dense = cost(*cpu(lambda: fit(log.train, log.held_back, log.plant, config)), log)
    return {
        "tags": tags,
        "moves": moves,
        "dense_matrix_gb": matrix / 1e9,
        "dense": dense,
        "units": units,
        "trained_units": trained,
    }


def grown(sizes: Sequence[dict[str, Any]]) -> dict[str, object]:
    """The sizes with their exponents, as the report has them."""
    growth = {way: {name: exponent(sizes, way, name) for name in COSTS} for way in WAYS}
    return {"sizes": rounded(list(sizes)), "exponents": rounded(growth)}


def exponent(sizes: Sequence[dict[str, Any]], way: str, name: str) -> float | None:
    """Of the cost over the tags, between the smallest and the largest size that was measured."""
    known = [found for found in sizes if found[way]]
    if len(known) < 2:
        return None
    small, large = known[0], known[-1]
    return math.log(large[way][name] / small[way][name]) / math.log(large["tags"] / small["tags"])


def plot(families: Mapping[str, Sequence[dict[str, Any]]], file: Path) -> None:
    """Costs over tags, both axes logarithmic, a panel each."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "scale"
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(COSTS), figsize=(12, 3.6), layout="constrained")
    for panel, (name, title) in zip(panels, COSTS.items(), strict=True):
        for family, sizes in families.items():
            for way, label in WAYS.items():
                known = [found for found in sizes if found[way]]
                costs = [found[way][name] for found in known]
                panel.loglog([found["tags"] for found in known], costs, "o-", label=f"{family}, {label}")
        sizes = next(iter(families.values()))
        line = [sizes[0]["units"][name] * found["tags"] / sizes[0]["tags"] for found in sizes]
        panel.loglog([found["tags"] for found in sizes], line, "--", color="grey", label="linear")
        panel.set(title=title, xlabel="tags")
    panels[0].legend(fontsize=8)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def run(copies: Sequence[int] = COPIES, progress: Callable[[float], None] = lambda done: None) -> dict[str, object]:
    """Measure every size, write bench/results/scale.json and the plot; `progress` is told the part done."""
    import torch

    torch.set_num_threads(1)
    began = time.perf_counter()
    log = demo_log(load_plant(PLANT_FILE))
    found: dict[str, list[dict[str, Any]]] = {"narx": [], "linear": []}
    total, done = 2 * sum(min(count, TRAINED) for count in copies), 0
    for count in copies:
        many = copied(log, count)
        for config in (NARX, LINEAR):
            found[config.family].append(measure(many, config))
            done += min(count, TRAINED)
            progress(done / total)
    plot(found, PLOT)
    return save(
        "scale",
        began,
        MODEL,
        hours=HOURS,
        members=NARX.members,
        **grown(found["narx"]),
        linear=grown(found["linear"]),
    )


def rounded(found: Any) -> Any:  # noqa: ANN401
    """Three significant digits, all the way down."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    if isinstance(found, list):
        return [rounded(value) for value in found]
    return float(f"{found:.3g}") if isinstance(found, float) else found


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
