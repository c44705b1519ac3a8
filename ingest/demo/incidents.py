"""The last night's three incidents, and the truth about them, which the twin never reads."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict

from ingest.demo.recorder import Link
from ingest.demo.schedule import ORDINARY, ScheduledMove, Switch, at_minute, minute_of
from twin.clock import Span
from twin.plant import Plant

QUIET = timedelta(hours=1)
"""No ordinary move comes this close to an incident."""


class ProcessFault(BaseModel):
    """A disturbance of the process that nobody logs, put on at `start` and taken off at `end`."""

    model_config = ConfigDict(frozen=True)

    disturbance: int
    fraction: float
    description: str
    start: AwareDatetime
    end: AwareDatetime

    def switches(self) -> tuple[Switch, Switch]:
        """The disturbance put on and back."""
        on = Switch(minute_of(self.start), self.disturbance, self.fraction)
        return on, Switch(minute_of(self.end), self.disturbance, None)


class TransmitterFault(BaseModel):
    """A transmitter whose published values stick, or drift off by `rate` units per hour; the plant is well."""

    model_config = ConfigDict(frozen=True)

    tag: str
    kind: Literal["stuck", "drift"]
    rate: float | None
    unit: str
    start: AwareDatetime
    end: AwareDatetime

    def link(self) -> Link:
        """The transmitter's way to the historian."""
        return Link(self.tag, minute_of(self.start), minute_of(self.end), self.rate)


class SetpointChange(BaseModel):
    """A move that an operator made and the control system logged: no anomaly."""

    model_config = ConfigDict(frozen=True)

    tag: str
    before: float
    after: float
    unit: str
    time: AwareDatetime

    def move(self) -> ScheduledMove:
        """The move on the plant's time axis."""
        return ScheduledMove(minute_of(self.time), self.tag, self.after)


class Truth(BaseModel):
    """What was done to the demo plant in the night [start, end)."""

    model_config = ConfigDict(frozen=True)

    seed: int
    start: AwareDatetime
    end: AwareDatetime
    process_fault: ProcessFault
    transmitter_fault: TransmitterFault
    setpoint_change: SetpointChange

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the instant is further than QUIET from every incident."""
        spans = [(fault.start, fault.end) for fault in (self.process_fault, self.transmitter_fault)]
        spans.append((self.setpoint_change.time, self.setpoint_change.time))
        return all(moment < start - QUIET or moment > end + QUIET for start, end in spans)

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.model_dump_json(indent=2), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` kept."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))


PROCESS_FAULTS: tuple[tuple[int, float, str], ...] = (
    (4, 1.0, "inlet temperature of the reactor's cooling water steps"),
    (5, 1.0, "inlet temperature of the condenser's cooling water steps"),
    (6, 0.3, "A feed loses a part of its supply"),
    (7, 0.7, "pressure of the C header drops"),
    (11, 1.0, "inlet temperature of the reactor's cooling water swings"),
    (14, 1.0, "valve of the reactor's cooling water sticks"),
)
"""IDV number, fraction of its size, what it is.

