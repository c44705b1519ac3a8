"""What-if on a folder of the benchmark: train on its log, answer its questions, write the answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.answers import LEVELS, Answer, Forecaster, save
from bench.folder import Folder, Pair, read_folder
from bench.references import ARX, Hold, Reference
from bench.report import MODEL
from bench.report import save as save_report
from twin.errors import InvalidInput
from twin.protocols import WorldModel

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
        quantiles = np.quantile(found.scenario.paths.astype(np.float64), LEVELS, axis=0)
        effect = np.stack([found.effect.p05, found.effect.p95])
        a, b = (imagined.mean[:, to_file] for imagined in (found.baseline, found.scenario))
        return Answer(a, b, quantiles[:, :, to_file], effect[:, :, to_file])


def run(
    data: Path, out: Path, family: str | None = None, progress: Progress = lambda done: None
) -> dict[str, object]:
    """Train, answer every question of the folder and write the answers; gives seconds and what was trained.

    `family` is a dynamics family, or `hold` or `arx`; None is the house's own choice. Raises InvalidInput when the
    folder holds no questions.
    """
    folder = read_folder(data)
    if not folder.what_ifs:
        raise InvalidInput(f"{data} holds no whatif.npz: there is nothing to answer", field="data", value=str(data))
    began = time.perf_counter()
    forecaster, name = prepare(folder, family, lambda done: progress(0.8 * done))
    trained = time.perf_counter()
    answers = []
    for number, pair in enumerate(folder.what_ifs, start=1):
        answers.append(forecaster(pair))
        progress(0.8 + 0.2 * number / len(folder.what_ifs))
    save(out, answers)
    return {
        "model": name,
        "out": str(out),
        "pairs": len(answers),
        "train_seconds": round(trained - began, 1),
        "seconds_per_pair": round((time.perf_counter() - trained) / len(answers), 3),
    }


def prepare(folder: Folder, family: str | None, progress: Progress) -> tuple[Forecaster, str]:
    """A forecaster trained on the folder's log, for the context and horizon of its questions, and its name."""
    context, horizon = len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)
    if family == "hold":
        return Reference.of(Hold(), folder, context, horizon), family
    if family == "arx":
        return Reference.of(ARX.fit(folder, context, horizon), folder, context, horizon), family
    model = train(folder, family, progress)
    return ByModel(model), model.card.version


def train(folder: Folder, family: str | None, progress: Progress) -> WorldModel:
    """A world model for the folder's questions.

    Fitted to the training runs and the steady ones, stopped and calibrated by the held-back ones.
    """
    from models.training import TrainingConfig, fit

    config = TrainingConfig()
    context, horizon = len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)
    config = replace(
        config,
        family=family or config.family,
        context=context,
        horizon=horizon,
        imagined=min(config.imagined, horizon),
    )
    return fit((*folder.train, *folder.steady), folder.held_back, folder.plant, config, progress)


def keep(bench: str, began: float, folder: Folder, model: WorldModel, **found: object) -> dict[str, object]:
    """Write bench/results/`bench`.json: what was found with a model that was trained for the folder's questions."""
    return save_report(
        bench,
        began,
        MODEL,
        plant=folder.meta.plant,
        track={"pairs": len(folder.what_ifs), "training_hours": round(model.card.data_hours, 1)},
        model=model.card.version,
        **found,
    )
