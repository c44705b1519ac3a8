"""Every dynamics family trained on one folder with the same budget, and asked the same what-ifs.

Run it with `python -m bench.families FOLDER --seconds 240`; it writes bench/results/families.json.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.answers import arrays
from bench.campaign import ROOT
from bench.counterfactual import REFERENCES, ask
from bench.diagnosis import Diagnosis
from bench.folder import Folder, read_folder
from bench.report import digest, dumped
from bench.scoring.whatif import score_what_ifs

RESULTS = ROOT / "bench" / "results" / "families.json"

OF = "@"
"""Stands between a family and how many members it is trained with."""

ALONE = ("linear@1", "rssm@1")
"""Families that are measured without an ensemble too."""

UPDATES = 100_000
"""More than any budget allows."""

Progress = Callable[[float], None]


def run(
    data: Path,
    seconds: float,
    names: Sequence[str] = (),
    out: Path = RESULTS,
    progress: Progress = lambda done: None,
) -> dict[str, object]:
    """Train, ask, score and write the report; `names` are families or references, without any all of them.

    A family is an ensemble of the house's usual size; `rssm@1` is one of a single member. The file is written after
    each of them; what it holds of others, of the same data and budget, is kept.

    Gradient steps of a family end after `seconds` of CPU time, so that a busy machine is fair to all. `progress` is
    told the part done, up to 1. Raises InvalidInput for an unknown family and for a folder without questions.
    """
    import torch

    from models.world.families import FAMILIES, family

    torch.set_num_threads(1)
    folder = read_folder(data)
    chosen = list(names) or [*REFERENCES, *FAMILIES, *ALONE]
    for name in chosen:
        if name not in REFERENCES:
            family(name.partition(OF)[0])
    kept = _kept(out, folder, seconds)
    report: dict[str, object] = {}
    for number, name in enumerate(chosen):
        kept[name] = measure(folder, name, seconds, _part(progress, number, len(chosen)))
        report = _report(folder, seconds, kept)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(dumped(report))
    return report


def _kept(out: Path, folder: Folder, seconds: float) -> dict[str, object]:
    """Results that the file holds already, of the same data and budget."""
    if not out.exists():
        return {}
    report = json.loads(out.read_bytes())
    same = report.get("data") == digest(folder) and report.get("budget_seconds") == seconds
    results: dict[str, object] = report["results"] if same else {}
    return results


def _report(folder: Folder, seconds: float, results: dict[str, object]) -> dict[str, object]:
    return {
        "bench": "families",
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "torch", "numpy")},
        "cpus": os.cpu_count(),
        "plant": folder.meta.plant,
        "data": digest(folder),
        "training_hours": round(sum(len(w) for w in (*folder.train, *folder.steady)) * folder.meta.row_minutes / 60),
        "budget_seconds": seconds,
        "results": results,
    }


def measure(folder: Folder, name: str, seconds: float, progress: Progress) -> dict[str, object]:
    """Scores and costs of one family or reference."""
    from models.training import TrainingConfig

    family, _, members = name.partition(OF)
    config = TrainingConfig(seconds=seconds, updates=UPDATES)
    asked = ask(folder, family, progress, replace(config, members=int(members or config.members)))
    scores = score_what_ifs(folder.path, arrays(asked.answers))
    for group in scores.values():
        group.pop("by_kind")
    found = Diagnosis.of(folder, asked.answers)
    return {
        **asked.costs,
        "load": round(os.getloadavg()[0], 1),
        **_rounded(scores),
        "by_kind": found.by_kind(),
        "curves": found.curves(),
    }


def _part(progress: Progress, number: int, count: int) -> Progress:
    return lambda done: progress((number + done) / count)


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
            name, *(f"{value:.3f}" if value is not None else "" for value in told), str(found["train_cpu_seconds"])
        )
    Console().print(table)


if __name__ == "__main__":
    main()
