"""A real browser, and real servers for it to look at."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

HERE = Path(__file__).parent
KEY = "tank-key"
PATIENCE_MS = 30_000
DESK = {"viewport": {"width": 1400, "height": 1000}, "locale": "en-GB"}
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; skips without one, unless FORETELL_REQUIRE_BROWSER says that there must be one.

    Per module: Playwright keeps an event loop running in this thread, beside which no other test could start one.
    """
    found = os.environ.get("FORETELL_CHROMIUM") or shutil.which("chromium")
    if not found:
        reason = "no Chromium: install it, or name it in FORETELL_CHROMIUM"
        pytest.fail(reason) if os.environ.get("FORETELL_REQUIRE_BROWSER") else pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def visitor(browser: Browser, tank_url: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the tank's console as somebody with a key: `visitor("/plant", color_scheme="dark")`.

    The rest are Playwright's options of a context; the same ones share a context, and so its cache and cookies.
    What a page says on its console stands in its `complaints`, what it asks for in `requested`.
    """
    contexts: dict[str, BrowserContext] = {}

    def opened(path: str = "/", **options: Any) -> Page:
        if (asked := repr(options)) not in contexts:
            contexts[asked] = browser.new_context(**{**DESK, **options})
            contexts[asked].set_default_timeout(PATIENCE_MS)
            contexts[asked].request.get(f"{tank_url}/?key={KEY}")
        page = contexts[asked].new_page()
        page.complaints, page.requested = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.goto(tank_url + path)
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    for context in contexts.values():
        context.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def tank_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console over the tank of tank.py, served by a process of its own."""
    with served_tank(tmp_path_factory.mktemp("tank") / "log") as url:
        yield url


@pytest.fixture(scope="session")
def own_tank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another tank, for modules that leave marks on it."""
    with served_tank(tmp_path_factory.mktemp("tank") / "log") as url:
        yield url


@contextmanager
def served_tank(log: Path) -> Iterator[str]:
    """The address of a tank that a process of its own serves."""
    port = free_port()
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, str(HERE / "tank.py"), str(port)], stdout=output, stderr=output, env={**os.environ}
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path, patience_s: float = 200) -> None:
    """Return when the address answers; fails with the server's log when it died or stays silent."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(url, timeout=2).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} never answered:\n{log.read_text()[-4000:]}")
