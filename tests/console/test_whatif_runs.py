"""How the bench works scenarios out: two at once, on one model and one instant, to be given up."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from api.console.bench import runs
from api.console.bench.runs import Run
from twin.errors import OutsideLimits
from twin.protocols import Twin
from twin.scenario import Change, Move, Scenario

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PATIENCE_S = 20


@dataclass
class Rollouts:
    """Stands in for the operation: every rollout waits at a gate, and is counted while it does."""

    gate: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: list = field(default_factory=list)
    at_once: int = 0
    most: int = 0

    def what_if(self, twin, scenario, *, max_horizon):
        with self.lock:
            self.begun.append((twin.clock.now(), twin.model, scenario.moves[0].amount))
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.gate.wait(PATIENCE_S)
        with self.lock:
            self.at_once -= 1
        if scenario.moves[0].amount < 0:
            raise OutsideLimits("below the lowest")
        return scenario.moves[0].amount


class RunningClock:
    """Every look at it is a minute later."""

    def __init__(self):
        self.looked = 0

    def now(self):
        self.looked += 1
        return NOW + self.looked * timedelta(minutes=1)


@pytest.fixture
def rollouts(monkeypatch):
    stand_in = Rollouts()
    monkeypatch.setattr(runs, "what_if", stand_in.what_if)
    monkeypatch.setattr(runs, "kept", lambda state, scenario, outcome: f"kept {outcome}")
    yield stand_in
    stand_in.gate.set()


@pytest.fixture
def view():
    twin = Twin(None, None, None, "the model of then", RunningClock())
    return SimpleNamespace(state=SimpleNamespace(twin=twin, max_horizon=timedelta(hours=24)))


def scenarios(*amounts):
    return [Scenario(moves=(Move(tag="sp", change=Change.BY, amount=amount),)) for amount in amounts]


async def until(condition):
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  threads make it true
            await asyncio.sleep(0.001)


def test_no_more_than_two_rollouts_run_at_once_and_the_outcomes_keep_their_order(view, rollouts):
    told = []

    async def whole():
        going = asyncio.ensure_future(Run(view, scenarios(1, 2, 3, 4)).outcome(told.append))
        await until(lambda: len(rollouts.begun) == 2)
        view.state.twin.model = "a model promoted meanwhile"
        rollouts.gate.set()
        return await going

    compared = asyncio.run(whole())
    assert compared.outcomes == ("kept 1.0", "kept 2.0", "kept 3.0", "kept 4.0")
    assert rollouts.most == 2
    assert told[-1] == 4
    assert told == sorted(told)


def test_all_scenarios_stand_on_one_instant_and_one_model_whatever_happens_meanwhile(view, rollouts):
    async def whole():
        run = Run(view, scenarios(1, 2, 3))
        view.state.twin.model = "a model promoted meanwhile"
        rollouts.gate.set()
        await run.outcome(lambda done: None)

    asyncio.run(whole())
    assert {(now, model) for now, model, _ in rollouts.begun} == {(NOW + timedelta(minutes=1), "the model of then")}


def test_a_run_that_is_given_up_begins_nothing_more_and_gives_nothing(view, rollouts):
    async def whole():
        run = Run(view, scenarios(1, 2, 3, 4))
        going = asyncio.ensure_future(run.outcome(lambda done: None))
        await until(lambda: len(rollouts.begun) == 2)
        run.cancel()
        compared = await going
        rollouts.gate.set()
        await until(lambda: rollouts.at_once == 0)
        return compared

    assert asyncio.run(whole()) is None
    assert len(rollouts.begun) == 2


def test_an_error_of_one_scenario_leaves_the_others_their_outcomes(view, rollouts):
    rollouts.gate.set()
    compared = asyncio.run(Run(view, scenarios(1, -1)).outcome(lambda done: None))
    assert compared.outcomes[0] == "kept 1.0"
    assert isinstance(compared.outcomes[1], OutsideLimits)
    assert compared.hindsight is None, "a start now has no hindsight"


def test_what_nobody_foresaw_is_raised(view, rollouts, monkeypatch):
    monkeypatch.setattr(runs, "kept", lambda *kept: 1 / 0)
    rollouts.gate.set()
    with pytest.raises(ZeroDivisionError):
        asyncio.run(Run(view, scenarios(1)).outcome(lambda done: None))
