"""Claims about the key."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.app import create_app
from api.dependencies import AppState
from api.security import COOKIE, choose_key
from twin.errors import ConfigurationError
from twin.settings import Settings

KEY = "the-key-of-the-tests"
OPEN = {"/healthz", "/readyz", "/v1/alerts/grafana"}


def test_every_route_but_the_probes_needs_the_key(state: AppState, anonymous: TestClient) -> None:
    paths = create_app(state).openapi()["paths"]
    asked = [(method, path) for path, methods in paths.items() for method in methods if path not in OPEN]
    assert len(asked) >= 11
    for method, path in [
        *asked,
        ("get", "/v1/openapi.json"),
        ("get", "/v1/docs"),
        ("get", "/v1/nothing"),
        ("get", "/"),
    ]:
        response = anonymous.request(method, path)
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"].startswith("Bearer"), path
        assert response.headers["content-type"] == "application/problem+json", path
        assert response.json()["type"] == "urn:foretell:unauthorized", path


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Bearer {KEY}"}, {"authorization": f"bearer {KEY}"}, {"X-API-Key": KEY}],
)
def test_the_key_opens_in_both_headers(anonymous: TestClient, headers: dict[str, str]) -> None:
    assert anonymous.get("/v1/plant", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {KEY}"},
        {"X-API-Key": KEY + "x"},
        {"X-API-Key": ""},
        {"Cookie": f"{COOKIE}={KEY}"},
        {"Cookie": f"{COOKIE}="},
        {"Cookie": b"\xff;=;;"},
    ],
)
def test_anything_else_stays_out(anonymous: TestClient, headers: dict[str, str | bytes]) -> None:
    assert anonymous.get("/v1/plant", headers=headers).status_code == 401


def test_the_probes_answer_strangers_without_details(anonymous: TestClient) -> None:
    assert anonymous.get("/healthz").status_code == 200
    assert anonymous.get("/readyz").json()["checks"] == []


def test_opening_the_console_with_the_key_leaves_a_cookie_and_drops_the_key(anonymous: TestClient) -> None:
    response = anonymous.get(f"/?key={KEY}&event=7", headers={"Accept": "text/html"})
    assert response.status_code == 303
    assert response.headers["location"] == "/?event=7"
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert KEY not in cookie
    assert anonymous.get("/v1/plant").status_code == 200


def test_a_wrong_key_in_the_address_shows_the_form(anonymous: TestClient) -> None:
    response = anonymous.get("/?key=wrong", headers={"Accept": "text/html"})
    assert response.status_code == 401
    assert "set-cookie" not in response.headers
    assert 'action="/login"' in response.text


def test_the_redirect_stays_on_this_host(anonymous: TestClient) -> None:
    assert (
        anonymous.get(f"http://testserver//elsewhere.example/?key={KEY}").headers["location"].startswith("/elsewhere")
    )


def test_the_form_takes_the_key_and_only_the_key(anonymous: TestClient) -> None:
    assert anonymous.post("/login", data={"key": "wrong"}).status_code == 401
    response = anonymous.post("/login", data={"key": KEY})
    assert response.status_code == 303
    assert anonymous.get("/v1/plant").status_code == 200


def test_websockets_and_mounted_pages_need_the_key_too(state: AppState) -> None:
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("in")

    app = create_app(state)
    pages = FastAPI(routes=[WebSocketRoute("/ws", echo), Route("/page", lambda _request: PlainTextResponse("page"))])
    app.mount("/", pages)
    client = TestClient(app)
    assert client.get("/page").status_code == 401
    for path in ("/ws", "/login", "/healthz"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass
    assert client.get("/login").status_code == 401
    with client.websocket_connect("/ws", headers={"X-API-Key": KEY}) as socket:
        assert socket.receive_text() == "in"


def test_no_key_is_made_up_for_a_host_that_others_reach() -> None:
    with pytest.raises(ConfigurationError, match="FORETELL_API_KEY"):
        choose_key(Settings(_env_file=None, host="0.0.0.0"))


def test_each_run_without_a_configured_key_has_its_own() -> None:
    settings = Settings(_env_file=None)
    assert choose_key(settings) != choose_key(settings)
    assert len(choose_key(settings)) >= 32
    assert choose_key(Settings(_env_file=None, api_key="mine", host="0.0.0.0")) == "mine"
