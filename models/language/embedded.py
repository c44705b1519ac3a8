"""A language model in the house: llama.cpp serving OpenAI's interface in a process of its own (wheel xllamacpp)."""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel

from models.language.client import ClientConfig, OpenAILanguageModel, ServerHealth
from twin.errors import ConfigurationError, LanguageModelUnavailable

T = TypeVar("T", bound=BaseModel)

CHOICE = "llm.json"
MAGIC = b"GGUF"
START_S = 120.0

_SERVE = """
import json, sys, threading, os
import xllamacpp
given = json.loads(sys.stdin.readline())
params = xllamacpp.CommonParams()
params.model.path = given["path"]
params.model_alias = {given["name"]}
params.n_ctx, params.n_parallel = given["context"], 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given["threads"]
params.hostnames, params.port = ["127.0.0.1"], given["port"]
params.api_keys = [given["key"]]
params.verbosity = 0
server = xllamacpp.Server(params)
sys.stdin.read()
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class EmbeddedConfig:
    """How the model is run.

    Attributes:
        threads: one: with two, a busy machine is slower by far.
        context: tokens of a prompt with its answer.
    """

    threads: int = 1
    context: int = 4096


class EmbeddedServer:
    """Serves one GGUF file on this machine, behind a key of its own; ends with the process that started it.

    A context manager. Raises ConfigurationError for a file that is none, LanguageModelUnavailable when the server
    does not come up within 2 minutes or xllamacpp is missing.
    """

    def __init__(self, path: Path, config: EmbeddedConfig | None = None) -> None:
        self.path = checked(path)
        self.key = secrets.token_urlsafe(24)
        self._config = config or EmbeddedConfig()
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Base URL for an OpenAI client."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def name(self) -> str:
        """The model's name: that of its file."""
        return self.path.stem

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._port = _free_port()
        environment = os.environ | {"OMP_NUM_THREADS": str(self._config.threads)}
        self._process = subprocess.Popen(  # noqa: S603 - our own program, given as an argument
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        given = {"path": str(self.path), "name": self.name, "port": self._port, "key": self.key}
        self._tell(json.dumps(given | {"context": self._config.context, "threads": self._config.threads}))
        self._wait()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _wait(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.running:
            try:
                if httpx.get(f"http://127.0.0.1:{self._port}/health", timeout=1).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.stop()
        raise LanguageModelUnavailable(
            f"llama.cpp does not serve {self.path}: is the extra foretell[llm] installed, and the file whole?",
            field="FORETELL_LLM_BASE_URL",
            value=str(self.path),
        )


def checked(path: Path) -> Path:
    """The path in full; raises ConfigurationError when it names no GGUF file."""
    path = path.expanduser().resolve()
    try:
        with path.open("rb") as file:
            found = file.read(len(MAGIC))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}", field="path", value=str(path)) from error
    if found != MAGIC:
        raise ConfigurationError(f"{path} is no GGUF file", field="path", value=str(path))
    return path


def chosen(data_dir: Path) -> Path | None:
    """The model that `foretell llm use` chose; None when there is none. Raises ConfigurationError for a bad file."""
    file = data_dir / CHOICE
    if not file.exists():
        return None
    try:
        return Path(json.loads(file.read_text(encoding="utf-8"))["path"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{file} names no model: {error}", field="path", value=str(file)) from error


def choose(data_dir: Path, path: Path) -> Path:
    """Keep the choice for the next start; raises ConfigurationError when it names no GGUF file."""
    path = checked(path)
    data_dir.mkdir(parents=True, exist_ok=True)
    written = data_dir / f"{CHOICE}.tmp"
    written.write_text(json.dumps({"path": str(path)}), encoding="utf-8")
    written.replace(data_dir / CHOICE)
    return path


def forget(data_dir: Path) -> bool:
    """Take the choice back; gives whether there was one."""
    file = data_dir / CHOICE
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class EmbeddedLanguageModel:
    """The language model of a GGUF file; its server starts with the first question, and again when it has died."""

    def __init__(self, path: Path, *, timeout_s: float = 30.0, config: EmbeddedConfig | None = None) -> None:
        self._server = EmbeddedServer(path, config)
        self._timeout_s = timeout_s
        self._starting = threading.Lock()
        self._client: OpenAILanguageModel | None = None

    @property
    def name(self) -> str:
        """That of its file."""
        return self._server.name

    async def complete(self, instructions: str, prompt: str, schema: type[T]) -> T:
        """An instance of `schema` that answers the prompt; raises LanguageModelUnavailable."""
        client = await asyncio.to_thread(self._ready)
        return await client.complete(instructions, prompt, schema)

    async def warm_up(self, instructions: str) -> None:
        """Start the server and let it read the instructions; raises LanguageModelUnavailable."""
        client = await asyncio.to_thread(self._ready)
        await client.warm_up(instructions)

    async def health(self) -> ServerHealth:
        """Whether it can be asked now; one that was not needed yet can."""
        if self._client is None:
            return ServerHealth(ok=True, detail=f"{self.name} starts with the first question")
        return await self._client.health()

    def close(self) -> None:
        """End the server."""
        with self._starting:
            self._server.stop()
            self._client = None

    def _ready(self) -> OpenAILanguageModel:
        with self._starting:
            if self._client is None or not self._server.running:
                self._server.start()
                config = ClientConfig(timeout_s=self._timeout_s, at_once=1)
                self._client = OpenAILanguageModel(
                    self._server.url, model=self.name, api_key=self._server.key, config=config
                )
            return self._client
