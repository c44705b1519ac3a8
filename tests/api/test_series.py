"""A tag's history at a resolution, over REST."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from api.dependencies import AppState
from twin.sample import Quality, Sample, SampleBatch

from .conftest import NOW

START = NOW - timedelta(hours=2)


def series(client: TestClient, **more: Any) -> Any:
    asked = {"start": START.isoformat(), "end": NOW.isoformat(), **more}
    response = client.get("/v1/tags/flow/series", params=asked)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_series_says_its_resolution_and_how_many_samples_each_row_holds(client: TestClient) -> None:
    found = series(client, resolution="30 min")
    assert (found["resolution_s"], found["fill"], found["unit"]) == (1800.0, "null", "m^3/h")
    assert len(found["time"]) == 4
    assert sum(found["count"]) == sum(series(client, resolution="1 min")["count"]) > 0
    for low, mean, high in zip(found["low"], found["mean"], found["high"], strict=True):
        assert low <= mean <= high


def test_the_span_chooses_the_resolution(client: TestClient) -> None:
    assert series(client, rows=10)["resolution_s"] > series(client, rows=500)["resolution_s"]
    assert len(series(client, rows=10)["time"]) <= 10


def test_gaps_stay_gaps_unless_a_fill_is_asked_for_and_then_it_says_so(client: TestClient) -> None:
    asked = {"start": (NOW + timedelta(hours=1)).isoformat(), "end": (NOW + timedelta(hours=2)).isoformat()}
    empty = client.get("/v1/tags/flow/series", params={**asked, "resolution": "30 min"}).json()
    assert empty["mean"] == [None, None]
    assert empty["filled"] == [False, False]
    held = client.get("/v1/tags/flow/series", params={**asked, "resolution": "30 min", "fill": "last"}).json()
    assert held["fill"] == "last"
    assert held["filled"] == [True, True]
    assert held["mean"][0] is not None
    assert held["count"] == [0, 0]


def test_as_of_leaves_out_what_came_later(client: TestClient, state: AppState) -> None:
    state.twin.historian.write(SampleBatch.of([Sample("flow", START + timedelta(seconds=7), 49.0, Quality.GOOD)]))
    now = series(client, resolution="2 h")
    before = series(client, resolution="2 h", as_of=(START - timedelta(days=400)).isoformat())
    assert now["high"][0] == 49.0
    assert sum(before["count"]) == 0


def test_a_resolution_that_is_none_is_refused_with_what_was_expected(client: TestClient) -> None:
    response = client.get("/v1/tags/flow/series", params={"resolution": "soon"})
    assert response.status_code == 422
    assert "30 s, 3 min" in response.text
