"""Writes a folder of the benchmark: logs, what-if pairs and fault runs of the Tennessee Eastman Process."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.tep.description import PLANT, moved, observed
from bench.tep.runs import Chain, ChainTask, Episode, EpisodeTask, Regime, chain, episode
from ingest.demo.kernel import DISTURBANCES
from ingest.demo.process import LIVING, MOVABLE

ALL_FAULTS = tuple(range(1, DISTURBANCES + 1))
_CHAIN = 5
"""What-if pairs off one plant."""
_KINDS_APART = 5
"""Columns of `act` between two questions in a row: all kinds come, and neighbours are far apart."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything; hours are plant hours.

    Attributes:
        hours: of the training log; held-back and steady runs are a quarter of it each.
        episode: longest run.
        pairs, ood_pairs: what-if questions inside the ordinary range and outside.
        faults: the disturbances that get a run, steady and moving.
        fault_free: runs of either kind without one.
        fault_moves: operator moves per hour in moving runs.
        fault_hours, onset: of a fault run, and until its fault.
    """

    hours: float = 400.0
    episode: float = 50.0
    pairs: int = 65
    ood_pairs: int = 13
    faults: tuple[int, ...] = ALL_FAULTS
    fault_free: int = 2
    fault_moves: float = 0.25
    fault_hours: float = 48.0
    onset: float = 8.0


@dataclass(slots=True)
class _Results:
    episodes: dict[str, list[Episode]] = field(default_factory=dict)
    chains: list[Chain] = field(default_factory=list)


def generate(
    out: Path,
    regime: Regime | None = None,
    sizes: Sizes | None = None,
    processes: int = 1,
    progress: Progress = lambda done: None,
) -> dict[str, object]:
    """Simulate and write every file; gives what was written. The same regime and sizes give the same arrays."""
    regime, sizes = regime or Regime(), sizes or Sizes()
    began = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    tasks: list[ChainTask | EpisodeTask] = [*_chains(sizes), *_episodes(regime, sizes)]
    results = _Results()
    for number, result in enumerate(_simulate(regime, tasks, processes), start=1):
        if isinstance(result, Chain):
            results.chains.append(result)
        else:
            results.episodes.setdefault(result.task.name, []).append(result)
        progress(number / len(tasks))
    runs = _write_runs(out, results, sizes.onset)
    pairs = _write_pairs(out, results.chains)
    redrawn = _redrawn(results)
    seconds = round(time.perf_counter() - began, 1)
    (out / "meta.json").write_text(json.dumps(_meta(regime, redrawn, seconds), indent=1))
    return {"out": str(out), "pairs": pairs, "fault_runs": runs, "redrawn": redrawn, "seconds": seconds}


def _chains(sizes: Sizes) -> Iterator[ChainTask]:
    for out_of_range, count in ((False, sizes.pairs), (True, sizes.ood_pairs)):
        kinds = [(i * _KINDS_APART) % len(MOVABLE) for i in range(count)]
        for number in range(math.ceil(count / _CHAIN)):
            yield ChainTask(number, tuple(kinds[number * _CHAIN : (number + 1) * _CHAIN]), out_of_range)


def _episodes(regime: Regime, sizes: Sizes) -> Iterator[EpisodeTask]:
    hours = min(sizes.episode, sizes.hours)
    quarter = max(1, round(sizes.hours / hours / 4))
    for name, count, moves in (
        ("normal", max(1, round(sizes.hours / hours)), regime.moves),
        ("val", quarter, regime.moves),
        ("steady", quarter, 0.0),
    ):
        yield from (EpisodeTask(name, number, hours, moves) for number in range(count))
    for name, moves in (("faults0", 0.0), ("faults1", sizes.fault_moves)):
        for number in range(sizes.fault_free):
            yield EpisodeTask(name, number, sizes.fault_hours, moves)
        for idv in sizes.faults:
            yield EpisodeTask(name, 0, sizes.fault_hours, moves, idv, sizes.onset)


def _simulate(regime: Regime, tasks: Sequence[ChainTask | EpisodeTask], processes: int) -> Iterator[Chain | Episode]:
    """The results in the tasks' order."""
    if processes == 1:
        yield from (_one(regime, task) for task in tasks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(_one, regime), tasks)


