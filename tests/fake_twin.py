"""The demo plant in memory with a day and a half of history, last night's events, and a world model one can check.

It is Sunday 2026-11-22, 10:15 in Berlin. The model holds every tag at its last value, except that reactor pressure
moves by the setpoint's change plus 100 kPa per unit of A feed bias, and the A feed in proportion to its bias.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from twin.clock import FixedClock, from_datetime64, to_datetime64
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.plantfile import load_plant
from twin.protocols import ScoreSeries, Twin
from twin.sample import Sample, SampleBatch
from twin.scenario import LoggedMove
from twin.world import Comparison, Envelope, Imagination, ModelCard, Residual

NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
START = NOW - timedelta(hours=36)
STEP = timedelta(minutes=3)
PLANT = load_plant(Path(__file__).parents[1] / "ingest" / "demo" / "plant.yaml")
LEVELS = {
    "sp.reactor_pressure": 2700.0,
    "bias.a_feed": 1.0,
    "sp.reactor_temperature": 120.4,
    "sp.production_rate": 23.0,
}
VALUES = {"reactor_pressure": 2700.0, "feed_a_flow": 0.25, "separator_level": 50.0, "stripper_steam_flow": 230.0}
MOVED_AT = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
FAULT = (datetime(2026, 11, 21, 22, 40, tzinfo=UTC), datetime(2026, 11, 22, 0, 10, tzinfo=UTC))
STUCK = (datetime(2026, 11, 22, 2, 30, tzinfo=UTC), datetime(2026, 11, 22, 4, 0, tzinfo=UTC))


def level(tag):
    return LEVELS.get(tag.name, round((tag.low + tag.high) / 2, 3))


def value(tag):
    return VALUES.get(tag.name, (tag.low + tag.high) / 2)


@dataclass(frozen=True)
class LastRow:
    time: datetime
    values: np.ndarray
    moves: np.ndarray


class ProportionalModel:
    """Observed tags stay where they are; pressure and A feed follow the moves at once."""

    def __init__(self, disagreement=0.1):
        self.disagreement = disagreement
        observed, movable = PLANT.observed, PLANT.movable
        self.card = ModelCard(
            version="proportional-1",
            family="fake",
            plant=PLANT.name,
            tags=tuple(tag.name for tag in observed),
            moves=tuple(tag.name for tag in movable),
            step=STEP,
            context=timedelta(hours=3),
            horizon=timedelta(hours=8),
            scale=tuple((tag.high - tag.low) / 100 for tag in observed),
            envelope=tuple(envelope(tag) for tag in movable),
            disagreement_limit=1.0,
            data_start=START - timedelta(days=10),
            data_end=START,
            data_hours=240,
            created=START,
            seed=0,
            skill={"nrmse": 0.3},
        )

    def observe(self, window, belief=None):
        values = window.select(self.card.tags).values
        before = np.full(values.shape[1], np.nan) if belief is None else belief.values
        held = carried_on(before, values)
        zeros = np.zeros_like(values)
        residual = Residual(self.card.tags, window.time, held, zeros + 1, zeros)
        return LastRow(window.end, held[-1], window.select(self.card.moves).values[-1]), residual

    def imagine(self, belief, moves, *, samples=64, seed=0):
        mean = np.tile(np.nan_to_num(belief.values), (len(moves), 1))
        change = moves - belief.moves
        bias = change[:, self.card.moves.index("bias.a_feed")]
        pressure, feed = (self.card.tags.index(name) for name in ("reactor_pressure", "feed_a_flow"))
        mean[:, pressure] += change[:, self.card.moves.index("sp.reactor_pressure")] + 100 * bias
        mean[:, feed] *= 1 + bias
        rng = np.random.default_rng(seed)
        noise = np.array(self.card.scale) * 0.1
        paths = mean + rng.normal(size=(samples, *mean.shape)) * noise
        time = to_datetime64(belief.time) + np.arange(1, len(moves) + 1) * np.timedelta64(STEP)
        spread = np.full(mean.shape, self.disagreement) * np.array(self.card.scale)
        return Imagination(
            self.card.tags, time, paths.astype(np.float32), mean, spread, np.tile(noise, (len(mean), 1))
        )

    def compare(self, belief, baseline, scenario, *, samples=64, seed=0):
        one, other = (self.imagine(belief, moves, samples=samples, seed=seed) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.zeros_like(one.mean))


def carried_on(before, values):
    """(time, tag) values with the last known one where there is none."""
    rows = []
    for row in values:
        before = np.where(np.isfinite(row), row, before)
        rows.append(before)
    return np.array(rows)


def envelope(tag):
    margin = 0.3 * (tag.high - tag.low)
    return Envelope(tag=tag.name, low=tag.low + margin, high=tag.high - margin)


def frame(identity, kind, severity, span, first, others=(), explained_by=None, message="It left its prediction."):
    names = (first, *others)
    return EventFrame(
        id=identity,
        kind=kind,
        severity=severity,
        start=span[0],
        end=span[1],
        detected_at=span[0] + 2 * STEP,
        score=5.5,
        contributions=tuple(
            Contribution(tag=name, share=0.6 / (i + 1), peak_sigma=8.25 - 3 * i, first_seen=span[0] + i * STEP)
            for i, name in enumerate(names)
        ),
        first_mover=first,
        asset=PLANT.tag(first).asset,
        explained_by=explained_by,
        model_version="proportional-1",
        message=message,
    )


MOVE = LoggedMove(tag="sp.reactor_pressure", time=MOVED_AT, before=2700.0, after=2745.0, unit="kPa")
FRAMES = (
    frame(
        "fault", Kind.PROCESS, Severity.HIGH, FAULT, "feed_d_flow", ("reactor_temperature",),
        message="Flow of the D feed went 8 sigma below what the model expected; no logged move explains this.",
    ),
    frame(
        "response", Kind.PROCESS, Severity.LOW, (MOVED_AT, MOVED_AT + timedelta(minutes=40)), "reactor_pressure",
        explained_by=MOVE,
    ),
    frame("stuck", Kind.SENSOR, Severity.MEDIUM, STUCK, "separator_level", message="The transmitter has stuck."),
)  # fmt: skip


def columns(tag, moments, values):
    return SampleBatch(
        (tag.name,),
        np.zeros(len(moments), np.int32),
        np.array(moments, "datetime64[us]"),
        np.array(values, np.float64),
        np.full(len(moments), 2, np.int8),
    )


def batches():
    start, end = to_datetime64(START), to_datetime64(NOW)
    for tag in PLANT.tags:
        if tag.cadence is None:
            yield columns(tag, [start], [level(tag)])
            continue
        moments = np.arange(start, end, np.timedelta64(tag.cadence))
        wave = 0.005 * (tag.high - tag.low) * np.sin(np.arange(len(moments)) / 20)
        yield columns(tag, moments, value(tag) + wave)
    yield SampleBatch.of([Sample("sp.reactor_pressure", MOVED_AT, 2745.0)])


def log(model):
    events = MemoryEventLog()
    events.put(FRAMES)
    time = np.arange(to_datetime64(START), to_datetime64(NOW), np.timedelta64(STEP))
    predicted = np.tile([value(tag) for tag in PLANT.observed], (len(time), 1))
    noise = np.tile(np.array(model.card.scale) * 0.1, (len(time), 1))
    inside = [any(a <= from_datetime64(t) < b for a, b in (FAULT, STUCK)) for t in time]
    residual = Residual(model.card.tags, time, predicted, noise, np.zeros_like(predicted))
    events.record("proportional-1", ScoreSeries(time, np.where(inside, 5.5, 0.4)), residual)
    return events


def build(now=NOW, model=None):
    historian = MemoryHistorian(PLANT)
    for batch in batches():
        historian.write(batch)
    model = model or ProportionalModel()
    return Twin(PLANT, historian, log(model), model, FixedClock(now))
