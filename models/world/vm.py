"""V and M: an autoencoder of rows and a mixture-density network of their codes (Ha & Schmidhuber 2018)."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.course import Course
from models.dataset import Batch
from models.networks import StackedGRU, StackedMLP
from models.world.dynamics import Noise
from models.world.heads import GaussianHead, drawn
from models.world.latent import Gaussian, gumbel
from models.world.statespace import Memory, fit_network, masked_mean


@dataclass(frozen=True, slots=True)
class VMConfig:
    """Sizes and loss weights.

    Attributes:
        deter, stoch, hidden: widths of the recurrent path, the code and the hidden layers.
        mixture: normal distributions that M mixes, for every number of the code.
        kl_weight: of the code's KL to the standard normal distribution.
        min_deviation: smallest standard deviation of the code and of a mixture's part.
        memory: rows after which a belief is complete.
    """

    deter: int = 96
    stoch: int = 24
    hidden: int = 96
    mixture: int = 3
    kl_weight: float = 0.1
    min_deviation: float = 0.1
    memory: int = 40


@dataclass(frozen=True, eq=False, slots=True)
class Mixture:
    """Normal distributions mixed for every number of a code; all (member, batch, stoch, mixture)."""

    log_weight: Tensor
    mean: Tensor
    deviation: Tensor

    @property
    def center(self) -> Tensor:
        """(member, batch, stoch) mean."""
        return (self.log_weight.exp() * self.mean).sum(-1)

    def nll(self, code: Tensor) -> Tensor:
        """(member, batch, stoch) nats, without the constant."""
        distance = (code[..., None] - self.mean) / self.deviation
        return -torch.logsumexp(self.log_weight - 0.5 * distance**2 - self.deviation.log(), dim=-1)

    def sample(self, noise: Noise | None) -> Tensor:
        """(member, batch, stoch) a draw; the mean without noise, and in rows that the noise leaves quiet."""
        if noise is None:
            return self.center
        part = (self.log_weight + gumbel(noise.like(self.log_weight))).argmax(-1, keepdim=True)
        mean, deviation = self.mean.gather(-1, part)[..., 0], self.deviation.gather(-1, part)[..., 0]
        code = mean + deviation * noise.like(mean)
        return torch.cat([self.center[:, : noise.quiet], code[:, noise.quiet :]], dim=1)


class VM(nn.Module):
    """z[t] ~ V(x[t]); h[t] = GRU(h[t-1], z[t-1], u[t]); z[t] ~ M(h[t]), a mixture; x[t] ~ head(z[t]).

    V sees rows, not time, so where a tag has no value it gets what M and the head expected.
    """

    def __init__(self, config: VMConfig, members: int, tags: int, moves: int) -> None:
        super().__init__()
        self.config, self.members, self.tags = config, members, tags
        self.cell = StackedGRU(members, config.stoch + moves, config.deter)
        self.encoder = StackedMLP(members, tags, config.hidden, 2 * config.stoch)
        self.prior = StackedMLP(members, config.deter, config.hidden, 3 * config.mixture * config.stoch)
        self.head = GaussianHead(members, config.stoch, config.hidden, tags)

    def start(self, batch: int) -> Memory:
        """The prior: nothing seen."""
        seen = torch.zeros(batch, self.tags, dtype=torch.bool, device=self.head.log_spread.device)
        return Memory.blank(self.members, seen, self.config.deter, self.config.stoch)

    def observe(self, state: Memory, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[Memory, Tensor]:
        """The state after one row, noise-free, and the mean that was expected of the row before."""
        deter, mixture = self._expect(state, moves)
        mean = self.head.mean(mixture.center)
        code = self._encode(torch.where(valid, values, mean))
        return Memory(deter, code.mean, state.seen | valid, state.rows + 1), mean

    def imagine(self, state: Memory, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); noise-free without noise."""
        return drawn(self.head, torch.stack(list(self._dream(state, moves, noise)), dim=2), noise)

    def loss(self, batch: Batch, context: int, weight: Tensor, noise: Noise) -> dict[str, Tensor]:
        """Named terms and their `total`; the first `context` rows are observed, the others imagined.

        reconstruction, kl: of V. mixture: M's likelihood of the codes, which it does not change. overshoot:
        squared error of the noise-free rollout, times `weight` (tag,).
        """
        state, codes, costs, likelihoods = self.start(len(batch)), [], [], []
        for t in range(context):
            deter, mixture = self._expect(state, batch.moves[:, t])
            expected = self.head.mean(mixture.center)
            posterior = self._encode(torch.where(batch.valid[:, t], batch.values[:, t], expected))
            code = posterior.sample(noise)
            codes.append(code)
            costs.append(posterior.divergence(Gaussian(torch.zeros_like(code), torch.ones_like(code))))
            likelihoods.append(mixture.nll(code.detach()))
            state = Memory(deter, code, state.seen, t + 1)
        past, future = batch.between(0, context), batch.between(context, batch.rows)
        told = self.head.nll(torch.stack(codes, dim=2).flatten(1, 2), past.values.flatten(0, 1))
        imagined = self.imagine(state, future.moves)
        terms = {
            "reconstruction": masked_mean(told, past.valid.flatten(0, 1)),
            "kl": self.config.kl_weight * torch.stack(costs).mean() / self.tags,
            "mixture": torch.stack(likelihoods).sum(-1).mean() / self.tags,
            "overshoot": masked_mean((imagined - future.values) ** 2 * weight, future.valid),
        }
        return {**terms, "total": torch.stack(list(terms.values())).sum()}

    def repeat(self, state: Memory, batch: int) -> Memory:
        """The state of one belief, `batch` times."""
        return state.repeat(batch)

    def complete(self, state: Memory) -> Tensor:
        """(tag,) bool: whether the first belief has seen the tag, and enough rows."""
        return state.seen[0] & (state.rows >= self.config.memory)

    def _expect(self, state: Memory, moves: Tensor) -> tuple[Tensor, Mixture]:
        inputs = torch.cat([state.stoch, moves.expand(*state.stoch.shape[:2], -1)], dim=-1)
        deter = self.cell(inputs, state.deter)
        raw = self.prior(deter).reshape(*deter.shape[:2], 3, self.config.stoch, self.config.mixture)
        weight, mean, deviation = raw.unbind(-3)
        deviation = nn.functional.softplus(deviation) + self.config.min_deviation
        return deter, Mixture(weight.log_softmax(-1), mean, deviation)

    def _encode(self, values: Tensor) -> Gaussian:
        mean, raw = self.encoder(values).chunk(2, dim=-1)
        return Gaussian(mean, nn.functional.softplus(raw) + self.config.min_deviation)

    def _dream(self, state: Memory, moves: Tensor, noise: Noise | None) -> Iterator[Tensor]:
        """One code after the other."""
        for h in range(moves.shape[1]):
            deter, mixture = self._expect(state, moves[:, h])
            state = Memory(deter, mixture.sample(noise), state.seen, state.rows + 1)
            yield state.stoch


def fit_vm(course: Course) -> VM:
    """The weights with the best held-back rollouts."""
    return fit_network(VM, course, course.config.of(VMConfig))
