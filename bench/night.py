"""Last night's events against the truth: demo plants with planted incidents, watched by the twin and by baselines.

Every night is a demo plant of its own: days of history with a process fault, a faulty transmitter and a logged
setpoint change in the last night. The live loop goes through it; `find_events` is asked about the night.
The truth is read for scoring only.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bench.campaign import PLANT_FILE, ROOT, SHIPPED
from ingest.demo.history import make_history, training_campaign
from ingest.demo.incidents import Truth
from models.anomaly.calibration import Calibration
from models.anomaly.classical import METHODS, ClassicalCalibration
from models.worker import LiveLoop
from twin.clock import FixedClock, Span
from twin.event import EventFrame, Kind, Severity
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.operations.events import find_events
from twin.plant import Plant
from twin.plantfile import load_plant
from twin.protocols import Detector, Twin, WorldModel
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ModelCard, Residual

RESULTS = ROOT / "bench" / "results" / "night.json"
NOW = datetime(2026, 3, 17, 7, 30, tzinfo=UTC)
FIRST_SEED = 200
"""The detector was tuned on other nights: seeds 5000 and up, and 100 to 119 of an earlier run of this bench."""

BUDGET = 1.0
"""False alarms per week."""

NEAR = timedelta(minutes=30)
AFTERMATH = timedelta(hours=1)
"""The plant's way back after an incident is part of it."""

_BASELINE_SEED, _BASELINE_HOURS = 7, 300.0
"""The normal operation that the baselines are fitted on."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one night.

    Attributes:
        process, transmitter: the event that found the fault, if one did.
        setpoint: anomalies that are the response to the logged setpoint change.
        late: further anomalies within an incident, or found too late or with another tag first.
        false: anomalies of the night that belong to no incident.
        quiet: anomalies of the days before, which hold no incident.
        quiet_hours: scored hours of those days.
    """

    process: EventFrame | None
    transmitter: EventFrame | None
    setpoint: tuple[EventFrame, ...]
    late: tuple[EventFrame, ...]
    false: tuple[EventFrame, ...]
    quiet: tuple[EventFrame, ...]
    quiet_hours: float


class Unmodelled:
    """A world model that expects nothing: for detectors that look at measured values alone."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[Belief, Residual]:
        """Residuals that are nowhere numbers."""
        nothing = np.full((len(window), len(self.card.tags)), np.nan)
        return _Nothing(window.end), Residual(self.card.tags, window.time, nothing, nothing, nothing)

    def imagine(self, belief: Belief, moves: np.ndarray, *, samples: int = 64, seed: int = 0) -> Imagination:
        """Raises NotImplementedError: it has no future."""
        raise NotImplementedError

    def compare(
        self, belief: Belief, baseline: np.ndarray, scenario: np.ndarray, *, samples: int = 64, seed: int = 0
    ) -> Comparison:
        """Raises NotImplementedError: it has no futures to compare."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Nothing:
    time: datetime


def judge(twin: Twin, truth: Truth, begin: datetime) -> Verdict:
    """Compare what the twin says with what was done; the days before the night start at `begin`."""
    night = find_events(twin, Span(truth.start, truth.end)).anomalies
    before = find_events(twin, Span(begin, truth.start))
    process = _first(night, truth.process_fault.start, truth.process_fault.end)
    transmitter = _first(
        night, truth.transmitter_fault.start, truth.transmitter_fault.end, truth.transmitter_fault.tag
    )
    others = [frame for frame in night if frame not in (process, transmitter) and frame.start >= truth.start - NEAR]
    late = [frame for frame in others if _within_incident(frame, truth)]
    rest = [frame for frame in others if frame not in late]
    change = truth.setpoint_change.time
    setpoint = [frame for frame in rest if change - NEAR <= frame.start <= change + AFTERMATH]
    return Verdict(
        process=process,
        transmitter=transmitter,
        setpoint=tuple(setpoint),
        late=tuple(late),
        false=tuple(frame for frame in rest if frame not in setpoint),
        quiet=tuple(frame for frame in before.anomalies if frame.start < truth.start - NEAR),
        quiet_hours=before.scored_rows * _hours(twin),
    )


