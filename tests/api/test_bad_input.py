"""Each kind of bad input is a problem document that names the thing, its value, the limit and the unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from api.dependencies import AppState
from api.errors import PROBLEM_JSON, STATUS, problem_of
from twin import errors
from twin.errors import ForetellError, StoreUnavailable

LATER = "2026-03-02T10:00:00Z"
LONG_AGO = "2020-01-01T00:00:00Z"


def refused(response: Any, status: int, slug: str) -> dict[str, Any]:
    assert response.headers["content-type"] == PROBLEM_JSON, response.text
    problem: dict[str, Any] = response.json()
    assert (response.status_code, problem["status"], problem["type"]) == (status, status, f"urn:foretell:{slug}")
    assert problem["title"]
    assert problem["detail"]
    return problem


def moved(client: TestClient, *moves: object, **more: object) -> Any:
    return client.post("/v1/what-if", json={"moves": moves, "horizon": "PT1H"} | more)


def test_an_unknown_tag_comes_back_with_the_nearest_names(client: TestClient) -> None:
    for path in ("/v1/tags/levle", "/v1/tags/levle/samples"):
        problem = refused(client.get(path), 404, "unknown-tag")
        assert problem["value"] == "levle"
        assert "level" in problem["candidates"]
    assert "sp.level" in refused(moved(client, "sp.levle=+1 %"), 404, "unknown-tag")["candidates"]


def test_an_ambiguous_move_is_asked_back_with_candidates(client: TestClient) -> None:
    problem = refused(moved(client, "sp.level=+10 %"), 422, "ambiguous-tag")
    assert len(problem["candidates"]) == 2


def test_a_unit_that_does_not_fit_is_named_with_the_one_that_does(client: TestClient) -> None:
    move = {"tag": "sp.level", "change": "to", "amount": 300, "unit": "kPa"}
    problem = refused(moved(client, move), 422, "unit-mismatch")
    assert problem["value"] == "kPa"
    assert problem["unit"] == "%"


def test_a_setpoint_beyond_its_range_is_refused_with_the_range(client: TestClient) -> None:
    problem = refused(moved(client, {"tag": "sp.level", "change": "to", "amount": 130}), 422, "outside-limits")
    assert problem["value"] == 130
    assert problem["limit"] == [0, 100]
    assert problem["unit"] == "%"
    assert "130" in problem["detail"]


def test_a_tag_that_nobody_sets_cannot_be_moved(client: TestClient) -> None:
    problem = refused(moved(client, {"tag": "level", "change": "to", "amount": 55}), 422, "invalid-input")
    assert "level" in problem["detail"]


@pytest.mark.parametrize("text", ["sp.level", "sp.level=", "=+3", "sp.level=lots", ""])
def test_a_move_that_cannot_be_read_is_shown_how(client: TestClient, text: str) -> None:
    assert refused(moved(client, text), 422, "invalid-input")["field"].startswith("moves")


def test_the_future_is_no_history(client: TestClient) -> None:
    assert refused(
        client.get("/v1/events", params={"start": LATER, "end": "2026-03-02T11:00:00Z"}), 422, "outside-data"
    )
    assert refused(moved(client, "sp.level=55", start=LATER), 422, "outside-data")


def test_what_lies_before_the_first_sample_is_outside_retention(client: TestClient) -> None:
    span = {"start": LONG_AGO, "end": "2020-01-02T00:00:00Z"}
    assert refused(client.get("/v1/events", params=span), 422, "outside-retention")["limit"]
    assert refused(client.get("/v1/tags/level", params=span), 422, "outside-retention")


def test_an_empty_window_says_both_ends(client: TestClient) -> None:
    span = {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:00:00Z"}
    assert len(refused(client.get("/v1/events", params=span), 422, "invalid-input")["value"]) == 2


def test_a_time_without_zone_is_not_guessed(client: TestClient) -> None:
    problem = refused(client.get("/v1/events", params={"start": "2026-03-02T08:00:00"}), 422, "invalid-input")
    assert problem["field"] == "start"


def test_a_horizon_beyond_the_longest_is_refused_with_the_longest(client: TestClient) -> None:
    problem = refused(moved(client, "sp.level=55", horizon="PT13H"), 422, "horizon-too-long")
    assert "12" in str(problem["limit"])


@pytest.mark.parametrize("horizon", ["PT0S", "-PT1H"])
def test_a_horizon_must_lie_ahead(client: TestClient, horizon: str) -> None:
    refused(moved(client, "sp.level=55", horizon=horizon), 422, "invalid-input")


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"moves": []}', b'{"moves": ["sp.level=55"], "horizn": 3}'])
def test_a_body_of_the_wrong_form_names_the_field(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/what-if", content=body, headers={"Content-Type": "application/json"})
    assert refused(response, 422, "invalid-input")["field"]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_move_to_no_number_is_refused(client: TestClient, amount: str) -> None:
    body = f'{{"moves": [{{"tag": "sp.level", "change": "to", "amount": {amount}}}]}}'
    response = client.post("/v1/what-if", content=body, headers={"Content-Type": "application/json"})
    refused(response, 422, "invalid-input")


def test_an_unknown_event_is_not_found(client: TestClient) -> None:
    refused(client.get("/v1/events/nothing"), 404, "not-found")
    refused(client.post("/v1/events/nothing/feedback", json={"label": "true"}), 404, "not-found")


def test_without_a_model_a_what_if_can_be_tried_again_later(state: AppState) -> None:
    twin = state.twin
    without = type(twin)(twin.plant, twin.historian, twin.events, None, twin.clock)
    bare = replace(state, twin=without)
    client = TestClient(create_app(bare), headers={"X-API-Key": state.api_key})
    response = moved(client, "sp.level=55")
    refused(response, 503, "model-not-ready")
    assert response.headers["retry-after"]


def test_a_store_that_is_away_is_said_to_be_away(client: TestClient, state: AppState, monkeypatch: Any) -> None:
    def away(*_arguments: object) -> None:
        raise StoreUnavailable("the historian at db:5432/foretell is not reachable: connection refused")

    monkeypatch.setattr(type(state.twin.historian), "latest", away)
    refused(client.get("/v1/tags/level"), 503, "store-unavailable")


def test_an_unexpected_error_gives_nothing_away(client: TestClient, state: AppState, monkeypatch: Any) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("secret-host:5432 password=hunter2")

    monkeypatch.setattr(type(state.twin.historian), "latest", broken)
    with capture_logs() as logged:
        response = client.get("/v1/tags/level")
    assert response.status_code == 500
    assert "hunter2" in str(logged[0]["exc_info"])
    assert response.headers["content-type"] == PROBLEM_JSON
    assert "hunter2" not in response.text


def test_an_unknown_path_and_a_wrong_method_are_problems_too(client: TestClient) -> None:
    assert client.get("/v1/nothing").json()["status"] == 404
    response = client.delete("/v1/plant")
    assert response.json()["status"] == 405
    assert response.headers["allow"] == "GET"


def every_error() -> list[type[ForetellError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ForetellError)]


@pytest.mark.parametrize("kind", every_error())
def test_every_error_has_a_status_and_a_plain_document(kind: type[ForetellError]) -> None:
    error = kind("a = 3 kPa", field="a", value=timedelta(1), limit=[float("inf"), 2], unit="kPa", candidates=["b"])
    problem = problem_of(error).model_dump_json()
    assert problem_of(error).status in STATUS.values()
    assert "Infinity" not in problem
