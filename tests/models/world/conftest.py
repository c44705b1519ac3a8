from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import torch

from models.dataset import DatasetConfig
from models.training import TrainingConfig, train
from models.world.corrected import CorrectedConfig
from models.world.ensemble import Ensemble
from models.world.linear import LinearConfig
from twin.clock import Shift, Span
from twin.historian.memory import MemoryHistorian
from twin.plant import Asset, Plant, Tag, TagRole
from twin.sample import Sample, SampleBatch
from twin.window import Window

STEP = timedelta(minutes=3)
START = datetime(2025, 1, 1, tzinfo=UTC)
EPISODES, ROWS, GAP = 5, 260, 30

LINEAR = LinearConfig(tag_lags=(1, 2), move_lags=(0, 1, 2, 5), penalties=(0.1, 1.0), block=20)
TINY = TrainingConfig(
    members=3,
    family="linear",
    dynamics=LINEAR,
    updates=4,
    batch=8,
    warm=12,
    imagined=12,
    validate_every=2,
    context=30,
    horizon=40,
    stride=10,
    samples=30,
    dataset=DatasetConfig(min_rows=100, guard=30),
)
TINY_CORRECTED = replace(
    TINY, family="corrected", dynamics=CorrectedConfig(deter=8, stoch=4, hidden=8, linear=LINEAR)
)


def tag(name: str, cadence: timedelta | None, *, movable: bool = False) -> Tag:
    role = TagRole.SETPOINT if movable else TagRole.MEASURED
    return Tag(name, "tank", role, "kPa", name, -100.0, 100.0, cadence, movable=movable)


def make_plant(name: str = "Tank", extra: tuple[Tag, ...] = ()) -> Plant:
    tags = (tag("p", STEP), tag("l", STEP), tag("t", STEP), tag("q", 2 * STEP))
    moves = (tag("sp.p", None, movable=True), tag("sp.l", None, movable=True))
    night = Shift("night", time(22), time(6))
    return Plant(
        name, "", ZoneInfo("UTC"), STEP, "night", (night,), (Asset("tank", "", None),), (*tags, *extra, *moves)
    )


def simulate(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """A linear plant: p and l follow their setpoints, t and q follow both."""
    moves = np.zeros((rows, 2))
    values = np.zeros((rows, 4))
    state, level = np.zeros(4), np.zeros(2)
    for t in range(rows):
        if rng.random() < 0.06:
            level[rng.integers(2)] = rng.uniform(-10, 10)
        target = np.array([level[0], level[1], level[0] - 0.5 * level[1], 0.3 * level[0] + level[1]])
        state += np.array([0.2, 0.1, 0.08, 0.15]) * (target - state) + 0.05 * rng.standard_normal(4)
        moves[t], values[t] = level, state + 0.1 * rng.standard_normal(4)
    return values + 50.0, moves


def fill(historian: MemoryHistorian, plant: Plant, seed: int = 0) -> Span:
    rng = np.random.default_rng(seed)
    for episode in range(EPISODES):
        begin = START + episode * (ROWS + GAP) * STEP
        values, moves = simulate(rng, ROWS)
        historian.write(SampleBatch.of(_samples(begin, values, moves)))
    return Span(START, START + EPISODES * (ROWS + GAP) * STEP)


def _samples(begin: datetime, values: np.ndarray, moves: np.ndarray) -> Iterator[Sample]:
    for t in range(len(values)):
        moment = begin + (t + 1) * STEP
        for i, name in enumerate(("p", "l", "t", "q")):
            if name != "q" or t % 2 == 0:
                yield Sample(name, moment, float(values[t, i]))
        for i, name in enumerate(("sp.p", "sp.l")):
            if t == 0 or moves[t, i] != moves[t - 1, i]:
                yield Sample(name, moment - STEP + timedelta(seconds=1), float(moves[t, i]))


@dataclass(frozen=True)
class Bench:
    plant: Plant
    historian: MemoryHistorian
    span: Span

    def window(self, rows: int = 60) -> Window:
        names = [item.name for item in self.plant.tags]
        return self.historian.window(names, Span(START, START + rows * STEP), STEP)

    def train(self, config: TrainingConfig) -> Ensemble[Any]:
        return train(self.historian, self.plant, self.span, config)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tank() -> Bench:
    plant = make_plant()
    historian = MemoryHistorian(plant)
    return Bench(plant, historian, fill(historian, plant))


@pytest.fixture(scope="session")
def linear(tank: Bench) -> Ensemble[Any]:
    return tank.train(TINY)


@pytest.fixture(scope="session")
def ensemble(tank: Bench) -> Ensemble[Any]:
    """Trained a little, and its gates opened so that the neural part is heard."""
    model = tank.train(TINY_CORRECTED)
    torch.manual_seed(0)
    model.dynamics.gate.fill_(1.0)
    model.dynamics.decoder.outer.weight.normal_(0.0, 0.05)
    return model


@pytest.fixture(params=["linear", "ensemble"])
def model(request: pytest.FixtureRequest) -> Ensemble[Any]:
    found: Ensemble[Any] = request.getfixturevalue(request.param)
    return found
