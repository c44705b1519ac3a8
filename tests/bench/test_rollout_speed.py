"""Claims about the bench of what-ifs beside latentplant, which need no latentplant."""

import sys
from datetime import timedelta

import numpy as np
import pytest

from bench import rollout_speed
from bench.rollout_speed import Live, Question, bars, medians, ratios, rivals
from twin.window import Window


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
    assert medians(found) == {"a": {"clock": 1.0, "cpu": 0.5}, "b": {"clock": 2.0, "cpu": 1.0}}


def test_a_ratio_is_that_within_a_turn_and_above_one_when_the_rival_takes_longer() -> None:
    ours = np.array([[0.5, 0.25], [5.0, 0.25], [0.5, 0.25]])
    taken = {"foretell_with_context": ours, "latentplant_ensemble": ours * [4.0, 8.0]}
    assert ratios(taken) == {
        "latentplant_ensemble": {"clock": 4.0, "cpu": 8.0},
        "latentplant_rssm_ensemble": "not installed",
    }


@pytest.mark.parametrize(("longer", "holds"), [(2.9, False), (3.0, True), (None, None)])
def test_a_bar_says_whether_it_holds(longer: float | None, holds: bool | None) -> None:
    rival = "not installed" if longer is None else {"clock": longer, "cpu": 9.0}
    told = {"latentplant_ensemble": rival, "latentplant_rssm_ensemble": "not installed"}
    found = bars({"foretell_with_context": {"clock": 1.2, "cpu": 0.3}}, told, {"row_ms": 4.0}, 600.0)
    assert found["times_latentplant_ensemble"] == {"found": longer, "limit": 3.0, "holds": holds}
    assert found["what_if_s"] == {"found": 1.2, "limit": 1.0, "holds": False}
    assert found["row_ms"]["holds"]
    assert found["training_min"] == {"found": 10.0, "limit": 30.0, "holds": True}
    assert (
        bars({"foretell_with_context": {"clock": 1.0}}, told, {"row_ms": 5.1}, None)["training_min"]["holds"] is None
    )


class Model:
    """A belief is the number of rows that it has seen."""

    def observe(self, window: Window, belief: int | None = None) -> tuple[int, str]:
        return (belief or 0) + len(window), f"row {belief}"


class Watching:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, window: Window, residual: str) -> None:
        assert len(window) == 1
        self.seen.append(residual)


def rows(count: int) -> Window:
    step = timedelta(minutes=3)
    time = np.datetime64("2026-01-05", "us") + np.arange(count) * np.timedelta64(step, "us")
    return Window(("level",), time, np.zeros((count, 1)), np.ones((count, 1), bool), step)


def test_live_rows_come_one_by_one_through_belief_and_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout_speed, "WATCHED", 3)
    detector = Watching()
    live = Live(Model(), detector, Question(rows(10), rows(7), np.zeros((1, 1))))  # type: ignore[arg-type]
    live.go_on()
    live.go_on()
    assert detector.seen == [f"row {i}" for i in range(10, 16)]
    found = live.report()
    assert found["row_cpu_ms"] >= found["detector_cpu_ms"] >= 0
    with pytest.raises(IndexError, match="only 7 rows"):
        live.go_on()


def test_a_missing_rival_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "latentplant", None)
    assert rivals(None, 50, 5) == {}  # type: ignore[arg-type]