def _hours(twin: Twin) -> float:
    step = twin.model.card.step if twin.model else twin.plant.step
    return step / timedelta(hours=1)


def _first(frames: Sequence[EventFrame], start: datetime, end: datetime, tag: str | None = None) -> EventFrame | None:
    """The first anomaly that overlaps a fault, began near its start, and names the tag first if one is given."""
    for frame in frames:
        named = tag is None or frame.contributions[0].tag == tag
        if frame.overlaps(start, end) and abs(frame.start - start) <= NEAR and named:
            return frame
    return None


def _within_incident(frame: EventFrame, truth: Truth) -> bool:
    faults = (truth.process_fault, truth.transmitter_fault)
    return any(fault.start - NEAR <= frame.start <= fault.end + AFTERMATH for fault in faults)


def watched(
    plant: Plant, historian: MemoryHistorian, model: WorldModel, detector: Detector, now: datetime
) -> tuple[Twin, float]:
    """A twin whose log the live loop has filled, and how many seconds it took."""
    clock, events = FixedClock(now), MemoryEventLog()
    began = time.perf_counter()
    LiveLoop(plant, historian, events, model, detector, clock).catch_up(None)
    return Twin(plant, historian, events, model, clock), time.perf_counter() - began


def summary(verdicts: Sequence[Verdict], truths: Sequence[Truth]) -> dict[str, object]:
    """Shares, rates and delays over the nights."""
    nights, hours = len(verdicts), sum(verdict.quiet_hours for verdict in verdicts)
    unmatched = [frame for verdict in verdicts for frame in (*verdict.setpoint, *verdict.late, *verdict.false)]
    quiet = [frame for verdict in verdicts for frame in verdict.quiet]
    process = [(v.process, t.process_fault.start) for v, t in zip(verdicts, truths, strict=True) if v.process]
    transmitter = [
        (v.transmitter, t.transmitter_fault.start) for v, t in zip(verdicts, truths, strict=True) if v.transmitter
    ]
    return {
        "nights": nights,
        "process_found": round(len(process) / nights, 3),
        "process_kind_right": round(
            sum(frame.kind is Kind.PROCESS for frame, _ in process) / max(len(process), 1), 3
        ),
        "transmitter_found": round(len(transmitter) / nights, 3),
        "setpoint_reported": round(sum(bool(verdict.setpoint) for verdict in verdicts) / nights, 3),
        "false_per_night": round(sum(len(verdict.false) for verdict in verdicts) / nights, 3),
        "further_per_night": round(sum(len(verdict.late) for verdict in verdicts) / nights, 3),
        "other_high": sum(frame.severity is Severity.HIGH for frame in unmatched),
        "quiet_hours": round(hours, 1),
        "quiet_false_per_week": round(len(quiet) * 168.0 / hours, 3) if hours else None,
        "quiet_high": sum(frame.severity is Severity.HIGH for frame in quiet),
        "process_delay_min": _median_delay(process),
        "transmitter_delay_min": _median_delay(transmitter),
        "process_by_fault": _by_fault(verdicts, truths),
        "transmitter_by_fault": _by_transmitter(verdicts, truths),
    }


def _median_delay(found: Sequence[tuple[EventFrame, datetime]]) -> float | None:
    minutes = [(frame.detected_at - start) / timedelta(minutes=1) for frame, start in found]
    return round(float(np.median(minutes)), 1) if minutes else None


def _by_fault(verdicts: Sequence[Verdict], truths: Sequence[Truth]) -> dict[str, str]:
    counts: dict[str, list[bool]] = {}
    for verdict, truth in zip(verdicts, truths, strict=True):
        counts.setdefault(truth.process_fault.description, []).append(verdict.process is not None)
    return {name: f"{sum(found)} of {len(found)}" for name, found in sorted(counts.items())}


