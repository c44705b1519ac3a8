"""Trains a world model: a dynamics family on the plant's own scale, its calibration, its card."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import torch
from torch import Tensor

from models.calibration import (
    Calibration,
    HeldBack,
    doubt,
    effect_doubt,
    one_step_deviation,
    roll_out,
    spreads,
    stretch,
)
from models.course import Course, HeldOut, Keeper, NoKeeper, Progress, TrainingConfig
from models.coverage import coverage_of, operation_of
from models.dataset import Batch, cut, encode, read_episodes, split
from models.normalizer import Normalizer
from models.validation import break_even, persistence_errors, rms
from models.world.ensemble import Ensemble
from models.world.families import Module, family
from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.protocols import Historian
from twin.window import Window
from twin.world import Envelope, ModelCard

__all__ = ["TrainingConfig", "fit", "train"]


def train(
    historian: Historian,
    plant: Plant,
    span: Span,
    config: TrainingConfig | None = None,
    progress: Progress = lambda done: None,
    keeper: Keeper | None = None,
) -> Ensemble[Any]:
    """A world model of the plant, trained on what the historian holds of `span`; see `fit`.

    Raises EmptyWindow and InvalidInput when the span does not hold enough.
    """
    config = config or TrainingConfig()
    windows, held_back = split(read_episodes(historian, plant, span, config.dataset), config.dataset)
    return fit(windows, held_back, plant, config, progress, keeper)


def fit(
    train: Sequence[Window],
    held_back: Sequence[Window],
    plant: Plant,
    config: TrainingConfig | None = None,
    progress: Progress = lambda done: None,
    keeper: Keeper | None = None,
) -> Ensemble[Any]:
    """A world model of the plant, trained on windows without long gaps; others choose, stop and calibrate.

    The same data and config give the same model. `progress` is told the part done, up to 1; `keeper` keeps an
    unfinished training. Raises InvalidInput for an unknown family, and for a held-back window that is too short;
    UnknownTag when a window lacks a tag of the plant.
    """
    config = config or TrainingConfig()
    kind = family(config.family)
    normalizer = Normalizer.fit(plant, train)
    episodes, others = ([encode(window, normalizer) for window in part] for part in (train, held_back))
    segments = cut_segments(others, config)
    progress(0.02)
    fitted = kind.fit(
        Course(
            episodes=episodes,
            held_back=others,
            segments=segments,
            gains=normalizer.encode_gains(plant.gains),
            config=config,
            progress=lambda done: progress(0.02 + 0.78 * done),
            keeper=keeper or NoKeeper(),
        )
    )
    progress(0.8)
    tests, rehearsed = fitted.held_out, pooled(fitted.held_out)
    found = spreads(tests, config.context)
    apart = doubt(found, fitted.doubt)
    held = roll_out(tests, config.context, config.samples, config.seed, float(apart))
    deviation = one_step_deviation(tests, config.context)
    calibration = Calibration(stretch(held), deviation, apart, effect_doubt(found, fitted.doubt))
    skill = score(held, persistence_errors(rehearsed, config.context), calibration)
    skill |= kind.score(fitted.dynamics, segments, config.context)
    card = describe(fitted.dynamics, normalizer, plant, train, rehearsed, held, skill, config)
    progress(1.0)
    return Ensemble(fitted.dynamics, normalizer, calibration, card)


def pooled(tests: Sequence[HeldOut[Module]]) -> Batch:
    """The segments of all tests."""
    parts = [test.segments for test in tests]
    return Batch(*(torch.cat([getattr(part, name) for part in parts]) for name in ("values", "valid", "moves")))


def cut_segments(episodes: Sequence[Batch], config: TrainingConfig) -> Batch:
    """Segments of context and horizon, the horizon cut to what the longest episode holds; raises InvalidInput."""
    longest = max(episode.rows for episode in episodes)
    horizon = min(config.horizon, longest - config.context)
    if horizon < config.imagined:
        raise InvalidInput(
            f"the longest held-back episode has {longest} rows, {config.context + config.imagined} are needed",
            field="span",
            value=longest,
            limit=config.context + config.imagined,
        )
    return cut(episodes, config.context + horizon, config.stride)


def describe(
    dynamics: Module,
    normalizer: Normalizer,
    plant: Plant,
    windows: Sequence[Window],
    segments: Batch,
    held: HeldBack,
    skill: dict[str, float],
    config: TrainingConfig,
) -> ModelCard:
    """The card."""
    rows = sum(len(window) for window in windows)
    worst = held.disagreement.pow(2).mean(1).sqrt().amax(1)
    return ModelCard(
        version=f"{config.family}-{_digest(dynamics)}",
        family=config.family,
        plant=plant.name,
        tags=normalizer.tags,
        moves=normalizer.moves,
        step=plant.step,
        context=config.context * plant.step,
        horizon=break_even(held.errors, persistence_errors(segments, config.context)) * plant.step,
        scale=tuple(normalizer.tag_scale.tolist()),
        envelope=_envelope(normalizer.moves, windows),
        coverage=coverage_of(windows, normalizer.moves),
        operation=operation_of(windows, normalizer.tags),
        disagreement_limit=float(torch.quantile(worst, 0.99)),
        data_start=min(window.start for window in windows),
        data_end=max(from_datetime64(window.time[-1]) for window in windows),
        data_hours=rows * plant.step.total_seconds() / 3600,
        created=datetime.now(UTC),
        seed=config.seed,
        skill=skill,
    )


def score(held: HeldBack, persistence: Tensor, calibration: Calibration) -> dict[str, float]:
    """Scores on held-back segments, which also chose and calibrated."""
    own, hold = float(rms(held.errors)), float(rms(persistence))
    inside = held.errors.abs() <= held.width * calibration.at(held.width.shape[1])
    return {
        "nrmse": own,
        "nrmse_persistence": hold,
        "skill": 1 - own / hold,
        "coverage90": float(inside[~held.errors.isnan()].float().mean()),
    }


def _envelope(moves: Sequence[str], windows: Sequence[Window]) -> tuple[Envelope, ...]:
    columns = {tag: [window.column(tag) for window in windows] for tag in moves}
    return tuple(
        Envelope(tag=tag, low=float(min(c.min() for c in column)), high=float(max(c.max() for c in column)))
        for tag, column in columns.items()
    )


def _digest(dynamics: Module) -> str:
    content = hashlib.sha256()
    for name, tensor in sorted(dynamics.state_dict().items()):
        content.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
    return content.hexdigest()[:8]
