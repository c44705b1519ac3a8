"""New regimes: the plant runs by its laws again, elsewhere."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from models.anomaly.regime import Operation, RegimeConfig, RegimeWatch
from twin.event import Kind
from twin.window import Window

STEP = timedelta(minutes=3)
TAGS = ("a", "b", "c")
CONFIG = RegimeConfig(settled=timedelta(hours=1), after=timedelta(hours=3), lasts=timedelta(hours=5))
SETTLED = 20


@pytest.fixture(scope="module")
def operation():
    windows = []
    for seed in range(4):
        values = np.random.default_rng(seed).standard_normal((800, 3)) + 10.0
        time = np.datetime64("2026-03-02", "us") + np.arange(800) * np.timedelta64(STEP)
        windows.append(Window(TAGS, time, values, np.isfinite(values), STEP))
    return Operation.learn(windows, TAGS)


@pytest.fixture
def watch(operation):
    return RegimeWatch(operation, STEP, CONFIG)


HERE, ELSEWHERE = np.full(3, 10.0), np.array([10.0, 40.0, 10.0])


def rows(watch, values, count, *, ordinary=True, alarm=False):
    """The rows at which something changed."""
    return [row for row in range(count) if watch.enter(values, ordinary=ordinary, alarm=alarm)]


def test_no_stretch_of_normal_operation_reaches_the_limit(operation):
    ordinary = np.random.default_rng(9).standard_normal((800, 3)) + 10.0
    watch = RegimeWatch(operation, STEP, CONFIG)
    rows(watch, HERE, 20, alarm=True)
    assert not any(watch.enter(row, ordinary=True, alarm=False) for row in ordinary)


def test_after_an_alarm_a_plant_that_has_settled_elsewhere_runs_in_a_new_regime(watch):
    rows(watch, HERE, 30)
    assert rows(watch, ELSEWHERE, 30, ordinary=False, alarm=True) == []
    assert rows(watch, ELSEWHERE, SETTLED) == [SETTLED - 1]
    assert watch.active
    assert watch.score > 1.0
    assert int(np.argmax(watch.finding.shares)) == 1
    assert watch.finding.sigma[1] > 0


def test_without_an_alarm_lately_there_is_none(watch):
    rows(watch, HERE, 30)
    assert rows(watch, ELSEWHERE, 100) == []
    rows(watch, HERE, 60, alarm=True)
    rows(watch, HERE, 61)
    assert rows(watch, ELSEWHERE, 100) == []


def test_while_rows_are_not_ordinary_the_plant_has_not_settled(watch):
    rows(watch, ELSEWHERE, 30, ordinary=False, alarm=True)
    for _ in range(10):
        assert rows(watch, ELSEWHERE, SETTLED - 1) == []
        assert rows(watch, ELSEWHERE, 1, ordinary=False, alarm=True) == []


def test_where_the_log_has_been_there_is_no_new_regime(watch):
    rows(watch, HERE, 30, ordinary=False, alarm=True)
    assert rows(watch, HERE, 60) == []


def test_it_ends_when_the_plant_is_back_and_does_not_begin_again_without_another_alarm(watch):
    rows(watch, ELSEWHERE, 30, ordinary=False, alarm=True)
    rows(watch, ELSEWHERE, SETTLED)
    assert len(rows(watch, HERE, 90)) == 1
    assert not watch.active
    assert rows(watch, ELSEWHERE, 100) == []


def test_one_that_lasts_becomes_operation_like_any_other(watch):
    rows(watch, ELSEWHERE, 30, ordinary=False, alarm=True)
    rows(watch, ELSEWHERE, SETTLED)
    assert rows(watch, ELSEWHERE, 200) == [99]


def test_a_tag_that_was_never_heard_is_nowhere(operation):
    assert operation.distance(np.array([10.0, np.nan, 10.0])) == pytest.approx(
        operation.distance(np.array([10.0, operation.mean[1], 10.0]))
    )


def test_the_detector_tells_a_plant_that_settled_elsewhere_apart_from_the_alarm_before_it(lab):
    window = lab.normal(80, 900, moves_per_row=0.0, fault=(240, "cooling", 1.2))
    _, frames = lab.watch(lab.detector("foretell"), window)
    [regime] = [frame for frame in frames if frame.kind is Kind.NEW_REGIME]
    assert regime.contributions[0].tag == "cooling"
    assert regime.message.startswith("The plant runs by its laws, but where the training log did not cover it")
    alarms = [frame for frame in frames if frame.kind is Kind.PROCESS]
    assert alarms[0].start < regime.start
    assert all(frame.end is not None and frame.end <= regime.detected_at for frame in alarms[:1])


def test_a_calibration_that_does_not_know_where_the_plant_stood_tells_no_regimes(lab):
    window = lab.normal(80, 900, moves_per_row=0.0, fault=(240, "cooling", 1.2))
    blind = replace(lab.calibration, operation=None).detector(lab.plant, 0.05)
    assert all(frame.kind is not Kind.NEW_REGIME for frame in lab.watch(blind, window)[1])
    parts = lab.calibration.parts()
    kept = type(lab.calibration).from_parts(parts, lab.calibration.version).operation
    assert kept is not None
    assert kept.limit == lab.calibration.operation.limit
