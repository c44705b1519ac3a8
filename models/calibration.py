"""How wide rollouts and one-step predictions really are: measured on held-back segments."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from scipy.stats import t
from torch import Tensor

from models.course import HeldOut
from models.dataset import Batch
from models.validation import settle
from models.world.dynamics import Dynamics, Noise
from models.world.sampling import sample
from twin.world import quantiles

COVERAGE = 0.9
"""Share of the measured values that the 5-95 % band of the paths is made to hold."""

LARGEST_DOUBT = 10.0
CANDIDATES = 25
LEAST_ORDINARY = 0.05
"""Part of the errors' variance that has nothing to do with disagreement, at least."""

NEIGHBOURS = 10
"""Steps before and after whose errors count with a step's own."""


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """Corrections found on held-back data, on the model's scale.

    Attributes:
        stretch: (horizon, tag) factor on the paths' distance from the mean; beyond its end the last row holds.
        deviation: (tag,) one-step-ahead standard deviation.
        doubt: () factor on the members' deviations from their mean, see `doubt`.
        effect: (2,) factors of an effect's squared error, see `effect_doubt`.
    """

    stretch: Tensor
    deviation: Tensor
    doubt: Tensor
    effect: Tensor

    @classmethod
    def none(cls, tags: int) -> Self:
        """No correction, and a standard deviation of one scale."""
        return cls(torch.ones(1, tags), torch.ones(tags), torch.tensor(1.0), torch.tensor([1.0, 0.0]))

    def at(self, horizon: int) -> Tensor:
        """(horizon, tag) stretch of a rollout of that length."""
        rows = torch.arange(horizon).clamp_max(len(self.stretch) - 1)
        return self.stretch[rows]

    def effect_width(self, effect: Tensor, apart: Tensor, members: int) -> Tensor:
        """(horizon, tag) half of the interval that holds COVERAGE of the true effects about an imagined `effect`.

        `apart` is the members' standard deviation. A spread that few members tell is uncertain itself, hence
        Student's t with as many degrees of freedom as there are members less one.
        """
        variance = self.effect[0] * apart.pow(2) + self.effect[1] * effect.pow(2)
        width: Tensor = variance.sqrt() * float(t.ppf((1 + COVERAGE) / 2, max(1, members - 1)))
        return width

    def tensors(self) -> dict[str, Tensor]:
        """The numbers, for the checkpoint."""
        return {"stretch": self.stretch, "deviation": self.deviation, "doubt": self.doubt, "effect": self.effect}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, Tensor]) -> Self:
        """The inverse of `tensors`."""
        return cls(tensors["stretch"], tensors["deviation"], tensors["doubt"], tensors["effect"])


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
    held_out: Sequence[HeldOut[Dynamics[Any]]], context: int, samples: int, seed: int, doubt: float
) -> HeldBack:
    """Observe `context` rows of every segment, imagine the others under the moves that were really made."""
    errors, widths, disagreements = [], [], []
    for number, (dynamics, segment) in enumerate(_one_by_one(held_out)):
        future = segment.between(context, segment.rows)
        state, noise = settle(dynamics, segment.between(0, context)), Noise.seeded(seed + number, quiet=1)
        drawn = sample(dynamics, state, future.moves, samples, noise, doubt)
        low, high = quantiles(drawn.paths.cpu().numpy(), (0.05, 0.95))
        errors.append(torch.where(future.valid[0], future.values[0] - drawn.mean, torch.nan))
        widths.append(torch.from_numpy((high - low) / 2))
        disagreements.append(drawn.disagreement)
    return HeldBack(torch.stack(errors), torch.stack(widths), torch.stack(disagreements))


def _one_by_one(held_out: Sequence[HeldOut[Dynamics[Any]]]) -> Iterator[tuple[Dynamics[Any], Batch]]:
    for test in held_out:
        for index in range(len(test.segments)):
            yield test.dynamics, test.segments.take(torch.tensor([index]))


@dataclass(frozen=True, eq=False, slots=True)
class Spreads:
    """Held-out rollouts under the moves that were made, beside those under the moves that stood at their start.

    Attributes:
        errors: (batch, horizon, tag) squared errors of the mean, NaN where not valid.
        apart: (batch, horizon, tag) variance of the members.
        effect: (batch, horizon, tag) squared effect of the moves.
        effect_apart: (batch, horizon, tag) variance of the members' effects.
    """

    errors: Tensor
    apart: Tensor
    effect: Tensor
    effect_apart: Tensor


