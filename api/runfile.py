"""How commands find a Foretell that runs on the same data folder."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

NAME = "run.json"
HEALTH_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """A running Foretell: where it listens, and its key."""

    url: str
    key: str = field(repr=False)
    pid: int = field(default_factory=os.getpid)

    def announce(self, folder: Path) -> None:
        """Leave run.json in the data folder, readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{NAME}.{self.pid}.tmp"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(folder / NAME)

    def withdraw(self, folder: Path) -> None:
        """Take run.json away if it is still this process's."""
        if (found := _read(folder)) is not None and found.pid == self.pid:
            (folder / NAME).unlink(missing_ok=True)


def running(folder: Path) -> Run | None:
    """The Foretell that runs on this data folder and answers; None when run.json is absent or stale."""
    found = _read(folder)
    return found if found and _lives(found.pid) and _answers(found.url) else None


def _read(folder: Path) -> Run | None:
    try:
        return Run(**json.loads((folder / NAME).read_text()))
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
