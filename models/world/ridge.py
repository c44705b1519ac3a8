"""Fits the linear backbone: ridge regression per tag on the rows where it was measured, missing lags imputed."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.dataset import Batch, pad
from models.world.linear import LinearBackbone, LinearConfig

SHRINK = 0.1
"""Part of the errors' correlation that is given up, so that few rows still give a proper matrix."""


@dataclass(frozen=True, eq=False, slots=True)
class Design:
    """Rows of the regression, float64: features (row, lag * tag + lag * move + 1), targets and mask (row, tag)."""

    features: Tensor
    targets: Tensor
    valid: Tensor


def fit_backbone(
    episodes: Sequence[Batch], config: LinearConfig, penalty: float, members: int, seed: int
) -> LinearBackbone:
    """A backbone whose members weigh blocks of the log differently (Bayesian bootstrap, Rubin 1981).

    Member 0 of a single one weighs all rows alike. Missing lags start as the last value and become the
    backbone's own predictions, `config.fills` times, as in serving.
    """
    episodes = list(episodes)
    filled = [hold_last(episode) for episode in episodes]
    for _ in range(config.fills):
        one = _solve(design(episodes, filled, config), config, penalty, _even(episodes, config))
        filled = fill(one, episodes)
    rows = design(episodes, filled, config)
    weights = _even(episodes, config) if members == 1 else bootstrap(len(rows.targets), members, config.block, seed)
    backbone = _solve(rows, config, penalty, weights)
    _measure_errors(backbone, episodes)
    return backbone


def hold_last(episode: Batch) -> Tensor:
    """(time, tag) values with each gap holding the last value before it, and the first one before that."""
    valid, values = episode.valid[0], episode.values[0]
    index = torch.arange(len(valid), device=valid.device)[:, None].expand_as(valid)
    last = torch.where(valid, index, -1).cummax(0).values
    first = valid.to(torch.int8).argmax(0)
    return values.gather(0, torch.where(last < 0, first, last))


@torch.no_grad()
def fill(backbone: LinearBackbone, episodes: Sequence[Batch]) -> list[Tensor]:
    """(time, tag) per episode: values where valid, elsewhere the backbone's one-step predictions."""
    batch = pad(episodes)
    rows = torch.stack([state.past[-1].mean(0) for _, state in backbone.walk(batch)], dim=1)
    return [rows[i, : episode.rows] for i, episode in enumerate(episodes)]


def design(episodes: Sequence[Batch], filled: Sequence[Tensor], config: LinearConfig) -> Design:
    """The regression's rows: those whose lags all lie inside their episode."""
    features, targets, valid = [], [], []
    for episode, values in zip(episodes, filled, strict=True):
        rows = torch.arange(config.memory, episode.rows, device=values.device)
        lagged = [values[rows - lag] for lag in config.tag_lags]
        lagged += [episode.moves[0, rows - lag] for lag in config.move_lags]
        features.append(torch.cat([*lagged, torch.ones_like(rows)[:, None].float()], dim=1))
        targets.append(episode.values[0, rows])
        valid.append(episode.valid[0, rows])
    return Design(torch.cat(features).double(), torch.cat(targets).double(), torch.cat(valid))


def bootstrap(rows: int, members: int, block: int, seed: int) -> Tensor:
    """(member, row) random weights with mean 1, alike within a block."""
    generator = torch.Generator().manual_seed(seed)
    blocks = -(-rows // block)
    weights = -torch.log(torch.rand(members, blocks, generator=generator, dtype=torch.float64).clamp_min(1e-12))
    weights = weights / weights.mean(1, keepdim=True)
    return weights.repeat_interleave(block, dim=1)[:, :rows]


def _even(episodes: Sequence[Batch], config: LinearConfig) -> Tensor:
    rows = sum(max(0, episode.rows - config.memory) for episode in episodes)
    return torch.ones(1, rows, dtype=torch.float64)


def _solve(rows: Design, config: LinearConfig, penalty: float, weights: Tensor) -> LinearBackbone:
    tags = rows.targets.shape[1]
    moves = (rows.features.shape[1] - 1 - len(config.tag_lags) * tags) // len(config.move_lags)
    backbone = LinearBackbone(config, len(weights), tags, moves).to(rows.targets.device)
    for member, weight in enumerate(weights.to(rows.targets.device)):
        solution = _weighted_ridge(rows, weight, penalty).float()
        cut = len(config.tag_lags) * tags
        backbone.tag_weights[member] = solution[:cut]
        backbone.move_weights[member] = solution[cut:-1]
        backbone.bias[member] = solution[-1]
    return backbone


def _weighted_ridge(rows: Design, weight: Tensor, penalty: float) -> Tensor:
    """(feature, tag): one solution per set of tags that were measured on the same rows."""
    patterns, group = torch.unique(rows.valid.T, dim=0, return_inverse=True)
    width = rows.features.shape[1]
    ridge = penalty * torch.eye(width, dtype=torch.float64, device=weight.device)
    ridge[-1, -1] = 1e-6
    solution = torch.zeros(width, rows.targets.shape[1], dtype=torch.float64, device=weight.device)
    for i, pattern in enumerate(patterns):
        members = torch.nonzero(group == i)[:, 0]
        features = rows.features[pattern]
        weighted = features * weight[pattern, None]
        right = weighted.T @ rows.targets[pattern][:, members]
        solution[:, members] = torch.linalg.solve(weighted.T @ features + ridge, right)
    return solution


def _measure_errors(backbone: LinearBackbone, episodes: Sequence[Batch]) -> None:
    """Sets `spread` and `mixing` from the one-step errors along the episodes."""
    innovations = backbone.innovations(pad(episodes))
    spread, mixing = shape_of(innovations.values.flatten(0, 1), innovations.valid.flatten(0, 1))
    backbone.spread.copy_(spread)
    backbone.mixing.copy_(mixing)


def shape_of(errors: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
    """(tag,) standard deviation and (tag, tag) Cholesky factor of the correlation of `errors` (row, tag)."""
    errors, count = torch.where(valid, errors, 0.0).double(), valid.double()
    spread = ((errors**2).sum(0) / count.sum(0).clamp_min(1)).sqrt().clamp_min(1e-3)
    correlation = (errors.T @ errors) / (count.T @ count).clamp_min(1) / spread[:, None] / spread
    return spread, torch.linalg.cholesky(_proper(correlation))


def _proper(correlation: Tensor) -> Tensor:
    """The nearest-by-clipping positive definite correlation matrix, shrunk towards independence."""
    values, vectors = torch.linalg.eigh((correlation + correlation.T) / 2)
    positive = vectors @ torch.diag(values.clamp_min(1e-4)) @ vectors.T
    scale = positive.diagonal().sqrt()
    unit: Tensor = positive / scale[:, None] / scale
    return (1 - SHRINK) * unit + SHRINK * torch.eye(len(unit), dtype=unit.dtype, device=unit.device)
