"""How commands find a running Foretell."""

import json
import subprocess
import sys
from pathlib import Path

from starlette.responses import PlainTextResponse

from api.roles import Role
from api.runfile import Run, running
from api.server import WebServer, reserve


def dead_pid() -> int:
    return int(
        subprocess.run(
            [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
        ).stdout
    )


def test_a_running_one_is_found_with_its_key(tmp_path: Path) -> None:
    bound = reserve("127.0.0.1", 0)
    run = Run(url=f"http://127.0.0.1:{bound.getsockname()[1]}", key="secret")
    run.announce(tmp_path)
    assert (tmp_path / Role.ALL.run_file).stat().st_mode & 0o777 == 0o600
    with WebServer(PlainTextResponse("alive"), bound):
        assert running(tmp_path) == run
    assert running(tmp_path) is None


def test_the_file_of_a_dead_process_is_ignored(tmp_path: Path) -> None:
    Run(url="http://127.0.0.1:9", key="secret", pid=dead_pid()).announce(tmp_path)
    assert running(tmp_path) is None


def test_a_damaged_or_absent_file_is_ignored(tmp_path: Path) -> None:
    assert running(tmp_path) is None
    for text in ("", "{", "[]", json.dumps({"url": "x"}), json.dumps({"url": "x", "key": "k", "pid": 1, "more": 2})):
        (tmp_path / Role.ALL.run_file).write_text(text)
        assert running(tmp_path) is None


def test_the_file_of_another_run_stays(tmp_path: Path) -> None:
    mine = Run(url="http://127.0.0.1:9", key="secret")
    Run(url="http://127.0.0.1:9", key="other", pid=1).announce(tmp_path)
    mine.withdraw(tmp_path)
    assert (tmp_path / Role.ALL.run_file).exists()
    mine.announce(tmp_path)
    mine.withdraw(tmp_path)
    assert not (tmp_path / Role.ALL.run_file).exists()


def test_the_key_is_not_in_the_representation() -> None:
    assert "secret" not in repr(Run(url="http://127.0.0.1:9", key="secret"))
