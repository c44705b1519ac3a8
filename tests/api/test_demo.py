"""The whole twin on the demo plant: real Postgres, real simulator, the shipped checkpoint."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from rich.console import Console

from api.cli.demo import QUESTIONS
from api.demo import demonstration
from api.progress import Stages
from api.runfile import Run, running
from ingest.demo.incidents import Truth
from twin.answer import Answer
from twin.operations.events import EventsFound
from twin.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

MORNING = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
ONSET = timedelta(minutes=30)


class MovedClock:
    """Runs on from a chosen instant."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=time.monotonic() - self._began)


@dataclass(frozen=True)
class Shown:
    """A demo that runs, and the truth about its night."""

    run: Run
    truth: Truth

    def ask(self, question: str) -> Answer:
        return Answer.model_validate_json(self._request("POST", "/v1/ask", json={"question": question}))

    def night(self) -> EventsFound:
        span = {"start": self.truth.start.isoformat(), "end": self.truth.end.isoformat()}
        return EventsFound.model_validate_json(self._request("GET", "/v1/events", params=span))

    def _request(self, method: str, path: str, **content: Any) -> str:
        headers = {"X-API-Key": self.run.key}
        response = httpx.request(
            method, self.run.url + path, headers=headers, timeout=120, trust_env=False, **content
        )
        assert response.status_code == 200, response.text
        return response.text


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The demo of one certain morning, without the live part."""
    torch.set_num_threads(1)  # two threads that share busy cores wait for each other
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(_env_file=None, data_dir=folder, port=free_port())
    stages = Stages(Console(file=StringIO()))
    with demonstration(settings, stages, live=False, clock=MovedClock(MORNING)) as run:
        yield Shown(run, Truth.read(folder / "demo" / "truth.json"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_both_planted_faults_are_found_and_the_setpoint_change_is_none(shown: Shown) -> None:
    found, truth = shown.night(), shown.truth
    assert found.scored > 0.99
    for fault in (truth.process_fault, truth.transmitter_fault):
        assert any(abs(event.start - fault.start) <= ONSET for event in found.anomalies), fault
    sensor = [event for event in found.anomalies if abs(event.start - truth.transmitter_fault.start) <= ONSET]
    assert sensor[0].contributions[0].tag == truth.transmitter_fault.tag
    change = truth.setpoint_change
    assert any(move.tag == change.tag and abs(move.time - change.time) < ONSET for move in found.moves)


def test_nothing_else_of_that_night_is_of_high_severity(shown: Shown) -> None:
    faults = (shown.truth.process_fault, shown.truth.transmitter_fault)
    for event in shown.night().anomalies:
        if event.severity == "high":
            assert any(abs(event.start - fault.start) <= ONSET for fault in faults), event


def test_the_night_question_tells_of_both(shown: Shown) -> None:
    answer = shown.ask(QUESTIONS[0])
    assert answer.status == "answered"
    assert answer.grounding.ok
    assert answer.grounding.checked > 0
    assert answer.window is not None
    assert (answer.window.start, answer.window.end) == (shown.truth.start, shown.truth.end)
    named = {item.value for item in answer.evidence if isinstance(item.value, str)} | {answer.text}
    for event in shown.night().anomalies:
        assert any(event.asset in text or event.first_mover in text for text in named), event


def test_the_counterfactual_starts_at_the_plants_two_oclock(shown: Shown) -> None:
    answer = shown.ask(QUESTIONS[1])
    assert answer.status == "answered", answer.text
    assert answer.grounding.ok
    assert any(series.tag == "reactor_pressure" for series in answer.series)


def test_the_average_is_that_of_the_stored_samples(shown: Shown) -> None:
    answer = shown.ask(QUESTIONS[2])
    assert answer.status == "answered"
    mean = next(item for item in answer.evidence if item.tag == "reactor_pressure" and item.unit == "kPa")
    assert 2600 < float(mean.value) < 2900


@dataclass
class Process:
    """`foretell demo` as a process of its own."""

    folder: Path
    port: int

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("FORETELL_")}
        return {**plain, "FORETELL_DATA_DIR": str(self.folder), "COLUMNS": "160"}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", *words],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until_it_answers(self, process: "subprocess.Popen[str]") -> Run:
        limit = time.monotonic() + 120
        while (run := running(self.folder)) is None:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < limit
            time.sleep(0.2)
        return run


def test_the_command_shows_three_answers_resumes_and_stops_cleanly(tmp_path: Path) -> None:
    demo = Process(tmp_path, free_port())
    first = demo.start("demo", "--once", "--json", "--port", str(demo.port))
    out, err = first.communicate(timeout=300)
    assert first.returncode == 0, err
    night, counterfactual, average = (answer["status"] for answer in json.loads(out)["answers"])
    assert night in {"answered", "no_events"}, "the day's own seed decides"
    assert counterfactual in {"answered", "refused"}
    assert average == "answered"
    assert "Traceback" not in err
    left_nothing_running(tmp_path)

    again = demo.start("demo", "--port", str(demo.port))
    run = demo.until_it_answers(again)
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600
    assert httpx.get(f"{run.url}/v1/plant", trust_env=False).status_code == 401
    asked = demo.start("ask", QUESTIONS[2], "--json")
    assert json.loads(asked.communicate(timeout=60)[0])["status"] == "answered"
    second = demo.start("demo", "--port", str(free_port()))
    assert "already runs" in second.communicate(timeout=60)[1]
    assert second.returncode == 1

    again.send_signal(signal.SIGTERM)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert "Traceback" not in out + err
    assert "The plant goes on from where it stopped" in out
    assert run.key not in (tmp_path / "foretell.log").read_text()
    left_nothing_running(tmp_path)


def left_nothing_running(folder: Path) -> None:
    assert not (folder / "run.json").exists()
    assert not [line for line in command_lines() if str(folder) in line]


def command_lines() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_text().replace("\0", " ")
        except OSError:
            continue
