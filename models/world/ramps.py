"""Finds setpoints that a controller ramps: moves that take effect at a limited rate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.dataset import Batch
from models.world.narx import Narx, limited
from models.world.narx_data import Normal, Piece, ages, features, move_features, normal, segment, windows

TRAVELS = tuple(2.0**k for k in range(2, 9))
"""Rows in which a ramped setpoint may travel one standard deviation."""

FINER = tuple(2.0 ** (k / 8) for k in range(-6, 7))
"""Factors on the best of them, for a closer look."""

EVIDENCE = 200.0
"""Twice the gain in log-likelihood from which a ramp is believed."""

PENALTY = 1.0


def find_rates(model: Narx, episodes: Sequence[Batch], values: Sequence[Tensor]) -> Tensor:
    """(move,) largest change in a row, on the model's scale; inf where a limit does not explain the log better.

    `model` is linear and says which lags are compared; `values` (time, tag) are the episodes' with gaps filled. The
    columns of one move after the other are replaced by those of its ramped form, the best first, as long as the
    likelihood of the next row gains enough.
    """
    log = _Log(model, episodes, values)
    rates = torch.full((model.move_count,), torch.inf)
    while (free := [move for move in log.moved if rates[move].isinf()]) and (
        coarse := log.best(free, TRAVELS)
    ).gain > EVIDENCE:
        fine = log.best([coarse.move], [coarse.travel * factor for factor in FINER])
        rates[fine.move] = 1.0 / fine.travel
        log.replace(fine)
    return rates


@dataclass(frozen=True, eq=False, slots=True)
class Ramp:
    """A move that travels one standard deviation in `travel` rows, its columns, and what they gain."""

    gain: float
    move: int
    travel: float
    columns: Tensor


class _Log:
    """The one-step regression of the log, in which the columns of a move can be replaced."""

    def __init__(self, model: Narx, episodes: Sequence[Batch], values: Sequence[Tensor]) -> None:
        self._model = model
        self._levels = [episode.moves for episode in episodes]
        pieces = [
            Piece(v, ages(e.valid[0]) <= model.patience, e.moves[0]) for v, e in zip(values, episodes, strict=True)
        ]
        self._rows = segment(pieces, model)
        self._features = features(model, self._rows.past, self._rows.moves)
        self._normal = normal(self._features, self._features, self._rows)
        self._squares = torch.where(self._rows.usable, self._rows.targets, 0.0).pow(2).sum(0)
        changed = torch.stack([(level.diff(dim=1) != 0).any(1)[0] for level in self._levels]).any(0)
        self.moved = changed.nonzero()[:, 0].tolist()
        self._errors = self._error(self._normal)

    def best(self, moves: Sequence[int], travels: Sequence[float]) -> Ramp:
        """The ramp of one of `moves` that gains most."""
        return max((ramp for travel in travels for ramp in self._ramps(moves, travel)), key=lambda ramp: ramp.gain)

    def replace(self, ramp: Ramp) -> None:
        """From now on that move has the columns of its ramp."""
        other = normal(self._features, ramp.columns, self._rows)
        self._normal = self._replaced(ramp.move, ramp.columns, other.left)
        self._features[:, self._place(ramp.move)] = ramp.columns
        self._errors = self._error(self._normal)

    def _ramps(self, moves: Sequence[int], travel: float) -> Iterator[Ramp]:
        model = self._model
        levels = torch.cat([windows(self._ramped(own, travel), model.config.memory) for own in self._levels])
        columns = move_features(model, levels.double())
        other = normal(self._features, columns, self._rows)
        for move in moves:
            own = slice(move, None, model.move_count)
            replaced = self._replaced(move, columns[:, own], other.left[:, :, own])
            yield Ramp(self._gain(replaced), move, travel, columns[:, own])

    def _ramped(self, levels: Tensor, travel: float) -> Tensor:
        return limited(levels[:, 0], levels, torch.full((self._model.move_count,), 1.0 / travel))[0]

    def _gain(self, replaced: Normal) -> float:
        ratio = self._errors / self._error(replaced)
        return float((self._rows.usable.sum(0) * ratio.log()).sum())

    def _place(self, move: int) -> Tensor:
        model = self._model
        blocks = torch.arange(len(model.config.move_blocks))
        return len(model.config.tag_blocks) * model.tags + blocks * model.move_count + move

    def _replaced(self, move: int, columns: Tensor, cross: Tensor) -> Normal:
        """The equations with these columns; `cross` (group, feature, column) are the features' products with them."""
        place, own = self._place(move), normal(columns, columns, self._rows)
        left, right = self._normal.left.clone(), self._normal.right.clone()
        left[:, :, place] = cross
        left[:, place] = cross.transpose(1, 2)
        left[:, place[:, None], place] = own.left
        right[place] = own.right
        return Normal(self._normal.groups, left, right)

    def _error(self, equations: Normal) -> Tensor:
        """(tag,) sum of squared one-step errors."""
        weights = equations.solve(torch.full((len(equations.right),), PENALTY, dtype=torch.float64))
        fitted = torch.empty_like(weights)
        for group, left in enumerate(equations.left):
            tags = equations.groups == group
            fitted[:, tags] = left @ weights[:, tags]
        error: Tensor = self._squares + (weights * (fitted - 2 * equations.right)).sum(0)
        return error.clamp_min(1e-9)
