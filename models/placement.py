"""Where a world model's rollouts run while it serves: on the CPU, or on a CUDA device."""

from typing import Any

import torch

from models.checkpoint import Served
from models.world.ensemble import Ensemble
from models.world.rollout import DeviceConfig, OnDevice
from models.world.units import UnitModels
from twin.errors import ConfigurationError
from twin.protocols import WorldModel

CPU, CUDA, AUTO = "cpu", "cuda", "auto"


def device_of(asked: str) -> str:
    """Cpu or cuda for what FORETELL_DEVICE asks; raises ConfigurationError when there is no CUDA device."""
    there = torch.cuda.is_available()
    if asked == AUTO:
        return CUDA if there else CPU
    if asked == CUDA and not there:
        raise ConfigurationError(
            f"FORETELL_DEVICE is cuda, and torch {torch.__version__} finds no CUDA device here; auto takes one if "
            "there is one",
            field="FORETELL_DEVICE",
            value=asked,
            limit=[CPU, AUTO],
        )
    return asked


def served(model: Served, asked: str) -> Served:
    """The model as it answers where FORETELL_DEVICE asks for; float32, so that answers differ by rounding only."""
    device = device_of(asked)
    return model if device == CPU else served_on(model, DeviceConfig(device, torch.float32))


def served_on(model: Served, config: DeviceConfig) -> Served:
    """The same model with its rollouts on that device; beliefs and residuals stay on the CPU, exact."""
    if isinstance(model, UnitModels):
        return model.changed(lambda unit: _placed(unit, config))
    return _placed(model, config)


def _placed(model: WorldModel, config: DeviceConfig) -> Ensemble[Any]:
    if not isinstance(model, Ensemble):
        raise TypeError(f"{type(model).__name__} is no ensemble whose rollouts could run on {config.device}")
    dynamics = OnDevice(model.dynamics, config)
    return Ensemble(dynamics, model.normalizer, model.calibration, model.card)
