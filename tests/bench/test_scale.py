"""Claims about the bench of growth, on copies of a tiny plant."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import scale
from bench.folder import read_folder
from bench.scale import Log, copied, dense_matrix, exponent, measure, plot, rounded
from models.training import TrainingConfig
from models.world.linear import LinearConfig

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
    assert (found["tags"], found["moves"]) == (10, 4)
    for way in scale.WAYS:
        assert set(found[way]) == set(scale.COSTS)
        assert min(found[way].values()) > 0


def test_a_dense_model_that_needs_too_much_memory_is_not_trained(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    config = TINY.of(LinearConfig)
    assert dense_matrix(5, 2, config) == 8.0 * (2 * 5 + 2 * 2 + 1) ** 2
    monkeypatch.setattr(scale, "MEMORY", dense_matrix(5, 2, config) - 1)
    found = measure(log, TINY)
    assert found["dense"] is None
    assert found["units"]["train_s"] > 0


def test_the_exponent_is_that_of_the_cost_over_the_tags() -> None:
    sizes = [{"tags": n, "dense": {"train_s": 2.0 * n**3} if n < 50 else None, "units": None} for n in (5, 10, 50)]
    assert exponent(sizes, "dense", "train_s") == pytest.approx(3.0)
    assert exponent(sizes, "units", "train_s") is None


def test_the_plot_shows_what_was_measured(log: Log, tmp_path: Path) -> None:
    costs = dict.fromkeys(scale.COSTS, 1.0)
    sizes = [{"tags": 5, "dense": costs, "units": costs}, {"tags": 50, "dense": None, "units": costs}]
    plot(sizes, tmp_path / "a.svg")
    plot(sizes, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


def test_numbers_are_rounded_to_three_digits() -> None:
    assert rounded({"a": [0.123456, None, 7], "b": {"c": 98765.4}}) == {"a": [0.123, None, 7], "b": {"c": 98800.0}}


def test_the_linear_family_is_what_grows() -> None:
    assert replace(scale.CONFIG, members=1).of(LinearConfig).penalties == (10.0,)
