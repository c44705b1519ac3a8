"""The timings in docs/console.md, from bench/results/console.json."""

from pathlib import Path

from bench.campaign import ROOT
from bench.markdown import RESULTS, Report, origin, read, renewed, table

DOCUMENT = ROOT / "docs" / "console.md"
NOT_MEASURED = "Not measured yet."


def timings(report: Report) -> list[str]:
    """First paint of every page, and the chart."""
    rows = [
        (name, _range(found["full_cache"]), _range(found["empty_cache"]))
        for name, found in report["first_paint_ms"].items()
    ]
    chart, heads = report["chart"], ("first paint, ms", "visited before", "first visit, empty cache")
    charted = (
        f"A chart of {chart['hours']} h for each of {chart['tags']} tags ({chart['points']:,} points in all) "
        f"is drawn in {_range(chart['ms'])} ms."
    )
    measured = (
        f"Median of {report['rounds']} with the lowest and the highest; Chromium {report['chromium']}, server and "
        "browser on the same machine."
    )
    return [*table(heads, rows), "", charted, "", measured]


def _range(found: Report) -> str:
    return f"{found['median']} ({found['lowest']} to {found['highest']})"


def updated(document: str, results: Path = RESULTS) -> str:
    """The document with its timings renewed; raises ValueError when it lacks a marker."""
    report = read("console", results)
    told = "\n".join([*timings(report), "", origin(report)]) if report else NOT_MEASURED
    return renewed(document, {"timings": told})


def write() -> None:
    """Renew the document in place."""
    DOCUMENT.write_text(updated(DOCUMENT.read_text()))


if __name__ == "__main__":
    write()
