"""A plant of two units from training to a what-if: one world model to whoever asks."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from api.lifecycle.trainer import STATE, Told, Trainer
from models.checkpoint import load
from models.registry import ModelRegistry
from twin.clock import FixedClock, Span, from_datetime64
from twin.errors import InvalidInput
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.lifecycle import TrainingRequest
from twin.operations.whatif import what_if
from twin.plant import Asset
from twin.protocols import Twin
from twin.sample import SampleBatch
from twin.scenario import Change, Move, Scenario
from twin.settings import Settings

from ..models.lifecycle.conftest import START
from ..models.lifecycle.tank import CONFIG, PLANT, history

UNITS = ("east", "west")
HOURS = 30
NOW = from_datetime64(START) + timedelta(hours=HOURS)
BOTH = replace(
    PLANT,
    assets=tuple(Asset(unit, "", None, unit=True) for unit in UNITS),
    tags=tuple(replace(tag, name=f"{unit}.{tag.name}", asset=unit) for unit in UNITS for tag in PLANT.tags),
)


def both_histories() -> MemoryHistorian:
    joined = MemoryHistorian(BOTH)
    for seed, unit in enumerate(UNITS, 1):
        own = history(HOURS, seed)
        for tag in PLANT.tags:
            batch = own.samples(tag.name, Span(from_datetime64(START), NOW))
            names = tuple(f"{unit}.{name}" for name in batch.tags)
            joined.write(SampleBatch(names, batch.tag, batch.time, batch.value, batch.quality))
    return joined


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    def training(request: TrainingRequest) -> Any:
        return CONFIG if request.family else replace(CONFIG, family="linear", dynamics=CONFIG.dynamics.linear)

    monkeypatch.setattr("api.lifecycle.trainer._config", lambda request: replace(training(request), updates=2))
    monkeypatch.setattr(
        "models.anomaly.calibrate.calibrate", lambda *_: SimpleNamespace(parts=lambda: {"about": np.zeros(1)})
    )
    twin = Twin(BOTH, both_histories(), MemoryEventLog(), None, FixedClock(NOW))
    registry = ModelRegistry(tmp_path, BOTH.name)
    return Trainer(Settings(_env_file=None, data_dir=tmp_path), twin, registry)


def trained(trainer: Trainer, lines: list[str], **request: Any) -> Any:
    return trainer.train(TrainingRequest(**request), Told(lambda share: None, lines.append))


def test_units_of_the_plant_file_become_one_version_that_answers(trainer: Trainer) -> None:
    lines: list[str] = []
    card = trained(trainer, lines)
    registry, twin = trainer._registry, trainer._twin
    assert "a model each for east, west" in lines[0]
    assert registry.champion() == card.version
    assert registry.card(card.version).units == UNITS
    assert not list(registry.folder.glob("*.pt"))
    twin.model = load(registry.path(card.version), BOTH)
    moves = tuple(Move(tag=f"{unit}.sp.level", change=Change.BY, amount=1.0) for unit in UNITS)
    wanted = Scenario(moves=moves, horizon=timedelta(minutes=36))
    found = what_if(twin, wanted, max_horizon=timedelta(hours=1), samples=8)
    assert {effect.tag for effect in found.effects if effect.mean > 0.2} == {"east.level", "west.level"}
    alone = what_if(twin, wanted.model_copy(update={"moves": moves[:1]}), max_horizon=timedelta(hours=1), samples=8)
    by_tag = {effect.tag: effect.mean for effect in alone.effects}
    assert by_tag["west.level"] == 0.0
    assert by_tag["east.level"] == next(e.mean for e in found.effects if e.tag == "east.level")


class Killed(Exception):
    pass


def test_a_training_cut_off_in_the_second_unit_goes_on_there(trainer: Trainer) -> None:
    def dies(line: str) -> None:
        if line.startswith("west update"):
            raise Killed

    with pytest.raises(Killed):
        trainer.train(TrainingRequest(family="corrected"), Told(lambda share: None, dies))
    place = trainer._registry.folder / STATE
    assert [path.stem for path in place.parent.glob("*.pt")] == [f"{place.stem}-east"]
    lines: list[str] = []
    card = trained(trainer, lines, resume=True)
    assert [line.split()[0] for line in lines if "update" in line] == ["west"]
    assert card.units == UNITS
    assert not list(place.parent.glob("*.pt"))


def test_a_unit_that_the_plant_lacks_is_refused_before_anything_is_kept(trainer: Trainer) -> None:
    with pytest.raises(InvalidInput, match="no asset 'north'"):
        trained(trainer, [], units=("north",))
    assert trainer._registry.versions() == ()
