"""Sampled futures of an ensemble from one belief, on the model's scale."""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.world.dynamics import Dynamics, Noise, State


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Sampled futures before any correction.

    Attributes:
        paths: (sample, horizon, tag); sample s belongs to member s modulo the number of members.
        mean: (horizon, tag) mean of the members' noise-free futures.
        disagreement: (horizon, tag) their standard deviation; 0 for a single member.
        noise: (horizon, tag) mean over members of their paths' root mean square distance from their own mean.
    """

    paths: Tensor
    mean: Tensor
    disagreement: Tensor
    noise: Tensor


@torch.no_grad()
def sample(dynamics: Dynamics[State], state: State, moves: Tensor, samples: int, noise: Noise) -> Drawn:
    """Futures of one belief (a state of batch 1) under `moves` (1, horizon, move); `noise` must keep one quiet."""
    each = -(-samples // dynamics.members)
    futures = dynamics.imagine(dynamics.repeat(state, each + 1), moves, noise)
    means, paths = futures[:, 0], futures[:, 1:]
    disagreement = means.std(0) if dynamics.members > 1 else torch.zeros_like(means[0])
    own = (paths - means[:, None]).pow(2).mean(1).sqrt().mean(0)
    return Drawn(paths.transpose(0, 1).flatten(0, 1)[:samples], means.mean(0), disagreement, own)
