"""Keeps an unfinished training on the disk, so that it can go on where it was cut off."""

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from models.course import Step, TrainingConfig
from twin.errors import InvalidInput
from twin.files import write_whole
from twin.window import Window

Hearing = Callable[[Step], None]


class FileKeeper:
    """A `Keeper` with one file, which holds the newest state of one training or the one before it, never half of one.

    Args:
        path: the file.
        mark: of the training, see `mark_of`: a state of another training is not gone on with.
        hearing: told after every validation.
        resume: whether a state that is there is gone on with; otherwise it is forgotten.
    """

    def __init__(self, path: Path, mark: str, hearing: Hearing = lambda step: None, *, resume: bool = False) -> None:
        self._path, self._mark, self._hearing = path, mark, hearing
        if not resume:
            self.forget()

    def restore(self) -> dict[str, Any] | None:
        """What was kept last; None when there is nothing. Raises InvalidInput when it is another training's."""
        if not self._path.is_file():
            return None
        kept = torch.load(self._path, weights_only=True)
        if kept["mark"] != self._mark:
            raise InvalidInput(
                f"{self._path} is of a training on other data or with another config; train anew without resuming",
                field="resume",
                value=str(self._path),
            )
        state: dict[str, Any] = kept["state"]
        return state

    def keep(self, state: dict[str, Any]) -> None:
        """Keep the whole state."""
        content = io.BytesIO()
        torch.save({"mark": self._mark, "state": state}, content)
        write_whole(self._path, content.getvalue())

    def hear(self, step: Step) -> None:
        """Pass it on."""
        self._hearing(step)

    def forget(self) -> None:
        """The training is over, or begins anew."""
        self._path.unlink(missing_ok=True)


def mark_of(config: TrainingConfig, windows: Sequence[Window]) -> str:
    """A digest of everything that a training depends on."""
    content = hashlib.sha256(f"{config!r}|{torch.__version__}".encode())
    for window in windows:
        content.update(repr((window.tags, window.step)).encode())
        for part in (window.time, window.values, window.valid):
            content.update(part.tobytes())
    return content.hexdigest()
