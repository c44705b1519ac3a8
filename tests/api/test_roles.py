"""What a process serves that plays one part of Foretell."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import AppState
from api.metrics import Metrics
from api.roles import Role
from twin.protocols import Twin


@pytest.fixture
def client_of(state: AppState) -> Callable[[Role], TestClient]:
    """A client, with the key, of a process of that role; only those that need the model have one."""

    def build(role: Role) -> TestClient:
        twin = state.twin
        own = Twin(twin.plant, twin.historian, twin.events, twin.model if role.knows else None, twin.clock)
        app = create_app(replace(state, twin=own, role=role, metrics=Metrics()))
        return TestClient(app, headers={"Authorization": f"Bearer {state.api_key}"}, raise_server_exceptions=False)

    return build


@pytest.mark.parametrize("role", Role)
def test_every_role_answers_for_its_own_health(client_of: Callable[[Role], TestClient], role: Role) -> None:
    client = client_of(role)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert "foretell_samples_accepted_total" in client.get("/metrics").text


def test_ingest_takes_samples_and_answers_no_question(client_of: Callable[[Role], TestClient]) -> None:
    client = client_of(Role.INGEST)
    sample = {"tag": "level", "time": "2026-03-02T08:59:30Z", "value": 50.0}
    assert client.post("/v1/samples", json={"samples": [sample]}).json()["accepted"] == 1
    assert client.post("/v1/ask", json={"question": "How is the plant?"}).status_code == 404


def test_the_worker_takes_nothing(client_of: Callable[[Role], TestClient]) -> None:
    assert client_of(Role.WORKER).post("/v1/samples", json={"samples": []}).status_code == 404


def test_no_two_roles_share_a_port_or_a_run_file() -> None:
    apart = (Role.API, Role.INGEST, Role.WORKER)
    assert len({role.port_offset for role in apart}) == len({role.run_file for role in apart}) == 3
