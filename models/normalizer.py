"""Engineering units to the model's own scale and back: the only place that converts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from twin.errors import UnknownTag
from twin.plant import Gain, Plant
from twin.window import Window

FLOOR = 1e-2
"""Smallest scale, as a part of the instrument's range: one that stood still will move some day."""

MOVE_FLOOR = 0.1
"""The same for a move: one that hardly moved in training would be many deviations away when it does."""


@dataclass(frozen=True, slots=True)
class ScaledGain:
    """A `Gain` on the model's scale.

    Attributes:
        move, tag: columns.
        sign: 1, -1, or 0 for a tag that ends where it was.
        value: change of the tag at steady state per change of the move, both in scales; None when not stated.
    """

    move: int
    tag: int
    sign: int
    value: float | None


@dataclass(frozen=True, eq=False, slots=True)
class Normalizer:
    """Mean and standard deviation of every tag and move in training; one object for training and serving.

    Attributes:
        tags, moves: names, in the order of all columns.
        tag_mean, tag_scale: (tag,) float64, engineering units.
        move_mean, move_scale: (move,) float64, engineering units.
    """

    tags: tuple[str, ...]
    moves: tuple[str, ...]
    tag_mean: NDArray[np.float64]
    tag_scale: NDArray[np.float64]
    move_mean: NDArray[np.float64]
    move_scale: NDArray[np.float64]

    @classmethod
    def fit(cls, plant: Plant, windows: Sequence[Window]) -> Self:
        """Measure the windows, which hold the plant's observed tags and moves; invalid values do not count."""
        tags = tuple(tag.name for tag in plant.observed)
        moves = tuple(tag.name for tag in plant.movable)
        tag_mean, tag_scale = _moments(plant, tags, windows, FLOOR)
        move_mean, move_scale = _moments(plant, moves, windows, MOVE_FLOOR)
        return cls(tags, moves, tag_mean, tag_scale, move_mean, move_scale)

    def encode_tags(self, values: NDArray[np.floating]) -> Tensor:
        """(…, tag) engineering units -> float32 on the model's scale; NaN becomes 0, which `valid` must mask."""
        scaled = (np.asarray(values, dtype=np.float64) - self.tag_mean) / self.tag_scale
        return torch.from_numpy(np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32))

    def encode_moves(self, levels: NDArray[np.floating]) -> Tensor:
        """(…, move) engineering units -> float32 on the model's scale."""
        scaled = (np.asarray(levels, dtype=np.float64) - self.move_mean) / self.move_scale
        return torch.from_numpy(scaled.astype(np.float32))

    def encode_gains(self, gains: Sequence[Gain]) -> tuple[ScaledGain, ...]:
        """Statements of the plant file -> on the model's scale; raises UnknownTag for a foreign tag."""
        return tuple(self._encode_gain(gain) for gain in gains)

    def decode_tags(self, values: Tensor) -> NDArray[np.float64]:
        """(…, tag) on the model's scale -> engineering units."""
        decoded: NDArray[np.float64] = values.detach().cpu().double().numpy() * self.tag_scale + self.tag_mean
        return decoded

    def decode_spread(self, values: Tensor) -> NDArray[np.float64]:
        """(…, tag) standard deviations or differences on the model's scale -> engineering units."""
        decoded: NDArray[np.float64] = values.detach().cpu().double().numpy() * self.tag_scale
        return decoded

    def tensors(self) -> dict[str, Tensor]:
        """The numbers, for the checkpoint."""
        named = {name: getattr(self, name) for name in ("tag_mean", "tag_scale", "move_mean", "move_scale")}
        return {name: torch.from_numpy(np.array(value)) for name, value in named.items()}

    def _encode_gain(self, gain: Gain) -> ScaledGain:
        move, tag = _index(self.moves, gain.move), _index(self.tags, gain.tag)
        value = None if gain.value is None else float(gain.value * self.move_scale[move] / self.tag_scale[tag])
        return ScaledGain(move, tag, gain.sign, value)

    @classmethod
    def from_tensors(cls, tags: Sequence[str], moves: Sequence[str], tensors: Mapping[str, Tensor]) -> Self:
        """The inverse of `tensors`."""
        numbers = {name: tensor.double().numpy() for name, tensor in tensors.items()}
        return cls(tuple(tags), tuple(moves), **numbers)


def _index(names: tuple[str, ...], name: str) -> int:
    try:
        return names.index(name)
    except ValueError as error:
        raise UnknownTag(f"{name} is not one of {', '.join(names)}", field="gains", value=name) from error


def _moments(
    plant: Plant, names: tuple[str, ...], windows: Sequence[Window], floor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.concatenate([window.select(names).values for window in windows])
    valid = np.concatenate([window.select(names).valid for window in windows])
    count = np.maximum(valid.sum(0), 1)
    mean = np.where(valid, values, 0.0).sum(0) / count
    variance = np.where(valid, values - mean, 0.0).__pow__(2).sum(0) / count
    ranges = np.array([plant.tag(name).high - plant.tag(name).low for name in names])
    return mean, np.maximum(np.sqrt(variance), floor * ranges)
