"""The language model's client against a real HTTP server, and against a real model where one is given."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ConfigDict

from models.language.client import OpenAILanguageModel
from twin.errors import LanguageModelUnavailable


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    shade: int


class Server:
    """An OpenAI-compatible server on a socket that answers what it is told to and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.replies: list[str | int] = []
        self.models = ["small-model", "other"]
        self.delay = 0.0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(
                    200,
                    {
                        "object": "list",
                        "data": [{"id": name, "object": "model"} for name in server.models],
                    },
                )

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append(body)
                server.keys.append(self.headers.get("authorization"))
                time.sleep(server.delay)
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                if isinstance(reply, int):
                    self._send(reply, {"error": {"message": "it broke"}})
                    return
                created = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"]}
                choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": reply}}
                self._send(200, created | {"choices": [choice]})

            def _send(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):  # the client had enough
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, daemon=True)
    thread.start()
    yield running
    running.http.shutdown()
    running.http.server_close()
    thread.join()


def complete(model: OpenAILanguageModel) -> Colour:
    return asyncio.run(model.complete("You name colours.", "The sky?", Colour))


BLUE = '{"name": "blue", "shade": 3}'


def test_it_asks_for_a_json_schema_without_tools_at_temperature_0(server):
    server.replies = [BLUE]
    model = OpenAILanguageModel(server.url, api_key="k")
    assert complete(model) == Colour(name="blue", shade=3)
    asked = server.requests[0]
    assert asked["response_format"]["type"] == "json_schema"
    assert set(asked["response_format"]["json_schema"]["schema"]["properties"]) == {"name", "shade"}
    assert "tools" not in asked
    assert asked["temperature"] == 0
    assert 0 < asked["max_tokens"] <= 1000
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert server.keys == ["Bearer k"]


def test_without_a_name_it_takes_the_first_model_served(server):
    server.replies = [BLUE]
    model = OpenAILanguageModel(server.url)
    complete(model)
    assert (model.name, server.requests[0]["model"]) == ("small-model", "small-model")


def test_a_configured_name_is_used(server):
    server.replies = [BLUE]
    model = OpenAILanguageModel(server.url, model="other")
    complete(model)
    assert (model.name, server.requests[0]["model"]) == ("other", "other")


def test_a_misshapen_answer_is_asked_for_once_more(server):
    server.replies = ['{"name": "blue"}', BLUE]
    assert complete(OpenAILanguageModel(server.url)) == Colour(name="blue", shade=3)
    assert len(server.requests) == 2


@pytest.mark.parametrize("reply", ["no json at all", '{"name": "blue"}', "", 500, 404, 401])
def test_nonsense_and_errors_mean_that_the_model_is_away(server, reply):
    server.replies = [reply]
    with pytest.raises(LanguageModelUnavailable, match=r"127\.0\.0\.1"):
        complete(OpenAILanguageModel(server.url, model="m"))
    assert len(server.requests) <= 4


def test_a_slow_model_is_away_after_its_time(server):
    server.replies, server.delay = [BLUE], 2.0
    began = time.monotonic()
    with pytest.raises(LanguageModelUnavailable, match=r"within 0\.3 s"):
        complete(OpenAILanguageModel(server.url, model="m", timeout_s=0.3))
    assert time.monotonic() - began < 1.5


def test_a_server_that_is_not_there_is_away():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(LanguageModelUnavailable):
        complete(OpenAILanguageModel(f"http://127.0.0.1:{port}/v1", timeout_s=5))


def test_a_server_without_models_is_away(server):
    server.models = []
    with pytest.raises(LanguageModelUnavailable, match="serves no model"):
        complete(OpenAILanguageModel(server.url))


SERVE = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.n_parallel = sys.argv[1], 4096, 1
params.cpuparams.n_threads = 1
params.port = int(sys.argv[2])
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.mark.integration
def test_a_real_llama_server_fills_the_schema():
    gguf = os.environ.get("FORETELL_TEST_GGUF")
    if not gguf or not Path(gguf).exists():
        pytest.skip("FORETELL_TEST_GGUF names no model file")
    python = os.environ.get("FORETELL_TEST_LLAMA_PYTHON", sys.executable)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen([python, "-c", SERVE, gguf, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health")
        model = OpenAILanguageModel(f"{url}/v1", timeout_s=120)
        assert isinstance(complete(model), Colour)
    finally:
        serving.terminate()
        serving.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise TimeoutError(url)
