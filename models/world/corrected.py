"""The linear backbone corrected by a recurrent state-space model (Hafner et al. 2019, PlaNet)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import torch
from torch import Tensor, nn

from models.course import Course
from models.dataset import Batch
from models.descent import descend
from models.networks import StackedGRU, StackedMLP
from models.validation import open_loop_errors, rms
from models.world.backbone import choose_backbone
from models.world.dynamics import Noise
from models.world.latent import Gaussian
from models.world.linear import LinearBackbone, LinearConfig, LinearState


@dataclass(frozen=True, slots=True)
class CorrectedConfig:
    """Sizes and loss weights.

    Attributes:
        deter, stoch, hidden: widths of the deterministic path, the stochastic state and the hidden layers.
        free_bits: nats of KL per member and row that cost nothing (Kingma et al. 2016).
        kl_weight, overshoot_weight: weights of these terms beside the one-step likelihood.
        min_deviation: smallest standard deviation of the stochastic state.
        surprise: errors of the line beyond this many spreads look alike to the encoder.
        linear: of the backbone.
    """

    deter: int = 48
    stoch: int = 12
    hidden: int = 48
    free_bits: float = 1.0
    kl_weight: float = 0.1
    overshoot_weight: float = 1.0
    min_deviation: float = 0.1
    surprise: float = 8.0
    linear: LinearConfig = field(default_factory=LinearConfig)


@dataclass(frozen=True, eq=False, slots=True)
class CorrectedState:
    """The posterior: the backbone's lag buffer, `deter` h and `stoch` z, each (member, batch, …)."""

    linear: LinearState
    deter: Tensor
    stoch: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Expected:
    """One row before it is seen: the backbone's prediction, the new `deter`, the prior over `stoch`."""

    linear: LinearState
    line: Tensor
    deter: Tensor
    prior: Gaussian


