"""`python -m bench.readme_grafana`: the figures of docs/grafana.md, from bench/results/grafana.json."""

from bench.campaign import ROOT
from bench.grafana_panels import table_of
from bench.markdown import origin, read, renewed

GUIDE = ROOT / "docs" / "grafana.md"


def updated(document: str) -> str:
    """The guide with its table as the bench found it last; as it is where the bench has not run."""
    report = read("grafana")
    if report is None:
        return document
    return renewed(document, {"panels": "\n".join([*table_of(report), "", origin(report)])})


if __name__ == "__main__":
    GUIDE.write_text(updated(GUIDE.read_text()))
