"""How commands find a Foretell that runs on the same data folder."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from api.roles import Role

HEALTH_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """A running Foretell: where it listens, and its key."""

    url: str
    key: str = field(repr=False)
    pid: int = field(default_factory=os.getpid)

    def announce(self, folder: Path, role: Role = Role.ALL) -> None:
        """Leave the role's file in the data folder, readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{role.run_file}.{self.pid}.tmp"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(folder / role.run_file)

    def withdraw(self, folder: Path, role: Role = Role.ALL) -> None:
        """Take the role's file away if it is still this process's."""
        if (found := _read(folder / role.run_file)) is not None and found.pid == self.pid:
            (folder / role.run_file).unlink(missing_ok=True)


def running(folder: Path, role: Role = Role.ALL) -> Run | None:
    """The Foretell of that role that runs on this data folder and answers; None when its file is absent or stale."""
    found = _read(folder / role.run_file)
    return found if found and _lives(found.pid) and _answers(found.url) else None


def _read(file: Path) -> Run | None:
    try:
        return Run(**json.loads(file.read_text()))
    except (FileNotFoundError, PermissionError, ValueError, TypeError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=HEALTH_TIMEOUT_S, trust_env=False).is_success
    except httpx.HTTPError:
        return False
