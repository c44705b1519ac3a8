"""Work that goes on beside the API: one thread each, taken up again when it fails."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

RETRY_S = 5.0
STOP_LIMIT_S = 60.0

log = structlog.get_logger(__name__)


class Background:
    """A context manager that keeps `work` going in a thread until it leaves.

    Args:
        name: for logs and /readyz.
        work: runs until the event it is given is set; when it raises, it is started again after `retry_s`.
        retry_s: pause between two attempts, seconds.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], None], retry_s: float = RETRY_S) -> None:
        self.name = name
        self._work = work
        self._retry_s = retry_s
        self._stop = threading.Event()
        self._failure: str | None = None
        self._thread = threading.Thread(target=self._keep_going, name=name, daemon=True)

    @property
    def running(self) -> bool:
        """Whether the work is going on; False between a failure and the next attempt."""
        return self._thread.is_alive() and self._failure is None

    @property
    def failure(self) -> str | None:
        """Why the last attempt failed, until the next one begins."""
        return self._failure

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(STOP_LIMIT_S)
        if self._thread.is_alive():
            log.error("worker did not stop", worker=self.name, limit_s=STOP_LIMIT_S)

    def _keep_going(self) -> None:
        while not self._stop.is_set():
            self._failure = None
            try:
                self._work(self._stop)
            except Exception as error:
                self._failure = f"{type(error).__name__}: {error}"
                log.exception("worker failed", worker=self.name, retry_s=self._retry_s)
                self._stop.wait(self._retry_s)
