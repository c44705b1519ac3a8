"""What people do with events is kept, shown with them, and refused with the limit when it cannot be."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.dependencies import AppState
from twin.clock import Span
from twin.event import MarkAction

from .conftest import NOW

MARKS = "/v1/events/ev-1/marks"
LATER = (NOW + timedelta(hours=2)).isoformat()
TODAY = {"start": (NOW - timedelta(hours=12)).isoformat(), "end": NOW.isoformat()}


def mark(client: TestClient, action: str, **more: Any) -> Any:
    return client.post(MARKS, json={"action": action, "author": "M. Weber", **more})


def test_a_mark_is_kept_and_gives_how_the_event_stands(client: TestClient, state: AppState) -> None:
    known = mark(client, "acknowledge")
    assert (known.status_code, known.json()["acknowledged_by"]) == (201, "M. Weber")
    stands = mark(client, "label", text="Valve sticks").json()
    assert (stands["acknowledged_at"], stands["label"]) == ("2026-03-02T09:00:00Z", "Valve sticks")
    assert [kept.action for kept in state.twin.events.marks(["ev-1"])] == [MarkAction.ACKNOWLEDGE, MarkAction.LABEL]
    assert [kept["action"] for kept in client.get(MARKS).json()] == ["acknowledge", "label"]


def test_a_shelved_event_is_listed_with_its_handling_until_it_is_unshelved(client: TestClient) -> None:
    stands = mark(client, "shelve", until=LATER, text="in repair").json()
    assert (stands["shelved_until"], stands["shelf_reason"]) == ("2026-03-02T11:00:00Z", "in repair")
    found = client.get("/v1/events", params=TODAY).json()
    assert found["handling"]["ev-1"] == client.get("/v1/events/ev-1").json()["handling"] == stands
    assert "ev-1" in {event["id"] for event in found["anomalies"]}
    assert mark(client, "unshelve").json()["shelved_until"] is None


@pytest.mark.parametrize(
    ("action", "more", "field"),
    [
        ("shelve", {}, "until"),
        ("shelve", {"until": NOW.isoformat()}, "until"),
        ("shelve", {"until": (NOW + timedelta(days=7, seconds=1)).isoformat()}, "until"),
        ("acknowledge", {"until": LATER}, "until"),
        ("label", {"text": " "}, "text"),
        ("label", {"text": "x" * 121}, "text"),
        ("forget", {}, "action"),
        ("acknowledge", {"text": "a \0 between"}, "text"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_by_its_field(
    client: TestClient, state: AppState, action: str, more: dict[str, str], field: str
) -> None:
    refused = mark(client, action, **more)
    assert (refused.status_code, refused.json()["field"].rsplit(".", 1)[-1]) == (422, field)
    assert state.twin.events.marks(["ev-1"]) == ()


@pytest.mark.parametrize("method", ["get", "post"])
def test_marks_of_an_event_that_is_not_there_are_not_found(client: TestClient, method: str) -> None:
    body = {"json": {"action": "acknowledge"}} if method == "post" else {}
    missing = client.request(method, "/v1/events/nothing/marks", **body)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:foretell:not-found")


def test_language_models_cannot_mark(state: AppState) -> None:
    from api.mcp import server_of

    names = {tool.name for tool in server_of(state)._tool_manager.list_tools()}
    assert names
    assert not [name for name in names if any(action.value in name for action in MarkAction)]
    assert state.twin.events.between(Span(NOW - timedelta(days=1), NOW))
