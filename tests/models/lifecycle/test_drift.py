"""When the drift alarm speaks."""

from datetime import timedelta

import numpy as np
import pytest

from models.drift import DriftConfig, examine
from models.rollouts import RolloutConfig
from twin.clock import from_datetime64

from .conftest import NOISE, START, GainModel, operate

NOW = from_datetime64(START) + timedelta(hours=72)
CONFIG = DriftConfig(rollout=RolloutConfig(horizon=timedelta(hours=2), stride=timedelta(hours=2)))


def joined(calm_hours, later):
    """A window that is calm first and then what `later` is."""
    calm = operate(calm_hours)
    values = np.concatenate([calm.values, later.values])
    time = START + np.arange(1, len(values) + 1) * np.timedelta64(calm.step)
    return type(calm)(calm.tags, time, values, np.isfinite(values), calm.step)


def test_a_model_that_fits_is_left_alone():
    for seed in range(20):
        report = examine(GainModel(), [operate(72, seed)], NOW, CONFIG)
        assert not report.drifting, report.reason
        assert report.one_step_coverage == pytest.approx(0.9, abs=0.05)
        assert report.rollout_coverage == pytest.approx(0.9, abs=0.1)
        assert report.hours == pytest.approx(71, abs=0.1)


def test_noise_that_grew_is_noticed_with_its_beginning():
    report = examine(GainModel(), [joined(30, operate(42, 2, noise=2 * NOISE))], NOW, CONFIG)
    assert report.drifting
    assert report.one_step_coverage < 0.75
    assert report.since == from_datetime64(START) + timedelta(hours=30)
    assert "since 2026-03-03 06:00" in report.reason


def test_a_gain_that_changed_is_seen_in_rollouts_before_one_step_errors_tell():
    report = examine(GainModel(), [joined(20, operate(52, 3, gain=1.7))], NOW, CONFIG)
    assert report.drifting
    assert report.rollout_coverage < 0.8
    assert report.one_step_coverage > report.rollout_coverage


def test_one_bad_hour_is_no_drift():
    window = operate(72, 4)
    window.values[1000:1020, 0] += np.where(np.arange(20) % 2, 20, -20) * NOISE
    assert not examine(GainModel(), [window], NOW, CONFIG).drifting


def test_too_little_data_is_said_and_raises_no_alarm():
    wild = operate(5, noise=5 * NOISE)
    report = examine(GainModel(), [wild], from_datetime64(wild.time[-1]), CONFIG)
    assert not report.drifting
    assert "too few to tell" in report.reason
    assert not examine(GainModel(), [], NOW, CONFIG).drifting
