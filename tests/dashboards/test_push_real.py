"""The same push into a real Grafana, where there is an empty one: GRAFANA_URL, and GRAFANA_TOKEN of an Admin."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from dashboards.client.annotate import Done
from dashboards.client.desk import GrafanaDesk
from dashboards.client.pieces import State
from twin.clock import Span
from twin.settings import Settings

from .plant_data import frame

URL, TOKEN = os.environ.get("GRAFANA_URL"), os.environ.get("GRAFANA_TOKEN")
DESCRIPTION = yaml.safe_load((Path(__file__).parent / "grafana_api.yaml").read_text())
NOW = datetime.now(UTC)
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not (URL and TOKEN), reason="GRAFANA_URL and GRAFANA_TOKEN are not set: there is no Grafana to push to"
    ),
]


@pytest.fixture(scope="module")
def http():
    with httpx.Client(base_url=URL or "", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def desk(http):
    """A Grafana that holds nothing of ours, before and after."""
    settings = Settings(
        _env_file=None,
        grafana_url=URL,
        grafana_token=TOKEN,
        grafana_db_host="127.0.0.1:1",
        grafana_db_password="none",
        alert_secret="a secret of the tests",
    )
    opened = GrafanaDesk(settings)
    if {thing.state for thing in opened.compare()} != {State.MISSING}:
        pytest.skip("that Grafana holds things of Foretell's already")
    tree = opened.grafana.policies()
    yield opened
    opened.grafana.save_policies({name: part for name, part in tree.items() if name != "provenance"}, changeable=True)
    for path in ("folders/foretell-alerts?forceDeleteRules=true", "folders/foretell", "datasources/uid/foretell"):
        http.delete(f"/api/{path}").raise_for_status()
    http.delete("/api/v1/provisioning/contact-points/foretell-webhook").raise_for_status()


def test_everything_is_taken_and_a_second_push_finds_it_the_same(desk):
    assert {thing.state for thing in desk.push()} == {State.MISSING}
    assert {(thing.kind, thing.name): thing.state for thing in desk.push() if thing.state is not State.SAME} == {}


def test_an_event_is_annotated_changed_and_taken_back(desk):
    span, event = Span(NOW - timedelta(days=1), NOW), frame("real-1", NOW - timedelta(hours=3), None)
    closed = event.model_copy(update={"end": NOW - timedelta(hours=2)})
    done = [
        [item.done for item in desk.annotate("test of foretell", span, events)]
        for events in ([event], [event], [closed], [closed], [])
    ]
    assert done == [[Done.ADDED], [Done.SAME], [Done.CHANGED], [Done.SAME], [Done.TAKEN_BACK]]


def test_our_description_of_its_api_is_the_servers_own(http):
    published = http.get("/public/openapi3.json").raise_for_status().json()["paths"]
    for path, operations in DESCRIPTION["paths"].items():
        for method in set(operations) - {"parameters"}:
            assert method in published.get(path, {}), f"{method} {path}"
