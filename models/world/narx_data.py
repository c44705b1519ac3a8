"""The log as regressions of a NARX: pieces for folds, features, grouped weighted least squares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.dataset import Batch
from models.world.narx import Narx, NarxState
from models.world.narx_gains import Constraint
from twin.errors import InvalidInput

SEGMENT = 20
"""Rows over which the instruments are simulated from measured rows."""

SATURATED = 0.005
"""Share of the rows at a tag's extreme value from which that value is a physical limit."""


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """A stretch of the log: values (time, tag), their gaps filled, valid, moves (time, move) as they take effect."""

    values: Tensor
    valid: Tensor
    moves: Tensor

    def __len__(self) -> int:
        return len(self.values)


def pieces_of(episodes: Sequence[Batch], least: int, wanted: int) -> list[Batch]:
    """At least `wanted` stretches if the log is that long: the longest are halved, those under `least` rows left out.

    Raises InvalidInput when fewer than two remain: none could be left out in turn.
    """
    found = sorted(episodes, key=lambda e: -e.rows)
    while len(found) < wanted and found[0].rows >= 2 * least:
        longest = found.pop(0)
        half = longest.rows // 2
        found = sorted([*found, longest.between(0, half), longest.between(half, longest.rows)], key=lambda e: -e.rows)
    kept = [episode for episode in found if episode.rows >= least]
    if len(kept) < 2:
        rows = max(episode.rows for episode in episodes)
        raise InvalidInput(
            f"the longest unbroken stretch of the log has {rows} rows; two of {least} rows are needed",
            field="span",
            value=rows,
            limit=2 * least,
            unit="rows",
        )
    return kept


def limits(episodes: Sequence[Batch], bound: float) -> tuple[Tensor, Tensor]:
    """(tag,) low and high: the extremes at which a tag stood for a while, otherwise -bound and bound."""
    values = torch.cat([episode.values[0] for episode in episodes])
    valid = torch.cat([episode.valid[0] for episode in episodes])
    count = valid.sum(0).clamp_min(1)
    found = []
    for sign in (-1.0, 1.0):
        signed = torch.where(valid, sign * values, -torch.inf)
        extreme = signed.amax(0)
        share = (signed >= extreme - 1e-6).sum(0) / count
        moving = torch.where(valid, values, 0.0).std(0) > 1e-3
        stood = (share >= SATURATED) & moving & extreme.isfinite()
        found.append(sign * torch.where(stood, extreme, bound))
    return found[0], found[1]


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """The log in segments, for one reach: all that a regression needs.

    Attributes:
        past: (segment, memory + SEGMENT, tag) values, gaps filled.
        moves: (segment, memory + SEGMENT, move).
        targets, usable: (segment * SEGMENT, tag).
        groups: (tag,) tags with the same number are usable on the same rows.
        piece: (segment,) number of the piece.
    """

    past: Tensor
    moves: Tensor
    targets: Tensor
    usable: Tensor
    groups: Tensor
    piece: Tensor

    def of(self, pieces: Tensor) -> "Rows":
        """The segments of those pieces."""
        chosen = torch.isin(self.piece, pieces)
        rows = chosen.repeat_interleave(SEGMENT)
        return replace(
            self,
            past=self.past[chosen],
            moves=self.moves[chosen],
            targets=self.targets[rows],
            usable=self.usable[rows],
            piece=self.piece[chosen],
        )


def segment(pieces: Sequence[Piece], model: Narx) -> Rows:
    """Cut every piece into segments; targets at a physical limit are not usable, since the plant hid its answer."""
    memory = model.config.memory
    values = torch.cat([windows(piece.values, memory) for piece in pieces]).double()
    moves = torch.cat([windows(piece.moves, memory) for piece in pieces]).double()
    usable = torch.cat([windows(piece.valid, memory)[:, memory:] for piece in pieces]).flatten(0, 1)
    counts = torch.tensor([len(windows(piece.valid, memory)) for piece in pieces])
    targets = values[:, memory:].flatten(0, 1)
    usable = usable & (targets > model.low + 1e-6) & (targets < model.high - 1e-6)
    groups = torch.unique(usable.T, dim=0, return_inverse=True)[1]
    return Rows(values, moves, targets, usable, groups, torch.arange(len(pieces)).repeat_interleave(counts))


def windows(series: Tensor, memory: int) -> Tensor:
    """(segment, memory + SEGMENT, column) stretches of `series` (time, column), SEGMENT apart."""
    return series.unfold(0, memory + SEGMENT, SEGMENT).transpose(1, 2)


