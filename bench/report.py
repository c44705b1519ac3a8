"""What every report of a bench says, and where it is kept."""

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from bench.campaign import ROOT
from bench.folder import Folder

HISTORIAN = ("foretell", "numpy", "psycopg")
MODEL = ("foretell", "torch", "numpy")
"""Packages whose versions a report names."""

_PLAIN_LIST = re.compile(r"\[[^][{}]*\]")


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
    (ROOT / "bench" / "results" / f"{bench}.json").write_text(dumped(report))
    return report


def dumped(report: Mapping[str, object]) -> str:
    """The report as JSON, indented, a list of plain values on one line."""
    return _PLAIN_LIST.sub(lambda found: " ".join(found[0].split()), json.dumps(report, indent=1)) + "\n"


def digest(folder: Folder) -> str:
    """Of a folder's training log and questions: two results belong together when theirs are the same."""
    files = [folder.path / f"{name}.npz" for name in ("normal", "whatif")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
