"""Samples in: what is unsound is counted with its reason and costs the others nothing."""

from typing import Any

from fastapi.testclient import TestClient

from api.dependencies import AppState
from twin.sample import Quality


def sent(client: TestClient, *samples: object) -> dict[str, Any]:
    response = client.post("/v1/samples", json={"samples": samples})
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()
    return result


def sample(minute: int = 0, **more: object) -> dict[str, object]:
    return {"tag": "level", "time": f"2026-03-02T08:{minute:02}:30Z", "value": 51.5} | more


def test_samples_are_stored(client: TestClient, state: AppState) -> None:
    assert sent(client, sample(59))["accepted"] == 1
    assert state.twin.historian.latest()["level"].value == 51.5


def test_a_sample_sent_twice_is_a_duplicate(client: TestClient) -> None:
    assert sent(client, sample())["duplicates"] == 0
    again = sent(client, sample())
    assert (again["accepted"], again["duplicates"]) == (0, 1)


def test_one_bad_sample_costs_the_others_nothing(client: TestClient) -> None:
    result = sent(
        client, sample(1), sample(2, tag="nowhere"), sample(3, time="yesterday"), {"value": 1}, 7, sample(4)
    )
    assert result["accepted"] == 2
    assert sum(result["rejected"].values()) == 4


def test_a_value_that_is_no_number_is_kept_as_bad(client: TestClient, state: AppState) -> None:
    body = (
        '{"samples": [{"tag": "level", "time": "2026-03-02T08:59:10Z", "value": NaN},'
        ' {"tag": "flow", "time": "2026-03-02T08:59:10Z", "value": Infinity},'
        ' {"tag": "purity", "time": "2026-03-02T08:59:10Z", "value": null}]}'
    )
    response = client.post("/v1/samples", content=body, headers={"Content-Type": "application/json"})
    assert response.json()["accepted"] == 3
    assert {state.twin.historian.latest()[tag].quality for tag in ("level", "flow", "purity")} == {Quality.BAD}


def test_a_late_sample_is_stored_where_it_belongs(client: TestClient, state: AppState) -> None:
    newest = state.twin.historian.latest()["level"].time
    assert sent(client, sample(0, time="2026-03-02T01:00:30Z"))["accepted"] == 1
    assert state.twin.historian.latest()["level"].time == newest


def test_a_sample_from_the_future_is_refused(client: TestClient) -> None:
    result = sent(client, sample(0, time="2027-03-02T01:00:30Z"))
    assert result["accepted"] == 0
    assert sum(result["rejected"].values()) == 1


def test_what_was_rejected_shows_in_the_metrics(client: TestClient) -> None:
    sent(client, sample(1), sample(1), sample(2, tag="nowhere"), sample(3, time="no"))
    text = client.get("/metrics").text
    assert 'foretell_samples_rejected_total{reason="unknown tag",source="caller"} 1.0' in text
    assert "foretell_samples_malformed_total 1.0" in text
    assert 'foretell_samples_accepted_total{source="caller"} 1.0' in text
    assert 'foretell_samples_duplicates_total{source="caller"} 1.0' in text


def test_an_empty_batch_is_refused(client: TestClient) -> None:
    assert client.post("/v1/samples", json={"samples": []}).status_code == 422
