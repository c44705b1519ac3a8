"""The demo plant's past: some days up to now with last night's incidents, and campaigns to train on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from ingest.demo.incidents import Truth, draw_truth, last_night
from ingest.demo.process import Process
from ingest.demo.recorder import START_GRID, Recorder
from ingest.demo.schedule import ScheduledMove, at_minute, minute_of, ordinary_moves, process_seed
from twin.errors import InvalidInput
from twin.plant import Plant
from twin.sample import SampleBatch

T = TypeVar("T")

MOVES_PER_HOUR = 1 / 3
BACKGROUND = 0.1
"""Fraction of the always-on disturbances of a plant that lives."""

_ATTEMPTS = 20
_GAP = 6 * 60
_CAMPAIGN_START = datetime(2024, 1, 1, tzinfo=UTC)


class PlantTripped(Exception):
    """The plant shut itself down; the message says why."""


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Some days of the demo plant.

    Attributes:
        batches: the samples, an hour each, oldest first.
        recorder: the plant as it is at the end; it can run on.
        truth: last night's incidents.
    """

    batches: tuple[SampleBatch, ...]
    recorder: Recorder
    truth: Truth

    def __iter__(self) -> Iterator[SampleBatch]:
        return iter(self.batches)


def make_history(
    plant: Plant,
    now: datetime,
    *,
    seed: int | None = None,
    hours: float = 96.0,
    on_progress: Callable[[float], None] | None = None,
) -> History:
    """The last `hours` up to the whole minute before `now`; `on_progress` is told the fraction done.

    Without a seed the day's date is the seed. Raises InvalidInput when the last night is not in those hours.
    """
    night = last_night(plant, now)
    last = minute_of(now)
    first = (last - round(60 * hours)) // START_GRID * START_GRID
    if first > minute_of(night.start):
        raise InvalidInput(
            f"{hours:g} h do not reach back to last night, {night.start.isoformat()}",
            field="hours",
            value=hours,
            limit=(last - minute_of(night.start)) / 60,
            unit="h",
        )
    seed = now.astimezone(plant.time_zone).date().toordinal() if seed is None else seed
    moves = tuple(ordinary_moves(seed, first, last, MOVES_PER_HOUR))
    truth = draw_truth(seed, night, plant, tuple(m for m in moves if m.minute < minute_of(night.start)))
    return _until_it_holds(lambda attempt: _record(truth, moves, first, last, attempt, on_progress))


def _record(
    truth: Truth,
    moves: tuple[ScheduledMove, ...],
    first: int,
    last: int,
    attempt: int,
    on_progress: Callable[[float], None] | None,
) -> History:
    rng = np.random.default_rng([truth.seed, first, attempt])
    process = Process.start(process_seed(rng), BACKGROUND)
    recorder = Recorder(process, first, [truth.transmitter_fault.link()])
    made = [move for move in moves if truth.is_quiet(at_minute(move.minute))] + [truth.setpoint_change.move()]
    batches = [recorder.levels()]
    while recorder.minute < last:
        until = min(last, recorder.minute + 60)
        batches.append(_unless_tripped(recorder, recorder.advance(until, made, truth.process_fault.switches())))
        if on_progress is not None:
            on_progress((until - first) / (last - first))
    return History(tuple(batches), recorder, truth)


def _unless_tripped(recorder: Recorder, batch: SampleBatch) -> SampleBatch:
    if recorder.trip is not None:
        raise PlantTripped(recorder.trip)
    return batch


def _until_it_holds(record: Callable[[int], T]) -> T:
    """The record of the first attempt in which the plant does not trip."""
    reasons = []
    for attempt in range(_ATTEMPTS):
        try:
            return record(attempt)
        except PlantTripped as trip:
            reasons.append(str(trip))
    raise RuntimeError(f"the demo plant tripped in each of {_ATTEMPTS} attempts: {'; '.join(reasons)}")


def training_campaign(
    seed: int,
    hours: float = 400.0,
    moves_per_hour: float = 1.0,
    episode_hours: float = 50.0,
    background: float = BACKGROUND,
    start: datetime = _CAMPAIGN_START,
    warm_up_hours: float = 10.0,
) -> Iterator[SampleBatch]:
    """Normal operation with many operator moves, a batch per episode, at least six hours apart in time.

    Every episode is a plant of its own (the kernel's noise repeats after some 90 hours) that has warmed up for some
    hours; one that trips is drawn again. The same arguments give the same samples.
    """
    warm_up, left = _whole_grid(round(60 * warm_up_hours)), round(60 * hours)
    begin = _whole_grid(minute_of(start)) + warm_up
    while left > 0:
        length = min(left, round(60 * episode_hours))
        yield _episode(seed, begin, length, warm_up, moves_per_hour, background)
        left -= length
        begin = _whole_grid(begin + length + _GAP) + warm_up


def _whole_grid(minutes: int) -> int:
    return -(-minutes // START_GRID) * START_GRID


def _episode(
    seed: int, begin: int, length: int, warm_up: int, moves_per_hour: float, background: float
) -> SampleBatch:
    def record(attempt: int) -> SampleBatch:
        rng = np.random.default_rng([seed, begin, attempt])
        moves = list(ordinary_moves(process_seed(rng), begin - warm_up, begin + length, moves_per_hour))
        recorder = Recorder(Process.start(process_seed(rng), background), begin - warm_up)
        recorder.advance(begin, moves)
        opening = recorder.levels()
        return _unless_tripped(recorder, SampleBatch.concat([opening, recorder.advance(begin + length, moves)]))

    return _until_it_holds(record)
