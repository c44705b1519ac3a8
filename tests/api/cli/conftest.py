"""Commands run in this process, against the small plant's API on a real port."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from api.cli.app import main
from api.dependencies import AppState


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Foretell = Callable[..., Ended]


@pytest.fixture
def foretell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Foretell]:
    """Runs a command in an empty folder, without settings of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("FORETELL_URL", "FORETELL_API_KEY", "FORETELL_DATABASE_URL", "FORETELL_DATA_DIR", "FORETELL_PORT"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["foretell", *words])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        else:
            code = 0
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    log = logging.getLogger()
    handlers, level = log.handlers, log.level
    yield run
    log.handlers = handlers
    log.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def served(address: str, state: AppState, foretell: Foretell, monkeypatch: pytest.MonkeyPatch) -> Foretell:
    """The same, with a Foretell that FORETELL_URL names."""
    monkeypatch.setenv("FORETELL_URL", address)
    monkeypatch.setenv("FORETELL_API_KEY", state.api_key)
    return foretell
