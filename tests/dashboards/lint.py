"""What Grafana's types cannot say of a dashboard: ids, grid, words, units, variables, links, statements."""

import json
import re
from itertools import combinations
from pathlib import Path

import yaml

from dashboards.style import ORDINARY

ROOT = Path(__file__).parents[2]
SOURCES = yaml.safe_load((ROOT / "dashboards/provisioning/datasources/foretell.yaml").read_text())["datasources"]
SOURCE = {"type": SOURCES[0]["type"], "uid": SOURCES[0]["uid"]}
UNITS = {"none", "short", "string", "percentunit", "s", "bytes"}
BIG = (
    "sample",
    "prediction",
    "score",
    "move",
    "rollup_1m",
    "rollup_1h",
    "history",
    "expected",
    "asset_score",
    "answer",
)
BOUNDS = ("$__timeFilter(", "$__timeFrom()", ".start_time", 'p."time" = ', 's."time" = ')
MACROS = {"__timeFilter", "__timeFrom", "__timeTo", "__timeGroup", "__interval", "__interval_ms"}
BUILT_IN = {"__from", "__to", "__data", "__value"}
SHAPES = ("◆", "▲", "●")


def console_routes():
    """Patterns of the console's pages."""
    pages = "\n".join(path.read_text() for path in sorted((ROOT / "api/console").glob("*.py")))
    found = re.findall(r'@ui\.page\(\s*"([^"]+)"', pages)
    return [re.compile(re.sub(r"\{\w+\}", "[^/]+", route)) for route in found]


def problems(dashboard, uids, routes):
    """Everything that is wrong with one dashboard; `uids` gives the variables of each dashboard there is."""
    found = [*general(dashboard), *grid(dashboard["panels"]), *unique(dashboard)]
    for panel in dashboard["panels"]:
        found += [f"panel {panel['id']}: {what}" for what in of_panel(panel)]
    for where, sql in statements(dashboard):
        found += [f"{where}: {what}" for what in statement(sql)]
    found += [*annotations(dashboard), *variables(dashboard)]
    for url in urls(dashboard):
        found += link(url, uids, routes)
    return found


def general(dashboard):
    if "id" in dashboard:
        yield "the database's own id is in the file"
    if not re.fullmatch(r"foretell-[a-z-]+", dashboard["uid"]):
        yield f"uid {dashboard['uid']}"
    if dashboard["graphTooltip"] != 1:
        yield "the crosshair is not shared"
    if dashboard["editable"]:
        yield "can be edited by hand"
    siblings = [item for item in dashboard["links"] if item["type"] == "dashboards"]
    if not any(item["tags"] == dashboard["tags"] and item["keepTime"] and item["includeVars"] for item in siblings):
        yield "no link to the other dashboards that keeps time and variables"


def unique(dashboard):
    ids = [panel["id"] for panel in dashboard["panels"]]
    for identity in {identity for identity in ids if ids.count(identity) > 1}:
        yield f"panel id {identity} is given twice"
    for panel in dashboard["panels"]:
        refs = [target["refId"] for target in panel.get("targets", [])]
        if len(set(refs)) < len(refs):
            yield f"panel {panel['id']}: a refId is given twice"


def grid(panels):
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > 24:
            yield f"panel {panel['id']} leaves the grid"
        if "repeat" in panel and panel["type"] != "row" and place["w"] != 24:
            yield f"panel {panel['id']} repeats sideways and has others beside it"
    for one, other in combinations(panels, 2):
        if cells(one["gridPos"]) & cells(other["gridPos"]):
            yield f"panels {one['id']} and {other['id']} overlap"


