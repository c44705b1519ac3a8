"""Claims about the bench of what-ifs beside latentplant, which need no latentplant."""

import sys

import pytest

from bench import rollout_speed
from bench.rollout_speed import ratios, rivals


class Clock:
    """Time passes only when somebody works."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.now / 2


def test_contestants_take_turns_and_the_first_turn_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, order = Clock(), []
    monkeypatch.setattr(rollout_speed, "time", clock)

    def work(name: str, seconds: float) -> None:
        order.append(name)
        clock.now += seconds if order.count(name) > 1 else 100.0

    found = rollout_speed.turns({"a": lambda: work("a", 1.0), "b": lambda: work("b", 2.0)}, 3, lambda done: None)
    assert order == ["a", "b"] * 4
    assert found == {"a": {"clock": 1.0, "cpu": 0.5}, "b": {"clock": 2.0, "cpu": 1.0}}


def test_a_ratio_above_one_says_that_the_rival_takes_longer() -> None:
    seconds = {
        "foretell_with_context": {"clock": 0.5, "cpu": 0.25},
        "latentplant_ensemble": {"clock": 2.0, "cpu": 2.0},
    }
    assert ratios(seconds) == {
        "latentplant_ensemble": {"clock": 4.0, "cpu": 8.0},
        "latentplant_rssm_ensemble": "not installed",
    }


def test_a_missing_rival_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "latentplant", None)
    assert rivals(None, 50, 5) == {}  # type: ignore[arg-type]
