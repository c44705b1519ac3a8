"""Liveness, readiness, metrics."""

from fastapi.testclient import TestClient

from api.dependencies import AppState
from twin.errors import SchemaMismatch, StoreUnavailable


def checks(client: TestClient) -> dict[str, tuple[bool, str]]:
    return {check["name"]: (check["ok"], check["detail"]) for check in client.get("/readyz").json()["checks"]}


def test_a_twin_without_scores_is_degraded_but_answers(client: TestClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert checks(client)["live loop lag"] == (False, "there is no scored row yet")
    assert checks(client)["data freshness"][0]


def test_a_store_that_is_away_or_too_new_makes_it_unavailable(client: TestClient, state: AppState) -> None:
    for error in (StoreUnavailable("db:5432 refused"), SchemaMismatch("schema 9 is newer than 4")):
        state.store.error = error
        assert client.get("/readyz").status_code == 503
        assert checks(client)["store"] == (False, error.detail)


def test_a_worker_that_failed_shows(client: TestClient, state: AppState) -> None:
    state.workers[0].failure = "StoreUnavailable: gone"
    state.workers[0].running = False
    assert checks(client)["live loop"] == (False, "StoreUnavailable: gone")
    assert 'foretell_worker_up{worker="live loop"} 0.0' in client.get("/metrics").text


def test_the_age_of_the_data_is_measured(client: TestClient) -> None:
    text = client.get("/metrics").text
    assert "foretell_data_age_seconds 60.0" in text
    assert "foretell_scoring_lag_seconds NaN" in text
