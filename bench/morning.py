"""The demo of one certain morning, and a browser to look at it: for pictures and for timings of the console."""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from api.demo import demonstration
from api.progress import Stages
from api.runfile import Run
from twin.settings import Settings

MORNING = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
NIGHT_QUESTION = "Tell me, factory, were there any unusual events last night?"
PATIENCE_MS = 120_000
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


class MovedClock:
    """Runs on from a chosen instant, so that every run sees the same night."""

    def __init__(self, moment: datetime) -> None:
        self._moment, self._began = moment, time.monotonic()

    def now(self) -> datetime:
        """The chosen instant, and what has passed since."""
        return self._moment + timedelta(seconds=time.monotonic() - self._began)


@contextmanager
def morning(folder: Path) -> Iterator[Run]:
    """The demo of that morning, its data in that folder."""
    torch.set_num_threads(1)  # two threads that share busy cores wait for each other
    settings = Settings(_env_file=None, data_dir=folder, port=_free_port())
    stages = Stages(Console(file=StringIO()))
    with demonstration(settings, stages, live=False, clock=MovedClock(MORNING)) as run:
        yield run


@contextmanager
def passing_morning() -> Iterator[Run]:
    """That demo in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as folder, morning(Path(folder)) as run:
        yield run


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium; raises FileNotFoundError when neither FORETELL_CHROMIUM nor the path has one."""
    found = os.environ.get("FORETELL_CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise FileNotFoundError("no Chromium: install it, or name it in FORETELL_CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield launched
        launched.close()


@contextmanager
def visit(browser: Browser, run: Run, **options: Any) -> Iterator[Page]:  # noqa: ANN401  Playwright's own
    """A page of a new window with an empty cache, let in with the key; `options` are Playwright's of a context."""
    with browser.new_context(
        **{"viewport": {"width": 1400, "height": 1000}, "locale": "en-GB", **options}
    ) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.request.get(f"{run.url}/?key={run.key}")
        yield context.new_page()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
