"""A plant whose level follows its setpoint, and models that know its gain more or less well."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.clock import from_datetime64
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.protocols import ScoreSeries
from twin.window import Window
from twin.world import Envelope, Imagination, ModelCard, Residual

STEP = timedelta(minutes=3)
START = np.datetime64("2026-03-02T00:00", "us")
NOISE, PULL = 0.5, 0.2


def frame(name, start, end, **fields):
    made = EventFrame(
        id=name,
        kind=Kind.PROCESS,
        severity=Severity.MEDIUM,
        start=start,
        end=end,
        detected_at=start + STEP,
        score=2.0,
        contributions=(Contribution(tag="level", share=1.0, peak_sigma=5.0, first_seen=start),),
        first_mover="level",
        asset="tank",
        model_version="gain-1",
        message="level is high",
    )
    return made.model_copy(update=fields)


@dataclass(frozen=True)
class LastLevel:
    time: datetime
    level: float


class GainModel:
    """Level goes to `gain` times its setpoint; right at a gain of 1."""

    def __init__(self, gain=1.0, version=None, noise=NOISE):
        self.gain, self.noise = gain, noise
        self.card = ModelCard(
            version=version or f"gain-{gain:g}",
            family="toy",
            plant="Tank",
            tags=("level",),
            moves=("sp.level",),
            step=STEP,
            context=timedelta(hours=1),
            horizon=timedelta(hours=8),
            scale=(2.0,),
            envelope=(Envelope(tag="sp.level", low=-5, high=5),),
            disagreement_limit=1.0,
            data_start=datetime(2026, 1, 1, tzinfo=UTC),
            data_end=datetime(2026, 2, 1, tzinfo=UTC),
            data_hours=744,
            created=datetime(2026, 2, 1, tzinfo=UTC),
            seed=0,
            skill={},
        )

    def observe(self, window, belief=None):
        values, moves = window.column("level"), window.column("sp.level")
        before = np.concatenate([[values[0]], values[:-1]])
        predicted = before + PULL * (self.gain * moves - before)
        sigma = (values - predicted) / self.noise
        noise = np.full((len(window), 1), self.noise)
        residual = Residual(("level",), window.time, predicted[:, None], noise, sigma[:, None])
        return LastLevel(from_datetime64(window.time[-1]), values[-1]), residual

    def imagine(self, belief, moves, *, samples=64, seed=0):
        mean, level = np.empty((len(moves), 1)), belief.level
        for row, setpoint in enumerate(moves[:, 0]):
            level += PULL * (self.gain * setpoint - level)
            mean[row] = level
        steps = np.arange(1, len(moves) + 1)
        spread = self.noise * np.sqrt((1 - (1 - PULL) ** (2 * steps)) / (1 - (1 - PULL) ** 2))
        noise = np.random.default_rng(seed).normal(size=(samples, *mean.shape)) * spread[:, None]
        start = np.datetime64(belief.time.replace(tzinfo=None), "us")
        time = start + steps * np.timedelta64(STEP)
        zeros = np.zeros_like(mean)
        return Imagination(("level",), time, (mean + noise).astype(np.float32), mean, zeros, zeros + self.noise)


class CountingDetector:
    """One anomaly at each of the rows that it is told."""

    false_alarms_per_week = 1.0

    def __init__(self, rows=()):
        self.rows = rows

    def anew(self):
        return CountingDetector(self.rows)

    def watch(self, window, residual):
        times = [from_datetime64(window.time[row]) for row in self.rows]
        frames = tuple(frame(f"f{i}", time, time + STEP) for i, time in enumerate(times))
        return ScoreSeries(window.time, np.zeros(len(window))), frames


def operate(hours, seed=1, gain=1.0, noise=NOISE):
    """A window of normal operation with a setpoint change about every two hours."""
    rng, rows = np.random.default_rng(seed), round(hours * 20)
    moves, values, setpoint, level = np.empty(rows), np.empty(rows), 0.0, 0.0
    for t in range(rows):
        if rng.random() < 0.025:
            setpoint = rng.uniform(-5, 5)
        level += PULL * (gain * setpoint - level) + noise * rng.standard_normal()
        moves[t], values[t] = setpoint, level
    time = START + np.arange(1, rows + 1) * np.timedelta64(STEP)
    both = np.stack([values, moves], axis=1)
    return Window(("level", "sp.level"), time, both, np.isfinite(both), STEP)


@pytest.fixture
def week():
    return operate(60)
