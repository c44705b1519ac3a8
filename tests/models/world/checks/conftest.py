"""Every registered family, trained for seconds on the small plant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest
import torch

from models.dataset import Batch, encode, read_episodes, split
from models.training import TrainingConfig, fit
from models.world.dreamer import DreamerConfig
from models.world.dynamics import State
from models.world.ensemble import Ensemble
from models.world.families import FAMILIES
from models.world.rssm import RSSMConfig
from models.world.vm import VMConfig
from twin.plant import Plant
from twin.window import Window

from ..conftest import LINEAR, TINY, TINY_CORRECTED, Bench

SMALL = {
    "linear": LINEAR,
    "corrected": TINY_CORRECTED.dynamics,
    "vm": VMConfig(deter=16, stoch=6, hidden=16, memory=10),
    "rssm": RSSMConfig(deter=16, stoch=6, hidden=16, memory=10),
    "dreamer": DreamerConfig(deter=16, hidden=16, groups=4, classes=4, bins=15, memory=10),
}
"""Sizes for the small plant; a family without an entry is tried with its own."""


@dataclass(frozen=True)
class Subject:
    """One family and the small plant."""

    name: str
    plant: Plant
    train: tuple[Window, ...]
    held_back: tuple[Window, ...]

    @cached_property
    def config(self) -> TrainingConfig:
        """Long enough to beat persistence."""
        long = replace(
            TINY, batch=16, imagined=24, updates=50, validate_every=25, stride=20, samples=20, learning_rate=1e-2
        )
        return replace(long, family=self.name, dynamics=SMALL.get(self.name))

    def fit(self, config: TrainingConfig) -> Ensemble[Any]:
        """A model of that config."""
        return fit(self.train, self.held_back, self.plant, config)

    @cached_property
    def model(self) -> Ensemble[Any]:
        """Trained once for all checks."""
        return self.fit(self.config)

    @property
    def dynamics(self) -> Any:
        """Of the model."""
        return self.model.dynamics

    def batch(self, rows: int = 60, count: int = 1) -> Batch:
        """The first rows of so many held-back or training stretches."""
        windows = (*self.held_back, *self.train)[:count]
        stretches = [encode(window.rows(slice(0, rows)), self.model.normalizer) for window in windows]
        return Batch(
            torch.cat([stretch.values for stretch in stretches]),
            torch.cat([stretch.valid for stretch in stretches]),
            torch.cat([stretch.moves for stretch in stretches]),
        )


def short_config(subject: Subject) -> TrainingConfig:
    """Long enough to tell two trainings apart."""
    return replace(subject.config, updates=2, validate_every=1, members=2, samples=5, stride=60)


def settled(dynamics: Any, batch: Batch) -> tuple[State, torch.Tensor]:
    """(belief, (row, member, batch, tag) expected means) after the batch."""
    state, means = dynamics.start(len(batch)), []
    for t in range(batch.rows):
        state, mean = dynamics.observe(state, batch.moves[:, t], batch.values[:, t], batch.valid[:, t])
        means.append(mean)
    return state, torch.stack(means)


@pytest.fixture(scope="session", params=list(FAMILIES))
def subject(request: pytest.FixtureRequest, tank: Bench) -> Iterator[Subject]:
    train, held_back = split(read_episodes(tank.historian, tank.plant, tank.span, TINY.dataset), TINY.dataset)
    return Subject(request.param, tank.plant, train, held_back)
