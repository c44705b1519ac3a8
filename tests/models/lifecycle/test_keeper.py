"""A training that was cut off goes on where it was."""

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from models.dataset import DatasetConfig
from models.keeper import FileKeeper, mark_of
from models.training import TrainingConfig, fit
from models.world.corrected import CorrectedConfig
from models.world.linear import LinearConfig
from twin.clock import Shift
from twin.errors import InvalidInput
from twin.plant import Asset, Plant, Tag, TagRole

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


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def data():
    return [operate(8, 1)], [operate(4, 2)]


@pytest.fixture
def keeper(tmp_path, data):
    def build(resume=False, hearing=lambda step: None, config=CONFIG):
        return FileKeeper(tmp_path / "unfinished.pt", mark_of(config, [*data[0], *data[1]]), hearing, resume=resume)

    return build


def cut_off(data, keeper, after):
    """Train until the validation after so many updates, and die."""

    def hearing(step):
        if step.update > after:
            raise Killed

    with pytest.raises(Killed):
        fit(*data, PLANT, CONFIG, keeper=keeper(hearing=hearing))


def test_a_training_that_was_cut_off_gives_the_model_of_an_unbroken_one(data, keeper):
    whole = fit(*data, PLANT, CONFIG)
    cut_off(data, keeper, 4)
    heard = []
    again = fit(*data, PLANT, CONFIG, keeper=keeper(resume=True, hearing=lambda step: heard.append(step.update)))
    assert heard == [6, 8]
    assert again.card.version == whole.card.version
    assert np.array_equal(again.calibration.stretch, whole.calibration.stretch)


def test_without_resume_it_begins_anew(data, keeper):
    cut_off(data, keeper, 4)
    heard = []
    fit(*data, PLANT, CONFIG, keeper=keeper(hearing=lambda step: heard.append(step.update)))
    assert heard == [2, 4, 6, 8]


def test_other_data_or_another_config_is_not_gone_on_with(data, keeper):
    cut_off(data, keeper, 4)
    with pytest.raises(InvalidInput, match="train anew"):
        keeper(resume=True, config=replace(CONFIG, seed=2)).restore()
    other = mark_of(CONFIG, [operate(8, 1), operate(4, 3)])
    assert other != mark_of(CONFIG, [*data[0], *data[1]])


def test_a_training_tells_its_losses_while_it_runs(data, keeper):
    steps = []
    fit(*data, PLANT, CONFIG, keeper=keeper(hearing=steps.append))
    assert [step.update for step in steps] == [2, 4, 6, 8]
    assert all(np.isfinite(step.terms["total"]) and step.best <= steps[0].error for step in steps)
