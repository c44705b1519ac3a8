"""The plant of these tests as training sees it, and a training that takes a second."""

from datetime import time
from zoneinfo import ZoneInfo

import numpy as np

from models.dataset import DatasetConfig
from models.training import TrainingConfig
from models.world.corrected import CorrectedConfig
from models.world.linear import LinearConfig
from twin.clock import Shift
from twin.historian.memory import MemoryHistorian
from twin.plant import Asset, Plant, Tag, TagRole
from twin.sample import Quality, SampleBatch

from .conftest import STEP, operate

CONFIG = TrainingConfig(
    family="corrected",
    members=2,
    dynamics=CorrectedConfig(
        deter=6, stoch=3, hidden=6, linear=LinearConfig(tag_lags=(1, 2), move_lags=(0, 1), penalties=(0.1,), block=20)
    ),
    updates=8,
    batch=4,
    warm=12,
    imagined=12,
    validate_every=2,
    patience=9,
    context=20,
    horizon=12,
    stride=20,
    samples=4,
    dataset=DatasetConfig(min_rows=60, guard=20),
)


def tag(name, cadence, *, movable):
    role = TagRole.SETPOINT if movable else TagRole.MEASURED
    return Tag(name, "tank", role, "m", name, -50.0, 50.0, cadence, movable=movable)


PLANT = Plant(
    "Tank",
    "",
    ZoneInfo("UTC"),
    STEP,
    "night",
    (Shift("night", time(22), time(6)),),
    (Asset("tank", "", None),),
    (tag("level", STEP, movable=False), tag("sp.level", None, movable=True)),
)


def history(hours, seed=1):
    """A historian with so many hours of operation; the setpoint is told when it changes."""
    window, historian = operate(hours, seed), MemoryHistorian(PLANT)
    level, setpoint = window.column("level"), window.column("sp.level")
    told = np.concatenate([[True], np.diff(setpoint) != 0])
    time = np.concatenate([window.time, window.time[told]])
    tags = np.repeat(np.array([0, 1], np.int32), [len(level), told.sum()])
    good = np.full(len(time), Quality.GOOD, np.int8)
    historian.write(SampleBatch(window.tags, tags, time, np.concatenate([level, setpoint[told]]), good))
    return historian