def cells(place):
    return {
        (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    }


def of_panel(panel):
    if not panel.get("title"):
        yield "no title"
    if panel["type"] == "row":
        return
    if not panel.get("description", "").endswith("."):
        yield "no description that is a sentence"
    if "targets" in panel:
        yield from of_fields(panel)
        for item in [panel, *panel["targets"]]:
            if item["datasource"] != SOURCE:
                yield f"reads {item['datasource']}"


def of_fields(panel):
    defaults, properties = panel["fieldConfig"]["defaults"], list(of_overrides(panel))
    if defaults.get("noValue", "No data") == "No data":
        yield "does not say what it means that there is nothing"
    for unit in [defaults.get("unit"), *(value for name, value in properties if name == "unit")]:
        if unit not in UNITS and not str(unit).startswith("suffix:"):
            yield f"unit {unit}"
    mappings = [defaults.get("mappings", []), *(value for name, value in properties if name == "mappings")]
    for result in [result for some in mappings for one in some for result in one["options"].values()]:
        if result["color"] != ORDINARY and not result["text"].startswith(SHAPES):
            yield f"{result['text']} differs from the ordinary by its colour alone"


def of_overrides(panel):
    for override in panel["fieldConfig"]["overrides"]:
        for item in override["properties"]:
            yield item["id"], item["value"]


def statements(dashboard):
    """(where, SQL) of every panel, annotation and variable."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['id']} {target['refId']}", target["rawSql"]
    for item in dashboard["annotations"]["list"]:
        yield f"annotation {item['name']}", item["target"]["rawSql"]
    for item in dashboard["templating"]["list"]:
        if item["type"] == "query":
            yield f"variable {item['name']}", item["query"]


def statement(sql):
    if re.search(r"\$__\w+\([^)]*\(", sql):
        yield "a macro's argument holds a parenthesis"
    if re.search(r"\$__timeGroup\([^)]*\),", sql):
        yield '$__timeGroup directly before a comma becomes AS "time"'
    for macro in re.findall(r"\$(__\w+)", sql):
        if macro not in MACROS:
            yield f"unknown macro ${macro}"
    for view in re.findall(r"grafana\.(\w+)", sql):
        bounded = any(bound in sql for bound in BOUNDS) or (view == "score" and re.search(r"LIMIT 1\b", sql))
        if view in BIG and not bounded:
            yield f"reads all of grafana.{view}: no time filter"
    for name, form in re.findall(r"\$\{(\w+)(?::(\w+))?\}", sql):
        if form != "sqlstring":
            yield f"${{{name}}} is not quoted"
    named = "".join(rf"|{name}\b" for name in re.findall(r"(\w+) AS MATERIALIZED", sql))
    if re.search(rf"(?<!epoch )\b(FROM|JOIN)\s+(?!grafana\.|LATERAL|\({named})\w", sql):
        yield "reads something else than the views of the schema grafana"


def annotations(dashboard):
    for item in dashboard["annotations"]["list"]:
        sql = item["target"]["rawSql"]
        if item["datasource"] != SOURCE:
            yield f"annotation {item['name']} reads {item['datasource']}"
        if "end_time" in sql and not ("<= $__timeTo()" in sql and "end_time, now()) >= $__timeFrom()" in sql):
            yield f"annotation {item['name']} loses what began before the range"


def variables(dashboard):
    defined = {item["name"] for item in dashboard["templating"]["list"]}
    text = json.dumps(dashboard, ensure_ascii=False)
    used = {name for pair in re.findall(r"\$\{(\w+)|\$(?!__)([A-Za-z]\w*)", text) for name in pair if name}
    for name in sorted(used - defined - BUILT_IN):
        yield f"variable {name} is used and not defined"
    for panel in dashboard["panels"]:
        if "repeat" in panel and panel["repeat"] not in defined:
            yield f"panel {panel['id']} repeats by {panel['repeat']}, which is not defined"
    for item in dashboard["templating"]["list"]:
        if not (item.get("label") and item.get("description", "").endswith(".")):
            yield f"variable {item['name']} has no label or no description"


def urls(part):
    """Every address in a dashboard: of its links, of fields, in its texts."""
    if isinstance(part, dict):
        if part.get("url"):
            yield part["url"]
        if "content" in part:
            yield from re.findall(r"\]\(([^)\s]+)\)", part["content"])
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from urls(item)


def link(url, uids, routes):
    path, _, query = url.partition("?")
    if path.startswith("/d/"):
        target = path.removeprefix("/d/")
        if target not in uids:
            yield f"{url} leads to no dashboard"
            return
        for name in re.findall(r"var-(\w+)=", query):
            if name not in uids[target]:
                yield f"{url} sets {name}, which {target} does not have"
    elif not url.startswith("${console}/"):
        yield f"{url} leads neither to a dashboard nor to the console"
    elif not any(route.fullmatch(path.removeprefix("${console}")) for route in routes):
        yield f"{url} leads to no page of the console"
    for name, form in re.findall(r"\$\{(\w+)(?::(\w+))?\}", query):
        if not name.startswith("__") and form != "percentencode":
            yield f"{url} does not encode {name}"
    if re.search(r"[\s\"'<>]", url):
        yield f"{url} is not encoded"
