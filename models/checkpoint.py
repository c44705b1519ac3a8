"""World models as one file: safetensors with a JSON description, written aside and then renamed."""

import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialized
from torch import Tensor, nn

from models.calibration import Calibration
from models.normalizer import Normalizer
from models.world.ensemble import Ensemble
from models.world.families import FAMILIES, Family, Module
from models.world.units import UnitModels
from twin.errors import CheckpointError, InvalidInput
from twin.plant import Plant
from twin.protocols import WorldModel
from twin.world import ModelCard

FORMAT = 2
OWN = ("dynamics", "normalizer", "calibration")
UNITS = "units"
Part = Mapping[str, NDArray[Any]]
Served = Ensemble[Any] | UnitModels
"""A world model that a checkpoint holds: of the whole plant, or one a unit."""

_KEY = "foretell"


class EnsembleDescription(BaseModel):
    """What the file says about an ensemble; `dynamics` is the config of the card's family."""

    model_config = ConfigDict(frozen=True)

    card: ModelCard
    members: int
    dynamics: dict[str, Any]


class Description(EnsembleDescription):
    """What the file says about its tensors. Where there are `units`, only `card` speaks of the whole plant."""

    format: int
    units: tuple[EnsembleDescription, ...] = ()
    tensors: tuple[str, ...]
    versions: dict[str, str]


def save(model: Served, path: Path, parts: Mapping[str, Part] | None = None) -> None:
    """Write the model to `path`, which holds either the old file or the whole new one at any moment.

    `parts` are arrays of others that belong to this very model, for example a detector's calibration.
    """
    tensors = _tensors(model)
    for part, content in (parts or {}).items():
        tensors |= _named(part, {name: torch.from_numpy(np.array(array)) for name, array in content.items()})
    description = Description(
        **dict(_described(model)),
        format=FORMAT,
        units=tuple(map(_described, model.units)) if isinstance(model, UnitModels) else (),
        tensors=(),
        versions={name: version(name) for name in ("foretell", "torch", "safetensors", "numpy")},
    )
    _write(path, tensors, description)


def load(path: Path, plant: Plant) -> Served:
    """The model in that file; raises CheckpointError when it is damaged, incomplete or of another plant."""
    description, tensors = _read(path)
    _check_plant(path, description.card, plant)
    if not description.units:
        return _built(path, description, tensors)
    units = [
        _built(path, unit, _under(tensors, f"{UNITS}.{number}")) for number, unit in enumerate(description.units)
    ]
    try:
        return UnitModels(plant, units).described(description.card)
    except InvalidInput as error:
        raise CheckpointError(f"{path} does not fit the plant: {error.detail}", field="checkpoint") from error


def load_part(path: Path, part: str) -> dict[str, Tensor]:
    """What was saved under that name; raises CheckpointError when the file has no such part."""
    found = _under(_read(path)[1], part)
    if not found:
        raise CheckpointError(f"{path} has no part {part!r}", field="checkpoint", value=part)
    return found


def _built(path: Path, description: EnsembleDescription, tensors: Mapping[str, Tensor]) -> Ensemble[Any]:
    card, kind = description.card, _kind(description.card)
    try:
        config: Any = TypeAdapter(kind.config).validate_python(description.dynamics)
        dynamics = kind.build(config, description.members, len(card.tags), len(card.moves))
        dynamics.load_state_dict(_under(tensors, "dynamics"))
        normalizer = Normalizer.from_tensors(card.tags, card.moves, _under(tensors, "normalizer"))
        calibration = Calibration.from_tensors(_under(tensors, "calibration"))
    except (RuntimeError, KeyError, TypeError, ValidationError) as error:
        raise CheckpointError(f"{path} does not fit its own description: {error}", field="checkpoint") from error
    return Ensemble(dynamics.eval(), normalizer, calibration, card)


def _described(model: WorldModel) -> EnsembleDescription:
    if isinstance(model, UnitModels):
        return EnsembleDescription(card=model.card, members=0, dynamics={})
    dynamics = _module(_ensemble(model))
    config = TypeAdapter(_kind(model.card).config).dump_python(dynamics.config, mode="json")
    return EnsembleDescription(card=model.card, members=dynamics.members, dynamics=config)


