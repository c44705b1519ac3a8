"""How the console joins an application."""

import importlib.util
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.filterwarnings("ignore:.*reduce_op:FutureWarning")


def tank():
    """The module tank.py beside this file, which is a program and no package."""
    path = Path(__file__).with_name("tank.py")
    spec = importlib.util.spec_from_file_location("tank", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_process_can_mount_the_console_more_than_once():
    module = tank()
    for _ in range(2):
        with TestClient(module.application(), base_url="https://testserver") as client:
            page = client.get(f"/?key={module.KEY}")
            assert page.status_code == 200
            assert "Foretell · tank" in page.text
            assert client.get("/v1/plant").json()["name"] == "tank"


def test_the_page_is_not_there_without_the_key():
    with TestClient(tank().application()) as client:
        assert client.get("/").status_code == 401


def test_an_unknown_route_of_the_api_is_no_page():
    module = tank()
    with TestClient(module.application()) as client:
        answer = client.get("/v1/nowhere", headers={"X-API-Key": module.KEY})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
