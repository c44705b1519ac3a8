"""Locks that the kernel gives back when their holder dies."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An exclusive lock on a file, held by a process and by the children that inherit its descriptor.

    The kernel keeps it until the last of them is gone, however they ended. So it tells a living holder from a
    dead one without process ids, which are recycled and which zombies keep.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Take the lock; False when somebody else has it."""
        if self.held:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go of it; children that inherited the descriptor keep the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def fileno(self) -> int:
        """The descriptor to hand down to a child; raises RuntimeError when the lock is not held."""
        if self._descriptor is None:
            raise RuntimeError(f"{self._path} is not locked")
        return self._descriptor
