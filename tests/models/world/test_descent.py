"""Claims about the trainer of all neural families."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from models.course import NoKeeper, Step, TrainingConfig
from models.dataset import read_episodes, split
from models.training import fit
from models.world.rssm import RSSMConfig

from .conftest import TINY, Bench

CONFIG = replace(
    TINY,
    family="rssm",
    dynamics=RSSMConfig(deter=8, stoch=4, hidden=8),
    members=2,
    updates=8,
    validate_every=2,
    stride=60,
    samples=4,
)


class CutOff(Exception):
    pass


class Kept(NoKeeper):
    """In memory; falls over once, when it has kept so many states."""

    def __init__(self, last: int | None = None) -> None:
        self.state: dict[str, Any] | None = None
        self.heard: list[Step] = []
        self.last = last

    def restore(self) -> dict[str, Any] | None:
        return self.state

    def keep(self, state: dict[str, Any]) -> None:
        self.state = state
        if len(self.heard) == self.last:
            self.last = None
            raise CutOff

    def hear(self, step: Step) -> None:
        self.heard.append(step)


@pytest.fixture(scope="module")
def fitted(tank: Bench):
    kept, held = split(read_episodes(tank.historian, tank.plant, tank.span, TINY.dataset), TINY.dataset)

    def run(config: TrainingConfig = CONFIG, keeper: Kept | None = None):
        return fit(kept, held, tank.plant, config, keeper=keeper or Kept())

    return run


def test_a_resumed_training_gives_the_model_of_an_unbroken_one(fitted):
    keeper = Kept(last=2)
    with pytest.raises(CutOff):
        fitted(keeper=keeper)
    resumed = fitted(keeper=keeper)
    assert [step.update for step in keeper.heard] == [2, 4, 6, 8]
    assert resumed.card.version == fitted().card.version


def test_a_kept_state_can_be_written_by_torch(fitted, tmp_path):
    keeper = Kept()
    fitted(keeper=keeper)
    torch.save(keeper.state, tmp_path / "state")
    assert torch.load(tmp_path / "state", weights_only=True)["counts"] == keeper.state["counts"]


def test_every_validation_is_told_with_the_loss_by_term(fitted):
    keeper = Kept()
    fitted(keeper=keeper)
    assert {"nll", "kl", "overshoot", "total"} == set(keeper.heard[0].terms)
    assert keeper.heard[-1].best == min(step.error for step in keeper.heard)
    assert keeper.heard[-1].updates == 8


def test_the_best_weights_are_kept_not_the_last(fitted):
    keeper = Kept()
    model = fitted(replace(CONFIG, updates=1000, learning_rate=0.3, clip=100.0, patience=2), keeper)
    assert keeper.heard[-1].error > keeper.heard[-1].best
    assert keeper.state is not None
    assert all(torch.equal(model.dynamics.state_dict()[name], kept) for name, kept in keeper.state["kept"].items())


def test_training_stops_when_nothing_gets_better(fitted):
    keeper = Kept()
    fitted(replace(CONFIG, updates=100, learning_rate=0.0, patience=2), keeper)
    assert [step.update for step in keeper.heard] == [2, 4]


def test_the_budget_of_time_ends_the_training_with_what_was_found(fitted):
    keeper = Kept()
    model = fitted(replace(CONFIG, updates=10**6, seconds=1e-6, validate_every=1000), keeper)
    assert [step.update for step in keeper.heard] == [1]
    assert model.card.skill["nrmse"] > 0


def test_the_rate_falls_with_the_part_done(fitted, monkeypatch):
    rates = []
    step = torch.optim.AdamW.step

    def watched(self, *args, **kwargs):
        rates.append(self.param_groups[0]["lr"])
        return step(self, *args, **kwargs)

    monkeypatch.setattr(torch.optim.AdamW, "step", watched)
    fitted()
    assert rates[0] == CONFIG.learning_rate
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.1 * rates[0]