def _one(regime: Regime, task: ChainTask | EpisodeTask) -> Chain | Episode:
    return chain(regime, task) if isinstance(task, ChainTask) else episode(regime, task)


def _write_runs(out: Path, results: _Results, onset: float) -> int:
    """The logs and fault runs; gives the number of the latter."""
    for name in ("normal", "val", "steady"):
        runs = sorted(results.episodes[name], key=lambda run: run.task.number)
        np.savez_compressed(out / f"{name}.npz", obs=_stack(runs, "obs"), act=_stack(runs, "act"))
    faults = [
        (moving, run)
        for moving, name in enumerate(("faults0", "faults1"))
        for run in sorted(results.episodes.get(name, []), key=lambda run: (run.task.idv, run.task.number))
    ]
    runs = [run for _, run in faults]
    if not runs:
        return 0
    np.savez_compressed(
        out / "faults.npz",
        obs=_stack(runs, "obs"),
        act=_stack(runs, "act"),
        idv=np.array([run.task.idv for run in runs]),
        moving=np.array([moving for moving, _ in faults], bool),
        onset_h=np.float32(onset),
        valid_len=np.array([run.live for run in runs]),
    )
    return len(runs)


def _write_pairs(out: Path, chains: Sequence[Chain]) -> int:
    """Questions and, in a file of their own, the truth; gives the number of pairs."""
    ordered = sorted(chains, key=lambda found: (found.task.out_of_range, found.task.chain))
    pairs = [pair for found in ordered for pair in found.pairs]
    if not pairs:
        return 0
    np.savez_compressed(out / "whatif_truth.npz", obs_A=_stack(pairs, "obs_a"), obs_B=_stack(pairs, "obs_b"))
    np.savez_compressed(
        out / "whatif.npz",
        obs_ctx=_stack(pairs, "obs_ctx"),
        act_ctx=_stack(pairs, "act_ctx"),
        act_A=_stack(pairs, "act_a"),
        act_B=_stack(pairs, "act_b"),
        kind=np.array([pair.kind for pair in pairs]),
        step=np.array([pair.step for pair in pairs]),
        ood=np.array([found.task.out_of_range for found in ordered for _ in found.pairs]),
    )
    return len(pairs)


def _stack(items: Sequence[object], name: str) -> NDArray[Any]:
    return np.stack([getattr(item, name) for item in items])


def _redrawn(results: _Results) -> dict[str, int]:
    """How many attempts tripped, where any did."""
    counts = {f"whatif{int(c.task.out_of_range)}[{c.task.chain}]": c.attempt for c in results.chains}
    for runs in results.episodes.values():
        counts |= {f"{run.task.name}[{run.task.number}] idv{run.task.idv}": run.attempt for run in runs}
    return {name: count for name, count in counts.items() if count}


def _meta(regime: Regime, redrawn: dict[str, int], seconds: float) -> dict[str, object]:
    row_minutes = regime.row_hours * 60
    return {
        "plant": PLANT,
        "family": regime.family if regime.family == "public" else "held-out",
        "seed": regime.seed,
        "row_minutes": row_minutes,
        "params": {
            "seed": regime.seed,
            "every": regime.every,
            "moves": regime.moves,
            "warmup_h": regime.warm_up,
            "context_h": regime.context,
            "horizon_h": regime.horizon,
            "gap_h": regime.gap,
            "severity": regime.severity,
            "background": [regime.background if number in LIVING else 0.0 for number in ALL_FAULTS],
            "row_h": regime.row_hours,
        },
        "obs": list(observed(row_minutes)),
        "act": list(moved()),
        "redrawn_because_of_trips": redrawn,
        "wall_seconds": seconds,
    }