def features(model: Narx, values: Tensor, moves: Tensor) -> Tensor:
    """(segment * SEGMENT, feature) float64 of the last SEGMENT rows of `values` (segment, time, tag)."""
    config = model.config
    rows = torch.arange(config.memory, values.shape[1])
    parts = [_means(values, rows, config.tag_blocks), _means(moves, rows, config.move_blocks)]
    if config.directions:
        parts.append(model.operating_point(values[:, rows - 1].float(), moves[:, rows - 1].float()).double())
    parts.append(torch.ones(*parts[0].shape[:2], 1, dtype=torch.float64))
    return torch.cat(parts, dim=-1).flatten(0, 1)


def move_features(model: Narx, moves: Tensor) -> Tensor:
    """(segment * SEGMENT, block * move) the columns of `features` that come from `moves` (segment, time, move)."""
    rows = torch.arange(model.config.memory, moves.shape[1])
    return _means(moves, rows, model.config.move_blocks).flatten(0, 1)


def _means(series: Tensor, rows: Tensor, blocks: Sequence[tuple[int, int]]) -> Tensor:
    total = torch.cat([torch.zeros_like(series[:, :1]), series.cumsum(1)], dim=1)
    means = [(total[:, rows - low + 1] - total[:, rows - high]) / (high - low + 1) for low, high in blocks]
    return torch.cat(means, dim=-1)


def simulated(model: Narx, rows: Rows) -> Tensor:
    """(segment, time, tag) the past of every segment, and after it what the first member imagines."""
    memory = model.config.memory
    state = buffered(model, rows.past[:, :memory], rows.moves[:, :memory])
    imagined = model.imagine(state, rows.moves[:, memory:].float())[0]
    return torch.cat([rows.past[:, :memory], imagined.double()], dim=1)


def buffered(model: Narx, values: Tensor, moves: Tensor) -> NarxState:
    """The belief after rows `values` (batch, time, tag), all known, and `moves` as they take effect."""
    config = model.config
    past = values[:, -config.reach :].float().expand(model.members, -1, -1, -1)
    age = torch.zeros(values.shape[0], values.shape[2], dtype=torch.long)
    return NarxState(past, moves[:, -config.move_reach :].float(), age, config.memory)


def ages(valid: Tensor) -> Tensor:
    """(time, tag) rows since the last value; more than there are rows where there was none yet."""
    rows = torch.arange(len(valid))[:, None].expand_as(valid)
    return rows - torch.where(valid, rows, -len(valid)).cummax(0).values


def patience_of(episodes: Sequence[Batch]) -> Tensor:
    """(tag,) rows that usually pass without a value between two: 0 for a tag that has one in every row."""
    usual = []
    for tag in range(episodes[0].values.shape[2]):
        rows = [episode.valid[0, :, tag].nonzero()[:, 0] for episode in episodes]
        gaps = torch.cat([row.diff() for row in rows])
        usual.append(gaps.median() - 1 if len(gaps) else torch.tensor(0))
    return torch.stack(usual)


@dataclass(frozen=True, eq=False, slots=True)
class Normal:
    """Normal equations, one set per group of tags that were measured on the same rows; sums can be added.

    Attributes:
        groups: (tag,) group of every tag.
        left: (group, feature, feature).
        right: (feature, tag).
    """

    groups: Tensor
    left: Tensor
    right: Tensor

    def __add__(self, other: "Normal") -> "Normal":
        return Normal(self.groups, self.left + other.left, self.right + other.right)

    def solve(self, penalty: Tensor, prior: Tensor | None = None, stated: Sequence[Constraint] = ()) -> Tensor:
        """(feature, tag) weights; `penalty` (feature,) pulls them towards `prior`, or 0; `stated` is met."""
        right = self.right if prior is None else self.right + penalty[:, None] * prior
        weights = torch.empty_like(right)
        for group, left in enumerate(self.left):
            tags = self.groups == group
            weights[:, tags] = torch.linalg.solve(left + torch.diag(penalty), right[:, tags])
        for one in stated:
            system = self.left[int(self.groups[one.tag])] + torch.diag(penalty)
            weights[:, one.tag] = one.met(weights[:, one.tag], system)
        return weights


def normal(instruments: Tensor, regressors: Tensor, rows: Rows, weight: Tensor | None = None) -> Normal:
    """Instruments^T weight regressors and instruments^T weight targets, over the usable rows of every tag."""
    scaled = instruments if weight is None else instruments * weight[:, None]
    right = scaled.T @ torch.where(rows.usable, rows.targets, 0.0)
    whole, left = scaled.T @ regressors, []
    for group in range(int(rows.groups.max()) + 1):
        missing = (~rows.usable[:, rows.groups == group][:, 0]).nonzero()[:, 0]
        left.append(whole - scaled[missing].T @ regressors[missing])
    return Normal(rows.groups, torch.stack(left), right)
