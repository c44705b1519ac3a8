"""Work beside the API, and the web server's port."""

import asyncio
import socket
import threading
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.background import Background
from api.dependencies import AppState
from api.server import reserve
from twin.errors import ConfigurationError


def test_work_that_fails_is_taken_up_again() -> None:
    attempts: list[int] = []
    done = threading.Event()

    def work(stop: threading.Event) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError("gone")
        done.set()
        stop.wait()

    with Background("live loop", work, retry_s=0.01) as worker:
        assert done.wait(5)
        assert worker.running
        assert worker.failure is None
    assert not worker.running


def test_the_reason_shows_while_it_waits() -> None:
    failed = threading.Event()

    def work(_stop: threading.Event) -> None:
        failed.set()
        raise ConnectionError("gone")

    with Background("ingest", work, retry_s=60) as worker:
        assert failed.wait(5)
        for _ in range(500):
            if worker.failure:
                break
            threading.Event().wait(0.01)
        assert worker.failure == "ConnectionError: gone"
        assert not worker.running


def test_a_port_in_use_is_named_with_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} .*FORETELL_PORT") as caught:
            reserve("127.0.0.1", port)
    assert caught.value.value == port


def test_a_port_is_free_again_after_the_socket() -> None:
    first = reserve("127.0.0.1", 0)
    port = first.getsockname()[1]
    first.close()
    reserve("127.0.0.1", port).close()


def test_what_begins_with_the_app_holds_nobody_up_and_ends_with_it(state: AppState) -> None:
    seen: list[str] = []

    async def endless() -> None:
        seen.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    with TestClient(create_app(replace(state, at_start=(endless,)))) as client:
        assert client.get("/healthz").status_code == 200
        assert seen == ["begun"]
    assert seen == ["begun", "ended"]
