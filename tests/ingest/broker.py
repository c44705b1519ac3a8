"""A real mosquitto on a free port, with its own configuration and its own folder for what it must remember."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def need(program: str) -> str:
    """Path of a program; skips the test without it, or fails where FORETELL_REQUIRE_BROKER is set."""
    found = PROGRAM if program == "mosquitto" else shutil.which(program)
    if found is None:
        message = f"{program} is not installed"
        if os.environ.get("FORETELL_REQUIRE_BROKER"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """Keeps everything that changes on disk at once, so that a kill loses nothing that was there for a moment."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.program = need("mosquitto")
        self.folder = folder
        self.port = free_port()
        self.config = folder / "mosquitto.conf"
        self.database = folder / "mosquitto.db"
        self._process: subprocess.Popen[bytes] | None = None
        user = ["user root"] if os.geteuid() == 0 else []
        access = [] if any(line.startswith("allow_anonymous") for line in settings) else ["allow_anonymous true"]
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_on_changes true",
            "autosave_interval 1",
            "max_queued_messages 0",
            "max_inflight_messages 0",
            *access,
            *user,
            *settings,
        ]
        self.config.write_text("\n".join(lines) + "\n")

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def saved(self) -> float:
        """When it last had everything on disk, Unix time; 0 when it never had."""
        return self.database.stat().st_mtime if self.database.exists() else 0.0

    def start(self) -> None:
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([self.program, "-v", "-c", str(self.config)], stdout=log, stderr=log)
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise AssertionError((self.folder / "mosquitto.log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None
