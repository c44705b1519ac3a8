"""Conversations over HTTP: how long an answer takes at 1, 10 and 50 sessions at once, and what a model server adds.

The server is a Foretell with the demo plant's four days in its embedded Postgres, in a process of its own; the
clients are in this one, on the same machine. The asker's name stands before the first question of each conversation,
so no such sentence was read before; its follow-ups are the same in every fifth conversation.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE, Popen

import httpx
import numpy as np

from bench.campaign import PLANT_FILE
from bench.report import save
from twin.calendar import PlantCalendar
from twin.clock import SystemClock
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.plantfile import load_plant
from twin.protocols import Twin

KEY = "bench"
TIMEOUT_S = 300.0
GOOD = frozenset({"answered", "no_events"})
TALKS = (
    (
        "were there any unusual events last night?",
        "why did the last one happen?",
        "what did the operators change last night?",
        "and yesterday?",
    ),
    (
        "what was the average reactor pressure last night?",
        "and the separator?",
        "compare it with the night before",
        "is it rising?",
    ),
    (
        "how is the plant?",
        "what are the limits of reactor pressure?",
        "highest reactor temperature in the last 6 hours?",
        "how long was it above 120 °C?",
    ),
    (
        "gab es letzte Nacht ungewöhnliche Ereignisse?",
        "Wie hoch war der Reaktordruck letzte Nacht im Mittel?",
        "und gestern?",
        "Wie geht es der Anlage?",
    ),
    (
        "what did the shift write about the pump yesterday?",
        "how many alarms were there today?",
        "what can I move on the reactor?",
        "trend of the A feed since 06:00",
    ),
)
AHEAD = (
    "what happens to reactor pressure if we raise its setpoint by 20 kPa?",
    "make it 10 kPa",
    "what would have happened to reactor pressure if we had cut the A feed by 10 % at 02:00?",
    "what will reactor pressure be in the next 4 hours?",
)
HOSTILE = (
    "by 10 kPa " * 200,
    "反应器" * 600,
    "and " * 500,
    '{"a":' * 300,
    "what if we raise the reactor pressure " * 50,
)
VAGUE = (
    "anything I should worry about with the thing from before the weekend?",
    "pressure stuff lately, hmm?",
    "the boss wants to hear about the reactor",
    "give me the juicy bits of the shift",
    "so, the separator, eh?",
    "numbers please for the stripper business",
    "is the purge doing its dance again?",
    "what's cooking in there?",
    "talk to me about flows and such",
    "the compressor, was it naughty?",
)
FIRST = ("Ana", "Bo", "Cem", "Dia", "Eli", "Fay", "Gus", "Ida", "Jon", "Kim")
LAST = ("bel", "dan", "fried", "gard", "lia", "mar", "na", "rik", "sen", "ton", "ulf", "vin")
NAMES = [f"{first}{last}" for first in FIRST for last in LAST]


@dataclass
class Asked:
    """What a crowd of sessions lived through."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    cpu: float = 0.0

    def told(self) -> dict[str, object]:
        """Percentiles in milliseconds, and the processor time that the server spent on a question."""
        quantiles = np.percentile(self.seconds, (50, 99)) * 1000
        return {
            "questions": len(self.seconds),
            "errors": len(self.errors),
            "without_answer": len(self.unanswered),
            "p50_ms": round(float(quantiles[0]), 1),
            "p99_ms": round(float(quantiles[1]), 1),
            "longest_ms": round(1000 * max(self.seconds), 1),
            "cpu_ms": round(1000 * self.cpu / len(self.seconds), 1),
        }


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time so far; of Linux."""
        ticks = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def run() -> dict[str, object]:
    """Ask, and write bench/results/sessions.json."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        with _server(Path(folder)) as server:
            _crowd(server, 1, 2, TALKS, "warm-up")
            crowds = {
                f"sessions_{number}": _crowd(server, number, rounds, TALKS, f"n{number}").told()
                for number, rounds in ((1, 25), (10, 4), (50, 1))
            }
            ahead = {
                f"sessions_{number}": _crowd(server, number, 1, (AHEAD,), f"w{number}").told() for number in (1, 10)
            }
            hostile = _crowd(server, 1, len(HOSTILE), [(text,) for text in HOSTILE], "h", named=False).told()
        with _model_server() as model:
            around = asyncio.run(_around(model))
            with _server(Path(folder), model.url) as server:
                around |= _besides(server, model)
    report = {"without_rollout": crowds, "with_rollout": ahead, "hostile": hostile, "around_model_server": around}
    return save("sessions", began, ("foretell", "fastapi", "uvicorn", "numpy"), **report)


