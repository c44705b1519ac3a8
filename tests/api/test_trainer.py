"""What a training learns from, what it leaves behind, and what is compared with what."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from api import main
from api.lifecycle.loading import Loaded
from api.lifecycle.trainer import RECIPE, STATE, Told, Trainer
from models.registry import ModelRegistry
from twin.clock import FixedClock, from_datetime64
from twin.errors import ConfigurationError, EmptyWindow, InvalidInput
from twin.event import Feedback
from twin.historian.memory import MemoryEventLog
from twin.lifecycle import TrainingRequest
from twin.protocols import Twin
from twin.settings import Settings

from ..models.lifecycle.conftest import START, CountingDetector, GainModel, frame
from ..models.lifecycle.tank import CONFIG, PLANT, history

BEGIN = from_datetime64(START)
LINEAR = replace(CONFIG, family="linear", dynamics=CONFIG.dynamics.linear)


def at(hours: float) -> Any:
    return BEGIN + timedelta(hours=hours)


class Bench:
    """A trainer on thirty hours of the tank."""

    def __init__(self, folder: Path, hours: float = 30) -> None:
        self.twin = Twin(PLANT, history(hours), MemoryEventLog(), None, FixedClock(at(hours)))
        self.registry = ModelRegistry(folder, PLANT.name, now=self.twin.clock.now)
        self.trainer = Trainer(Settings(_env_file=None, data_dir=folder), self.twin, self.registry)
        self.lines: list[str] = []
        self.shares: list[float] = []

    def train(self, hearing: Callable[[str], None] = lambda line: None, **request: Any) -> Any:
        def line(text: str) -> None:
            self.lines.append(text)
            hearing(text)

        return self.trainer.train(TrainingRequest(**request), Told(self.shares.append, line))


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Trainings of a second, with a detector that is not calibrated; the config can be exchanged."""
    chosen = SimpleNamespace(training=LINEAR)
    monkeypatch.setattr("api.lifecycle.trainer._config", lambda request: replace(chosen.training, seed=request.seed))
    parts = SimpleNamespace(parts=lambda: {"about": np.zeros(1)})
    monkeypatch.setattr("models.anomaly.calibrate.calibrate", lambda *_arguments: parts)
    return chosen


@pytest.fixture
def bench(tmp_path: Path, config: Any) -> Bench:
    return Bench(tmp_path)


def test_a_training_becomes_a_version_and_tells_how_it_goes(bench: Bench) -> None:
    card = bench.train()
    assert bench.registry.champion() == card.version
    assert bench.lines[0] == "30 h of history, 0.0 h of events left out; family linear"
    assert bench.shares == sorted(bench.shares)
    assert bench.shares[-1] == 1.0
    assert not (bench.registry.folder / RECIPE).exists()
    assert bench.registry.card(card.version) == card


def test_no_row_of_an_open_or_confirmed_event_is_learned(bench: Bench) -> None:
    plain = bench.train()
    bench.twin.events.put([frame("open", at(28), None), frame("true", at(10), at(12)), frame("other", at(4), at(5))])
    bench.twin.events.add_feedback(Feedback(event_id="true", time=at(29), label="true"))
    careful = bench.train()
    assert careful.excluded_hours == pytest.approx(4.0, abs=0.11)
    assert bench.lines[-1] == "26 h of history, 4.0 h of events left out; family linear"
    assert bench.registry.get(careful.version).excluded_hours == careful.excluded_hours
    assert careful.version != plain.version
    assert careful.data_end <= at(28)


def test_hours_that_are_held_are_not_seen(bench: Bench) -> None:
    card = bench.train(hold=6, hours=20)
    assert at(4) <= card.data_start < card.data_end <= at(24)
    assert card.data_end > at(23)


