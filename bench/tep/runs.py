"""Closed-loop runs of the benchmark plant: episodes under random moves, and what-if pairs from clones.

Everything is a function of family, seed and sizes: each run draws from a generator of its own, which a hash of its
name seeds.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.demo.kernel import STEP_H
from ingest.demo.process import MOVABLE, OBSERVED, Process
from ingest.demo.schedule import ORDINARY, ordinary_level, process_seed

ATTEMPTS = 20
_OUTSIDE = (1.25, 1.6)
"""Half-ranges from the centre at which an out-of-range level lies."""
_SMALLEST_STEP = 0.5
"""Half-ranges by which a what-if step differs from the level in force."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regime:
    """What all runs of a folder share; hours are plant hours.

    Attributes:
        family, seed: what the random numbers are drawn from.
        every: control steps to a row.
        moves: operator moves per hour.
        context, horizon, gap, warm_up: hours before a question, after it, between two, and before a run is recorded.
        severity: fraction of a fault's full size.
        background: fraction of the always-on random disturbances.
    """

    family: str = "public"
    seed: int = 0
    every: int = 100
    moves: float = 1.0
    context: float = 6.0
    horizon: float = 8.0
    gap: float = 4.0
    warm_up: float = 10.0
    severity: float = 1.0
    background: float = 0.0

    @property
    def row_hours(self) -> float:
        """Hours to a row."""
        return self.every * STEP_H

    def rows(self, hours: float) -> int:
        """Rows that so many hours make."""
        return round(hours / self.row_hours)

    def generator(self, *key: object) -> np.random.Generator:
        """The random numbers of one run."""
        name = "|".join(["tep_bench", self.family, *map(str, (self.seed, *key))])
        return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little"))


@dataclass(frozen=True, slots=True)
class Fault:
    """Disturbance IDV `number`, put on at `row`."""

    number: int
    row: int


@dataclass(frozen=True, slots=True)
class EpisodeTask:
    """A closed-loop run of some hours; `idv` 0 is one without a fault."""

    name: str
    number: int
    hours: float
    moves: float
    idv: int = 0
    onset: float = 8.0


@dataclass(frozen=True, eq=False, slots=True)
class Episode:
    """What came of it: (time, tag) obs and (time, move) act float32, rows before a trip, attempts that tripped."""

    task: EpisodeTask
    obs: NDArray[np.float32]
    act: NDArray[np.float32]
    live: int
    attempt: int


@dataclass(frozen=True, slots=True)
class ChainTask:
    """What-if pairs off one running plant; `kinds` are the columns of `act` that make the steps."""

    chain: int
    kinds: tuple[int, ...]
    out_of_range: bool


@dataclass(frozen=True, eq=False, slots=True)
class TruePair:
    """A question with both its true answers, (time, tag) or (time, move) float32 each."""

    kind: int
    step: float
    obs_ctx: NDArray[np.float32]
    act_ctx: NDArray[np.float32]
    act_a: NDArray[np.float32]
    act_b: NDArray[np.float32]
    obs_a: NDArray[np.float32]
    obs_b: NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """What came of a chain, and the attempts that tripped."""

    task: ChainTask
    pairs: tuple[TruePair, ...]
    attempt: int


def control_steps(row_minutes: float) -> int:
    """The control steps to a row of so many minutes, a whole number of them."""
    return max(1, round(row_minutes / 60 / STEP_H))


def episode(regime: Regime, task: EpisodeTask) -> Episode:
    """The run, after a warm-up that is not recorded; a fault may trip the plant, an operator's move may not."""
    rows, warm = regime.rows(task.hours), regime.rows(regime.warm_up)
    for attempt in range(ATTEMPTS):
        rng = regime.generator(task.name, task.number, task.idv, attempt)
        process = Process.start(process_seed(rng), regime.background)
        levels = walk(rng, warm + rows, regime.row_hours * task.moves)
        fault = Fault(task.idv, regime.rows(task.onset)) if task.idv else None
        _, live = run(process, levels[:warm], regime)
        if live < warm:
            continue
        obs, live = run(process, levels[warm:], regime, fault)
        if live == rows or fault:
            return Episode(task, obs.astype(np.float32), levels[warm:].astype(np.float32), live, attempt)
    raise RuntimeError(f"{task.name}[{task.number}] trips in {ATTEMPTS} attempts")


