"""The dashboards in a real Grafana, where there is one: GRAFANA_URL, and GRAFANA_TOKEN of a service account.

Its data source `foretell` must be provisioned. Everything is imported into a folder of its own, which is deleted.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from dashboards.base import ALL
from dashboards.macros import seconds
from dashboards.queries import queries, repeated

URL, TOKEN = os.environ.get("GRAFANA_URL"), os.environ.get("GRAFANA_TOKEN")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not (URL and TOKEN), reason="GRAFANA_URL and GRAFANA_TOKEN are not set: no Grafana to try on"),
]
FOLDER = "foretell-test"
FILES = [
    json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[2] / "dashboards/provisioning/dashboards").glob("*.json"))
]
NOW = datetime.now(UTC)
SPAN = (NOW - timedelta(hours=24), NOW)


@pytest.fixture(scope="module")
def grafana():
    with httpx.Client(base_url=URL, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        client.post("/api/folders", json={"uid": FOLDER, "title": "Foretell test"})
        yield client
        client.delete(f"/api/folders/{FOLDER}", params={"forceDeleteRules": "true"})


@pytest.mark.parametrize("dashboard", FILES, ids=lambda made: made["uid"])
def test_a_dashboard_is_taken_and_given_back_with_its_panels(grafana, dashboard):
    copy = {**dashboard, "uid": f"{dashboard['uid']}-test", "title": f"{dashboard['title']} (test)"}
    taken = grafana.post("/api/dashboards/db", json={"dashboard": copy, "folderUid": FOLDER, "overwrite": True})
    assert taken.status_code == 200, taken.text
    given = grafana.get(f"/api/dashboards/uid/{copy['uid']}").raise_for_status().json()["dashboard"]
    assert [panel["id"] for panel in given["panels"]] == [panel["id"] for panel in dashboard["panels"]]
    assert [item["name"] for item in given["templating"]["list"]] == [
        item["name"] for item in dashboard["templating"]["list"]
    ]


@pytest.mark.parametrize("dashboard", FILES, ids=lambda made: made["uid"])
def test_its_queries_are_understood(grafana, dashboard):
    values = repeated(dashboard, opened(grafana, dashboard))
    for item in queries(dashboard):
        result = sent(grafana, interpolated(item.sql, values), item.least)
        assert "error" not in result, (item.title, result.get("error"))


def opened(grafana, dashboard):
    """What each variable stands for, as the browser would work it out."""
    values = {}
    for item in dashboard["templating"]["list"]:
        if item["type"] != "query":
            values[item["name"]] = [item["query"]]
            continue
        [frame] = sent(grafana, interpolated(item["query"], values), timedelta(minutes=1))["frames"]
        names = [field["name"] for field in frame["schema"]["fields"]]
        columns = frame["data"]["values"]
        found = columns[names.index("__value") if "__value" in names else 0] if columns else []
        values[item["name"]] = (found if item.get("current", {}).get("value") == [ALL] else found[:1]) or [""]
    return values


def interpolated(sql, values):
    """Variables are the browser's part; macros are left for the server."""
    for name, chosen in values.items():
        quoted = ",".join("'" + value.replace("'", "''") + "'" for value in chosen)
        sql = sql.replace(f"${{{name}:sqlstring}}", quoted)
    return sql


def sent(grafana, sql, least):
    query = {
        "refId": "A",
        "datasource": {"type": "grafana-postgresql-datasource", "uid": "foretell"},
        "rawSql": sql,
        "format": "table",
        "intervalMs": int(max(least.total_seconds(), seconds("1m")) * 1000),
        "maxDataPoints": 1000,
    }
    first, last = (str(int(moment.timestamp() * 1000)) for moment in SPAN)
    body = {"queries": [query], "from": first, "to": last}
    return grafana.post("/api/ds/query", json=body).json()["results"]["A"]
