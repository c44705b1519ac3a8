"""The report of a bench that trains a model on a folder of the benchmark."""

import json
import os
import time
from datetime import UTC, datetime
from importlib.metadata import version

from bench.campaign import ROOT
from bench.folder import Folder
from twin.protocols import WorldModel


def keep(bench: str, began: float, data: Folder, model: WorldModel, **found: object) -> dict[str, object]:
    """Write bench/results/`bench`.json with what was found, and give it; `began` is of time.perf_counter."""
    report: dict[str, object] = {
        "bench": bench,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in ("foretell", "torch", "numpy")},
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        "plant": data.meta.plant,
        "track": {"pairs": len(data.what_ifs), "training_hours": round(model.card.data_hours, 1)},
        "model": model.card.version,
        **found,
    }
    path = ROOT / "bench" / "results" / f"{bench}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    return report