@pytest.mark.parametrize(("request_", "error"), [({"hold": 40}, EmptyWindow), ({"resume": True}, InvalidInput)])
def test_a_request_that_cannot_be_met_is_refused(bench: Bench, request_: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        bench.train(**request_)
    assert bench.registry.versions() == ()


class Killed(Exception):
    pass


def test_a_resumed_training_goes_on_with_the_very_same_rows(tmp_path: Path, config: Any) -> None:
    config.training = replace(CONFIG, updates=4)
    whole = Bench(tmp_path / "whole").train()
    bench = Bench(tmp_path / "cut")

    def dies(line: str) -> None:
        if line.startswith("update 4/4"):
            raise Killed

    with pytest.raises(Killed):
        bench.train(dies)
    bench.twin.events.put([frame("new", at(2), None)])
    again = bench.train(resume=True)
    assert again.version == whole.version
    assert not (bench.registry.folder / STATE).exists()
    assert [line.split()[1] for line in bench.lines if line.startswith("update")] == ["2/4", "4/4", "4/4"]


@pytest.mark.usefixtures("config")
def test_the_gate_looks_only_at_what_neither_has_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, 48)
    first, second = bench.train(hold=36), bench.train(hold=34, seed=2)
    models = {first.version: GainModel(0.8, first.version), second.version: GainModel(1.0, second.version)}
    for model, card in ((models[first.version], first), (models[second.version], second)):
        model.card = model.card.model_copy(update={"data_end": card.data_end})

    def load(path: Path, *_arguments: Any) -> Loaded:
        return Loaded(models[path.stem], CountingDetector())

    monkeypatch.setattr("api.lifecycle.trainer.load_file", load)
    decision = bench.trainer.gate(second.version)
    assert decision is not None
    assert decision.passed
    assert decision.start == second.data_end
    assert decision.challenger.nrmse < decision.champion.nrmse
    assert bench.registry.champion() == second.version
    made = bench.registry.state().promotions[-1]
    assert (made.who, made.previous) == ("foretell", first.version)
    assert "passed the gate" in made.reason
    assert bench.registry.state().decisions == (decision,)
    assert bench.trainer.gate(second.version) is None


@pytest.mark.usefixtures("config")
def test_a_refused_challenger_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, 48)
    first, second = bench.train(hold=36), bench.train(hold=34, seed=2)
    gains = {first.version: 1.0, second.version: 0.5}

    def load(path: Path, *_arguments: Any) -> Loaded:
        model = GainModel(gains[path.stem], path.stem)
        model.card = model.card.model_copy(update={"data_end": second.data_end})
        return Loaded(model, CountingDetector())

    monkeypatch.setattr("api.lifecycle.trainer.load_file", load)
    decision = bench.trainer.gate(second.version)
    assert decision is not None
    assert not decision.passed
    assert bench.registry.champion() == first.version
    assert bench.registry.get(second.version).status.value == "retired"


FILE = "time,level,flow,sp.level\n" + "\n".join(f"2026-03-02T0{h}:00:00Z,{40 + h},20,50" for h in range(5))


def test_files_are_a_history_of_their_own(tmp_path: Path, tank_file: Path) -> None:
    (tmp_path / "h.csv").write_text(FILE)
    settings = Settings(_env_file=None, data_dir=tmp_path, plant_file=tank_file)
    console = Console(record=True, file=io.StringIO())
    with main.training(settings, console, files=[tmp_path / "h.csv"]) as (trainer, ordinary):
        extent = trainer._twin.historian.extent()
        assert extent is not None
        assert extent.start.hour == 0
        assert ordinary is None
    assert "5 samples left out: unknown tag" in console.export_text()


def test_files_without_a_known_tag_are_refused(tmp_path: Path, tank_file: Path) -> None:
    (tmp_path / "h.csv").write_text("time,other\n2026-03-02T00:00:00Z,1\n")
    settings = Settings(_env_file=None, data_dir=tmp_path, plant_file=tank_file)
    console = Console(file=io.StringIO())
    with (
        pytest.raises(ConfigurationError, match="no sample of a tag"),
        main.training(settings, console, files=[tmp_path / "h.csv"]),
    ):
        pass


@pytest.fixture
def tank_file(tmp_path: Path) -> Path:
    path = tmp_path / "plant.yaml"
    path.write_text(
        """
name: Tank
description: A tank
time_zone: UTC
step: 3 min
shifts: [{name: night, start: "22:00", end: "06:00"}]
night_shift: night
assets: [{name: tank, description: A tank}]
tags:
  - {name: level, asset: tank, role: measured, unit: m, description: Level, range: [0, 100], cadence: 3 min}
  - {name: sp.level, asset: tank, role: setpoint, unit: m, description: Setpoint, range: [0, 100],
     cadence: on change, movable: true}
"""
    )
    return path
