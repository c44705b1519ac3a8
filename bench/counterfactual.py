"""What-if on a folder of the benchmark: train on its log, answer its questions, write the answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.answers import LEVELS, Answer, Forecaster, save
from bench.folder import Folder, Pair, read_folder
from bench.references import ARX, Hold, Reference
from bench.rivals import RIVALS, Rival
from twin.errors import InvalidInput
from twin.protocols import WorldModel
from twin.world import quantiles

if TYPE_CHECKING:
    from models.training import TrainingConfig

SAMPLES = 200
"""Paths of each future."""

REFERENCES = ("hold", "arx")

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ByModel:
    """Asks a world model; A and B are drawn with the same random numbers."""

    model: WorldModel
    samples: int = SAMPLES

    def __call__(self, pair: Pair) -> Answer:
        """See Forecaster; the columns are in the order of the pair's context."""
        card = self.model.card
        observed = [tag for tag in pair.context.tags if tag in card.tags]
        moved = [tag for tag in pair.context.tags if tag in card.moves]
        to_card = [moved.index(tag) for tag in card.moves]
        to_file = [card.tags.index(tag) for tag in observed]
        belief, _ = self.model.observe(pair.context)
        found = self.model.compare(belief, pair.a[:, to_card], pair.b[:, to_card], samples=self.samples)
        level, effect = (quantiles(part.paths.astype(np.float64), LEVELS) for part in (found.scenario, found.effect))
        effect[0], effect[-1] = found.effect.p05, found.effect.p95
        a, b = (imagined.mean[:, to_file] for imagined in (found.baseline, found.scenario))
        return Answer(a, b, level[:, :, to_file], effect[:, :, to_file])


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """A forecaster that was trained on a folder, its answers to all the folder's questions, and what they took."""

    forecaster: Forecaster
    answers: tuple[Answer, ...]
    costs: dict[str, object]


def run(
    data: Path, out: Path, family: str | None = None, progress: Progress = lambda done: None
) -> dict[str, object]:
    """Train, answer every question of the folder and write the answers; gives seconds and what was trained.

    `family` is a dynamics family, a reference or a rival; None is the house's own choice. Raises InvalidInput when
    the folder holds no questions.
    """
    asked = ask(read_folder(data), family, progress)
    save(out, asked.answers)
    return {"out": str(out), **asked.costs}


def ask(folder: Folder, family: str | None, progress: Progress, config: "TrainingConfig | None" = None) -> Asked:
    """Train and answer every question of the folder, as `run`."""
    if not folder.what_ifs:
        place = str(folder.path)
        raise InvalidInput(f"{place} holds no whatif.npz: there is nothing to answer", field="data", value=place)
    began, began_cpu = time.perf_counter(), time.process_time()
    forecaster, name = prepare(folder, family, lambda done: progress(0.8 * done), config)
    trained, trained_cpu = time.perf_counter(), time.process_time()
    answers = []
    for number, pair in enumerate(folder.what_ifs, start=1):
        answers.append(forecaster(pair))
        progress(0.8 + 0.2 * number / len(folder.what_ifs))
    costs = {
        "model": name,
        "date": datetime.now(UTC).date().isoformat(),
        "pairs": len(answers),
        "train_seconds": round(trained - began, 1),
        "train_cpu_seconds": round(trained_cpu - began_cpu, 1),
        "seconds_per_pair": round((time.perf_counter() - trained) / len(answers), 3),
    }
    return Asked(forecaster, tuple(answers), costs)


def prepare(
    folder: Folder, family: str | None, progress: Progress, config: "TrainingConfig | None" = None
) -> tuple[Forecaster, str]:
    """A forecaster trained on the folder's log, for the context and horizon of its questions, and its name."""
    context, horizon = len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)
    if family == "hold":
        return Reference.of(Hold(), folder, context, horizon), family
    if family == "arx":
        return Reference.of(ARX.fit(folder, context, horizon), folder, context, horizon), family
    if family is not None and family in RIVALS:
        return Rival.fit(family, folder, context, horizon), family
    model = train(folder, family, progress, config)
    return ByModel(model), model.card.version


def train(
    folder: Folder, family: str | None, progress: Progress, config: "TrainingConfig | None" = None
) -> WorldModel:
    """A world model for the folder's questions.

    Fitted to the training runs and the steady ones, stopped and calibrated by the held-back ones; `config` is the
    house's own but for the family and the rows of context and horizon.
    """
    from models.training import TrainingConfig, fit

    config = config or TrainingConfig()
    context, horizon = len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)
    config = replace(
        config,
        family=family or config.family,
        context=context,
        horizon=horizon,
        warm=min(config.warm, context),
        imagined=min(config.imagined, horizon),
    )
    return fit((*folder.train, *folder.steady), folder.held_back, folder.plant, config, progress)
