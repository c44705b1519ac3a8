"""Models on the tracks: a lab log and a field log, each in two families of seeds.

A model is trained once on a track; its answers go into several reports of bench/results: `tracks` (the scores),
`horizon` (errors along the horizon), `reliability` (bands against what happened), `effects` (true and answered),
and of the house's own model `verdict` and `abduction`.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import abduction, verdict
from bench.answers import arrays
from bench.campaign import ROOT
from bench.counterfactual import REFERENCES, Asked, ByModel, ask
from bench.diagnosis import Diagnosis
from bench.folder import Folder, read_folder
from bench.report import MODEL, digest, save
from bench.scoring.whatif import score_what_ifs
from bench.tep.generate import Sizes, generate
from bench.tep.runs import Regime

Progress = Callable[[float], None]
Report = dict[str, Any]

CHAMPION = "champion"
"""The family that the house trains when none is named."""

BENCHES = ("tracks", "horizon", "reliability", "effects", "verdict", "abduction")


@dataclass(frozen=True, slots=True)
class Track:
    """A folder of the benchmark, by what it is generated from; only its log and questions are needed here."""

    regime: Regime
    sizes: Sizes = field(default_factory=lambda: Sizes(faults=(), fault_free=0))


TRACKS: Mapping[str, Track] = {
    "lab": Track(Regime()),
    "field": Track(Regime(moves=0.2, background=0.1), Sizes(hours=200.0, faults=(), fault_free=0)),
    "second": Track(Regime(family="second")),
    "second-field": Track(
        Regime(family="second", moves=0.2, background=0.1), Sizes(hours=200.0, faults=(), fault_free=0)
    ),
}
"""`field` is what plants have: a move in five hours, unmeasured disturbances, half as long a log."""


def tracks(
    folders: Mapping[str, Path],
    models: Sequence[str] = (*REFERENCES, CHAMPION),
    processes: int = 1,
    progress: Progress = lambda done: None,
) -> Report:
    """Train and score every model on every track, and write the reports after each track; gives `tracks`.

    `folders` names the tracks' folders; a track that is not among them is generated into a temporary one. What the
    reports hold of other models on the same data is kept.
    """
    began = time.perf_counter()
    for number, name in enumerate(TRACKS):
        first, last = number / len(TRACKS), (number + 1) / len(TRACKS)
        made = 0.7 * first + 0.3 * last
        with _folder(name, folders, processes, _part(progress, first, made)) as path:
            data = read_folder(path)
            found = on_folder(data, models, _part(progress, made, last))
            reports = keep(began, name, digest(data), found)
    return reports["tracks"]


def on_folder(data: Folder, models: Sequence[str], progress: Progress = lambda done: None) -> dict[str, Report]:
    """By bench, what was found of every model on one folder."""
    found: dict[str, Report] = {bench: {} for bench in BENCHES}
    for number, name in enumerate(models):
        part = _part(progress, number / len(models), (number + 1) / len(models))
        asked = ask(data, None if name == CHAMPION else name, _part(part, 0, 0.6))
        for bench, report in measured(data, asked, own=name == CHAMPION, progress=_part(part, 0.6, 1)).items():
            found[bench][name] = {"model": asked.costs["model"], "date": asked.costs["date"], **report}
    return found


def measured(data: Folder, asked: Asked, *, own: bool, progress: Progress) -> dict[str, Report]:
    """By bench, what the answers are worth; `own` models are asked for verdicts and counterfactuals as well."""
    diagnosis = Diagnosis.of(data, asked.answers)
    found = {
        "tracks": {**asked.costs, **score_what_ifs(data.path, arrays(asked.answers))},
        "horizon": diagnosis.curves(),
        "reliability": {**diagnosis.reliability(), "by_kind": diagnosis.by_kind()},
        "effects": diagnosis.points(),
    }
    if own and isinstance(asked.forecaster, ByModel):
        model = asked.forecaster.model
        found["verdict"] = verdict.measured(model, data, _part(progress, 0, 0.5))
        found["abduction"] = abduction.measured(model, data, _part(progress, 0.5, 1))
    progress(1.0)
    return found


def keep(began: float, track: str, data: str, found: Mapping[str, Report]) -> dict[str, Report]:
    """Write every bench's report with what was found on a track, whose digest is `data`; gives the reports."""
    reports: dict[str, Report] = {}
    for bench in BENCHES:
        kept = _kept(bench)
        same = kept["data"].get(track) == data
        results = {**(kept["tracks"].get(track, {}) if same else {}), **found[bench]}
        merged = {**kept["tracks"], track: results}
        reports[bench] = save(
            bench,
            began,
            (*MODEL, "tep-studio"),
            data={**kept["data"], track: data},
            tracks={name: merged[name] for name in TRACKS if name in merged},
        )
    return reports


def _kept(bench: str) -> Report:
    file = ROOT / "bench" / "results" / f"{bench}.json"
    report: Report = json.loads(file.read_bytes()) if file.exists() else {}
    return report if "data" in report else {"data": {}, "tracks": {}}


@contextmanager
def _folder(name: str, folders: Mapping[str, Path], processes: int, progress: Progress) -> Iterator[Path]:
    if name in folders:
        yield folders[name]
        return
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), TRACKS[name].regime, TRACKS[name].sizes, processes, progress)
        yield Path(scratch)


def _part(progress: Progress, first: float, last: float) -> Progress:
    """Progress of a part, of which `progress` is told between `first` and `last`."""
    return lambda done: progress(first + (last - first) * done)
