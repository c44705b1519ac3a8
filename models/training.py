"""Trains a world model from the historian: backbone, neural part, gates, calibration, card."""

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import torch
from torch import Tensor

from models.calibration import Calibration, HeldBack, doubt, one_step_deviation, roll_out, stretch
from models.dataset import Batch, DatasetConfig, cut, encode, read_episodes, split
from models.normalizer import Normalizer
from models.validation import break_even, gate_tags, open_loop_errors, persistence_errors, rms
from models.world.dynamics import Noise
from models.world.ensemble import Ensemble
from models.world.linear import LinearBackbone, LinearConfig
from models.world.ridge import fit_backbone
from models.world.rssm import RSSM, RSSMConfig
from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.protocols import Historian
from twin.window import Window
from twin.world import Envelope, ModelCard

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything training depends on besides the data; rows are steps of the plant file.

    Attributes:
        members: size of the ensemble.
        seed: of weights, bootstrap, segments and noise.
        updates: gradient steps at most; 0 trains the backbone alone.
        batch: segments per step.
        warm, imagined: rows of a training segment that are observed, and those imagined after them.
        learning_rate, weight_decay, clip: of AdamW, whose rate falls to 0 along a cosine; largest gradient norm.
        averaging: part of the running mean of the weights that one update leaves; the mean is what is kept.
        validate_every: updates between two validations on held-back rollouts.
        patience: validations without progress before training stops.
        context, horizon: rows observed and imagined in validation and calibration.
        stride: rows between two held-back segments.
        samples: paths per segment in calibration.
        device: where torch trains; "cpu" or "cuda".
    """

    members: int = 5
    seed: int = 1
    updates: int = 500
    batch: int = 16
    warm: int = 70
    imagined: int = 80
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    clip: float = 1.0
    averaging: float = 0.98
    validate_every: int = 50
    patience: int = 4
    context: int = 120
    horizon: int = 240
    stride: int = 40
    samples: int = 60
    device: str = "cpu"
    dataset: DatasetConfig = field(default_factory=DatasetConfig)
    linear: LinearConfig = field(default_factory=LinearConfig)
    rssm: RSSMConfig = field(default_factory=RSSMConfig)


def train(
    historian: Historian,
    plant: Plant,
    span: Span,
    config: TrainingConfig | None = None,
    progress: Progress = lambda done: None,
) -> Ensemble[Any]:
    """A world model of the plant, trained on what the historian holds of `span`.

    The same data and config give the same model. `progress` is told the part done, up to 1. Raises EmptyWindow
    and InvalidInput when the span does not hold enough.
    """
    config = config or TrainingConfig()
    windows, held_windows = split(read_episodes(historian, plant, span, config.dataset), config.dataset)
    normalizer = Normalizer.fit(plant, windows)
    episodes = [encode(window, normalizer) for window in windows]
    segments = held_back([encode(window, normalizer) for window in held_windows], config)
    progress(0.02)
    backbone = choose_backbone(episodes, segments, config)
    progress(0.05)
    dynamics: LinearBackbone | RSSM = backbone
    if config.updates:
        dynamics = fit_rssm(backbone, episodes, segments, config, lambda done: progress(0.05 + 0.75 * done))
    progress(0.8)
    apart = doubt(dynamics, segments, config.context)
    held = roll_out(dynamics, segments, config.context, config.samples, config.seed, float(apart))
    calibration = Calibration(stretch(held), one_step_deviation(dynamics, segments, config.linear.memory), apart)
    card = describe(dynamics, normalizer, plant, windows, segments, held, calibration, config)
    progress(1.0)
    return Ensemble(dynamics, normalizer, calibration, card)


def held_back(episodes: Sequence[Batch], config: TrainingConfig) -> Batch:
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


def choose_backbone(train: Sequence[Batch], segments: Batch, config: TrainingConfig) -> LinearBackbone:
    """The ensemble of backbones with the penalty that is best in open loop on the held-back segments."""

    def error(penalty: float) -> float:
        backbone = fit_backbone(train, config.linear, penalty, 1, config.seed)
        return float(rms(open_loop_errors(backbone, segments, config.context)))

    best = min(config.linear.penalties, key=error)
    return fit_backbone(train, config.linear, best, config.members, config.seed)


def fit_rssm(
    backbone: LinearBackbone, train: Sequence[Batch], segments: Batch, config: TrainingConfig, progress: Progress
) -> RSSM:
    """The neural part on its backbone: averaged weights with the best held-back rollouts, gated tag by tag."""
    device = torch.device(config.device)
    segments = segments.to(device)
    torch.manual_seed(config.seed)
    model = RSSM(config.rssm, backbone).to(device)
    averaged = deepcopy(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, config.updates)
    baseline = rms(open_loop_errors(model.backbone, segments, config.context), (0, 1))
    weight = 0.5 / torch.nan_to_num(baseline, nan=1.0).clamp_min(1e-3) ** 2
    pieces = cut(train, config.warm + config.imagined, stride=5).to(device)
    noise, picker = Noise.seeded(config.seed), torch.Generator().manual_seed(config.seed)
    best, kept, stale = float(torch.nanmean(baseline)), _copy(model), 0
    for update in range(1, config.updates + 1):
        index = torch.randint(len(pieces), (config.batch,), generator=picker)
        _descend(model, optimiser, pieces.take(index.to(device)), weight, noise, config)
        schedule.step()
        _follow(averaged, model, config.averaging)
        progress(update / config.updates)
        if update % config.validate_every:
            continue
        error = float(torch.nanmean(rms(open_loop_errors(averaged, segments, config.context), (0, 1))))
        stale = 0 if error < best else stale + 1
        if error < best:
            best, kept = error, _copy(averaged)
        if stale >= config.patience:
            break
    model.load_state_dict(kept)
    gate_tags(model, segments, config.context)
    return model.cpu().eval().requires_grad_(requires_grad=False)


def describe(
    dynamics: LinearBackbone | RSSM,
    normalizer: Normalizer,
    plant: Plant,
    windows: Sequence[Window],
    segments: Batch,
    held: HeldBack,
    calibration: Calibration,
    config: TrainingConfig,
) -> ModelCard:
    """The card, with its scores on held-back segments (which also chose penalty, stopping point and gates)."""
    family = "rssm" if isinstance(dynamics, RSSM) else "linear"
    persistence = persistence_errors(segments, config.context)
    rows = sum(len(window) for window in windows)
    worst = held.disagreement.flatten(1).amax(1)
    return ModelCard(
        version=f"{family}-{_digest(dynamics)}",
        family=family,
        plant=plant.name,
        tags=normalizer.tags,
        moves=normalizer.moves,
        step=plant.step,
        context=config.context * plant.step,
        horizon=break_even(held.errors, persistence) * plant.step,
        scale=tuple(normalizer.tag_scale.tolist()),
        envelope=_envelope(normalizer.moves, windows),
        disagreement_limit=float(torch.quantile(worst, 0.99)),
        data_start=windows[0].start,
        data_end=from_datetime64(windows[-1].time[-1]),
        data_hours=rows * plant.step.total_seconds() / 3600,
        created=datetime.now(UTC),
        seed=config.seed,
        skill=_skill(dynamics, segments, held, persistence, calibration, config),
    )


def _skill(
    dynamics: LinearBackbone | RSSM,
    segments: Batch,
    held: HeldBack,
    persistence: Tensor,
    calibration: Calibration,
    config: TrainingConfig,
) -> dict[str, float]:
    own, hold = float(rms(held.errors)), float(rms(persistence))
    inside = held.errors.abs() <= held.width * calibration.at(held.width.shape[1])
    scores = {
        "nrmse": own,
        "nrmse_persistence": hold,
        "skill": 1 - own / hold,
        "coverage90": float(inside[~held.errors.isnan()].float().mean()),
    }
    if isinstance(dynamics, RSSM):
        scores["nrmse_backbone"] = float(rms(open_loop_errors(dynamics.backbone, segments, config.context)))
        scores["share_of_tags_neural"] = float(dynamics.gate.mean())
    return scores


def _envelope(moves: Sequence[str], windows: Sequence[Window]) -> tuple[Envelope, ...]:
    columns = {tag: [window.column(tag) for window in windows] for tag in moves}
    return tuple(
        Envelope(tag=tag, low=float(min(c.min() for c in column)), high=float(max(c.max() for c in column)))
        for tag, column in columns.items()
    )


def _descend(
    model: RSSM, optimiser: torch.optim.Optimizer, batch: Batch, weight: Tensor, noise: Noise, config: TrainingConfig
) -> None:
    loss = model.loss(batch, config.warm, weight, noise)["total"]
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    optimiser.step()


@torch.no_grad()
def _follow(averaged: RSSM, model: RSSM, keep: float) -> None:
    for mean, parameter in zip(averaged.parameters(), model.parameters(), strict=True):
        mean.lerp_(parameter, 1 - keep)


def _copy(model: RSSM) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _digest(dynamics: LinearBackbone | RSSM) -> str:
    content = hashlib.sha256()
    for name, tensor in sorted(dynamics.state_dict().items()):
        content.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
    return content.hexdigest()[:8]
