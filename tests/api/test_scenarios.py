"""A what-if is found under its id, named, and run again from the same instant."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .conftest import NOW

BODY = {"moves": ["sp.level=+5"], "horizon": "PT2H"}
WINDOW = {"start": (NOW - timedelta(hours=1)).isoformat(), "end": (NOW + timedelta(hours=1)).isoformat()}


def try_out(client: TestClient, **more: Any) -> Any:
    return client.post("/v1/what-if", json={**BODY, **more})


def listed(client: TestClient, **more: Any) -> list[str]:
    return [line["id"] for line in client.get("/v1/scenarios", params={**WINDOW, **more}).json()["scenarios"]]


def test_the_answer_names_where_it_is_kept(client: TestClient) -> None:
    ran = try_out(client, name="Full tank", author="M. Weber")
    assert ran.headers["location"] == f"/v1/scenarios/{ran.json()['scenario_id']}"
    kept = client.get(ran.headers["location"]).json()
    assert (kept["name"], kept["author"], kept["rerun_of"]) == ("Full tank", "M. Weber", None)
    assert {**kept["outcome"], "scenario_id": kept["id"]} == ran.json()


def test_the_effect_has_an_interval_of_its_own_at_every_step(client: TestClient) -> None:
    ran = try_out(client).json()
    assert ran["difference"]["time"] == ran["scenario"]["time"]
    level = next(band for band in ran["difference"]["bands"] if band["tag"] == "level")
    assert level["mean"][-1] == pytest.approx(5.0)
    assert level["p05"][-1] <= level["p50"][-1] <= level["p95"][-1]


def test_only_those_with_a_name_are_listed_when_asked(client: TestClient) -> None:
    first, second = (try_out(client).json()["scenario_id"] for _ in range(2))
    renamed = client.patch(f"/v1/scenarios/{second}", json={"name": "Full tank"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Full tank")
    assert sorted(listed(client)) == sorted([first, second])
    assert listed(client, named=True) == [second]
    client.patch(f"/v1/scenarios/{second}", json={"name": None})
    assert listed(client, named=True) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a \0 between"])
def test_a_name_that_cannot_be_is_refused(client: TestClient, name: str) -> None:
    kept = try_out(client).json()["scenario_id"]
    assert client.patch(f"/v1/scenarios/{kept}", json={"name": name}).status_code == 422
    assert try_out(client, name=name).status_code == 422


def test_a_rerun_begins_where_the_first_one_did(client: TestClient) -> None:
    first = try_out(client, name="Full tank").json()
    ran = client.post(f"/v1/scenarios/{first['scenario_id']}/rerun")
    again = ran.json()
    assert (ran.status_code, again["rerun_of"]) == (201, first["scenario_id"])
    assert again["scenario"]["start"] == again["outcome"]["start"] == first["start"]
    assert client.get(ran.headers["location"]).json() == again


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("patch", ""), ("post", "/rerun")])
def test_a_scenario_that_is_not_there_is_not_found(client: TestClient, method: str, path: str) -> None:
    missing = client.request(method, f"/v1/scenarios/none{path}", json={"name": "x"})
    assert (missing.status_code, missing.json()["field"]) == (404, "scenario_id")
