"""Tables that are generated into a document, between its markers, from bench/results/*.json."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.campaign import ROOT

RESULTS = ROOT / "bench" / "results"
Report = dict[str, Any]


def row(*cells: object) -> str:
    """A row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table in Markdown."""
    names = list(heads)
    return [row(*names), row(*["---"] * len(names)), *(row(*cells) for cells in rows)]


def number(value: float | None, digits: int = 2) -> str:
    """A dash for None."""
    return "–" if value is None else f"{value:.{digits}f}"


def read(name: str, results: Path = RESULTS) -> Report | None:
    """A bench's report; None where there is none."""
    file = results / f"{name}.json"
    if not file.exists():
        return None
    report: Report = json.loads(file.read_text())
    return report


def origin(report: Report) -> str:
    """When, with what, and how long a report was measured."""
    versions = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    parts = [f"{report['date']}, {report['cpus']} cores"]
    parts += [f"{report['seconds']:.0f} s"] if "seconds" in report else []
    model = f"; model {report['model']}" if "model" in report else ""
    return f"<sub>{', '.join(parts)}; {versions}{model}</sub>"


def renewed(document: str, sections: Mapping[str, str]) -> str:
    """The document with what stands between `<!-- name -->` and `<!-- /name -->` replaced.

    Raises ValueError when it lacks a marker.
    """
    for name, text in sections.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, rest = document.split(begin, 1)
        _, tail = rest.split(end, 1)
        document = f"{head}{begin}\n{text}\n{end}{tail}"
    return document
