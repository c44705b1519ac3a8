"""The language model's client against a real HTTP server, and against a real model where one is given."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from api.engines import warm_up
from models.language.breaker import Breaker
from models.language.client import ClientConfig, OpenAILanguageModel, ServerHealth
from twin.errors import LanguageModelUnavailable


class Colour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    shade: int


class Loose(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    shade: int = 0


class Server:
    """An OpenAI-compatible server on a socket that answers what it is told to and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.replies: list[str | int] = []
        self.models = ["small-model", "other"]
        self.delay = 0.0
        self.gate = threading.Event()
        self.gate.set()
        self.two = threading.Event()
        server = self

        self.metrics: str | None = None
        self.at_once = self.most_at_once = 0
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/metrics":
                    self._send_text(server.metrics)
                    return
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
                with lock:
                    server.at_once += 1
                    server.most_at_once = max(server.at_once, server.most_at_once)
                if server.at_once == 2:
                    server.two.set()
                server.gate.wait(10)
                time.sleep(server.delay)
                with lock:
                    server.at_once -= 1
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                if isinstance(reply, int):
                    self._send(reply, {"error": {"message": "it broke"}})
                    return
                created = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"]}
                choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": reply}}
                usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
                usage |= {"prompt_tokens_details": {"cached_tokens": 90}}
                self._send(200, created | {"choices": [choice], "usage": usage})

            def _send_text(self, text: str | None) -> None:
                self.send_response(404 if text is None else 200)
                self.end_headers()
                self.wfile.write((text or "").encode())

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


def test_a_schema_with_defaults_is_not_asked_for_strictly(server):
    server.replies = ['{"name": "blue"}']
    asyncio.run(OpenAILanguageModel(server.url, model="m").complete("", "", Loose))
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is False


def test_a_server_error_is_tried_once_more(server):
    server.replies = [503, BLUE]
    assert complete(OpenAILanguageModel(server.url, model="m")).name == "blue"
    assert len(server.requests) == 2


def test_a_refusal_is_not_tried_again(server):
    server.replies = [401]
    with pytest.raises(LanguageModelUnavailable):
        complete(OpenAILanguageModel(server.url, model="m"))
    assert len(server.requests) == 1


def test_after_three_failures_in_a_row_it_is_left_alone_for_its_time(server):
    now = [0.0]
    server.replies = [401]
    model = OpenAILanguageModel(server.url, model="m", breaker=Breaker(clock=lambda: now[0]))
    for _ in range(5):
        with pytest.raises(LanguageModelUnavailable):
            complete(model)
    assert len(server.requests) == 3
    assert not asyncio.run(model.health()).ok
    now[0] = 31.0
    server.replies = [BLUE]
    assert complete(model).name == "blue"
    server.replies = [401]
    for _ in range(2):
        with pytest.raises(LanguageModelUnavailable):
            complete(model)
    assert len(server.requests) == 6


def test_a_success_between_failures_keeps_it_asked(server):
    model = OpenAILanguageModel(server.url, model="m")
    for reply in (401, 401, BLUE, 401, 401):
        server.replies = [reply]
        with contextlib.suppress(LanguageModelUnavailable):
            complete(model)
    assert len(server.requests) == 5


def test_questions_beyond_those_at_once_wait_for_their_turn(server):
    server.replies = [BLUE]
    server.gate.clear()
    model = OpenAILanguageModel(server.url, model="m", config=ClientConfig(at_once=2))

    async def five():
        calls = [asyncio.create_task(model.complete("", "", Colour)) for _ in range(5)]
        await asyncio.to_thread(server.two.wait, 10)
        server.gate.set()
        return await asyncio.gather(*calls)

    assert len(asyncio.run(five())) == 5
    assert server.most_at_once == 2


def test_what_was_spent_is_counted(server):
    server.replies = ['{"name": "blue"}', BLUE]
    model = OpenAILanguageModel(server.url, model="m")
    complete(model)
    used = model.used
    assert (used.calls, used.prompt, used.cached, used.answer) == (2, 200, 180, 14)


def test_health_names_the_model_and_the_share_of_prompts_the_server_knew(server):
    model = OpenAILanguageModel(server.url)
    assert asyncio.run(model.health()) == ServerHealth(ok=True, detail="small-model")
    server.metrics = (
        'vllm:prefix_cache_queries_total{engine="0"} 400.0\n'
        'vllm:prefix_cache_hits_total{engine="0"} 300.0\n# vllm:prefix_cache_hits_total 7\n'
    )
    assert asyncio.run(model.health()).hit_rate == pytest.approx(0.75)


def test_a_warm_up_sends_the_instructions_and_takes_one_token(server):
    server.replies = [BLUE]
    asyncio.run(OpenAILanguageModel(server.url, model="m").warm_up("The plant's names."))
    (asked,) = server.requests
    assert asked["messages"][0]["content"] == "The plant's names."
    assert asked["max_tokens"] == 1


def test_the_warm_up_at_the_start_names_the_plants_tags_and_a_server_away_stops_nothing(server, twin):
    server.replies = [BLUE]
    asyncio.run(warm_up(OpenAILanguageModel(server.url, model="m"), twin))
    (asked,) = server.requests
    assert "reactor pressure" in asked["messages"][0]["content"].lower()
    asyncio.run(warm_up(OpenAILanguageModel("http://127.0.0.1:9/v1", model="m"), twin))
