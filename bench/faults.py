"""Faults of the counterfactual benchmark, watched by a world model's evidence.

Everything is learned and every limit is set on normal operation (normal, val and steady of a folder); the fault runs
are only scored. Innovations that limits are set by are those of rows that the model was not trained on: the log is
cut into blocks, and every block is predicted by a model that was trained on the others.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.folder import Folder, read_folder
from models.anomaly.contributions import contributions
from models.anomaly.coverage import Coverage, Fading
from models.anomaly.evidence import Evidence, EvidenceConfig, Watch
from models.anomaly.learning import Frame, Run, learn_evidence
from models.course import TrainingConfig
from models.training import fit
from models.world.linear import LinearConfig
from twin.plant import Plant
from twin.protocols import WorldModel
from twin.window import Window
from twin.world import Residual

LEADING = 3
"""Tags that are named in every row."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class FaultsConfig:
    """How the watching model is trained.

    Attributes:
        training: of every model: the line alone, as it has the smallest one-step errors for its price.
        folds: parts of the log; each is predicted by a model that was trained on the others.
        block: rows of a block, which all belong to one part.
        evidence: how innovations become scores.
    """

    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            family="linear",
            dynamics=LinearConfig(penalties=(1.0,)),
            members=1,
            context=60,
            imagined=40,
            horizon=80,
            stride=80,
            samples=8,
        )
    )
    folds: int = 5
    block: int = 192
    evidence: EvidenceConfig = field(default_factory=EvidenceConfig)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows [start, end) of a run, and the part of the log they belong to."""

    run: int
    start: int
    end: int
    fold: int

    @property
    def rows(self) -> slice:
        """Of its run."""
        return slice(self.start, self.end)


def run(
    folder: Path, out: Path, progress: Progress = lambda done: None, config: FaultsConfig | None = None
) -> dict[str, object]:
    """Score the fault runs of a folder; writes score (run, row), threshold_steady and threshold_moving to `out`.

    Also leading (run, row, LEADING): the columns of `obs` that contribute most to each row's evidence.
    Raises InvalidInput when the folder lacks a file or its runs are too short.
    """
    data = read_folder(folder)
    model, evidence = watcher(data, config or FaultsConfig(), lambda done: progress(0.6 * done))
    watched = []
    for i, run_ in enumerate(data.fault_runs):
        watched.append(watch(model, evidence, run_.window))
        progress(0.6 + 0.4 * (i + 1) / len(data.fault_runs))
    np.savez_compressed(
        out,
        score=np.nan_to_num(np.stack([score for score, _ in watched]), nan=0.0).astype(np.float32),
        leading=np.stack([leading for _, leading in watched]).astype(np.int16),
        threshold_steady=np.float32(1.0),
        threshold_moving=np.float32(1.0),
    )
    return {"model": model.card.version, "runs": len(watched), "statistics": evidence.whitening.names}


def watcher(data: Folder, config: FaultsConfig, progress: Progress) -> tuple[WorldModel, Evidence]:
    """A world model of the whole normal log, and what its innovations look like in normal operation.

    The log is left out twice, in blocks and in whole runs: without a block the model still knows most of what was
    moved in it, without a run little; how wrong it then is belongs to what evidence must know.
    """
    log, plant = [*data.train, *data.held_back], data.plant
    model = fit(log, data.held_back, plant, config.training)
    card = model.card
    levels = [window.select(card.moves).values for window in log]
    resting = [window.select(card.moves).values for window in data.steady]
    ranges = np.array([plant.tag(name).high - plant.tag(name).low for name in card.moves])
    coverage = Coverage.learn(levels, resting, ranges, card.step, config.evidence.coverage)
    familiar, unseen = (
        left_out(log, list(cut_blocks(log, rows, config.folds)), coverage, plant, config.training)
        for rows in (config.block, max(map(len, log)))
    )
    progress(1.0)
    still = [
        Run(settled(model.observe(window)[1]), coverage.features(Fading(coverage).advance(part)))
        for window, part in zip(data.steady, resting, strict=True)
    ]
    frame = Frame(card.tags, card.moves, card.step, cadence(plant, card.tags, card.step), coverage, config.evidence)
    return model, learn_evidence(frame, unseen, still, familiar)


def cut_blocks(log: Sequence[Window], rows: int, folds: int) -> Iterable[Block]:
    """Every row of the log once, in blocks of about so many; parts take turns within a run and from run to run."""
    for i, window in enumerate(log):
        edges = np.linspace(0, len(window), max(1, round(len(window) / rows)) + 1).astype(int).tolist()
        for j, (start, end) in enumerate(pairwise(edges)):
            yield Block(i, start, end, (i + j) % folds)


def left_out(
    log: Sequence[Window], blocks: Sequence[Block], coverage: Coverage, plant: Plant, training: TrainingConfig
) -> list[Run]:
    """The runs of the log, every block as a model sees it that was trained on the blocks of the other parts."""
    faded = [Fading(coverage).advance(window.select([tag.name for tag in plant.movable]).values) for window in log]
    sigma = [np.full((len(window), len(plant.observed)), np.nan) for window in log]
    features = [np.zeros((len(part), 2 * part.shape[1])) for part in faded]
    for fold in sorted({block.fold for block in blocks}):
        own = [block for block in blocks if block.fold == fold]
        others = [block for block in blocks if block.fold != fold]
        model = fit(_rows(log, others), _rows(log, own), plant, training)
        known = coverage.knowing([faded[b.run][b.rows] for b in others])
        for block in own:
            sigma[block.run][block.rows] = innovations(model, log[block.run], block, training.context)
            features[block.run][block.rows] = known.features(faded[block.run][block.rows])
    return [Run(part, feature) for part, feature in zip(sigma, features, strict=True)]


def _rows(log: Sequence[Window], blocks: Iterable[Block]) -> list[Window]:
    return [log[block.run].rows(block.rows) for block in blocks]


def innovations(model: WorldModel, window: Window, block: Block, context: int) -> NDArray[np.float64]:
    """(time, tag) of a block; the model's belief comes from the rows before it."""
    before = min(block.start, context)
    _, residual = model.observe(window.rows(slice(block.start - before, block.end)))
    return (settled(residual) if before < context else residual.sigma)[before:]


def settled(residual: Residual) -> NDArray[np.float64]:
    """(time, tag) innovations, NaN as long as the belief of a fresh start knows no more than in its first row."""
    known = (residual.noise != residual.noise[0]).any(axis=1)
    sigma = residual.sigma.copy()
    sigma[: int(np.argmax(known))] = np.nan
    return sigma


def cadence(plant: Plant, tags: Sequence[str], step: timedelta) -> NDArray[np.int64]:
    """(tag,) rows between a tag's news."""
    every = [plant.tag(name).cadence for name in tags]
    return np.array([1 if gap is None else max(1, round(gap / step)) for gap in every])


def watch(model: WorldModel, evidence: Evidence, window: Window) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(time,) evidence of a run, 1 being the limit, NaN where nothing could be compared; (time, LEADING) its tags."""
    _, residual = model.observe(window)
    levels = window.select(evidence.whitening.moves).values
    statistics = Watch(evidence).statistics(settled(residual), levels)
    order = np.argsort(-contributions(evidence, statistics), axis=1)
    return evidence.score(statistics), order[:, :LEADING]
