"""A training that was cut off goes on where it was."""

from dataclasses import replace

import numpy as np
import pytest

from models.keeper import FileKeeper, mark_of
from models.training import fit
from twin.errors import InvalidInput

from .conftest import operate
from .tank import CONFIG, PLANT


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
