"""What every report of a bench says, and where it is kept."""

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from bench.campaign import ROOT

HISTORIAN = ("foretell", "numpy", "psycopg")
MODEL = ("foretell", "torch", "numpy")
"""Packages whose versions a report names."""


def save(bench: str, began: float, packages: Sequence[str] = HISTORIAN, **found: object) -> dict[str, object]:
    """Write bench/results/`bench`.json with what was found, and give it; `began` is of time.perf_counter."""
    report: dict[str, object] = {
        "bench": bench,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {name: version(name) for name in packages},
        "cpus": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "seconds": round(time.perf_counter() - began, 1),
        **found,
    }
    (ROOT / "bench" / "results" / f"{bench}.json").write_text(json.dumps(report, indent=1) + "\n")
    return report