@torch.no_grad()
def spreads(held_out: Sequence[HeldOut[Dynamics[Any]]], context: int) -> Spreads:
    """What held-out rollouts say of how disagreement and error go together."""
    parts = [_spreads(test.dynamics, test.segments, context) for test in held_out]
    return Spreads(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def _spreads(dynamics: Dynamics[Any], segments: Batch, context: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    state = settle(dynamics, segments.between(0, context))
    future = segments.between(context, segments.rows)
    means = dynamics.imagine(state, future.moves)
    still = segments.moves[:, context - 1 : context].expand_as(future.moves)
    effects = means - dynamics.imagine(state, still)
    errors = torch.where(future.valid, means.mean(0) - future.values, torch.nan).pow(2)
    return errors, _variance(means), effects.mean(0).pow(2), _variance(effects)


def _variance(means: Tensor) -> Tensor:
    return means.var(0, correction=min(1, len(means) - 1))


def doubt(found: Spreads, expected: float) -> Tensor:
    """() how much further off the mean is than the members' disagreement says, see `_factor`.

    `expected` is its square as the way the members were made lets expect it, see `Fitted.doubt`.
    """
    return _factor(found.errors, found.apart, _from(expected)).sqrt()


def effect_doubt(found: Spreads, expected: float) -> Tensor:
    """(2,) what an effect's squared error is of the members' variance of it, and of its own square.

    How much more a rollout errs where moves were made in it whose effect is disputed, see `_factor`. A single member
    disputes nothing; its error is taken as a part of the effect instead.
    """
    if not found.effect_apart.any():
        parts = torch.cat([torch.zeros(1), torch.logspace(-4, 0, CANDIDATES)])
        return torch.stack([torch.tensor(1.0), _factor(found.errors, found.effect, parts)])
    return torch.stack([_factor(found.errors, found.effect_apart, _from(expected)), torch.tensor(0.0)])


def _from(expected: float) -> Tensor:
    """(candidate,) factors of which held-out tests choose one; they may widen what is expected, not narrow it."""
    return torch.logspace(math.log10(expected), math.log10(max(expected, LARGEST_DOUBT**2)), CANDIDATES)


def _factor(errors: Tensor, cause: Tensor, candidates: Tensor) -> Tensor:
    """() the likeliest factor c, if errors are normal with variance n + c * cause (spread-skill relation).

    n is the ordinary variance at a step and tag, whatever the cause. `errors` are squared, NaN where nothing was
    measured; both are (batch, horizon, tag).
    """
    likelihoods = torch.stack([_likelihood(errors, factor * cause) for factor in candidates])
    return candidates[likelihoods.argmax()]


def _likelihood(errors: Tensor, caused: Tensor) -> Tensor:
    """() mean log likelihood of squared errors whose variance is `caused` and, at a step and tag, something more."""
    ordinary = torch.maximum((errors - caused).nanmean(0), LEAST_ORDINARY * errors.nanmean(0))
    variance = (ordinary + caused).clamp_min(1e-12)
    return -(variance.log() + errors / variance).nanmean()


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
def one_step_deviation(held_out: Sequence[HeldOut[Dynamics[Any]]], warm: int) -> Tensor:
    """(tag,) root mean square of the one-step errors after `warm` rows; one scale where nothing was measured."""
    squares = torch.cat([error for test in held_out for error in _one_step_errors(test, warm)]).pow(2).nanmean(0)
    return torch.nan_to_num(squares.sqrt(), nan=1.0).clamp_min(1e-3)


def _one_step_errors(test: HeldOut[Dynamics[Any]], warm: int) -> Iterator[Tensor]:
    segments, state = test.segments, test.dynamics.start(len(test.segments))
    for row in range(segments.rows):
        valid, values = segments.valid[:, row], segments.values[:, row]
        state, mean = test.dynamics.observe(state, segments.moves[:, row], values, valid)
        if row >= warm:
            yield torch.where(valid, values - mean.mean(0), torch.nan)
