"""How wide rollouts and one-step predictions really are: measured on held-back segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from models.dataset import Batch
from models.validation import settle
from models.world.dynamics import Dynamics, Noise
from models.world.sampling import sample

COVERAGE = 0.9
"""Share of the measured values that the 5-95 % band of the paths is made to hold."""

LARGEST_DOUBT = 5.0

NEIGHBOURS = 10
"""Steps before and after whose errors count with a step's own."""


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """Corrections found on held-back data, on the model's scale.

    Attributes:
        stretch: (horizon, tag) factor on the paths' distance from the mean; beyond its end the last row holds.
        deviation: (tag,) one-step-ahead standard deviation.
        doubt: () factor on the members' deviations from their mean, see `doubt`.
    """

    stretch: Tensor
    deviation: Tensor
    doubt: Tensor

    @classmethod
    def none(cls, tags: int) -> Self:
        """No correction, and a standard deviation of one scale."""
        return cls(torch.ones(1, tags), torch.ones(tags), torch.tensor(1.0))

    def at(self, horizon: int) -> Tensor:
        """(horizon, tag) stretch of a rollout of that length."""
        rows = torch.arange(horizon).clamp_max(len(self.stretch) - 1)
        return self.stretch[rows]

    def tensors(self) -> dict[str, Tensor]:
        """The numbers, for the checkpoint."""
        return {"stretch": self.stretch, "deviation": self.deviation, "doubt": self.doubt}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Self:
        """The inverse of `tensors`."""
        return cls(tensors["stretch"], tensors["deviation"], tensors["doubt"])


@dataclass(frozen=True, eq=False, slots=True)
class HeldBack:
    """What rollouts on held-back segments looked like.

    Attributes:
        errors: (batch, horizon, tag) measured minus mean, NaN where not valid.
        width: (batch, horizon, tag) half of the uncorrected 5-95 % band.
        disagreement: (batch, horizon, tag) spread of the members' means.
    """

    errors: Tensor
    width: Tensor
    disagreement: Tensor


@torch.no_grad()
def roll_out(
    dynamics: Dynamics[Any], segments: Batch, context: int, samples: int, seed: int, doubt: float
) -> HeldBack:
    """Observe `context` rows of every segment, imagine the others under the moves that were really made."""
    errors, widths, disagreements = [], [], []
    for i in range(len(segments)):
        past = segments.take(torch.tensor([i])).between(0, context)
        future = segments.take(torch.tensor([i])).between(context, segments.rows)
        drawn = sample(
            dynamics, settle(dynamics, past), future.moves, samples, Noise.seeded(seed + i, quiet=1), doubt
        )
        low, high = torch.quantile(drawn.paths, torch.tensor([0.05, 0.95], device=drawn.paths.device), dim=0)
        errors.append(torch.where(future.valid[0], future.values[0] - drawn.mean, torch.nan))
        widths.append((high - low) / 2)
        disagreements.append(drawn.disagreement)
    return HeldBack(torch.stack(errors), torch.stack(widths), torch.stack(disagreements))


@torch.no_grad()
def doubt(dynamics: Dynamics[Any], segments: Batch, context: int) -> Tensor:
    """() how much further off the mean is than the members' disagreement says, between 1 and LARGEST_DOUBT.

    The square root of the slope of squared errors over squared disagreement, between segments, at the same step
    and tag: the part of the error that grows where the members part (spread-skill relation).
    """
    state = settle(dynamics, segments.between(0, context))
    future = segments.between(context, segments.rows)
    means = dynamics.imagine(state, future.moves)
    errors = torch.where(future.valid, means.mean(0) - future.values, torch.nan).pow(2)
    spread = torch.where(future.valid, means.var(0, correction=min(1, len(means) - 1)), torch.nan)
    ordinary = errors.nanmean(0)
    off = torch.nan_to_num((errors - ordinary) / ordinary)
    apart = torch.nan_to_num((spread - spread.nanmean(0)) / ordinary)
    slope = (off * apart).sum() / apart.pow(2).sum().clamp_min(1e-12)
    return slope.clamp(1.0, LARGEST_DOUBT**2).sqrt()


def stretch(held: HeldBack) -> Tensor:
    """(horizon, tag) factor that makes the band hold COVERAGE of the errors (split conformal, Lei et al. 2018)."""
    ratio = held.errors.abs() / held.width.clamp_min(1e-6)
    segments, horizon, _ = ratio.shape
    level = min(1.0, COVERAGE * (1 + 1 / segments))
    rows = []
    for h in range(horizon):
        near = ratio[:, max(0, h - NEIGHBOURS) : h + NEIGHBOURS + 1].flatten(0, 1)
        rows.append(torch.nanquantile(near, level, dim=0))
    return torch.nan_to_num(torch.stack(rows), nan=1.0)


@torch.no_grad()
def one_step_deviation(dynamics: Dynamics[Any], segments: Batch, warm: int) -> Tensor:
    """(tag,) root mean square of the one-step errors after `warm` rows; one scale where nothing was measured."""
    state = dynamics.start(len(segments))
    errors = []
    for t in range(segments.rows):
        valid, values = segments.valid[:, t], segments.values[:, t]
        state, mean = dynamics.observe(state, segments.moves[:, t], values, valid)
        if t >= warm:
            errors.append(torch.where(valid, values - mean.mean(0), torch.nan))
    squares = torch.cat(errors).pow(2).nanmean(0)
    return torch.nan_to_num(squares.sqrt(), nan=1.0).clamp_min(1e-3)
