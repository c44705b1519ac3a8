"""Claims about the bench of growth, on copies of a tiny plant."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import scale
from bench.folder import read_folder
from bench.scale import Log, by_unit, copied, dense_matrix, exponent, measure, plot, rounded
from models.training import TrainingConfig
from models.world.linear import LinearConfig
from models.world.units import UnitModels
from twin.protocols import WorldModel
from twin.window import Window

from .kiln import Kiln

TINY = TrainingConfig(
    family="linear",
    dynamics=LinearConfig(tag_lags=(1, 2), move_lags=(0, 1), penalties=(1.0,), fills=1, block=20),
    members=2,
    context=30,
    imagined=20,
    horizon=40,
    stride=60,
    samples=10,
)


@pytest.fixture
def log(kiln: Kiln) -> Log:
    folder = read_folder(kiln.write())
    return Log(folder.plant, folder.train[:1], folder.held_back[:1])


def test_a_copy_is_the_plant_at_another_time(log: Log) -> None:
    three = copied(log, 3)
    assert len(three.plant.observed) == 3 * len(log.plant.observed)
    assert [asset.name for asset in three.plant.assets] == ["unit000", "unit001", "unit002"]
    window, name = three.train[0], log.plant.observed[0].name
    first, last = window.column(f"unit000.{name}"), window.column(f"unit002.{name}")
    assert np.array_equal(last[2 * scale.SHIFT :], first[: -2 * scale.SHIFT])
    assert not np.array_equal(first, last)


def test_copies_have_their_news_in_the_same_rows(log: Log) -> None:
    window = copied(log, 2).train[0]
    slow = log.plant.observed[3].name
    first, second = (window.valid[scale.SHIFT + 1 :, window.tags.index(f"unit00{i}.{slow}")] for i in range(2))
    assert np.array_equal(first, second)
    assert not first.all()


def test_both_ways_are_measured_on_the_same_plant(log: Log) -> None:
    found = measure(copied(log, 2), TINY)
    assert (found["tags"], found["moves"], found["trained_units"]) == (10, 4, 2)
    assert found["dense"] != found["units"]
    for way in scale.WAYS:
        assert set(found[way]) == set(scale.COSTS)
        assert min(found[way].values()) > 0


def test_one_unit_is_the_dense_model(log: Log) -> None:
    found = measure(copied(log, 1), TINY)
    assert found["dense"] is found["units"]


def test_units_that_are_not_trained_count_as_those_that_are(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "cpu", lambda work: (work(), 3.0))
    monkeypatch.setattr(scale, "TRAINED", 1)
    three = copied(log, 3)
    model, seconds, trained = by_unit(three, TINY)
    assert (seconds, trained) == (9.0, 1)
    assert model.card.tags == tuple(tag.name for tag in three.plant.observed)
    first, last = (unit.observe(window)[1] for unit, window in _own_windows(model, three))
    assert np.array_equal(first.predicted, last.predicted)


def _own_windows(model: UnitModels, log: Log) -> Iterator[tuple[WorldModel, Window]]:
    """The first and the last unit, each with the first unit's rows under its own names."""
    names = model.units[0].card.tags + model.units[0].card.moves
    for unit in (model.units[0], model.units[-1]):
        window = log.train[0].select(names)
        yield unit, replace(window, tags=unit.card.tags + unit.card.moves)


def test_a_dense_model_that_needs_too_much_memory_is_not_trained(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    two = copied(log, 2)
    assert dense_matrix(10, 4, TINY) == 8.0 * (2 * 10 + 2 * 4 + 1) ** 2
    monkeypatch.setattr(scale, "MEMORY", dense_matrix(10, 4, TINY) - 1)
    found = measure(two, TINY)
    assert found["dense"] is None
    assert found["units"]["train_s"] > 0


def test_the_champions_matrix_counts_lags_moves_and_products() -> None:
    assert dense_matrix(50, 13, scale.NARX) == 8.0 * (6 * 50 + 6 * 13 + 19 * 20 / 2 + 1) ** 2


def test_the_exponent_is_that_of_the_cost_over_the_tags() -> None:
    sizes = [{"tags": n, "dense": {"train_s": 2.0 * n**3} if n < 50 else None, "units": None} for n in (5, 10, 50)]
    assert exponent(sizes, "dense", "train_s") == pytest.approx(3.0)
    assert exponent(sizes, "units", "train_s") is None


def test_the_plot_shows_what_was_measured(log: Log, tmp_path: Path) -> None:
    costs = dict.fromkeys(scale.COSTS, 1.0)
    sizes = [{"tags": 5, "dense": costs, "units": costs}, {"tags": 50, "dense": None, "units": costs}]
    plot({"narx": sizes}, tmp_path / "a.svg")
    plot({"narx": sizes}, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


def test_numbers_are_rounded_to_three_digits() -> None:
    assert rounded({"a": [0.123456, None, 7], "b": {"c": 98765.4}}) == {"a": [0.123, None, 7], "b": {"c": 98800.0}}
