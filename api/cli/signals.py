"""Ctrl-C and SIGTERM end a long command cleanly."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_stopped() -> Iterator[None]:
    """A block that Ctrl-C or SIGTERM ends without an error; while it cleans up, further ones are ignored."""
    before = {number: signal.signal(number, _stop) for number in STOPPING}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait() -> None:
    """Go on until the block is ended."""
    threading.Event().wait()


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