def _tensors(model: WorldModel) -> dict[str, Tensor]:
    if isinstance(model, UnitModels):
        units = (_named(f"{UNITS}.{number}", _tensors(unit)) for number, unit in enumerate(model.units))
        return {name: tensor for unit in units for name, tensor in unit.items()}
    own = _ensemble(model)
    return {
        **_named("dynamics", _module(own).state_dict()),
        **_named("normalizer", own.normalizer.tensors()),
        **_named("calibration", own.calibration.tensors()),
    }


def _ensemble(model: WorldModel) -> Ensemble[Any]:
    if isinstance(model, Ensemble):
        return model
    raise TypeError(f"{type(model).__name__} is no model that a checkpoint can hold")


def _module(model: Ensemble[Any]) -> Module:
    if isinstance(model.dynamics, nn.Module):
        return cast("Module", model.dynamics)
    raise TypeError(f"{type(model.dynamics).__name__} is no module that a checkpoint can hold")


def _kind(card: ModelCard) -> Family:
    try:
        return FAMILIES[card.family]
    except KeyError as error:
        raise CheckpointError(
            f"{card.version} is of the family {card.family!r}, this version knows {', '.join(FAMILIES)}",
            field="family",
            value=card.family,
            limit=list(FAMILIES),
        ) from error


def _named(part: str, content: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}.{name}": tensor.detach().cpu().contiguous() for name, tensor in content.items()}


def _under(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    return {name[len(part) + 1 :]: tensor for name, tensor in tensors.items() if name.startswith(f"{part}.")}


def _write(path: Path, tensors: Mapping[str, Tensor], description: Description) -> None:
    complete = description.model_copy(update={"tensors": tuple(sorted(tensors))})
    aside = path.with_name(path.name + ".tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    with aside.open("wb") as file:
        file.write(serialized(dict(tensors), metadata={_KEY: complete.model_dump_json()}))
        os.fsync(file.fileno())
    aside.replace(path)


def _read(path: Path) -> tuple[Description, dict[str, Tensor]]:
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}", field="checkpoint", value=str(path))
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        description = Description.model_validate_json(text)
    except (SafetensorError, OSError, ValidationError) as error:
        raise CheckpointError(
            f"{path} is damaged or no checkpoint of Foretell: {error}", field="checkpoint", value=str(path)
        ) from error
    _check_whole(path, description, tensors)
    return description, tensors


def _check_whole(path: Path, description: Description, tensors: Mapping[str, Tensor]) -> None:
    if description.format != FORMAT:
        raise CheckpointError(
            f"{path} has format {description.format}, this version reads {FORMAT}",
            field="format",
            value=description.format,
            limit=FORMAT,
        )
    missing = sorted(set(description.tensors) ^ set(tensors))
    if missing:
        raise CheckpointError(f"{path} is incomplete: {', '.join(missing[:5])}", field="checkpoint", value=missing)
    broken = [name for name, tensor in tensors.items() if _own(name) and torch.isnan(tensor).any()]
    if broken:
        raise CheckpointError(f"{path} holds values that are no numbers in {broken[0]}", field="checkpoint")


def _own(name: str) -> bool:
    """Whether a tensor is the world model's, rather than a part that travels with it."""
    return name.split(".")[0] in (*OWN, UNITS)


def _check_plant(path: Path, card: ModelCard, plant: Plant) -> None:
    if card.plant != plant.name:
        raise CheckpointError(
            f"{path} belongs to the plant {card.plant!r}, not to {plant.name!r}",
            field="plant",
            value=card.plant,
            limit=plant.name,
        )
    _check_names(path, "tags", card.tags, tuple(tag.name for tag in plant.observed))
    _check_names(path, "moves", card.moves, tuple(tag.name for tag in plant.movable))
    if card.step != plant.step:
        raise CheckpointError(
            f"{path} has a step of {card.step}, the plant file says {plant.step}",
            field="step",
            value=card.step.total_seconds(),
            limit=plant.step.total_seconds(),
            unit="s",
        )


def _check_names(path: Path, kind: str, own: tuple[str, ...], expected: tuple[str, ...]) -> None:
    if own == expected:
        return
    lacking = [name for name in expected if name not in own]
    foreign = [name for name in own if name not in expected]
    told = [f"lacks {', '.join(lacking[:5])}"] if lacking else []
    told += [f"has the unknown {', '.join(foreign[:5])}"] if foreign else []
    raise CheckpointError(
        f"{path} does not fit the plant's {kind}: it {' and '.join(told) or 'has them in another order'}",
        field=kind,
        value=list(foreign),
        limit=list(lacking),
    )
