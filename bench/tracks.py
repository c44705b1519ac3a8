"""What-if scores of several models on the tracks: a lab log and a field log, each in two families of seeds."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.counterfactual import REFERENCES, run
from bench.report import MODEL, save
from bench.scoring.whatif import score_what_ifs
from bench.tep.generate import Sizes, generate
from bench.tep.runs import Regime

Progress = Callable[[float], None]

CHAMPION = "champion"
"""The family that the house trains when none is named."""


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
) -> dict[str, object]:
    """Train and score every model on every track, and write bench/results/tracks.json.

    `folders` names the tracks' folders; a track that is not among them is generated into a temporary one.
    """
    began = time.perf_counter()
    found = {}
    for number, name in enumerate(TRACKS):
        first, last = number / len(TRACKS), (number + 1) / len(TRACKS)
        made = 0.7 * first + 0.3 * last
        with _folder(name, folders, processes, _part(progress, first, made)) as data:
            found[name] = on_folder(data, models, _part(progress, made, last))
    return save("tracks", began, (*MODEL, "tep-studio"), tracks=found)


def on_folder(data: Path, models: Sequence[str], progress: Progress = lambda done: None) -> dict[str, object]:
    """Every score of every model on one folder, with the seconds that training and a pair of answers took."""
    scores: dict[str, object] = {}
    for number, name in enumerate(models):
        family = None if name == CHAMPION else name
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "answers.npz"
            trained = run(data, out, family, _part(progress, number / len(models), (number + 1) / len(models)))
            with np.load(out) as archive:
                found = score_what_ifs(data, dict(archive))
        trained.pop("out")
        scores[name] = {**trained, **found}
    return scores


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