def _by_transmitter(verdicts: Sequence[Verdict], truths: Sequence[Truth]) -> dict[str, str]:
    counts: dict[str, list[bool]] = {}
    for verdict, truth in zip(verdicts, truths, strict=True):
        counts.setdefault(truth.transmitter_fault.kind, []).append(verdict.transmitter is not None)
    return {name: f"{sum(found)} of {len(found)}" for name, found in sorted(counts.items())}


def baselines(plant: Plant, model: WorldModel) -> dict[str, ClassicalCalibration]:
    """PCA, dynamic PCA and canonical variates, fitted on normal operation with operators' moves."""
    windows = []
    for batch in training_campaign(_BASELINE_SEED, _BASELINE_HOURS, 1.0 / 3.0):
        historian = MemoryHistorian(plant)
        historian.write(batch)
        extent = historian.extent()
        if extent is None:
            raise RuntimeError("the campaign gave no samples")
        windows.append(historian.window((*model.card.tags, *model.card.moves), extent, model.card.step))
    return {method: ClassicalCalibration.learn(windows, model.card.tags, method) for method in METHODS}


def run(
    seeds: int = 20, checkpoint: Path = SHIPPED, progress: Callable[[float], None] = lambda done: None
) -> dict[str, object]:
    """Watch the nights, compare, and write bench/results/night.json; `progress` is told the part done."""
    import torch

    from models.checkpoint import load

    torch.set_num_threads(1)
    began = time.perf_counter()
    plant = load_plant(PLANT_FILE)
    model = load(checkpoint, plant)
    own = Calibration.load(checkpoint, model.card.version)
    rivals = baselines(plant, model)
    verdicts: dict[str, list[Verdict]] = {name: [] for name in ("foretell", *rivals)}
    truths, seconds, single = [], [], []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        history = make_history(plant, NOW, seed=seed)
        historian = MemoryHistorian(plant)
        for batch in history:
            historian.write(batch)
        truths.append(history.truth)
        extent = historian.extent()
        if extent is None:
            raise RuntimeError("the demo plant gave no samples")
        twin, took = watched(plant, historian, model, own.detector(plant, BUDGET), NOW)
        seconds.append(took)
        verdicts["foretell"].append(judge(twin, history.truth, extent.start))
        for name, rival in rivals.items():
            seen, _ = watched(plant, historian, Unmodelled(model.card), rival.detector(plant, BUDGET), NOW)
            verdicts[name].append(judge(seen, history.truth, extent.start))
        single.append(_told(seed, history.truth, verdicts["foretell"][-1]))
        progress(len(truths) / seeds)
    report: dict[str, object] = {
        "bench": "night",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "torch", "numpy", "tep-studio")},
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        "seconds_per_history": round(float(np.median(seconds)), 1),
        "model": model.card.version,
        "budget_per_week": BUDGET,
        "first_seed": FIRST_SEED,
        "results": {name: summary(found, truths) for name, found in verdicts.items()},
        "nights": single,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    return report


def _told(seed: int, truth: Truth, verdict: Verdict) -> dict[str, object]:
    """One night of the report."""
    return {
        "seed": seed,
        "process_fault": truth.process_fault.description,
        "process_found": verdict.process is not None,
        "transmitter_fault": f"{truth.transmitter_fault.tag} {truth.transmitter_fault.kind}",
        "transmitter_found": verdict.transmitter is not None,
        "setpoint_change": truth.setpoint_change.tag,
        "setpoint_reported": len(verdict.setpoint),
        "false": len(verdict.false),
        "further": len(verdict.late),
        "quiet_false": len(verdict.quiet),
    }


def main() -> None:
    """Run with a progress bar and print the summary."""
    import argparse

    from rich.progress import Progress

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    with Progress() as bar:
        task = bar.add_task("Nights", total=1.0)
        report = run(arguments.seeds, arguments.checkpoint, lambda done: bar.update(task, completed=done))
    print(json.dumps(report["results"], indent=1))


if __name__ == "__main__":
    main()
