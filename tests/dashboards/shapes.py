"""Validation against the schemas that were made from Grafana's own types."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

FOLDER = Path(__file__).with_name("schema")
TYPES = {
    "barchart": "BarChartPanel",
    "row": "Row",
    "stat": "StatPanel",
    "status-history": "StatusHistoryPanel",
    "table": "TablePanel",
    "text": "TextPanel",
    "timeseries": "TimeSeriesPanel",
}


@cache
def schema(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def misshapen(dashboard):
    """What Grafana's types do not allow: the dashboard's own parts, every panel, every override."""
    found = list(against("Dashboard", dashboard, "dashboard"))
    for panel in dashboard["panels"]:
        name = f"panel {panel.get('id')}"
        if panel.get("type") not in TYPES:
            found.append(f"{name}: no schema for the type {panel.get('type')}")
            continue
        found += against(TYPES[panel["type"]], panel, name)
        found += overrides(panel, name)
    return found


def against(name, value, where):
    for error in Draft7Validator(schema(name)).iter_errors(value):
        yield f"{where}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def overrides(panel, where):
    """A property of an override is one that the panel's fields have, and holds what such a field holds."""
    whole = schema(TYPES[panel["type"]])
    for override in panel.get("fieldConfig", {}).get("overrides", []):
        for item in override["properties"]:
            part = field_property(whole, TYPES[panel["type"]], item["id"])
            if part is None:
                yield f"{where}: override {item['id']}: fields of {panel['type']} have no such property"
                continue
            for error in Draft7Validator({**part, "definitions": whole["definitions"]}).iter_errors(item["value"]):
                yield f"{where}: override {item['id']}: {error.message[:200]}"


def field_property(whole, name, identity):
    """The schema of a field's property, `custom.hideFrom.viz` for example; None when there is none."""
    part = whole["definitions"][name]["properties"]["fieldConfig"]["properties"]["defaults"]
    for key in identity.split("."):
        while "$ref" in part:
            part = whole["definitions"][part["$ref"].removeprefix("#/definitions/")]
        part = part.get("properties", {}).get(key)
        if part is None:
            return None
    return part
