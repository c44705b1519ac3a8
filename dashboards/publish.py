"""Writes Grafana's provisioning files: dashboards as JSON, the data source and the provider as YAML."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from dashboards import alerts, routing
from dashboards.base import CONSOLE
from dashboards.document import as_yaml
from dashboards.event import event
from dashboards.ingest import ingest
from dashboards.model import model
from dashboards.overview import overview
from dashboards.query import SOURCE_TYPE, SOURCE_UID
from dashboards.questions import questions
from dashboards.sdk import JSONEncoder, dashboard
from dashboards.tag import tag
from dashboards.what_if import what_if

FOLDER, FOLDER_UID = "Foretell", "foretell"
MOUNTED_AT = "/etc/grafana/provisioning/dashboards"
DASHBOARDS: Mapping[str, Callable[[], dashboard.Dashboard]] = {
    "overview": overview,
    "event": event,
    "tag": tag,
    "what-if": what_if,
    "model": model,
    "ingest": ingest,
    "questions": questions,
}
"""By the name of their file."""
DATA_SOURCE: Mapping[str, Any] = {
    "apiVersion": 1,
    "datasources": [
        {
            "name": "Foretell historian",
            "uid": SOURCE_UID,
            "type": SOURCE_TYPE,
            "access": "proxy",
            "url": "$FORETELL_GRAFANA_DB_HOST",
            "user": "$FORETELL_GRAFANA_DB_USER",
            "isDefault": True,
            "editable": False,
            "jsonData": {
                "database": "$FORETELL_GRAFANA_DB_NAME",
                "sslmode": "$FORETELL_GRAFANA_DB_SSLMODE",
                "postgresVersion": 1700,
                "timescaledb": False,
            },
            "secureJsonData": {"password": "$FORETELL_GRAFANA_DB_PASSWORD"},
        }
    ],
}
PROVIDER: Mapping[str, Any] = {
    "apiVersion": 1,
    "providers": [
        {
            "name": "foretell",
            "folder": FOLDER,
            "folderUid": FOLDER_UID,
            "type": "file",
            "disableDeletion": True,
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": MOUNTED_AT},
        }
    ],
}


def files() -> Mapping[str, str]:
    """Every provisioning file by its path in /etc/grafana/provisioning."""
    made = {f"dashboards/{name}.json": _json(found) for name, found in dashboards().items()}
    made["dashboards/provider.yaml"] = yaml.safe_dump(dict(PROVIDER), sort_keys=False)
    made["datasources/foretell.yaml"] = yaml.safe_dump(dict(DATA_SOURCE), sort_keys=False)
    made["alerting/rules.yaml"] = as_yaml(alerts.provisioned(CONSOLE))
    made["alerting/contact-points.yaml"] = as_yaml(routing.provisioned_contact_points())
    made["alerting/policies.yaml"] = as_yaml(routing.provisioned_policies())
    return made


def build(out_dir: Path) -> tuple[Path, ...]:
    """Write everything below `out_dir` in the layout of /etc/grafana/provisioning; gives the files written."""
    made = files()
    for name, text in made.items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(out_dir / name for name in made)


def stale(out_dir: Path) -> tuple[Path, ...]:
    """What below `out_dir` is not as `build` would write it: missing, different, or a dashboard nobody builds."""
    made = {out_dir / name: text for name, text in files().items()}
    different = [
        path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    unknown = [path for path in sorted(out_dir.glob("dashboards/*.json")) if path not in made]
    return (*different, *unknown)


def dashboards() -> Mapping[str, dict[str, Any]]:
    """Every dashboard as Grafana reads it, by the name of its file."""
    return {name: as_grafana_reads(make()) for name, make in DASHBOARDS.items()}


def as_grafana_reads(made: dashboard.Dashboard) -> dict[str, Any]:
    """Plain JSON, without what the SDK adds that Grafana 13.2 does not know."""
    plain: dict[str, Any] = json.loads(json.dumps(made, cls=JSONEncoder))
    for variable in plain["templating"]["list"]:
        _without(variable, "auto", "auto_min", "auto_count", "definition")
        if variable["type"] == "textbox":
            _without(variable, "multi", "includeAll")
    for panel in plain["panels"]:
        if panel["type"] == "table":
            _without(panel["options"], "footer")
    return plain


def _without(part: dict[str, Any], *keys: str) -> None:
    for key in keys:
        part.pop(key, None)


def _json(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
