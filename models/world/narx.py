"""A polynomial NARX: tags from means over past rows, rate-limited moves, and products of the operating point."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from models.world.dynamics import Noise


def octaves(first: int, reach: int) -> tuple[tuple[int, int], ...]:
    """Lags from `first` to `reach` in blocks that double: (1, 1), (2, 2), (3, 4), (5, 8), …"""
    blocks = [(lag, lag) for lag in range(first, 2)]
    while blocks[-1][1] < reach:
        end = blocks[-1][1]
        blocks.append((end + 1, min(2 * end, reach)))
    return tuple(blocks)


@dataclass(frozen=True, slots=True)
class NarxConfig:
    """What the model looks back on, in rows.

    Attributes:
        reach: rows of tags that it looks back on, as means over octaves of lags.
        move_reach: the same for moves; lag 0 is the move in force during the predicted row's interval.
        directions: principal directions of the tags in the operating point; 0: no products, a linear model.
        bound: largest prediction, in scale.
        tag_bound, move_bound: where the operating point ends, in standard deviations: products grow no further.
    """

    reach: int = 32
    move_reach: int = 16
    directions: int = 6
    bound: float = 12.0
    tag_bound: float = 3.5
    move_bound: float = 3.0

    @property
    def tag_blocks(self) -> tuple[tuple[int, int], ...]:
        """First and last lag of every mean over tags."""
        return octaves(1, self.reach)

    @property
    def move_blocks(self) -> tuple[tuple[int, int], ...]:
        """First and last lag of every mean over moves."""
        return octaves(0, self.move_reach)

    @property
    def memory(self) -> int:
        """Rows that a belief holds."""
        return max(self.reach, self.move_reach)

    def products(self, moves: int) -> int:
        """How many products of two coordinates the operating point has."""
        size = self.directions + moves
        return size * (size + 1) // 2 if self.directions else 0


@dataclass(frozen=True, eq=False, slots=True)
class NarxState:
    """The rows that a belief holds, newest last.

    A value is held for as long as its tag takes to have a new one; a later one that is missing is predicted.

    Attributes:
        past: (member, batch, reach, tag).
        moves: (batch, move_reach, move), rate-limited.
        age: (batch, tag) rows since the last value, 0 where it came with the newest row; -1: there was none yet.
        rows: how many rows went in.
    """

    past: Tensor
    moves: Tensor
    age: Tensor
    rows: int


class Narx(nn.Module):
    """x[t] = W_x f(x[t-1], …) + W_u g(v[t], v[t-1], …) + W_q q q^T + bias + spread * noise, per member.

    f and g are means over octaves of lags. v is the move as it takes effect: setpoints that a controller ramps move
    at most `rate` a row. q is the operating point: directions of x[t-1], and v[t-1]. Tags that stood at a physical
    limit in training are kept within `low` and `high`. (NARX: Leontaritis and Billings 1985; ramps: Hammerstein.)

    Attributes:
        tag_weights: (member, block * tag, tag).
        move_weights: (member, block * move, tag).
        product_weights: (member, product, tag).
        bias: (member, tag).
        directions: (tag, direction), scaled so that every coordinate has a standard deviation of 1.
        rate: (move,) largest change of v in a row; inf where a move takes effect at once.
        low, high: (tag,).
        patience: (tag,) rows for which a value is held.
        spread: (tag,) standard deviation of the one-step errors.
        mixing: (tag, tag) lower Cholesky factor of their correlation.
    """

    tag_weights: Tensor
    move_weights: Tensor
    product_weights: Tensor
    bias: Tensor
    directions: Tensor
    rate: Tensor
    low: Tensor
    high: Tensor
    patience: Tensor
    spread: Tensor
    mixing: Tensor
    _tag_means: Tensor
    _move_means: Tensor
    _first: Tensor
    _second: Tensor

    def __init__(self, config: NarxConfig, members: int, tags: int, moves: int) -> None:
        super().__init__()
        self.config = config
        self.members, self.tags, self.move_count = members, tags, moves
        tag_blocks, move_blocks = config.tag_blocks, config.move_blocks
        shapes = {
            "tag_weights": (members, len(tag_blocks) * tags, tags),
            "move_weights": (members, len(move_blocks) * moves, tags),
            "product_weights": (members, config.products(moves), tags),
            "bias": (members, tags),
            "directions": (tags, config.directions),
        }
        for name, shape in shapes.items():
            self.register_buffer(name, torch.zeros(shape))
        self.register_buffer("rate", torch.full((moves,), torch.inf))
        self.register_buffer("low", torch.full((tags,), -config.bound))
        self.register_buffer("high", torch.full((tags,), config.bound))
        self.register_buffer("patience", torch.zeros(tags, dtype=torch.long))
        self.register_buffer("spread", torch.ones(tags))
        self.register_buffer("mixing", torch.eye(tags))
        self.register_buffer("_tag_means", averages(tag_blocks, 1, config.reach), persistent=False)
        self.register_buffer("_move_means", averages(move_blocks, 0, config.move_reach), persistent=False)
        size = config.directions + moves if config.directions else 0
        first, second = torch.triu_indices(size, size)
        self.register_buffer("_first", first, persistent=False)
        self.register_buffer("_second", second, persistent=False)

    def start(self, batch: int) -> NarxState:
        """The prior: every tag and move at its training mean, nothing seen."""
        past = self.bias.new_zeros(self.members, batch, self.config.reach, self.tags)
        moves = self.bias.new_zeros(batch, self.config.move_reach, self.move_count)
        return NarxState(past, moves, torch.full((batch, self.tags), -1, device=past.device), 0)

    def observe(self, state: NarxState, moves: Tensor, values: Tensor, valid: Tensor) -> tuple[NarxState, Tensor]:
        """The state after one row, and the mean that was expected of it before.

        The first value of a tag fills its whole past; before it the tag stays at its training mean.
        """
        before = state.moves if state.rows else moves[:, None].expand_as(state.moves)
        levels = torch.cat([before, limited(before[:, -1], moves[:, None], self.rate)], dim=1)
        mean = self._predict(state.past, self._drive(levels)[:, :, 0], levels[:, -2])
        held = torch.where(state.age < self.patience, state.past[:, :, -1], mean)
        row = torch.where(valid, values, torch.where(state.age < 0, torch.zeros_like(mean), held))
        new = valid & (state.age < 0)
        past = torch.where(new[:, None], values[:, None], state.past) if new.any() else state.past
        past = torch.cat([past[:, :, 1:], row[:, :, None]], dim=2)
        age = torch.where(valid, 0, torch.where(state.age < 0, -1, state.age + 1))
        return NarxState(past, levels[:, 1:], age, state.rows + 1), mean

    def imagine(self, state: NarxState, moves: Tensor, noise: Noise | None = None) -> Tensor:
        """(member, batch, horizon, tag) future under `moves` (batch, horizon, move); noise-free without noise."""
        horizon, reach = moves.shape[1], self.config.reach
        levels = torch.cat(
            [state.moves.expand(len(moves), -1, -1), limited(state.moves[:, -1], moves, self.rate)], dim=1
        )
        drive = self._drive(levels)
        shocks = None if noise is None else self._shocks(state.past[:, :, 0], horizon, noise)
        rows = torch.cat([state.past, state.past.new_zeros(*state.past.shape[:2], horizon, self.tags)], dim=2)
        for h in range(horizon):
            now = levels[:, self.config.move_reach + h - 1]
            row = self._predict(rows[:, :, h : h + reach], drive[:, :, h], now)
            rows[:, :, reach + h] = row if shocks is None else row + shocks[h]
        return rows[:, :, reach:]

    def operating_point(self, last: Tensor, moves: Tensor) -> Tensor:
        """(…, product) of the coordinates of `last` (…, tag) and `moves` (…, move), bounded."""
        config = self.config
        tags = (last @ self.directions).clamp(-config.tag_bound, config.tag_bound)
        bounded = moves.clamp(-config.move_bound, config.move_bound)
        point = torch.cat([tags, bounded.expand(*tags.shape[:-1], -1)], dim=-1)
        return point.index_select(-1, self._first) * point.index_select(-1, self._second)

    def repeat(self, state: NarxState, batch: int) -> NarxState:
        """The state of one belief, `batch` times."""
        return replace(
            state,
            past=state.past.expand(-1, batch, -1, -1),
            moves=state.moves.expand(batch, -1, -1),
            age=state.age.expand(batch, -1),
        )

    def complete(self, state: NarxState) -> Tensor:
        """(tag,) bool: whether the first belief has seen the tag, and as many rows as it holds."""
        return (state.age[0] >= 0) & (state.rows >= self.config.memory)

    def _predict(self, past: Tensor, drive: Tensor, moves: Tensor) -> Tensor:
        means = torch.matmul(self._tag_means, past).flatten(2)
        mean = torch.baddbmm(drive, means, self.tag_weights)
        if self.config.directions:
            mean = torch.baddbmm(mean, self.operating_point(past[:, :, -1], moves), self.product_weights)
        return torch.maximum(torch.minimum(mean, self.high), self.low)

    def _drive(self, levels: Tensor) -> Tensor:
        """(member, batch, time, tag) bias and moves, for the rows after the first `move_reach` of `levels`."""
        windows = levels.unfold(1, self.config.move_reach + 1, 1)
        means = torch.einsum("kr,bhur->bhku", self._move_means, windows).flatten(2)
        return torch.einsum("bhf,mft->mbht", means, self.move_weights) + self.bias[:, None, None]

    def _shocks(self, like: Tensor, horizon: int, noise: Noise) -> Tensor:
        drawn = torch.stack([noise.like(like) for _ in range(horizon)])
        return self.spread * (drawn @ self.mixing.T)


def limited(before: Tensor, moves: Tensor, rate: Tensor) -> Tensor:
    """(batch, time, move) `moves` as they take effect from `before` (batch, move) on, at most `rate` a row."""
    rows, level = [], before
    for wanted in moves.unbind(1):
        level = level + torch.maximum(torch.minimum(wanted - level, rate), -rate)
        rows.append(level)
    return torch.stack(rows, dim=1)


def averages(blocks: tuple[tuple[int, int], ...], first: int, reach: int) -> Tensor:
    """(block, row) weights of the mean over each block of lags, for rows of lags `reach` … `first`."""
    lags = torch.arange(reach, first - 1, -1)
    inside = torch.stack([(lags >= low) & (lags <= high) for low, high in blocks]).float()
    return inside / inside.sum(1, keepdim=True)