def chain(regime: Regime, task: ChainTask) -> Chain:
    """A pair every few hours off one plant that runs on under random moves."""
    warm = regime.rows(regime.warm_up)
    for attempt in range(ATTEMPTS):
        rng = regime.generator("whatif", task.chain, int(task.out_of_range), attempt)
        process = Process.start(process_seed(rng), regime.background)
        run(process, walk(rng, warm, regime.row_hours * regime.moves), regime)
        pairs = _pairs(process, rng, regime, task)
        if len(pairs) == len(task.kinds):
            return Chain(task, tuple(pairs), attempt)
    raise RuntimeError(f"what-if chain {task.chain} trips in {ATTEMPTS} attempts")


def _pairs(process: Process, rng: np.random.Generator, regime: Regime, task: ChainTask) -> list[TruePair]:
    """The pairs up to a trip."""
    pairs: list[TruePair] = []
    for kind in task.kinds:
        pair = _pair(process, rng, regime, kind, out_of_range=task.out_of_range)
        if pair is None:
            break
        pairs.append(pair)
    return pairs


def _pair(
    process: Process, rng: np.random.Generator, regime: Regime, kind: int, *, out_of_range: bool
) -> TruePair | None:
    gap, past, future = (regime.rows(hours) for hours in (regime.gap, regime.context, regime.horizon))
    per_row = regime.row_hours * regime.moves
    _, skipped = run(process, walk(rng, gap, per_row, _levels(process)), regime)
    act_ctx = walk(rng, past, per_row, _levels(process))
    obs_ctx, seen = run(process, act_ctx, regime)
    now = act_ctx[-1]
    level = _level(rng, kind, now[kind], out_of_range=out_of_range)
    act_a = np.repeat(now[None], future, 0)
    act_b = act_a.copy()
    act_b[:, kind] = level
    (obs_a, live_a), (obs_b, live_b) = (run(process.clone(), act, regime) for act in (act_a, act_b))
    if (skipped, seen, live_a, live_b) != (gap, past, future, future):
        return None
    arrays = [part.astype(np.float32) for part in (obs_ctx, act_ctx, act_a, act_b, obs_a, obs_b)]
    return TruePair(kind, float(level - now[kind]), *arrays)


def _level(rng: np.random.Generator, kind: int, now: float, *, out_of_range: bool) -> float:
    """Where the step goes: inside of the ordinary range or outside, far enough from where the level stands."""
    centre, half = ORDINARY[MOVABLE[kind]]
    level = centre
    for _ in range(100):
        if out_of_range:
            level = centre + half * rng.choice([-1, 1]) * rng.uniform(*_OUTSIDE)
        else:
            level = centre + half * rng.uniform(-1, 1)
        if abs(level - now) > _SMALLEST_STEP * half:
            break
    return level


def walk(rng: np.random.Generator, rows: int, per_row: float, start: Floats | None = None) -> Floats:
    """(time, move) levels: a Poisson process of moves, each of which takes one tag to an ordinary level."""
    centres = np.array([centre for centre, _ in ORDINARY.values()])
    level = (centres if start is None else start).copy()
    levels = np.empty((rows, len(level)))
    for row in range(rows):
        for _ in range(rng.poisson(per_row)):
            tag, value = ordinary_level(rng)
            level[MOVABLE.index(tag)] = value
        levels[row] = level
    return levels


def run(process: Process, levels: Floats, regime: Regime, fault: Fault | None = None) -> tuple[Floats, int]:
    """(time, tag) rows of OBSERVED under (time, move) levels, and how many came before a trip.

    Rows after a trip repeat the last one.
    """
    rows = np.empty((len(levels), len(OBSERVED)))
    for row, level in enumerate(levels):
        _set(process, level.tolist())
        if fault is not None and row == fault.row:
            process.disturb(fault.number, regime.severity)
        for _ in range(regime.every):
            process.step()
            if process.trip:
                rows[row:] = process.read()
                return rows, row
        rows[row] = process.read()
    return rows, len(levels)


def _set(process: Process, levels: Sequence[float]) -> None:
    for tag, level in zip(MOVABLE, levels, strict=True):
        process.move(tag, level)


def _levels(process: Process) -> Floats:
    return np.array(list(process.levels.values()))
