"""What the routes give when the request is sound."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.dependencies import AppState
from api.language.stages import Stage
from twin.errors import StoreUnavailable


def test_the_plant_is_given_with_its_clock_and_assets(client: TestClient) -> None:
    plant = client.get("/v1/plant").json()
    assert plant["time_zone"] == "Europe/Berlin"
    assert plant["shifts"][1] == {"name": "night", "start": "22:00", "end": "06:00"}
    assert [asset["parent"] for asset in plant["assets"]] == [None, "site"]
    assert plant["movable"] == ["sp.level", "mv.valve"]


def test_tags_can_be_narrowed_down(client: TestClient) -> None:
    def names(**params: Any) -> list[str]:
        return [tag["name"] for tag in client.get("/v1/tags", params=params).json()]

    assert len(names()) == 5
    assert names(movable="true") == ["sp.level", "mv.valve"]
    assert names(role="analyser") == ["purity"]
    assert len(names(asset="site")) == 5
    assert names(asset="nowhere") == []


def test_a_tag_comes_with_its_limits_newest_value_and_statistics(client: TestClient) -> None:
    detail = client.get("/v1/tags/level").json()
    assert detail["tag"]["limits"] == {"lo": 20.0, "hi": 80.0}
    assert detail["latest"]["value"] in {50.0, 51.0, 52.0}
    assert detail["summary"]["mean"] == pytest.approx(51.0)
    assert detail["summary"]["count"] == 1440


def test_history_keeps_to_the_asked_number_of_points(client: TestClient) -> None:
    series = client.get("/v1/tags/level/samples", params={"max_points": 50}).json()
    assert len(series["values"]) <= 50
    assert min(series["low"]) == 50.0
    assert series["unit"] == "%"


def test_events_are_listed_with_the_share_that_was_scored(client: TestClient) -> None:
    found = client.get("/v1/events").json()
    assert [event["id"] for event in found["anomalies"]] == ["ev-1"]
    assert [move["tag"] for move in found["moves"]] == ["sp.level"]
    assert found["scored"] == 0


def test_an_event_is_explained_with_measured_values(client: TestClient) -> None:
    explanation = client.get("/v1/events/ev-1").json()
    assert explanation["first_mover"] == "flow"
    assert explanation["contributions"][0]["measured"]["values"]


def test_feedback_is_kept(client: TestClient, state: AppState) -> None:
    given = {"label": "false_alarm", "comment": "planned test"}
    assert client.post("/v1/events/ev-1/feedback", json=given).status_code == 201
    kept = state.twin.events.feedback("ev-1")
    assert [(item.label, item.comment) for item in kept] == [("false_alarm", "planned test")]
    assert client.post("/v1/events/ev-1/feedback", json={"label": "maybe"}).status_code == 422


@pytest.mark.parametrize("move", ["sp.level=+5", {"tag": "sp.level", "change": "by", "amount": 5}])
def test_a_what_if_moves_the_plant(client: TestClient, move: object) -> None:
    result = client.post("/v1/what-if", json={"moves": [move], "horizon": "PT2H"}).json()
    effect = result["effects"][0]
    assert (effect["tag"], effect["mean"], effect["unit"]) == ("level", pytest.approx(5.0), "%")
    assert result["verdict"]["support"] == "supported"
    assert len(result["scenario"]["time"]) == timedelta(hours=2) / timedelta(minutes=3)


def test_a_counterfactual_carries_what_was_measured(client: TestClient) -> None:
    body = {"moves": ["sp.level=+5"], "horizon": "PT2H", "start": "2026-03-02T05:00:00Z"}
    result = client.post("/v1/what-if", json=body).json()
    assert result["start"].startswith("2026-03-02T05:00")
    assert result["actual"]["level"][0] is not None
    assert result["method"] == "abduction"
    assert result["baseline"]["bands"][0]["mean"][0] == result["actual"]["level"][0]


def test_a_tag_is_estimated_without_its_newest_values(client: TestClient) -> None:
    found = client.get("/v1/tags/level/estimate", params={"since": "2026-03-02T08:00:00Z"}).json()
    assert (found["tag"], found["unit"], found["since"][:16]) == ("level", "%", "2026-03-02T08:00")
    assert found["p05"] <= found["value"] <= found["p95"]
    assert len(found["rows"]) == len(found["band"]["mean"]) == timedelta(hours=1) / timedelta(minutes=3)
    assert client.get("/v1/tags/sp.level/estimate").json()["type"] == "urn:foretell:invalid-input"
    assert client.get("/v1/tags/levle/estimate").status_code == 404


def test_a_level_outside_the_training_is_refused_by_verdict(client: TestClient) -> None:
    result = client.post("/v1/what-if", json={"moves": ["sp.level=95"], "horizon": "PT1H"}).json()
    assert result["verdict"]["support"] == "refused"
    assert result["scenario"] is None


def test_a_question_is_answered_and_counted(client: TestClient) -> None:
    answer = client.post("/v1/ask", json={"question": "Is all well?", "session": "s1"}).json()
    assert answer["text"] == "You asked: Is all well?"
    assert answer["session"] == "s1"
    metrics = client.get("/metrics").text
    assert 'foretell_answers_total{engine="rules",status="answered"} 1.0' in metrics
    assert "foretell_ungrounded_values_total 1.0" in metrics


def test_an_answer_can_come_as_a_stream(client: TestClient, state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.ask.HEARTBEAT_S", 0.05)
    headers, body = {"Accept": "text/event-stream"}, {"question": "Is all well?"}
    quick = client.post("/v1/ask", json=body, headers=headers)
    assert quick.headers["content-type"].startswith("text/event-stream")
    assert [line[7:] for line in quick.text.splitlines() if line.startswith("event: ")] == [
        "plan",
        "tool",
        "text",
        "answer",
    ]

    async def slow_failure(*_arguments: object) -> AsyncGenerator[Stage, None]:
        await asyncio.sleep(0.12)
        raise StoreUnavailable("db:5432 refused")
        yield

    monkeypatch.setattr(type(state.interpreter), "stream", slow_failure)
    slow = client.post("/v1/ask", json=body, headers=headers).text
    assert slow.startswith("event: working\n")
    assert json.loads(slow.split("event: problem\ndata: ")[1])["type"] == "urn:foretell:store-unavailable"


def test_the_model_describes_itself(client: TestClient) -> None:
    models = client.get("/v1/models").json()
    assert models["active"] == "following-1"
    assert models["models"][0]["skill"] == {"effect_r2": 1.0}
