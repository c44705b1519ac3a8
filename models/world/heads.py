"""Heads: what a latent state says about the tags of its row."""

import torch
from torch import Tensor, nn

from models.networks import StackedLinear, StackedMLP
from models.world.dynamics import Noise

BOUND = 12.0
"""Largest prediction, in scale."""


class GaussianHead(nn.Module):
    """A mean by a line and a correction to it, and a spread per member and tag."""

    def __init__(self, members: int, features: int, hidden: int, tags: int) -> None:
        super().__init__()
        self.tags = tags
        self.line = StackedLinear(members, features, tags)
        self.bend = StackedMLP(members, features, hidden, tags, zero=True)
        self.log_spread = nn.Parameter(torch.full((members, 1, tags), -1.0))

    def mean(self, features: Tensor) -> Tensor:
        """(member, row, tag)."""
        mean: Tensor = self.line(features) + self.bend(features)
        return mean.clamp(-BOUND, BOUND)

    def nll(self, features: Tensor, values: Tensor) -> Tensor:
        """(member, row, tag) nats, without the constant."""
        return 0.5 * ((values - self.mean(features)) / self.log_spread.exp()) ** 2 + self.log_spread

    def draw(self, features: Tensor, normal: Tensor) -> Tensor:
        """(member, row, tag)."""
        return self.mean(features) + self.log_spread.exp() * normal


class TwoHotHead(nn.Module):
    """Probabilities of bins that are evenly spaced on the symlog scale (Hafner et al. 2023, DreamerV3, eq. 8-10).

    Attributes:
        bins: (bin,) values of the bins, on the model's scale.
    """

    bins: Tensor

    def __init__(self, members: int, features: int, hidden: int, tags: int, bins: int) -> None:
        super().__init__()
        self.tags = tags
        self.logits = StackedMLP(members, features, hidden, tags * bins)
        edge = float(symlog(torch.tensor(BOUND)))
        self.register_buffer("bins", symexp(torch.linspace(-edge, edge, bins)), persistent=False)

    def mean(self, features: Tensor) -> Tensor:
        """(member, row, tag)."""
        return self._log_probabilities(features).exp() @ self.bins

    def nll(self, features: Tensor, values: Tensor) -> Tensor:
        """(member, row, tag) cross entropy with the two bins next to the value, in nats."""
        return -(two_hot(values, self.bins) * self._log_probabilities(features)).sum(-1)

    def draw(self, features: Tensor, normal: Tensor) -> Tensor:
        """(member, row, tag): the mean, and how far a quantile lies from the median."""
        below = self._log_probabilities(features).exp().cumsum(-1)
        level = torch.special.ndtr(normal)
        apart = self._quantile(below, level) - self._quantile(below, torch.full_like(level, 0.5))
        return self.mean(features) + apart

    def _log_probabilities(self, features: Tensor) -> Tensor:
        logits: Tensor = self.logits(features)
        return logits.reshape(*features.shape[:2], self.tags, -1).log_softmax(-1)

    def _quantile(self, below: Tensor, level: Tensor) -> Tensor:
        """(member, row, tag) where the cumulative probabilities, joined by straight lines, reach the level."""
        upper = torch.searchsorted(below, level[..., None].contiguous()).clamp(1, len(self.bins) - 1)
        low, high = below.gather(-1, upper - 1)[..., 0], below.gather(-1, upper)[..., 0]
        part = ((level - low) / (high - low).clamp_min(1e-9)).clamp(0, 1)
        index = upper[..., 0]
        return torch.lerp(self.bins[index - 1], self.bins[index], part)


def symlog(values: Tensor) -> Tensor:
    """sign(x) ln(1 + |x|) (Hafner et al. 2023, eq. 9)."""
    return values.sign() * values.abs().log1p()


def symexp(values: Tensor) -> Tensor:
    """The inverse of `symlog`."""
    return values.sign() * values.abs().expm1()


def two_hot(values: Tensor, bins: Tensor) -> Tensor:
    """(…, bin) weights of the two bins next to each value, whose mean is the value; values beyond are the edge."""
    inside = values.clamp(bins[0], bins[-1]).contiguous()
    upper = torch.searchsorted(bins, inside).clamp(1, len(bins) - 1)
    part = (inside - bins[upper - 1]) / (bins[upper] - bins[upper - 1])
    weights = values.new_zeros(*values.shape, len(bins))
    weights.scatter_(-1, upper[..., None] - 1, (1 - part)[..., None])
    return weights.scatter_(-1, upper[..., None], part[..., None])


Head = GaussianHead | TwoHotHead


def drawn(head: Head, features: Tensor, noise: Noise | None) -> Tensor:
    """(member, batch, horizon, tag) measured values of rows with features (member, batch, horizon, feature)."""
    flat = features.flatten(1, 2)
    if noise is None:
        rows = head.mean(flat)
    else:
        normal = noise.like(features.new_empty(*features.shape[:3], head.tags))
        rows = head.draw(flat, normal.flatten(1, 2))
    return rows.reshape(*features.shape[:3], head.tags)
