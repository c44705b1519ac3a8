"""Stochastic states: distributions over the latent state of a row, and what their distance costs."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import torch
from torch import Tensor, nn

from models.world.dynamics import Noise


@dataclass(frozen=True, eq=False, slots=True)
class Gaussian:
    """A diagonal normal distribution, (member, batch, stoch)."""

    mean: Tensor
    deviation: Tensor

    def sample(self, noise: Noise | None) -> Tensor:
        """A draw by reparametrisation; the mean without noise."""
        return self.mean if noise is None else self.mean + self.deviation * noise.like(self.mean)

    def divergence(self, prior: "Gaussian") -> Tensor:
        """(member, batch) KL(self || prior) in nats."""
        ratio = self.deviation / prior.deviation
        distance = (self.mean - prior.mean) / prior.deviation
        return 0.5 * (ratio**2 + distance**2 - 1 - 2 * ratio.log()).sum(-1)

    def held(self) -> Self:
        """The same, through which no gradient goes."""
        return type(self)(self.mean.detach(), self.deviation.detach())


@dataclass(frozen=True, eq=False, slots=True)
class Categorical:
    """Independent choices, (member, batch, group, class) log probabilities (Hafner et al. 2021, DreamerV2)."""

    logits: Tensor

    def sample(self, noise: Noise | None) -> Tensor:
        """(member, batch, group * class) one choice per group, the likeliest without noise.

        The Gumbel noise of the choice is made of normal numbers, so that a quiet row takes the likeliest class.
        Gradients go straight through.
        """
        probabilities = self.logits.exp()
        score = self.logits if noise is None else self.logits + gumbel(noise.like(self.logits))
        choice = nn.functional.one_hot(score.argmax(-1), self.logits.shape[-1]).to(probabilities.dtype)
        return (choice + probabilities - probabilities.detach()).flatten(-2)

    def divergence(self, prior: "Categorical") -> Tensor:
        """(member, batch) KL(self || prior) in nats."""
        return (self.logits.exp() * (self.logits - prior.logits)).sum((-2, -1))

    def held(self) -> Self:
        """The same, through which no gradient goes."""
        return type(self)(self.logits.detach())


def gumbel(normal: Tensor) -> Tensor:
    """Gumbel numbers from normal ones, rising with them."""
    uniform = torch.special.ndtr(normal.double()).clamp(1e-12, 1 - 1e-12)
    return -torch.log(-torch.log(uniform)).to(normal.dtype)


class Latent(Protocol):
    """A distribution of the stochastic state, and its distance from another one of its kind."""

    def sample(self, noise: Noise | None) -> Tensor:
        """(member, batch, stoch) a draw; the central value without noise and where it is quiet."""
        ...

    def divergence(self, prior: Any) -> Tensor:  # noqa: ANN401  of its own kind
        """(member, batch) KL(self || prior) in nats."""
        ...

    def held(self) -> Self:
        """The same, through which no gradient goes."""
        ...


class LatentSpace(Protocol):
    """A kind of stochastic state."""

    @property
    def width(self) -> int:
        """Of a sample."""
        ...

    @property
    def inputs(self) -> int:
        """How many numbers describe the distribution."""
        ...

    def read(self, parameters: Tensor) -> Any:  # noqa: ANN401  a Latent of its own kind
        """The distribution that (member, batch, inputs) numbers describe."""
        ...

    def cost(self, posterior: Any, prior: Any) -> Tensor:  # noqa: ANN401
        """(member, batch) nats that count in the loss."""
        ...


@dataclass(frozen=True, slots=True)
class GaussianSpace:
    """Gaussian states; KL above the free bits (Kingma et al. 2016), times `kl_weight`."""

    width: int
    min_deviation: float
    free_bits: float
    kl_weight: float

    @property
    def inputs(self) -> int:
        """Means and deviations."""
        return 2 * self.width

    def read(self, parameters: Tensor) -> Gaussian:
        """The distribution of (member, batch, inputs) numbers."""
        mean, raw = parameters.chunk(2, dim=-1)
        return Gaussian(mean, nn.functional.softplus(raw) + self.min_deviation)

    def cost(self, posterior: Gaussian, prior: Gaussian) -> Tensor:
        """(member, batch) nats."""
        return self.kl_weight * (posterior.divergence(prior) - self.free_bits).clamp_min(0)


@dataclass(frozen=True, slots=True)
class CategoricalSpace:
    """Choices with a part `unimix` of the uniform distribution, KL balance, free bits (Hafner et al. 2023, eq. 3).

    `dynamics` weighs the part of the KL that teaches the prior, `representation` the one that teaches the posterior.
    """

    groups: int
    classes: int
    unimix: float
    free_bits: float
    dynamics: float
    representation: float

    @property
    def width(self) -> int:
        """All choices, one-hot."""
        return self.groups * self.classes

    @property
    def inputs(self) -> int:
        """A number per class."""
        return self.width

    def read(self, parameters: Tensor) -> Categorical:
        """The distribution of (member, batch, inputs) numbers."""
        likely = parameters.reshape(*parameters.shape[:-1], self.groups, self.classes).softmax(-1)
        return Categorical(((1 - self.unimix) * likely + self.unimix / self.classes).log())

    def cost(self, posterior: Categorical, prior: Categorical) -> Tensor:
        """(member, batch) nats."""
        taught = posterior.held().divergence(prior).clamp_min(self.free_bits)
        kept = posterior.divergence(prior.held()).clamp_min(self.free_bits)
        return self.dynamics * taught + self.representation * kept
