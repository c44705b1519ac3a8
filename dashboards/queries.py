"""Every query of a dashboard and what its variables stand for: tests and the bench play Grafana with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboards.base import ALL
from dashboards.macros import Values, expand, interval_of, seconds
from twin.clock import Span

Row = Mapping[str, Any]
WIDTH = 1200
"""Points that a panel as wide as the dashboard asks for, unless it says how many it wants."""


@dataclass(frozen=True)
class Asked:
    """One query: where it stands, for what kind of panel (or `annotation`, `variable`), and how it is bucketed."""

    dashboard: str
    part: str
    title: str
    kind: str
    ref: str
    sql: str
    points: int = WIDTH
    least: timedelta = timedelta(seconds=1)

    def sent(self, span: Span, values: Values) -> str:
        """The statement that the server gets."""
        return expand(self.sql, span, interval_of(span, self.points, self.least), values)


def queries(dashboard: Mapping[str, Any]) -> Iterator[Asked]:
    """Those of panels, annotations and variables, in the order of the file."""
    uid = dashboard["uid"]
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            points = int(panel.get("maxDataPoints", WIDTH * panel["gridPos"]["w"] // 24))
            least = timedelta(seconds=seconds(panel.get("interval", "1s")))
            part = f"panel {panel['id']}"
            yield Asked(uid, part, panel["title"], panel["type"], target["refId"], target["rawSql"], points, least)
    for item in dashboard["annotations"]["list"]:
        yield Asked(uid, "annotation", item["name"], "annotation", "Anno", item["target"]["rawSql"])
    for item in dashboard["templating"]["list"]:
        if item["type"] == "query":
            yield Asked(uid, "variable", item["name"], "variable", "A", item["query"])


def chosen(dashboard: Mapping[str, Any], span: Span, ask: Callable[[str], Sequence[Row]]) -> dict[str, Sequence[str]]:
    """What each variable stands for when the dashboard is opened: all that it finds, or the first of it."""
    values: dict[str, Sequence[str]] = {}
    for item in dashboard["templating"]["list"]:
        if item["type"] != "query":
            values[item["name"]] = [item["query"]]
            continue
        found = [_value(row) for row in ask(expand(item["query"], span, timedelta(minutes=1), values))]
        everything = item.get("current", {}).get("value") == [ALL]
        values[item["name"]] = (found if everything else found[:1]) or [""]
    return values


def repeated(dashboard: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The values as the first copy of a repeated panel or row sees them: one for what it repeats by."""
    names = {panel["repeat"] for panel in dashboard["panels"] if "repeat" in panel}
    return {name: value[:1] if name in names else value for name, value in values.items()}


def _value(row: Row) -> str:
    return str(row["__value"] if "__value" in row else next(iter(row.values())))
