"""Sampled futures of an ensemble from one belief, on the model's scale."""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.world.dynamics import Dynamics, Noise, State


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Sampled futures before any correction.

    Attributes:
        paths: (sample, horizon, tag).
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
    """Futures of one belief (a state of batch 1) under `moves` (1, horizon, move); `noise` must keep one quiet.

    Path s has the noise of member s modulo the number of members, about a mean drawn anew for every path from
    what few members tell of the plant: Student's t with one degree of freedom less than members (the predictive
    distribution of another member), along the members' own deviations.
    """
    members = dynamics.members
    weights = _weights(samples, members, noise.generator)
    futures = dynamics.imagine(dynamics.repeat(state, -(-samples // members) + 1), moves, noise)
    means, own = futures[:, 0], futures[:, 1:] - futures[:, :1]
    mean = means.mean(0)
    about = torch.einsum("sm,mht->sht", weights.to(means.device), means - mean)
    return Drawn(
        paths=mean + about + own.transpose(0, 1).flatten(0, 1)[:samples],
        mean=mean,
        disagreement=means.std(0) if members > 1 else torch.zeros_like(mean),
        noise=own.pow(2).mean(1).sqrt().mean(0),
    )


def _weights(samples: int, members: int, generator: torch.Generator) -> Tensor:
    """(sample, member) weights of the members' deviations in each path's mean."""
    freedom = members - 1
    normal = torch.randn(samples, members, generator=generator)
    if not freedom:
        return torch.zeros_like(normal)
    chi2 = torch.randn(samples, freedom, generator=generator).pow(2).sum(1, keepdim=True)
    return normal * ((1 + 1 / members) / chi2).sqrt()
