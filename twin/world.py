"""What a world model gives: residuals of the past, imagined futures, its own description."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

_Float = TypeVar("_Float", bound=np.floating)
_DEGENERATE = 1e-3
"""Of the width asked for: paths that are narrower differ by rounding alone."""


def quantiles(paths: NDArray[_Float], levels: Sequence[float] | NDArray[np.float64]) -> NDArray[_Float]:
    """(level, …) quantiles of paths (sample, …), however few: a further path lies below each with its probability.

    Weibull's plotting positions, type 6 of Hyndman and Fan (1996).
    """
    found: NDArray[_Float] = np.quantile(paths, levels, axis=0, method="weibull")
    return found


class Belief(Protocol):
    """A world model's posterior over the plant's latent state; opaque outside its model."""

    @property
    def time(self) -> datetime:
        """The last row that the belief has seen."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Residual:
    """What a belief expected of each row before it saw it, against what came.

    Attributes:
        tags: (tag,) observed tags.
        time: (time,) datetime64[us], UTC.
        predicted: (time, tag) one-step-ahead mean, engineering units.
        noise: (time, tag) one-step-ahead standard deviation, engineering units.
        sigma: (time, tag) (measured - predicted) / noise; NaN where nothing was measured.
    """

    tags: tuple[str, ...]
    time: NDArray[np.datetime64]
    predicted: NDArray[np.float64]
    noise: NDArray[np.float64]
    sigma: NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Imagination:
    """Sampled futures from one belief under given moves; rows are `step` apart, the first one step ahead.

    Attributes:
        tags: (tag,) observed tags.
        time: (horizon,) datetime64[us], UTC.
        paths: (sample, horizon, tag) of the measured values, engineering units.
        mean: (horizon, tag) expected value, engineering units.
        disagreement: (horizon, tag) spread of the members' means: what the model does not know.
        noise: (horizon, tag) mean of the members' own standard deviations: what cannot be known.
    """

    tags: tuple[str, ...]
    time: NDArray[np.datetime64]
    paths: NDArray[np.float32]
    mean: NDArray[np.float64]
    disagreement: NDArray[np.float64]
    noise: NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class ImaginedEffect:
    """Scenario minus baseline along the horizon, in engineering units; no noise that both share is in it.

    Attributes:
        paths: (sample, horizon, tag) possible effects; path s belongs to path s of the baseline.
        mean: (horizon, tag) expected effect.
        p05, p95: (horizon, tag) interval that holds 90 % of the true effects on held-back data, where the model
            calibrates it; otherwise the paths' quantiles.
        disagreement: (horizon, tag) spread of the members' effects: what the model does not know of the effect.
    """

    paths: NDArray[np.float32]
    mean: NDArray[np.float64]
    p05: NDArray[np.float64]
    p95: NDArray[np.float64]
    disagreement: NDArray[np.float64]

    def within(self, p05: NDArray[np.float64], p95: NDArray[np.float64]) -> Self:
        """The same effect with that interval; the paths are stretched about the mean until they have it.

        Where they have no spread of their own they are spread normally, path by path in the same order.
        """
        low, high = quantiles(self.paths, (0.05, 0.95))
        own, asked = high - low, p95 - p05
        stretched = np.divide(asked, own, out=np.zeros_like(asked), where=own > _DEGENERATE * asked)
        order = [NormalDist().inv_cdf((i + 0.5) / len(self.paths)) for i in range(len(self.paths))]
        drawn = np.array(order)[:, None, None] * asked / (2 * NormalDist().inv_cdf(0.95))
        away = np.where(own > _DEGENERATE * asked, stretched * (self.paths - self.mean), drawn)
        return replace(self, paths=(self.mean + away).astype(np.float32), p05=p05, p95=p95)


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Two futures from one belief, drawn with the same random numbers, and their difference."""

    baseline: Imagination
    scenario: Imagination
    effect: ImaginedEffect

    @classmethod
    def paired(cls, baseline: Imagination, scenario: Imagination, disagreement: NDArray[np.float64]) -> Self:
        """The effect as the paths have it, pair by pair, without calibration of its own."""
        paths = scenario.paths - baseline.paths
        low, high = quantiles(paths, (0.05, 0.95)).astype(np.float64)
        mean = scenario.mean - baseline.mean
        return cls(baseline, scenario, ImaginedEffect(paths, mean, low, high, disagreement))


class Envelope(BaseModel):
    """The levels of one tag that the training log covered, in its engineering unit."""

    model_config = ConfigDict(frozen=True)

    tag: str
    low: float
    high: float


class MoveCoverage(BaseModel):
    """How often and how far the training log moved one setpoint, and whether it moved it on its own."""

    model_config = ConfigDict(frozen=True)

    tag: str
    moves: int = Field(ge=0, description="Changes of the level; rows in a row that change are one")
    largest: float = Field(ge=0, description="Largest change, in the tag's unit")
    levels: tuple[float, ...] = Field(description="Quantiles of the level over time: 0, 5, 25, 50, 75, 95, 100 %")
    explained: float = Field(ge=0, le=1, description="Share of its changes that went along with the companion's")
    companion: str | None = Field(default=None, description="The move that it went along with most, if with any")


class ModelCard(BaseModel):
    """A world model's description of itself, saved inside its checkpoint.

    `scale` is each tag's standard deviation in training; `disagreement_limit` is the largest ordinary disagreement
    on held-back segments (of the tag where it is largest, in scale, root mean square over the horizon); `horizon` is
    where a rollout stops beating persistence or where validation ended. `operation` is where each tag stood in
    training, as means over an hour.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    family: str
    plant: str
    tags: tuple[str, ...]
    moves: tuple[str, ...]
    step: timedelta
    context: timedelta = Field(description="History a belief is inferred from")
    horizon: timedelta
    scale: tuple[float, ...]
    envelope: tuple[Envelope, ...]
    coverage: tuple[MoveCoverage, ...] = ()
    operation: tuple[Envelope, ...] = ()
    disagreement_limit: float
    data_start: AwareDatetime
    data_end: AwareDatetime
    data_hours: float
    created: AwareDatetime
    seed: int
    skill: dict[str, float] = Field(description="Scores on held-back data, by name")
    excluded_hours: float = Field(default=0.0, description="Rows of open or confirmed events, left out of training")
    band_factors: dict[str, float] = Field(
        default={}, description="By how much live coverage has changed the tags' bands since; empty in a checkpoint"
    )
    training_cpu_s: float | None = Field(
        default=None, description="CPU time of training and calibration, without reading the log"
    )
    units: tuple[str, ...] = Field(default=(), description="Assets that have a model each; empty: one model of all")
