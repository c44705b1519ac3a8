"""Claims about a plant of several units: its model is its units' models, side by side."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from models import checkpoint
from models.checkpoint import load, save
from models.dataset import read_episodes, split
from models.training import fit
from models.units import fit_units, unit_plants
from models.world.ensemble import Ensemble
from models.world.units import UnitModels
from twin.errors import CheckpointError, InvalidInput
from twin.plant import Asset, Gain, Plant
from twin.window import Window

from .conftest import TINY, Bench, make_plant

COPIES = ("east", "west")


def copies_of(plant: Plant) -> Plant:
    """Two tanks; their tags take turns in the plant file."""
    tags = [replace(tag, name=f"{asset}.{tag.name}", asset=asset) for tag in plant.tags for asset in COPIES]
    gains = (Gain("east.sp.p", "east.p", 1), Gain("east.sp.p", "west.p", 1))
    return replace(plant, assets=tuple(Asset(name, "", None) for name in COPIES), tags=tuple(tags), gains=gains)


def doubled(window: Window) -> Window:
    """The same column twice, the second one upside down."""
    order = [f"{asset}.{name}" for name in window.tags for asset in COPIES]
    values = np.stack([window.values, -window.values], axis=-1).reshape(len(window), -1)
    return replace(window, tags=tuple(order), values=values, valid=window.valid.repeat(2, axis=1))


@pytest.fixture(scope="module")
def plant() -> Plant:
    return copies_of(make_plant())


@pytest.fixture(scope="module")
def logs(tank: Bench) -> tuple[list[Window], list[Window]]:
    train, held = split(read_episodes(tank.historian, tank.plant, tank.span, TINY.dataset), TINY.dataset)
    return [doubled(w) for w in train], [doubled(w) for w in held]


@pytest.fixture(scope="module")
def units(plant: Plant, logs: tuple[list[Window], list[Window]]) -> tuple[Ensemble[Any], ...]:
    return tuple(fit(*logs, unit, TINY) for unit in unit_plants(plant, COPIES))


@pytest.fixture(scope="module")
def both(plant: Plant, units: tuple[Ensemble[Any], ...]) -> UnitModels:
    return UnitModels(plant, units)


@pytest.fixture
def window(tank: Bench) -> Window:
    return doubled(tank.window())


def held(model, window, rows=20):
    return np.tile(window.select(model.card.moves).values[-1], (rows, 1))


def of(unit: str, model: UnitModels, values: np.ndarray) -> np.ndarray:
    return values[..., [i for i, tag in enumerate(model.card.tags) if tag.startswith(unit)]]


def test_the_plants_tags_keep_the_order_of_the_plant_file(both, plant):
    assert both.card.tags == tuple(tag.name for tag in plant.observed)
    assert both.card.moves == tuple(tag.name for tag in plant.movable)
    assert both.card.plant == plant.name


def test_every_unit_is_observed_as_if_it_were_alone(both, units, window):
    belief, residual = both.observe(window)
    for name, unit in zip(COPIES, units, strict=True):
        _, alone = unit.observe(window)
        assert np.array_equal(of(name, both, residual.predicted), alone.predicted)
        assert np.array_equal(of(name, both, residual.sigma), alone.sigma, equal_nan=True)
    assert belief.time == window.end


def test_rows_one_by_one_give_what_all_at_once_give(both, window):
    _, whole = both.observe(window)
    belief, _ = both.observe(window.rows(slice(0, 40)))
    _, rest = both.observe(window.rows(slice(40, None)), belief)
    assert np.array_equal(rest.predicted, whole.predicted[40:])


def test_a_move_of_one_unit_leaves_the_other_exactly_alone(both, window):
    belief, _ = both.observe(window)
    calm = held(both, window)
    moved = calm.copy()
    moved[:, both.card.moves.index("west.sp.p")] += 5.0
    effect = both.compare(belief, calm, moved).effect
    assert not of("east", both, effect.paths).any()
    assert not of("east", both, effect.p95).any()
    assert of("west", both, effect.mean)[-1, 0] == pytest.approx(5.0, abs=1.5)


def test_a_rollout_is_the_units_rollouts(both, units, window):
    belief, _ = both.observe(window)
    calm = held(both, window)
    future = both.imagine(belief, calm, samples=9, seed=4)
    own, _ = units[0].observe(window)
    alone = units[0].imagine(own, calm[:, [0, 2]], samples=9, seed=4)
    assert np.array_equal(of("east", both, future.paths), alone.paths)
    assert future.paths.shape == (9, 20, 8)


def test_units_do_not_share_their_noise(both, window):
    belief, _ = both.observe(window)
    future = both.imagine(belief, held(both, window))
    away = future.paths[:, 0] - future.paths[:, 0].mean(0)
    east, west = of("east", both, away)[:, 0], of("west", both, away)[:, 0]
    assert abs(np.corrcoef(east, west)[0, 1]) < 0.5


def test_comparing_gives_the_same_futures_as_imagining(both, window):
    belief, _ = both.observe(window)
    calm = held(both, window)
    found = both.compare(belief, calm, calm + 1.0)
    assert np.array_equal(found.baseline.paths, both.imagine(belief, calm).paths)
    assert np.array_equal(found.scenario.mean, both.imagine(belief, calm + 1.0).mean)


def test_training_by_unit_gives_the_same_models(plant, logs, units, both, window):
    told: list[float] = []
    trained = fit_units(*logs, plant, COPIES, TINY, told.append)
    assert np.array_equal(trained.observe(window)[1].predicted, both.observe(window)[1].predicted)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_loaded_model_of_units_gives_the_same_numbers(both, plant, window, tmp_path):
    card = both.card.model_copy(update={"excluded_hours": 3.5})
    save(both.described(card), tmp_path / "both.safetensors", {"detector": {"limit": np.array([np.nan])}})
    again = load(tmp_path / "both.safetensors", plant)
    calm = held(both, window)
    for model in (both, again):
        belief, residual = model.observe(window)
        effect = model.compare(belief, calm, calm + 2.0).effect
        assert np.array_equal(residual.predicted, both.observe(window)[1].predicted)
        assert np.array_equal(effect.paths, both.compare(both.observe(window)[0], calm, calm + 2.0).effect.paths)
    assert again.card == card
    assert again.card.units == COPIES


def test_a_checkpoint_of_units_that_do_not_make_up_the_plant_is_refused(both, plant, tmp_path):
    path = tmp_path / "both.safetensors"
    save(both, path)
    description, tensors = checkpoint._read(path)
    one = description.model_copy(update={"units": description.units[:1]})
    path.write_bytes(checkpoint.serialized(tensors, metadata={"foretell": one.model_dump_json()}))
    with pytest.raises(CheckpointError, match=r"does not fit the plant: .* each tag once: west\.l"):
        load(path, plant)


def test_a_broken_number_in_a_unit_is_found(both, plant, tmp_path):
    path = tmp_path / "both.safetensors"
    save(both, path)
    description, tensors = checkpoint._read(path)
    tensors["units.1.calibration.deviation"][0] = np.nan
    path.write_bytes(checkpoint.serialized(tensors, metadata={"foretell": description.model_dump_json()}))
    with pytest.raises(CheckpointError, match=r"no numbers in units\.1\.calibration\.deviation"):
        load(path, plant)


def test_a_unit_that_is_no_asset_is_named(plant):
    with pytest.raises(InvalidInput, match="no asset 'north', only east, west"):
        unit_plants(plant, ("east", "north"))


def test_only_gains_inside_a_unit_are_its_own(plant):
    east, west = unit_plants(plant, COPIES)
    assert [gain.tag for gain in east.gains] == ["east.p"]
    assert not west.gains


def test_a_tag_of_no_unit_is_named(plant):
    with pytest.raises(InvalidInput, match=r"west\.p, west\.l.* belong to none of east"):
        unit_plants(plant, ("east",))


def test_a_unit_that_is_missing_or_there_twice_is_refused(plant, units):
    with pytest.raises(InvalidInput, match=r"each tag once: west\.l"):
        UnitModels(plant, units[:1])
    with pytest.raises(InvalidInput, match=r"each tag once: east\.l"):
        UnitModels(plant, (*units, units[0]))


def test_a_unit_of_another_step_is_refused(plant, units):
    with pytest.raises(InvalidInput, match="step of 0:03:00, the plant one of 0:01:00"):
        UnitModels(replace(plant, step=timedelta(minutes=1)), units)


def test_anothers_belief_and_moves_that_do_not_fit_are_refused(both, units, window):
    own, _ = units[0].observe(window)
    belief, _ = both.observe(window)
    with pytest.raises(InvalidInput, match="no belief"):
        both.imagine(own, held(both, window))
    with pytest.raises(InvalidInput, match=r"expected \(horizon, 4\)"):
        both.compare(belief, held(both, window), np.zeros((5, 2)))
