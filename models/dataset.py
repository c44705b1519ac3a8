"""Training data from the historian: episodes without gaps, split so that nothing leaks, cut into segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.normalizer import Normalizer
from twin.clock import Span
from twin.errors import EmptyWindow, InvalidInput
from twin.plant import Plant
from twin.protocols import Historian
from twin.window import Window


@dataclass(frozen=True, slots=True)
class DatasetConfig:
    """How history becomes training data; rows are steps of the plant file.

    Attributes:
        max_gap: rows without any measurement that an episode may contain; a longer gap ends it.
        min_rows: shorter episodes are left out.
        held_back: share of the rows kept for validation and calibration.
        guard: rows dropped between training and held-back rows of one episode; at least the context.
    """

    max_gap: int = 5
    min_rows: int = 200
    held_back: float = 0.2
    guard: int = 120


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Stretches of equal length on the model's scale.

    Attributes:
        values: (batch, time, tag) float32, 0 where not valid.
        valid: (batch, time, tag) bool.
        moves: (batch, time, move) float32; row t is in force during the interval that ends at row t.
    """

    values: Tensor
    valid: Tensor
    moves: Tensor

    @property
    def rows(self) -> int:
        """Length of every stretch."""
        return self.values.shape[1]

    def __len__(self) -> int:
        return self.values.shape[0]

    def take(self, index: Tensor) -> "Batch":
        """The stretches that `index` picks."""
        return Batch(self.values[index], self.valid[index], self.moves[index])

    def between(self, start: int, end: int) -> "Batch":
        """Rows [start, end) of every stretch."""
        return Batch(self.values[:, start:end], self.valid[:, start:end], self.moves[:, start:end])

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(self.values.to(device), self.valid.to(device), self.moves.to(device))


def read_episodes(historian: Historian, plant: Plant, span: Span, config: DatasetConfig) -> tuple[Window, ...]:
    """Windows of the plant's observed tags and moves, on its step, that hold no gap longer than `max_gap`.

    Raises EmptyWindow when no episode is long enough.
    """
    names = tuple(tag.name for tag in (*plant.observed, *plant.movable))
    window = historian.window(names, span, plant.step)
    found = tuple(rows for rows in _contiguous(window, len(plant.observed), config) if len(rows) >= config.min_rows)
    if not found:
        raise EmptyWindow(
            f"no {config.min_rows} rows in a row between {span.start.isoformat()} and {span.end.isoformat()}",
            field="span",
            limit=config.min_rows,
        )
    return found


def split(windows: Sequence[Window], config: DatasetConfig) -> tuple[tuple[Window, ...], tuple[Window, ...]]:
    """(training, held back): whole episodes where there are at least four, otherwise the end of each.

    Between training and held-back rows of the same episode, `guard` rows are dropped.
    """
    if len(windows) >= 4:
        count = max(1, round(config.held_back * len(windows)))
        chosen = {int((i + 1) * len(windows) / count) - 1 for i in range(count)}
        train = tuple(w for i, w in enumerate(windows) if i not in chosen)
        return train, tuple(windows[i] for i in sorted(chosen))
    cuts = [round(len(window) * (1 - config.held_back)) for window in windows]
    train = tuple(w.rows(slice(0, cut - config.guard)) for w, cut in zip(windows, cuts, strict=True))
    held = tuple(w.rows(slice(cut, None)) for w, cut in zip(windows, cuts, strict=True))
    if any(len(window) < config.guard for window in train):
        raise InvalidInput(
            f"an episode of {min(map(len, windows))} rows is too short to split with a guard of {config.guard}",
            field="span",
            limit=config.guard,
        )
    return train, held


def encode(window: Window, normalizer: Normalizer) -> Batch:
    """One window as a batch of one. Raises UnknownTag for a missing tag, InvalidInput for an unknown move level."""
    observed = window.select(normalizer.tags)
    moves = window.select(normalizer.moves)
    if not moves.valid.all():
        row, column = (int(i) for i in np.argwhere(~moves.valid)[0])
        raise InvalidInput(
            f"{moves.tags[column]} has no value at or before {moves.time[row]} UTC, so the moves are not known",
            field="tag",
            value=moves.tags[column],
        )
    valid = observed.valid & np.isfinite(observed.values)
    return Batch(
        normalizer.encode_tags(np.where(valid, observed.values, np.nan))[None],
        torch.from_numpy(valid)[None],
        normalizer.encode_moves(moves.values)[None],
    )


def pad(episodes: Sequence[Batch]) -> Batch:
    """Episodes of different lengths as one batch; the rows added at the end are invalid and repeat the last move."""
    rows = max(episode.rows for episode in episodes)
    return Batch(
        torch.cat([_grow(episode.values, rows, repeat=False) for episode in episodes]),
        torch.cat([_grow(episode.valid, rows, repeat=False) for episode in episodes]),
        torch.cat([_grow(episode.moves, rows, repeat=True) for episode in episodes]),
    )


def cut(episodes: Sequence[Batch], rows: int, stride: int) -> Batch:
    """Every segment of `rows` rows, `stride` apart, of every episode; raises EmptyWindow when none is long enough."""
    pieces = [e.between(start, start + rows) for e in episodes for start in range(0, e.rows - rows + 1, stride)]
    if not pieces:
        raise EmptyWindow(f"no episode holds {rows} rows", field="span", limit=rows)
    return Batch(
        torch.cat([p.values for p in pieces]),
        torch.cat([p.valid for p in pieces]),
        torch.cat([p.moves for p in pieces]),
    )


def _grow(tensor: Tensor, rows: int, *, repeat: bool) -> Tensor:
    last = tensor[:, -1:] if repeat else torch.zeros_like(tensor[:, -1:])
    return torch.cat([tensor, last.expand(-1, rows - tensor.shape[1], -1)], dim=1)


def _contiguous(window: Window, observed: int, config: DatasetConfig) -> Iterator[Window]:
    alive = np.flatnonzero(window.valid[:, :observed].any(1) & window.valid[:, observed:].all(1))
    if not len(alive):
        return
    ends = np.flatnonzero(np.diff(alive) > config.max_gap + 1)
    for first, last in zip([0, *(ends + 1)], [*ends, len(alive) - 1], strict=True):
        yield window.rows(slice(int(alive[first]), int(alive[last]) + 1))
