"""The stand: `foretell up ingest` as a process of its own, between a real broker and a real Postgres."""

import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import yaml

PATIENCE_S = 120.0
TAGS = tuple(f"T{number:02d}" for number in range(20))
MOVABLE = "SP01"
LOW, HIGH = -1e9, 1e9
KEY = "key-of-the-stand"


def until(holds: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> float:
    """Wait until it holds; gives the seconds it took, fails when that is too long."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience, f"after {patience:g} s still not: {what}"
        time.sleep(0.2)
    return time.monotonic() - began


def port_of_the_api() -> int:
    """A port whose neighbour is free; below those that the kernel gives to connections."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port + 1))
            return port


def plant_file(folder: Path) -> Path:
    """A plant of twenty transmitters and a setpoint, wide enough for any number."""
    common = {"asset": "unit", "unit": "kPa", "range": [LOW, HIGH]}
    tags = [{"name": n, "role": "measured", "description": n, "cadence": "1 s", **common} for n in TAGS]
    tags.append(
        {"name": MOVABLE, "role": "setpoint", "description": "a setpoint", "cadence": "on change", "movable": True}
        | common
    )
    plant = {
        "name": "stand",
        "description": "the plant of the fault suite",
        "time_zone": "UTC",
        "step": "1 min",
        "shifts": [
            {"name": "day", "start": "06:00", "end": "18:00"},
            {"name": "night", "start": "18:00", "end": "06:00"},
        ],
        "night_shift": "night",
        "assets": [{"name": "unit", "description": "all of it"}],
        "tags": tags,
    }
    file = folder / "plant.yaml"
    file.write_text(yaml.safe_dump(plant, sort_keys=False))
    return file


def mqtt(port: int) -> dict[str, Any]:
    """The source that the sender of the stand feeds."""
    return {"kind": "mqtt", "name": "line", "url": f"mqtt://127.0.0.1:{port}", "topics": ["stand/#"]}


@dataclass
class Ingest:
    """`foretell up ingest` with its settings; started again as often as a test likes."""

    folder: Path
    database_url: str
    port: int
    sources: list[dict[str, Any]] = field(default_factory=list)
    pipeline: dict[str, Any] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    data_dir: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    _log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its own API listens."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def log(self) -> str:
        """What it wrote so far."""
        return (self.folder / "ingest.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        if error is not None:
            print(self.log[-6000:], file=sys.stderr)

    def start(self) -> None:
        """Start it and wait until it answers."""
        content: dict[str, Any] = {"sources": self.sources} | ({"pipeline": self.pipeline} if self.pipeline else {})
        (self.folder / "ingest.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        self._log = (self.folder / "ingest.log").open("ab")
        self.process = subprocess.Popen(
            [*self.prefix, str(Path(sys.executable).with_name("foretell")), "up", "ingest"],
            env=os.environ
            | {
                "FORETELL_DATABASE_URL": self.database_url,
                "FORETELL_DATA_DIR": str(self.data_dir or self.folder / "data"),
                "FORETELL_PLANT_FILE": str(plant_file(self.folder)),
                "FORETELL_INGEST_FILE": str(self.folder / "ingest.yaml"),
                "FORETELL_PORT": str(self.port),
                "FORETELL_API_KEY": KEY,
            }
            | self.environment,
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
        )
        self.starts += 1
        until(self.answers, "ingest answers")

    def kill(self) -> None:
        """kill -9, and wait for its end."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if self._log is not None:
            self._log.close()

    def restart(self) -> None:
        """What a container's restart policy does after a kill."""
        self.kill()
        self.start()

    def answers(self) -> bool:
        """Whether its API is there; fails when the process has ended."""
        assert self.process is not None
        assert self.process.poll() is None, f"ingest ended: {self.log[-3000:]}"
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    def get(self, path: str) -> Any:
        """A JSON document of its API."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"X-API-Key": KEY})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, Any]:
        """Status and document of a POST; (0, …) when there was no answer."""
        headers = {"X-API-Key": KEY, "Content-Type": content_type}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except OSError as error:
            return 0, str(error)
