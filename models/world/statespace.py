"""A recurrent state-space model without a backbone: what PlaNet and Dreamer have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from models.course import Course
from models.dataset import Batch
from models.descent import Net, descend
from models.networks import StackedGRU, StackedMLP
from models.validation import persistence_errors, rms
from models.world.dynamics import Noise
from models.world.heads import Head, drawn
from models.world.latent import Latent, LatentSpace


@dataclass(frozen=True, eq=False, slots=True)
class Memory:
    """What a latent model carries from row to row.

    Attributes:
        deter, stoch: (member, batch, …) the deterministic path and the stochastic state of the last row.
        seen: (batch, tag) bool, whether the tag ever had a value.
        rows: how many rows went in.
    """

    deter: Tensor
    stoch: Tensor
    seen: Tensor
    rows: int

    @classmethod
    def blank(cls, members: int, seen: Tensor, deter: int, stoch: int) -> "Memory":
        """Nothing seen; `seen` (batch, tag) is all False."""
        zeros = torch.zeros(members, len(seen), deter + stoch, device=seen.device)
        return cls(zeros[..., :deter], zeros[..., deter:], seen, 0)

    def repeat(self, batch: int) -> "Memory":
        """That of one belief, `batch` times."""
        deter, stoch = (part.expand(-1, batch, -1) for part in (self.deter, self.stoch))
        return Memory(deter, stoch, self.seen.expand(batch, -1), self.rows)


class Sizes(Protocol):
    """What the config of such a family says besides its latent state and its head."""

    @property
    def deter(self) -> int:
        """Width of the deterministic path."""
        ...

    @property
    def hidden(self) -> int:
        """Width of the hidden layers."""
        ...

    @property
    def memory(self) -> int:
        """Rows after which a belief is complete."""
        ...


class StateSpace(nn.Module):
    """h[t] = GRU(h[t-1], z[t-1], u[t]); z[t] ~ p(z | h[t]) or q(z | h[t], masked x[t]); x[t] ~ head(h[t], z[t]).

    Hafner et al. 2019 (PlaNet), eq. 2-4.
    """

    def __init__(
        self, config: Sizes, shape: tuple[int, int, int], latent: LatentSpace, head: Callable[[int], Head]
    ) -> None:
        """`shape` is (member, tag, move), `head` makes one for so many features."""
        super().__init__()
        self.members, self.tags, moves = shape
        self.config, self.latent = config, latent
        self.cell = StackedGRU(self.members, latent.width + moves, config.deter)
        self.encoder = StackedMLP(self.members, 2 * self.tags, config.hidden, config.hidden)
        self.prior = StackedMLP(self.members, config.deter, config.hidden, latent.inputs)
        self.posterior = StackedMLP(self.members, config.deter + config.hidden, config.hidden, latent.inputs)
        self.head: Head = head(config.deter + latent.width)

    def start(self, batch: int) -> Memory:
        """The prior: nothing seen."""
        device = next(self.parameters()).device
        seen = torch.zeros(batch, self.tags, dtype=torch.bool, device=device)
        return Memory.blank(self.members, seen, self.config.deter, self.latent.width)

    def observe(self, state: Memory, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[Memory, Tensor]:
        """The posterior after one row, noise-free, and the mean that was expected of the row before."""
        deter, prior = self._expect(state, moves)
        mean = self.head.mean(torch.cat([deter, prior.sample(None)], dim=-1))
        posterior = self._infer(deter, self._embed(values, valid))
        return Memory(deter, posterior.sample(None), state.seen | valid, state.rows + 1), mean

    def imagine(self, state: Memory, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); noise-free without noise."""
        features = torch.stack(list(self._dream(state, moves, noise)), dim=2)
        return drawn(self.head, features, noise)

    def loss(self, batch: Batch, context: int, weight: Tensor, noise: Noise) -> dict[str, Tensor]:
        """Named terms and their `total`; the first `context` rows are observed, the others imagined.

        nll: one-step likelihood under the posterior. kl: what the distance of posterior and prior costs.
        overshoot: squared error of the noise-free rollout from the posterior, times `weight` (tag,).
        """
        state, costs, features = self.start(len(batch)), [], []
        embedded = self._embed(batch.values[:, :context].flatten(0, 1), batch.valid[:, :context].flatten(0, 1))
        embedded = embedded.reshape(self.members, len(batch), context, -1)
        for t in range(context):
            deter, prior = self._expect(state, batch.moves[:, t])
            posterior = self._infer(deter, embedded[:, :, t])
            state = Memory(deter, posterior.sample(noise), state.seen, t + 1)
            costs.append(self.latent.cost(posterior, prior))
            features.append(torch.cat([state.deter, state.stoch], dim=-1))
        past, future = batch.between(0, context), batch.between(context, batch.rows)
        likelihood = self.head.nll(torch.stack(features, dim=2).flatten(1, 2), past.values.flatten(0, 1))
        imagined = self.imagine(state, future.moves)
        terms = {
            "nll": masked_mean(likelihood, past.valid.flatten(0, 1)),
            "kl": torch.stack(costs).mean() / self.tags,
            "overshoot": masked_mean((imagined - future.values) ** 2 * weight, future.valid),
        }
        return {**terms, "total": terms["nll"] + terms["kl"] + terms["overshoot"]}

    def repeat(self, state: Memory, batch: int) -> Memory:
        """The state of one belief, `batch` times."""
        return state.repeat(batch)

    def complete(self, state: Memory) -> Tensor:
        """(tag,) bool: whether the first belief has seen the tag, and enough rows."""
        return state.seen[0] & (state.rows >= self.config.memory)

    def _embed(self, values: Tensor, valid: Tensor) -> Tensor:
        """(member, row, hidden) of `values`, `valid` (row, tag)."""
        seen = torch.cat([torch.where(valid, values, 0.0), valid.to(values.dtype)], dim=-1)
        embedded: Tensor = self.encoder(seen.expand(self.members, -1, -1))
        return embedded

    def _expect(self, state: Memory, moves: Tensor) -> tuple[Tensor, Latent]:
        inputs = torch.cat([state.stoch, moves.expand(*state.stoch.shape[:2], -1)], dim=-1)
        deter: Tensor = self.cell(inputs, state.deter)
        return deter, self.latent.read(self.prior(deter))

    def _infer(self, deter: Tensor, embedded: Tensor) -> Latent:
        posterior: Latent = self.latent.read(self.posterior(torch.cat([deter, embedded], dim=-1)))
        return posterior

    def _dream(self, state: Memory, moves: Tensor, noise: Noise | None) -> Iterator[Tensor]:
        """Features of one row after the other."""
        for h in range(moves.shape[1]):
            deter, prior = self._expect(state, moves[:, h])
            state = Memory(deter, prior.sample(noise), state.seen, state.rows + 1)
            yield torch.cat([state.deter, state.stoch], dim=-1)


def masked_mean(costs: Tensor, valid: Tensor) -> Tensor:
    """Mean of `costs` (member, …) over members and what is valid (…)."""
    return torch.where(valid, costs, 0.0).sum() / (valid.sum().clamp_min(1) * len(costs))


def fit_network(build: Callable[..., Net], course: Course, config: object) -> Net:
    """A network of `build(config, members, tags, moves)`, its rollout errors measured by those of persistence."""
    training, segments = course.config, course.segments
    torch.manual_seed(training.seed)
    network = build(config, training.members, segments.values.shape[-1], segments.moves.shape[-1])
    baseline = rms(persistence_errors(segments, training.context), (0, 1))
    return descend(network, course, baseline)