def _crowd(
    server: Served, sessions: int, rounds: int, talks: Sequence[Sequence[str]], tag: str, *, named: bool = True
) -> Asked:
    """So many sessions at once, each with so many conversations, one after the other."""
    asked, before = Asked(), server.cpu()

    async def one(client: httpx.AsyncClient, number: int) -> None:
        for turn in range(rounds):
            place = number * rounds + turn
            name = f"{NAMES[place % len(NAMES)]}{tag} here: " if named else ""
            for text in talks[place % len(talks)]:
                await _ask(client, f"{name}{text}", f"{tag}-{place}", asked)
                name = ""

    async def everybody() -> None:
        limits = httpx.Limits(max_connections=sessions)
        async with httpx.AsyncClient(
            base_url=server.url, headers={"X-API-Key": KEY}, timeout=TIMEOUT_S, limits=limits
        ) as client:
            await asyncio.gather(*(one(client, number) for number in range(sessions)))

    asyncio.run(everybody())
    asked.cpu = server.cpu() - before
    for said in (*asked.errors, *asked.unanswered):
        print(f"{tag}: {said[:100]}", file=sys.stderr)
    return asked


async def _ask(client: httpx.AsyncClient, text: str, session: str, asked: Asked) -> None:
    start = time.perf_counter()
    response = await client.post("/v1/ask", json={"question": text[:2000], "session": session})
    asked.seconds.append(time.perf_counter() - start)
    if response.status_code != httpx.codes.OK:
        asked.errors.append(f"{response.status_code} {text}")
    elif response.json()["status"] not in GOOD:
        asked.unanswered.append(f"{response.json()['status']}: {text}")


async def _around(model: "_Model") -> dict[str, object]:
    """What is done around a call of a model: prompt, connection, form, slots; besides the model's own time."""
    from api.language.asking import Memory
    from api.language.engines.llm import Llm
    from api.language.reading.reader import asking
    from api.language.reading.vocabulary import Vocabulary
    from models.language.client import OpenAILanguageModel

    plant, clock = load_plant(PLANT_FILE), SystemClock()
    twin = Twin(plant, MemoryHistorian(plant), MemoryEventLog(), None, clock)
    vocabulary, calendar = Vocabulary(plant), PlantCalendar(plant, clock.now())
    served = OpenAILanguageModel(model.url)
    engine = Llm(served, twin)
    seconds = []
    for text in VAGUE * 6:
        read = asking(text, twin, vocabulary, calendar, Memory())
        own, start = model.seconds, time.perf_counter()
        await engine.read(read)
        seconds.append(time.perf_counter() - start - (model.seconds - own))
    await served.close()
    quantiles = np.percentile(seconds[len(VAGUE) :], (50, 99)) * 1000
    return {
        "calls": len(seconds) - len(VAGUE),
        "p50_ms": round(float(quantiles[0]), 1),
        "p99_ms": round(float(quantiles[1]), 1),
    }


def _besides(server: Served, model: "_Model") -> dict[str, object]:
    """Whole answers over HTTP for which a model was asked, besides the model's own time."""
    found = []
    for text in VAGUE * 2:
        calls, own, start = model.calls, model.seconds, time.perf_counter()
        response = httpx.post(
            f"{server.url}/v1/ask",
            json={"question": text},
            headers={"X-API-Key": KEY},
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        response.raise_for_status()
        if model.calls > calls:
            found.append(time.perf_counter() - start - (model.seconds - own))
    return {"answers": len(found), "answer_p50_ms": round(1000 * float(np.median(found)), 1) if found else None}


class _Model:
    """An OpenAI-compatible server that answers at once, and counts the time that it takes itself."""

    def __init__(self) -> None:
        self.calls, self.seconds = 0, 0.0
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536

            def do_GET(self) -> None:
                self._send({"object": "list", "data": [{"id": "instant", "object": "model"}]})

            def do_POST(self) -> None:
                start = time.perf_counter()
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self._send(_reply(asked))
                model.calls += 1
                model.seconds += time.perf_counter() - start

            def _send(self, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"


def _reply(asked: dict[str, object]) -> dict[str, object]:
    """The form with one intent, or a sentence."""
    form = "Narration" not in json.dumps(asked.get("response_format", {}))
    content = '{"questions": [{"intent": "status"}]}' if form else '{"text": "All is as it was found."}'
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "instant", "choices": [choice]}


@contextmanager
def _model_server() -> Iterator[_Model]:
    model = _Model()
    thread = threading.Thread(target=model.http.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.http.shutdown()
        model.http.server_close()


@contextmanager
def _server(folder: Path, model: str = "") -> Iterator[Served]:
    """A server on the folder's history."""
    command = [sys.executable, "-m", "bench.sessions", str(folder), *([model] if model else [])]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield Served(server.stdout.readline().strip(), server.pid)
        finally:
            server.communicate("")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def serve(folder: Path, model: str | None) -> None:
    """The demo plant's Foretell until standard input ends; its history is made when there is none."""
    from rich.console import Console

    from api.demo import demonstration
    from api.logs import configure
    from api.progress import Stages
    from twin.settings import Settings

    configure("WARNING")
    settings = Settings(_env_file=None, data_dir=folder, port=_free_port(), api_key=KEY, llm_base_url=model)
    with demonstration(settings, Stages(Console(stderr=True)), live=False) as running:
        print(running.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
    else:
        print(json.dumps(run(), indent=1))
