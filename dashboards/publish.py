"""Writes Grafana's provisioning files: dashboards as JSON, the data source and the provider as YAML."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dashboards.overview import overview
from dashboards.query import SOURCE_TYPE, SOURCE_UID
from dashboards.sdk import JSONEncoder

FOLDER = "Foretell"
MOUNTED_AT = "/etc/grafana/provisioning/dashboards"
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
            "type": "file",
            "disableDeletion": True,
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": MOUNTED_AT},
        }
    ],
}


def build(out_dir: Path) -> tuple[Path, ...]:
    """Write everything below `out_dir` in the layout of /etc/grafana/provisioning; gives the files written."""
    files = {
        "dashboards/overview.json": dashboard_json(),
        "dashboards/provider.yaml": yaml.safe_dump(dict(PROVIDER), sort_keys=False),
        "datasources/foretell.yaml": yaml.safe_dump(dict(DATA_SOURCE), sort_keys=False),
    }
    for name, text in files.items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(out_dir / name for name in files)


def dashboard_json() -> str:
    """The overview as Grafana reads it."""
    made: dict[str, Any] = json.loads(json.dumps(overview(), cls=JSONEncoder))
    for variable in made["templating"]["list"]:
        _without_interval_keys(variable)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _without_interval_keys(variable: dict[str, Any]) -> None:
    """The SDK gives every variable the keys of interval variables."""
    if variable["type"] != "interval":
        for key in ("auto", "auto_min", "auto_count"):
            variable.pop(key, None)