In 24 simulated nights none tripped the plant; each moved a tag by 0.3 standard deviations of ordinary operation
within 11 minutes (IDV 11, a random walk: within 34), and 3.5 hours after it was taken off a tenth of one was left.
IDV 1, 2 and 13 need a night to show or to end."""

DRIFTS = {
    "reactor_pressure": 50.0,
    "separator_pressure": 50.0,
    "stripper_pressure": 50.0,
    "reactor_temperature": 2.0,
    "separator_temperature": 4.0,
    "stripper_temperature": 4.0,
    "reactor_level": 10.0,
    "separator_level": 12.0,
    "stripper_level": 15.0,
    "feed_d_flow": 250.0,
    "feed_e_flow": 300.0,
    "recycle_flow": 3.0,
}
"""Transmitters that may drift, and how far in an hour, in engineering units."""

STICKING = (
    "reactor_pressure",
    "separator_pressure",
    "stripper_pressure",
    "reactor_temperature",
    "separator_temperature",
    "stripper_temperature",
    "purge_flow",
)
"""Transmitters that may stick: those that in an hour move by several times their noise, so that it matters."""

SETPOINTS = ("sp.reactor_pressure", "sp.reactor_level", "sp.reactor_temperature", "sp.separator_level")

_FIRST_MIN, _LAST_MIN = 25, 30
"""Minutes of the night before the first incident and after the last one."""
_JITTER_MIN = 30
_SHORTEST_MIN, _LONGEST_MIN = 75, 95


def last_night(plant: Plant, now: datetime) -> Span:
    """The most recent night shift that is over (UTC)."""
    shift = next(shift for shift in plant.shifts if shift.name == plant.night_shift)
    today = now.astimezone(plant.time_zone).date()
    spans = [shift.on(today - timedelta(days=days), plant.time_zone) for days in range(3)]
    night = next(span for span in spans if span.end <= now)
    return Span(night.start.astimezone(UTC), night.end.astimezone(UTC))


def draw_truth(seed: int, night: Span, plant: Plant, earlier: tuple[ScheduledMove, ...]) -> Truth:
    """Three incidents in random order, spread over the night; `earlier` are the moves made before it.

    In a night of seven hours or more the onsets are at least 1.5 hours apart; every incident is over half an hour
    before the night is.
    """
    first, last = minute_of(night.start), minute_of(night.end)
    rng = np.random.default_rng([seed, first])
    slot = (last - first - _FIRST_MIN - _LAST_MIN - _LONGEST_MIN - _JITTER_MIN) // 2
    onsets = [first + _FIRST_MIN + third * slot + int(rng.integers(_JITTER_MIN)) for third in range(3)]
    process, transmitter, setpoint = rng.permutation(onsets).tolist()
    return Truth(
        seed=seed,
        start=night.start,
        end=night.end,
        process_fault=_process_fault(rng, process),
        transmitter_fault=_transmitter_fault(rng, transmitter, plant),
        setpoint_change=_setpoint_change(rng, setpoint, plant, earlier),
    )


def _span(rng: np.random.Generator, onset: int) -> tuple[datetime, datetime]:
    return at_minute(onset), at_minute(onset + int(rng.integers(_SHORTEST_MIN, _LONGEST_MIN)))


def _process_fault(rng: np.random.Generator, onset: int) -> ProcessFault:
    number, fraction, description = PROCESS_FAULTS[int(rng.integers(len(PROCESS_FAULTS)))]
    start, end = _span(rng, onset)
    return ProcessFault(disturbance=number, fraction=fraction, description=description, start=start, end=end)


def _transmitter_fault(rng: np.random.Generator, onset: int, plant: Plant) -> TransmitterFault:
    start, end = _span(rng, onset)
    drifts = bool(rng.integers(2))
    pool = list(DRIFTS) if drifts else list(STICKING)
    tag = pool[int(rng.integers(len(pool)))]
    rate = DRIFTS[tag] * float(rng.choice([-1.0, 1.0])) if drifts else None
    kind: Literal["stuck", "drift"] = "drift" if drifts else "stuck"
    return TransmitterFault(tag=tag, kind=kind, rate=rate, unit=plant.tag(tag).unit, start=start, end=end)


def _setpoint_change(
    rng: np.random.Generator, onset: int, plant: Plant, earlier: tuple[ScheduledMove, ...]
) -> SetpointChange:
    tag = SETPOINTS[int(rng.integers(len(SETPOINTS)))]
    centre, half = ORDINARY[tag]
    before = next((move.level for move in reversed(earlier) if move.tag == tag), centre)
    step = half * float(rng.uniform(0.5, 1.0))
    after = before - step if before > centre else before + step
    return SetpointChange(tag=tag, before=before, after=after, unit=plant.tag(tag).unit, time=at_minute(onset))
