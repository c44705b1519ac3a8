"""Claims about where a model that serves rolls out."""

import numpy as np
import pytest
import torch

from models.placement import device_of, served, served_on
from models.world.rollout import DeviceConfig, OnDevice
from models.world.units import UnitModels
from twin.errors import ConfigurationError

HERE = DeviceConfig("cpu", torch.float32)


def held(model, window, rows=12):
    return np.tile(window.select(model.card.moves).values[-1], (rows, 1))


def test_on_the_cpu_the_model_itself_serves(linear):
    assert served(linear, "cpu") is linear


def test_auto_takes_a_cuda_device_only_where_there_is_one(monkeypatch):
    for there, expected in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert device_of("auto") == expected


def test_cuda_that_is_not_there_is_said(monkeypatch, linear):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigurationError, match=r"FORETELL_DEVICE is cuda, and torch .* no CUDA device"):
        served(linear, "cuda")


def test_a_placed_model_gives_the_same_effect_and_residuals(linear, tank):
    window, there = tank.window(), served_on(linear, HERE)
    assert isinstance(there.dynamics, OnDevice)
    (belief, residual), calm = there.observe(window), held(linear, window)
    assert np.array_equal(residual.predicted, linear.observe(window)[1].predicted)
    own = linear.compare(linear.observe(window)[0], calm, calm + 2.0).effect
    found = there.compare(belief, calm, calm + 2.0).effect
    assert np.allclose(found.mean, own.mean, atol=1e-5)
    assert np.allclose(found.p95, own.p95, atol=1e-5)
    assert not there.compare(belief, calm, calm).effect.paths.any()


def test_every_unit_is_placed(linear, tank):
    whole = UnitModels(tank.plant, (linear,))
    there = served_on(whole, HERE)
    assert isinstance(there.units[0].dynamics, OnDevice)
    assert not isinstance(whole.units[0].dynamics, OnDevice)
    assert there.card == whole.card
