"""TimescaleDB in WebAssembly, behind a socket that psycopg can reach; what it cannot do: its README.md."""

import fcntl
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
REQUIRED = "FORETELL_REQUIRE_TIMESCALE"
START_LIMIT_S = 120


@contextmanager
def timescale_wasm() -> Iterator[str]:
    """The URL of a fresh database; skips the test where there is no Node, unless it is required."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _give_up("node and npm are not installed")
    _install(npm)
    with subprocess.Popen(
        [node, "bridge.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as bridge:
        try:
            yield f"postgresql://postgres@127.0.0.1:{_port(bridge)}/postgres"
        finally:
            bridge.stdin.close()
            bridge.wait(10)


def _install(npm: str) -> None:
    """Exactly what package-lock.json names, once."""
    wanted = (FOLDER / "package-lock.json").read_text()
    stamp = FOLDER / "node_modules" / ".installed"
    with (FOLDER / "package.json").open() as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
        if done.returncode:
            _give_up(f"npm ci failed: {done.stderr.strip()[-300:]}")
        stamp.write_text(wanted)


def _port(bridge: subprocess.Popen[str]) -> int:
    ready, _, _ = select.select([bridge.stdout], [], [], START_LIMIT_S)
    line = bridge.stdout.readline() if ready else ""
    if not line.strip().isdigit():
        bridge.kill()
        raise RuntimeError(f"the bridge printed {line!r}, expected its port within {START_LIMIT_S} s")
    return int(line)


def _give_up(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason}, and {REQUIRED} is set")
    pytest.skip(f"TimescaleDB in WebAssembly cannot run: {reason}")