class CorrectedLine(nn.Module):
    """x[t] = line[t] + gate * decoder(h[t], z[t]) + spread * noise, per member.

    h[t] = GRU(h[t-1], z[t-1], u[t], line[t]); prior p(z[t] | h[t]); posterior q(z[t] | h[t], masked x[t]).
    The decoder starts at zero, so an untrained model is its backbone. The backbone is not trained here.

    Attributes:
        gate: (tag,) 0 where the neural part did not beat the backbone on held-back rollouts.
        log_spread: (member, 1, tag) log standard deviation of the one-step errors.
    """

    gate: Tensor

    def __init__(self, config: CorrectedConfig, backbone: LinearBackbone) -> None:
        super().__init__()
        self.config, self.backbone = config, backbone
        members, tags, moves = backbone.members, backbone.tags, backbone.move_count
        self.cell = StackedGRU(members, config.stoch + moves + tags, config.deter)
        self.encoder = StackedMLP(members, 3 * tags, config.hidden, config.hidden)
        self.prior = StackedMLP(members, config.deter, config.hidden, 2 * config.stoch)
        self.posterior = StackedMLP(members, config.deter + config.hidden, config.hidden, 2 * config.stoch)
        self.decoder = StackedMLP(members, config.deter + config.stoch, config.hidden, tags, zero=True)
        self.log_spread = nn.Parameter(backbone.spread.log().expand(members, 1, tags).clone())
        self.register_buffer("gate", torch.ones(tags))

    @classmethod
    def build(cls, config: CorrectedConfig, members: int, tags: int, moves: int) -> Self:
        """An untrained one on an untrained backbone."""
        return cls(config, LinearBackbone(config.linear, members, tags, moves))

    @property
    def members(self) -> int:
        """How many."""
        return self.backbone.members

    def start(self, batch: int) -> CorrectedState:
        """The prior: nothing seen."""
        zeros = self.gate.new_zeros(self.members, batch, self.config.deter + self.config.stoch)
        deter, stoch = zeros[..., : self.config.deter], zeros[..., self.config.deter :]
        return CorrectedState(self.backbone.start(batch), deter, stoch)

    def expect(self, state: CorrectedState, moves: Tensor) -> Expected:
        """What is known of the next row, in whose interval `moves` (batch, move) are in force."""
        linear = self.backbone.enter(state.linear, moves)
        line = self.backbone.predict(linear)
        inputs = torch.cat([state.stoch, moves.expand(*line.shape[:2], -1), line], dim=-1)
        deter = self.cell(inputs, state.deter)
        return Expected(linear, line, deter, self._gaussian(self.prior(deter)))

    def infer(self, expected: Expected, values: Tensor, valid: Tensor) -> Gaussian:
        """The posterior over `stoch` once the row is seen: `values`, `valid` (batch, tag)."""
        errors = (values - expected.line) / self.backbone.spread
        surprise = torch.where(valid, errors.clamp(-self.config.surprise, self.config.surprise), 0.0)
        seen = torch.where(valid, values, 0.0).expand_as(surprise)
        embedding = self.encoder(torch.cat([seen, surprise, valid.float().expand_as(surprise)], dim=-1))
        return self._gaussian(self.posterior(torch.cat([expected.deter, embedding], dim=-1)))

    def decode(self, expected: Expected, stoch: Tensor) -> Tensor:
        """(member, batch, tag) mean of the row, given its `stoch`."""
        bound = self.backbone.config.bound
        correction = self.decoder(torch.cat([expected.deter, stoch], dim=-1))
        mean: Tensor = expected.line + self.gate * correction
        return mean.clamp(-bound, bound)

    def observe(
        self, state: CorrectedState, moves: Tensor, values: Tensor, valid: Tensor
    ) -> tuple[CorrectedState, Tensor]:
        """The posterior after one row (its mean as `stoch`), and the mean that was expected of the row before."""
        expected = self.expect(state, moves)
        mean = self.decode(expected, expected.prior.mean)
        linear = self.backbone.learn(expected.linear, mean, values, valid)
        return CorrectedState(linear, expected.deter, self.infer(expected, values, valid).mean), mean

    def imagine(self, state: CorrectedState, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); noise-free without noise."""
        return torch.stack(list(self._dream(state, moves, noise, noise)), dim=2)

    def loss(self, batch: Batch, context: int, weight: Tensor, noise: Noise) -> dict[str, Tensor]:
        """Named terms and their `total`; the first `context` rows are observed, the others imagined.

        nll: one-step Gaussian likelihood under the posterior. kl: posterior to prior, above the free bits.
        overshoot: squared error of the open-loop rollout from the posterior, times `weight` (tag,). Rows before
        the lag buffer is complete do not count.
        """
        state = self.start(len(batch))
        nll, kl = [], []
        for t in range(context):
            state, likelihood, divergence = self._learn(state, batch.between(t, t + 1), noise)
            if t >= self.backbone.config.memory:
                nll.append(likelihood)
                kl.append(divergence)
        future = batch.between(context, batch.rows)
        imagined = torch.stack(list(self._dream(state, future.moves, noise, None)), dim=2)
        errors = torch.where(future.valid, (imagined - future.values) ** 2 * weight, 0.0)
        terms = {
            "nll": torch.stack(nll).mean(),
            "kl": (torch.stack(kl) - self.config.free_bits).clamp_min(0).mean(),
            "overshoot": errors.sum() / (future.valid.sum() * self.members),
        }
        weighted = self.config.kl_weight * terms["kl"] + self.config.overshoot_weight * terms["overshoot"]
        return {**terms, "total": terms["nll"] + weighted}

    def repeat(self, state: CorrectedState, batch: int) -> CorrectedState:
        """The state of one belief, `batch` times."""
        linear = self.backbone.repeat(state.linear, batch)
        return CorrectedState(linear, state.deter.expand(-1, batch, -1), state.stoch.expand(-1, batch, -1))

    def complete(self, state: CorrectedState) -> Tensor:
        """(tag,) bool: whether the first belief has seen the tag, and a full lag buffer."""
        return self.backbone.complete(state.linear)

    def _learn(self, state: CorrectedState, row: Batch, noise: Noise) -> tuple[CorrectedState, Tensor, Tensor]:
        values, valid = row.values[:, 0], row.valid[:, 0]
        expected = self.expect(state, row.moves[:, 0])
        posterior = self.infer(expected, values, valid)
        stoch = posterior.sample(noise)
        errors = (values - self.decode(expected, stoch)) / self.log_spread.exp()
        likelihood = torch.where(valid, 0.5 * errors**2 + self.log_spread, 0.0).sum() / valid.sum().clamp_min(1)
        linear = self.backbone.learn(expected.linear, self.decode(expected, expected.prior.mean), values, valid)
        after = CorrectedState(linear, expected.deter, stoch)
        return after, likelihood / self.members, posterior.divergence(expected.prior)

    def _dream(
        self, state: CorrectedState, moves: Tensor, latent: Noise | None, measured: Noise | None
    ) -> Iterator[Tensor]:
        for h in range(moves.shape[1]):
            expected = self.expect(state, moves[:, h])
            stoch = expected.prior.sample(latent)
            row = self.decode(expected, stoch)
            if measured is not None:
                row = row + self.log_spread.exp() * (measured.like(row) @ self.backbone.mixing.T)
            state = CorrectedState(self.backbone.advance(expected.linear, row), expected.deter, stoch)
            yield row

    def _gaussian(self, parameters: Tensor) -> Gaussian:
        mean, raw = parameters.chunk(2, dim=-1)
        return Gaussian(mean, nn.functional.softplus(raw) + self.config.min_deviation)


def fit_corrected(course: Course) -> CorrectedLine:
    """The neural part on its backbone: the weights with the best held-back rollouts, gated tag by tag."""
    config, segments = course.config, course.segments
    own = config.of(CorrectedConfig)
    backbone = choose_backbone(course.episodes, segments, config.context, own.linear, config.members, config.seed)
    baseline = rms(open_loop_errors(backbone, segments, config.context), (0, 1))
    torch.manual_seed(config.seed)
    model = descend(CorrectedLine(own, backbone), course, baseline)
    gate_tags(model, segments, config.context)
    return model


def gate_tags(model: CorrectedLine, segments: Batch, context: int) -> None:
    """Shut the neural part of a tag where it does not beat the backbone; all of them where that does not help."""
    backbone = open_loop_errors(model.backbone, segments, context)
    full = open_loop_errors(model, segments, context)
    model.gate.copy_((rms(full, (0, 1)) < rms(backbone, (0, 1))).float())
    if not rms(open_loop_errors(model, segments, context)) < rms(backbone):
        model.gate.zero_()


def score_corrected(model: CorrectedLine, segments: Batch, context: int) -> dict[str, float]:
    """The backbone's own error, and how many tags the neural part speaks for."""
    return {
        "nrmse_backbone": float(rms(open_loop_errors(model.backbone, segments, context))),
        "share_of_tags_neural": float(model.gate.mean()),
    }
