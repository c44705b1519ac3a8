"""Held-back rollouts: how far off they are, beside persistence."""

from typing import Any

import torch
from torch import Tensor

from models.dataset import Batch
from models.world.dynamics import Dynamics, State
from models.world.ridge import hold_last

NEAR = 20
"""Steps over which an error is averaged before it is compared with persistence."""


@torch.no_grad()
def settle(dynamics: Dynamics[State], batch: Batch) -> State:
    """The belief after the whole batch."""
    state = dynamics.start(len(batch))
    for t in range(batch.rows):
        state, _ = dynamics.observe(state, batch.moves[:, t], batch.values[:, t], batch.valid[:, t])
    return state


@torch.no_grad()
def open_loop_errors(dynamics: Dynamics[Any], segments: Batch, context: int) -> Tensor:
    """(batch, horizon, tag) imagined minus measured after `context` rows, NaN where not valid."""
    state = settle(dynamics, segments.between(0, context))
    future = segments.between(context, segments.rows)
    mean = dynamics.imagine(state, future.moves).mean(0)
    return torch.where(future.valid, mean - future.values, torch.nan)


def persistence_errors(segments: Batch, context: int) -> Tensor:
    """(batch, horizon, tag) last measured value of the context minus what came, NaN where not valid."""
    past = [segments.take(torch.tensor([i])).between(0, context) for i in range(len(segments))]
    last = torch.stack([hold_last(piece)[-1] for piece in past])
    future = segments.between(context, segments.rows)
    return torch.where(future.valid, last[:, None] - future.values, torch.nan)


def rms(errors: Tensor, dim: tuple[int, ...] = (0, 1, 2)) -> Tensor:
    """Root mean square over `dim`, leaving NaN out; NaN where there is nothing."""
    return errors.pow(2).nanmean(dim).sqrt()


def break_even(errors: Tensor, persistence: Tensor) -> int:
    """The last step at which the errors are below those of persistence, 0 for none.

    In the first steps hardly anything has changed and persistence may be as good; that takes nothing from later ones.
    """
    own, other = (_smooth(rms(e, (0, 2))) for e in (errors, persistence))
    better = torch.nonzero(own < other)
    return int(better[-1]) + 1 if len(better) else 0


def _smooth(curve: Tensor) -> Tensor:
    filled = torch.nan_to_num(curve, nan=0.0)
    width = min(NEAR, len(curve))
    means = filled.unfold(0, width, 1).mean(1)
    return torch.cat([means[:1].expand(width - 1), means])
