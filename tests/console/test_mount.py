"""How the console joins an application."""

import asyncio
import importlib.util
from pathlib import Path

import anyio
import nicegui
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


@pytest.mark.parametrize(
    ("headers", "texts"),
    [
        ({"Accept-Language": "de-AT,en;q=0.5"}, ['<html lang="de">', "API-Schlüssel", "Konsole öffnen"]),
        ({"Accept-Language": "de", "Cookie": "foretell-language=en"}, ['<html lang="en">', "API key"]),
        ({}, ['<html lang="en">', "API key", "Open the console"]),
    ],
)
def test_who_has_no_key_is_asked_for_it_in_their_language(headers, texts):
    client = TestClient(tank().application())
    asked = client.get("/events", headers={"Accept": "text/html", **headers})
    assert asked.status_code == 401
    assert [text for text in texts if text not in asked.text] == []
    assert "stimmt nicht" not in asked.text


def test_a_wrong_key_is_said_to_be_wrong_in_the_readers_language():
    client = TestClient(tank().application(), headers={"Accept": "text/html", "Accept-Language": "de"})
    for answer in (client.get("/?key=wrong"), client.post("/login", data={"key": "wrong"})):
        assert answer.status_code == 401
        assert "Dieser Schlüssel stimmt nicht." in answer.text


FILE = f"/_nicegui/{nicegui.__version__}/static/nicegui.js"


def test_a_visitor_who_leaves_before_a_file_has_begun_is_no_error():
    module = tank()
    application, sent = module.application(), []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": FILE,
        "raw_path": FILE.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"x-api-key", module.KEY.encode())],
        "server": ("testserver", 80),
        "client": ("testclient", 5000),
    }

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    anyio.run(application, scope, receive, send)
    assert "http.response.body" not in [message["type"] for message in sent]


def test_a_visitor_who_leaves_before_a_page_has_come_is_no_error():
    module, errors = tank(), []
    with TestClient(module.application(), headers={"X-API-Key": module.KEY}) as client:
        nicegui.app.on_exception(errors.append)
        for address in ("/", "/events", "/events/fault", "/plant", "/tags/level", "/what-if", "/?question=unusual"):
            assert client.get(address).status_code == 200
        client.portal.call(leave)
    assert errors == []


async def leave():
    """All who have asked for a page are gone; returns once their pages have done what they still do."""
    for visitor in list(nicegui.Client.instances.values()):
        visitor.delete()
    begun = [task for task in asyncio.all_tasks() if task.get_name().startswith("wait for result of page")]
    await asyncio.wait_for(asyncio.gather(*begun), timeout=60)
    await asyncio.sleep(0)


def test_files_may_be_kept_and_redirects_stay_below_a_proxys_prefix():
    module = tank()
    with TestClient(module.application(), headers={"X-API-Key": module.KEY}) as client:
        assert "immutable" in client.get(FILE).headers["cache-control"]
        elsewhere = client.get("/?lang=de", headers={"X-Forwarded-Prefix": "/twin"}, follow_redirects=False)
        assert elsewhere.headers["location"] == "/twin/"
