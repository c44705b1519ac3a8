"""Sampled futures of an ensemble from one belief, on the model's scale."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.world.dynamics import Dynamics, Noise, State


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Sampled futures before any correction.

    Attributes:
        paths: (sample, horizon, tag).
        means: (member, horizon, tag) the members' noise-free futures.
        mean: (horizon, tag) mean of the members' noise-free futures.
        disagreement: (horizon, tag) their standard deviation; 0 for a single member.
        noise: (horizon, tag) mean over members of their paths' root mean square distance from their own mean.
    """

    paths: Tensor
    means: Tensor
    mean: Tensor
    disagreement: Tensor
    noise: Tensor


def sample(
    dynamics: Dynamics[State], state: State, moves: Tensor, samples: int, noise: Noise, doubt: float = 1.0
) -> Drawn:
    """Futures of one belief under `moves` (1, horizon, move), see `sample_each`."""
    return sample_each(dynamics, state, moves, samples, noise, doubt)[0]


@torch.no_grad()
def sample_each(
    dynamics: Dynamics[State], state: State, moves: Tensor, samples: int, noise: Noise, doubt: float = 1.0
) -> tuple[Drawn, ...]:
    """Futures of one belief (a state of batch 1) under each of `moves` (scenario, horizon, move), in one rollout.

    All scenarios have the same numbers, those of a rollout of its own; `noise` must keep one quiet. Equal moves give
    equal futures up to rounding only: matrix products may round the rows of a batch differently. Path s has the noise
    of member s modulo the number of members, about a mean of its own: the members' mean plus a normal combination of
    their deviations from it, whose standard deviation is `doubt` times theirs.
    """
    members, scenarios = dynamics.members, len(moves)
    weights = torch.randn(samples, members, generator=noise.generator) * doubt / max(1, members - 1) ** 0.5
    paths = -(-samples // members) + 1
    repeated = moves.expand(paths, -1, -1) if scenarios == 1 else moves.repeat_interleave(paths, dim=0)
    alike = replace(noise, groups=scenarios)
    futures = dynamics.imagine(dynamics.repeat(state, scenarios * paths), repeated, alike)
    return tuple(_drawn(each, weights.to(each.device)) for each in torch.chunk(futures, scenarios, dim=1))


def _drawn(futures: Tensor, weights: Tensor) -> Drawn:
    means, own = futures[:, 0], futures[:, 1:] - futures[:, :1]
    mean = means.mean(0)
    about = torch.einsum("sm,mht->sht", weights, means - mean)
    return Drawn(
        paths=mean + about + own.transpose(0, 1).flatten(0, 1)[: len(weights)],
        means=means,
        mean=mean,
        disagreement=means.std(0) if len(means) > 1 else torch.zeros_like(mean),
        noise=own.pow(2).mean(1).sqrt().mean(0),
    )
