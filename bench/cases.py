"""Questions with their true answers: random in-envelope moves on clones of the demo plant."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.demo.history import BACKGROUND, MOVES_PER_HOUR
from ingest.demo.process import Process
from ingest.demo.recorder import Recorder
from ingest.demo.schedule import ScheduledMove, at_minute, ordinary_level, ordinary_moves, process_seed
from twin.clock import Span
from twin.historian.memory import MemoryHistorian
from twin.plant import Plant
from twin.sample import SampleBatch
from twin.window import Window

SEED = 20_260_000
"""Seeds of the cases begin here; training and validation use others."""

_START = datetime(2025, 3, 3, tzinfo=UTC)
_WARM_UP = 10 * 60
_PAST = 8 * 60

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One question with its true answer.

    Attributes:
        historian: the past.
        now: when the question is asked.
        move: tag and level.
        baseline, scenario: what really happens, without and with the move.
        noise: (tag,) standard deviation of the white part of the measurements.
    """

    historian: MemoryHistorian
    now: datetime
    move: tuple[str, float]
    baseline: Window
    scenario: Window
    noise: Values


def cases(plant: Plant, count: int, horizon: timedelta) -> Iterator[Case]:
    """`count` cases; a plant that trips is left out and another one drawn."""
    drawn = (make_case(plant, seed, horizon) for seed in itertools.count(SEED))
    return itertools.islice((case for case in drawn if case is not None), count)


def make_case(plant: Plant, seed: int, horizon: timedelta) -> Case | None:
    """The case of that seed; None when the plant trips, with the move or without."""
    rng = np.random.default_rng(seed)
    begin = int(_START.timestamp()) // 60
    now = begin + _WARM_UP + _PAST
    moves = list(ordinary_moves(process_seed(rng), begin, now, MOVES_PER_HOUR))
    recorder = Recorder(Process.start(process_seed(rng), BACKGROUND), begin)
    recorder.advance(begin + _WARM_UP, moves)
    historian = MemoryHistorian(plant)
    historian.write(recorder.levels())
    past = recorder.advance(now, moves)
    historian.write(past)
    tag, level = ordinary_level(rng)
    clones = [Recorder(recorder.process.clone(), begin) for _ in range(2)]
    end = now + horizon // timedelta(minutes=1)
    futures = [clones[0].advance(end), clones[1].advance(end, [ScheduledMove(now, tag, level)])]
    if any(plant_run.trip for plant_run in (recorder, *clones)):
        return None
    observed = tuple(item.name for item in plant.observed)
    span = Span(at_minute(now), at_minute(now) + horizon)
    windows = [_laid_out(plant, future, observed, span) for future in futures]
    return Case(historian, at_minute(now), (tag, level), windows[0], windows[1], _white_noise(past, observed))


def _laid_out(plant: Plant, batch: SampleBatch, tags: tuple[str, ...], span: Span) -> Window:
    historian = MemoryHistorian(plant)
    historian.write(batch)
    return historian.window(tags, span, plant.step)


def _white_noise(past: SampleBatch, tags: tuple[str, ...]) -> Values:
    """From second differences, whose variance is six times that of white noise; the median forgives moves."""
    spread = []
    for tag in tags:
        values = past.value[past.tag == past.tags.index(tag)]
        spread.append(float(np.median(np.abs(np.diff(values, 2)))) / 0.6745 / np.sqrt(6.0))
    return np.array(spread)
