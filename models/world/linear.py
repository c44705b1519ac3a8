"""The linear backbone: every tag from lagged tags and lagged moves (ARX), with masks and in an ensemble."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from models.dataset import Batch
from models.world.dynamics import Noise


@dataclass(frozen=True, slots=True)
class LinearConfig:
    """What the backbone looks back on, in rows, and how it is fitted.

    Attributes:
        tag_lags: rows before the predicted one.
        move_lags: 0 is the move in force during the predicted row's interval.
        penalties: ridge penalties to choose from.
        fills: passes in which missing values become the model's own predictions before it is fitted again.
        block: rows of a block that the members weigh alike.
        bound: largest prediction, in scale.
    """

    tag_lags: tuple[int, ...] = (1, 2, 3, 5, 10, 20)
    move_lags: tuple[int, ...] = (0, 1, 2, 5, 10, 20, 40)
    penalties: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0)
    fills: int = 2
    block: int = 100
    bound: float = 12.0

    @property
    def memory(self) -> int:
        """Rows after which nothing is remembered: rows before a belief is complete."""
        return max(*self.tag_lags, *self.move_lags)


@dataclass(frozen=True, eq=False, slots=True)
class LinearState:
    """The lag buffer; a value that did not arrive is held as the prediction of it.

    Attributes:
        past: newest last, each (member, batch, tag).
        moves: newest last, each (batch, move), or (1, move) for all; empty before the first row.
        seen: (batch, tag) bool, whether the tag ever had a value.
        rows: how many rows went in.
    """

    past: tuple[Tensor, ...]
    moves: tuple[Tensor, ...]
    seen: Tensor
    rows: int


@dataclass(frozen=True, eq=False, slots=True)
class Innovations:
    """One-step errors of the backbone along a batch, on the model's scale.

    Attributes:
        values: (batch, time, tag) measured minus predicted (mean over members), 0 where not valid.
        predicted: (batch, time, tag) one-step-ahead means.
        valid: (batch, time, tag) bool: measured, and the lag buffer was complete (`memory` rows after the start).
    """

    values: Tensor
    predicted: Tensor
    valid: Tensor


class LinearBackbone(nn.Module):
    """x[t] = bias + sum_l A_l x[t-l] + sum_l B_l u[t-l] + spread * noise, for several members at once.

    Attributes:
        tag_weights: (member, lag * tag, tag), A_l stacked in the order of `config.tag_lags`.
        move_weights: (member, lag * move, tag), B_l stacked in the order of `config.move_lags`.
        bias: (member, tag).
        spread: (tag,) standard deviation of the one-step errors.
        mixing: (tag, tag) lower Cholesky factor of the correlation of the one-step errors.
    """

    tag_weights: Tensor
    move_weights: Tensor
    bias: Tensor
    spread: Tensor
    mixing: Tensor

    def __init__(self, config: LinearConfig, members: int, tags: int, moves: int) -> None:
        super().__init__()
        self.config = config
        self.members, self.tags, self.move_count = members, tags, moves
        self.register_buffer("tag_weights", torch.zeros(members, len(config.tag_lags) * tags, tags))
        self.register_buffer("move_weights", torch.zeros(members, len(config.move_lags) * moves, tags))
        self.register_buffer("bias", torch.zeros(members, tags))
        self.register_buffer("spread", torch.ones(tags))
        self.register_buffer("mixing", torch.eye(tags))

    def start(self, batch: int) -> LinearState:
        """The prior: every tag at its training mean, nothing seen."""
        rest = self.bias.new_zeros(self.members, batch, self.tags)
        seen = torch.zeros(batch, self.tags, dtype=torch.bool, device=self.bias.device)
        return LinearState((rest,) * max(self.config.tag_lags), (), seen, 0)

    def enter(self, state: LinearState, moves: Tensor) -> LinearState:
        """The state at the start of the next row's interval, in which `moves` (batch, move) are in force.

        A repeated belief remembers its moves once; they widen when its copies are moved apart.
        """
        before = state.moves or (moves,) * self._depth
        if len(before[0]) < len(moves):
            before = tuple(levels.expand_as(moves) for levels in before)
        return replace(state, moves=(*before[1:], moves))

    def predict(self, state: LinearState) -> Tensor:
        """(member, batch, tag) mean of the row entered."""
        past = torch.cat([state.past[-lag] for lag in self.config.tag_lags], dim=-1)
        moves = torch.cat([state.moves[-1 - lag] for lag in self.config.move_lags], dim=-1)
        mean = torch.baddbmm(self.bias[:, None], past, self.tag_weights) + moves @ self.move_weights
        return mean.clamp(-self.config.bound, self.config.bound)

    def learn(self, state: LinearState, mean: Tensor, values: Tensor, valid: Tensor) -> LinearState:
        """The state after the row: `values` (batch, tag) where valid, elsewhere `mean` (member, batch, tag).

        The first value of a tag fills its whole past; before it the tag stays at its training mean.
        """
        kept = torch.where(state.seen, mean, torch.zeros_like(mean))
        row = torch.where(valid, values, kept)
        new = valid & ~state.seen
        past = state.past
        if new.any():
            past = tuple(torch.where(new, values, old) for old in past)
        return LinearState((*past[1:], row), state.moves, state.seen | valid, state.rows + 1)

    def advance(self, state: LinearState, row: Tensor) -> LinearState:
        """The state after an imagined row (member, batch, tag)."""
        return LinearState((*state.past[1:], row), state.moves, state.seen, state.rows + 1)

    def walk(self, batch: Batch) -> Iterator[tuple[Tensor, LinearState]]:
        """(mean, state after) of every row, each predicted before it is learned."""
        state = self.start(len(batch))
        for t in range(batch.rows):
            state, mean = self.observe(state, batch.moves[:, t], batch.values[:, t], batch.valid[:, t])
            yield mean, state

    @torch.no_grad()
    def innovations(self, batch: Batch) -> Innovations:
        """Measured minus predicted along the batch, from the prior on."""
        predicted = torch.stack([mean.mean(0) for mean, _ in self.walk(batch)], dim=1)
        warm = torch.arange(batch.rows, device=batch.valid.device) >= self.config.memory
        valid = batch.valid & warm[:, None]
        return Innovations(torch.where(valid, batch.values - predicted, 0.0), predicted, valid)

    def observe(self, state: LinearState, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[LinearState, Tensor]:
        """The state after one row, and the mean that was expected of it before."""
        state = self.enter(state, moves)
        mean = self.predict(state)
        return self.learn(state, mean, values, valid), mean

    def imagine(self, state: LinearState, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); without noise the expected one.

        The noise enters the lag buffer: the innovations form of the process.
        """
        drive = self.drive(state, moves)
        shocks = None if noise is None else self.shocks(state.past[-1], moves.shape[1], noise)
        rows = list(state.past)
        for h in range(moves.shape[1]):
            past = torch.cat([rows[-lag] for lag in self.config.tag_lags], dim=-1)
            row = torch.baddbmm(drive[h], past, self.tag_weights).clamp_(-self.config.bound, self.config.bound)
            rows.append(row if shocks is None else row + shocks[h])
        return torch.stack(rows[len(state.past) :], dim=2)

    def drive(self, state: LinearState, moves: Tensor) -> tuple[Tensor, ...]:
        """For every imagined row, the part that does not depend on the rows before: bias and moves.

        Each (member, batch, tag), or (member, 1, tag) where `moves` (batch, horizon, move) are one row expanded.
        """
        if not moves.stride(0) and not (state.moves and len(state.moves[0]) > 1):
            moves = moves[:1]
        before = torch.stack(state.moves or (moves[:, 0],) * self._depth, dim=1)
        levels = torch.cat([before[:, 1:].expand(len(moves), -1, -1), moves], dim=1)
        newest = torch.arange(moves.shape[1], device=moves.device) + self._depth - 1
        lagged = torch.cat([levels[:, newest - lag] for lag in self.config.move_lags], dim=-1)
        driven = torch.einsum("bhf,mft->hmbt", lagged, self.move_weights) + self.bias[:, None]
        return driven.unbind()

    def shocks(self, like: Tensor, horizon: int, noise: Noise) -> tuple[Tensor, ...]:
        """`horizon` rows of correlated one-step errors, each of the shape of `like` (member, batch, tag)."""
        drawn = torch.stack([noise.like(like) for _ in range(horizon)])
        return (self.spread * (drawn @ self.mixing.T)).unbind()

    def repeat(self, state: LinearState, batch: int) -> LinearState:
        """The state of one belief, `batch` times."""
        past = tuple(row.expand(-1, batch, -1) for row in state.past)
        return LinearState(past, state.moves, state.seen.expand(batch, -1), state.rows)

    def complete(self, state: LinearState) -> Tensor:
        """(tag,) bool: whether the first belief has seen the tag, and a full lag buffer."""
        return state.seen[0] & (state.rows >= self.config.memory)

    @property
    def _depth(self) -> int:
        return max(self.config.move_lags) + 1
