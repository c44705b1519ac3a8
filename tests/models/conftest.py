"""A small linear plant whose world model is known by heart, and both detectors calibrated to it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from models.anomaly.calibrate import calibrate
from models.anomaly.classical import METHODS, ClassicalCalibration
from models.anomaly.detector import DetectorConfig
from twin.clock import Shift, from_datetime64
from twin.plant import Asset, Limits, Plant, Tag, TagRole
from twin.window import Window
from twin.world import Envelope, ModelCard, Residual

STEP = timedelta(minutes=3)
START = np.datetime64("2026-03-02T00:00", "us")
MEASURED = ("level", "pressure", "feed", "cooling", "heat", "vapour")
OBSERVED = (*MEASURED, "xmv.valve", "purity")
MOVES = ("sp.level", "sp.heat")
NOISE = 0.5

A = 0.75 * np.eye(8)
A[1, 0], A[2, 1], A[4, 3], A[5, 4], A[6, 2], A[0, 6], A[7, 5] = 0.15, 0.1, 0.15, 0.1, 0.15, -0.1, 0.2
B = np.zeros((8, 2))
B[0, 0], B[6, 0], B[4, 1], B[5, 1] = 1.0, 0.5, 1.5, 0.5


@dataclass(frozen=True)
class ToyBelief:
    time: datetime
    values: np.ndarray
    levels: np.ndarray


class ToyModel:
    """Predicts with the plant's own equations; a move gives one push."""

    card = ModelCard(
        version="toy-1",
        family="toy",
        plant="toy",
        tags=OBSERVED,
        moves=MOVES,
        step=STEP,
        context=timedelta(hours=1),
        horizon=timedelta(hours=8),
        scale=(1.0,) * len(OBSERVED),
        envelope=(Envelope(tag="sp.level", low=-5, high=5), Envelope(tag="sp.heat", low=-5, high=5)),
        disagreement_limit=1.0,
        data_start=datetime(2026, 1, 1, tzinfo=UTC),
        data_end=datetime(2026, 2, 1, tzinfo=UTC),
        data_hours=744,
        created=datetime(2026, 2, 1, tzinfo=UTC),
        seed=0,
        skill={},
    )

    def observe(self, window, belief=None):
        values, moves = window.select(OBSERVED).values, window.select(MOVES).values
        past = np.zeros(8) if belief is None else belief.values
        before = np.nan_to_num(moves[0]) if belief is None else belief.levels
        predicted = np.empty_like(values)
        for row, (now, levels) in enumerate(zip(values, moves, strict=True)):
            predicted[row] = A @ past + B @ (np.nan_to_num(levels) - before)
            before = np.nan_to_num(levels)
            past = np.where(np.isfinite(now), now, predicted[row])
        noise = np.full_like(values, NOISE)
        residual = Residual(OBSERVED, window.time, predicted, noise, (values - predicted) / noise)
        return ToyBelief(from_datetime64(window.time[-1]), past, before), residual

    def imagine(self, belief, moves, *, samples=64, seed=0):
        raise NotImplementedError

    def compare(self, belief, baseline, scenario, *, samples=64, seed=0):
        raise NotImplementedError


@dataclass
class Lab:
    """The plant, what it does, and the detectors."""

    plant: Plant
    model: ToyModel
    calibration: object
    classical: dict

    def normal(self, seed, rows=480, *, moves_per_row=0.01, gain=1.0, fault=None, push=None):
        """A window of operation; `fault` (row, tag, size) adds to the process from a row on, `push` is a move."""
        return simulate(seed, rows, moves_per_row, gain, fault, push)

    def detector(self, name, budget=0.05, config=None):
        source = self.calibration if name == "foretell" else self.classical[name]
        return source.detector(self.plant, budget, config or DetectorConfig())

    def watch(self, detector, window, chunk=None):
        """Scores and the latest form of every frame, whole or in chunks."""
        _, residual = self.model.observe(window)
        sigma = residual.sigma.copy()
        sigma[:20] = np.nan
        residual = replace(residual, sigma=sigma)
        frames, scores = {}, []
        for begin in range(0, len(window), chunk or len(window)):
            part = slice(begin, begin + (chunk or len(window)))
            series, found = detector.watch(window.rows(part), cut(residual, part))
            frames |= {frame.id: frame for frame in found}
            scores.append(series)
        return scores, sorted(frames.values(), key=lambda frame: (frame.start, frame.id))


def cut(residual, part):
    arrays = (residual.time, residual.predicted, residual.noise, residual.sigma)
    return Residual(residual.tags, *(array[part] for array in arrays))


def simulate(seed, rows, moves_per_row=0.01, gain=1.0, fault=None, push=None):
    rng = np.random.default_rng(seed)
    levels, state = np.zeros(2), np.zeros(8)
    values = np.empty((rows, 10))
    for row in range(-60, rows):
        before = levels.copy()
        if row >= 0 and rng.random() < moves_per_row:
            levels[rng.integers(2)] = rng.uniform(-4, 4)
        if push is not None and row == push[0]:
            levels[MOVES.index(push[1])] = push[2]
        state = A @ state + gain * (B @ (levels - before)) + rng.normal(0, NOISE, 8)
        if fault is not None and row >= fault[0]:
            state[OBSERVED.index(fault[1])] += fault[2]
        if row >= 0:
            values[row] = np.concatenate([state, levels])
    values[np.arange(rows) % 2 != 0, 7] = np.nan
    time = START + np.arange(rows) * np.timedelta64(STEP)
    return Window((*OBSERVED, *MOVES), time, values, np.isfinite(values), STEP)


def changed(window, tag, rows, values):
    """The window with other values of one tag in some rows."""
    new = window.values.copy()
    new[rows, window.tags.index(tag)] = values
    return Window(window.tags, window.time, new, np.isfinite(new), window.step)


def toy_plant():
    def tag(name, role, cadence, **more):
        return Tag(name, "vessel", role, "kPa", f"The {name}", -50.0, 50.0, cadence, **more)

    minute = timedelta(minutes=1)
    tags = [tag(name, TagRole.MEASURED, minute) for name in MEASURED]
    tags[1] = tag("pressure", TagRole.MEASURED, minute, limits=Limits(hi=20.0))
    tags.append(tag("xmv.valve", TagRole.MV, minute))
    tags.append(tag("purity", TagRole.ANALYSER, 6 * minute))
    tags += [tag(name, TagRole.SETPOINT, None, movable=True) for name in MOVES]
    assets = (Asset("vessel", "The vessel", None),)
    shifts = (Shift("night", time(22), time(6)),)
    return Plant("toy", "A vessel", ZoneInfo("UTC"), STEP, "night", shifts, assets, tuple(tags))


@pytest.fixture(scope="session")
def lab():
    plant, model = toy_plant(), ToyModel()
    stretches = [simulate(seed, 700) for seed in range(4)]
    classical = {method: ClassicalCalibration.learn(stretches, OBSERVED, method) for method in METHODS}
    return Lab(plant, model, calibrate(model, stretches, plant), classical)


@pytest.fixture(params=["foretell", *METHODS])
def name(request):
    return request.param


@pytest.fixture(params=["foretell", "pca", "dpca"])
def finder(request):
    """Those that find a step of one tag here: canonical variates go by dynamics, and moves have those too."""
    return request.param


@pytest.fixture
def change():
    return changed
