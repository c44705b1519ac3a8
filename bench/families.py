"""Every dynamics family trained on one folder with the same budget, and asked the same what-ifs.

Run it with `python -m bench.families FOLDER --seconds 240`; it writes bench/results/families.json.
"""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.answers import Forecaster, save
from bench.campaign import ROOT
from bench.counterfactual import REFERENCES, ByModel, prepare
from bench.folder import Folder, read_arrays, read_folder
from bench.scoring.units import scale_of
from bench.scoring.whatif import score_what_ifs

RESULTS = ROOT / "bench" / "results" / "families.json"
HOURS = (0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0)
"""Points of the horizon curve, as far as the folder's questions go."""

Progress = Callable[[float], None]


def run(
    data: Path,
    seconds: float,
    names: Sequence[str] = (),
    out: Path = RESULTS,
    progress: Progress = lambda done: None,
) -> dict[str, object]:
    """Train, ask, score and write the report; `names` are families or references, without any all of them.

    The file is written after each of them; what it holds of others, of the same data and budget, is kept.

    Gradient steps of a family end after `seconds` of CPU time, so that a busy machine is fair to all. `progress` is
    told the part done, up to 1. Raises InvalidInput for an unknown family and for a folder without questions.
    """
    import torch

    from models.world.families import FAMILIES, family

    torch.set_num_threads(1)
    folder = read_folder(data)
    chosen = list(names) or [*REFERENCES, *FAMILIES]
    for name in chosen:
        if name not in REFERENCES:
            family(name)
    kept = _kept(out, folder, seconds)
    report: dict[str, object] = {}
    for number, name in enumerate(chosen):
        kept[name] = measure(folder, name, seconds, _part(progress, number, len(chosen)))
        report = _report(folder, seconds, kept)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=1) + "\n")
    return report


def _kept(out: Path, folder: Folder, seconds: float) -> dict[str, object]:
    """Results that the file holds already, of the same data and budget."""
    if not out.exists():
        return {}
    report = json.loads(out.read_bytes())
    same = report.get("data") == _digest(folder) and report.get("budget_seconds") == seconds
    results: dict[str, object] = report["results"] if same else {}
    return results


def _digest(folder: Folder) -> str:
    """Of training log and questions."""
    return hashlib.sha256(
        b"".join((folder.path / f"{n}.npz").read_bytes() for n in ("normal", "whatif"))
    ).hexdigest()[:12]


def _report(folder: Folder, seconds: float, results: dict[str, object]) -> dict[str, object]:
    return {
        "bench": "families",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "torch", "numpy")},
        "cpus": os.cpu_count(),
        "plant": folder.meta.plant,
        "data": _digest(folder),
        "training_hours": round(sum(len(w) for w in folder.train) * folder.meta.row_minutes / 60),
        "budget_seconds": seconds,
        "results": results,
    }


def measure(folder: Folder, name: str, seconds: float, progress: Progress) -> dict[str, object]:
    """Scores and costs of one family or reference."""
    wall, cpu = time.perf_counter(), time.process_time()
    forecaster, about = _trained(folder, name, seconds, progress)
    spent = {
        "train_seconds": round(time.perf_counter() - wall, 1),
        "train_cpu_seconds": round(time.process_time() - cpu, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    answers = [forecaster(pair) for pair in folder.what_ifs]
    with TemporaryDirectory() as aside:
        file = Path(aside) / "answers.npz"
        save(file, answers)
        with np.load(file) as predictions:
            scores = score_what_ifs(folder.path, dict(predictions))
    for group in scores.values():
        group.pop("by_kind")
    curve = horizon_curve(folder, np.stack([answer.b for answer in answers]))
    return {**about, **spent, **_rounded(scores), "nrmse_by_hours": curve}


def horizon_curve(folder: Folder, answered: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float]:
    """Root mean square error of B, in units of scale, at some hours, over all tags and all questions in range.

    `answered` is (pair, horizon, tag) in engineering units.
    """
    inside = np.array([not pair.out_of_range for pair in folder.what_ifs])
    truth = read_arrays(folder.path, "whatif_truth", ("obs_B",))["obs_B"].astype(float)
    error = ((answered - truth) / scale_of(folder.path, folder.meta))[inside]
    rows = {hours: folder.meta.rows(hours) for hours in HOURS}
    return {
        f"{hours:g}": round(float(np.sqrt(np.mean(error[:, row - 1] ** 2))), 4)
        for hours, row in rows.items()
        if 1 <= row <= error.shape[1]
    }


def _part(progress: Progress, number: int, count: int) -> Progress:
    return lambda done: progress((number + done) / count)


def _trained(folder: Folder, name: str, seconds: float, progress: Progress) -> tuple[Forecaster, dict[str, object]]:
    """A forecaster and what it says of itself."""
    if name in REFERENCES:
        return prepare(folder, name, progress)[0], {}
    from models.training import TrainingConfig, fit

    context, horizon = len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)
    config = TrainingConfig(family=name, seconds=seconds, updates=100_000, context=context, horizon=horizon)
    config = replace(config, warm=min(config.warm, context), imagined=min(config.imagined, horizon))
    model = fit(folder.train, folder.held_back, folder.plant, config, progress)
    skill = {key: round(value, 4) for key, value in model.card.skill.items()}
    return ByModel(model), {"model": model.card.version, "held_back": skill}


def _rounded(scores: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(value) if isinstance(value, dict) else round(value, 4) if isinstance(value, float) else value
        for name, value in scores.items()
    }


def main() -> None:
    """Run with a progress bar and print a table."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.table import Table

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the benchmark")
    parser.add_argument(
        "--seconds", type=float, default=240.0, help="gradient steps of a family end after so much CPU time"
    )
    parser.add_argument("--family", action="append", default=[], help="only these; may be given more than once")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    with Bar() as bar:
        task = bar.add_task("Families", total=1.0)
        report: Any = run(
            given.data, given.seconds, given.family, given.out, lambda done: bar.update(task, completed=done)
        )
    table = Table("family", "NRMSE", "effect R²", "sign", "cover", "CRPS", "train s")
    for name, found in report["results"].items():
        scores = found["in_range"]
        told = (scores.get(key) for key in ("nrmse", "effect_r2", "sign_acc", "cover90", "crps"))
        table.add_row(
            name, *(f"{value:.3f}" if value is not None else "" for value in told), str(found["train_seconds"])
        )
    Console().print(table)


if __name__ == "__main__":
    main()
