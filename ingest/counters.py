"""What went through the pipeline, in all and of each source."""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime

import numpy as np

from twin.clock import from_datetime64
from twin.intake import Counters, SourceCounters

_RATE_WINDOW_S = 60


class Tally:
    """The counts of one source as they grow; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._came: deque[tuple[float, int]] = deque()
        self._newest: np.datetime64 | None = None
        self._last_write: datetime | None = None
        self._error: tuple[str, datetime] | None = None

    def add(self, **numbers: int) -> None:
        """Add to counts by their names."""
        with self._lock:
            self._count.update(numbers)

    def came(self, samples: int) -> None:
        """Samples were read."""
        now = time.monotonic()
        with self._lock:
            self._count["read"] += samples
            self._count["waiting"] += samples
            if self._came and now - self._came[-1][0] < 1:
                self._came[-1] = self._came[-1][0], self._came[-1][1] + samples
            else:
                self._came.append((now, samples))
                self._forget_old(now)

    def reject(self, reasons: Mapping[str, int]) -> None:
        """Samples or payloads are not stored."""
        with self._lock:
            self._rejected.update(reasons)

    def wrote(self, at: datetime) -> None:
        """A write succeeded."""
        with self._lock:
            self._last_write = at

    def saw(self, newest: np.datetime64) -> None:
        """Samples up to this time are safe."""
        with self._lock:
            self._newest = newest if self._newest is None else max(self._newest, newest)

    def failed(self, error: str, at: datetime) -> None:
        """Something went wrong."""
        with self._lock:
            self._error = error, at

    def restart(self) -> None:
        """Nothing waits in memory any more."""
        with self._lock:
            self._count["waiting"] = 0

    def snapshot(
        self,
        now: datetime,
        *,
        spooled: int = 0,
        spooled_bytes: int = 0,
        skew_s: float | None = None,
        skewed: bool = False,
        connected: bool | None = None,
    ) -> SourceCounters:
        """The counts now, with what others know."""
        with self._lock:
            self._forget_old(time.monotonic())
            newest = None if self._newest is None else from_datetime64(self._newest)
            error, error_at = self._error or (None, None)
            return SourceCounters(
                **self._count,
                rejected=dict(self._rejected),
                spooled=spooled,
                spooled_bytes=spooled_bytes,
                last_write=self._last_write,
                rate=sum(number for _, number in self._came) / _RATE_WINDOW_S,
                newest=newest,
                lag_s=None if newest is None else (now - newest).total_seconds(),
                skew_s=skew_s,
                skewed=skewed,
                connected=connected,
                last_error=error,
                last_error_at=error_at,
            )

    def _forget_old(self, now: float) -> None:
        while self._came and now - self._came[0][0] > _RATE_WINDOW_S:
            self._came.popleft()


_SUMS = (
    "read",
    "accepted",
    "duplicates",
    "corrected",
    "late",
    "not_finite",
    "outside_range",
    "thinned",
    "dropped",
    "retries",
    "waiting",
    "spooled",
    "spooled_bytes",
)


def together(sources: Mapping[str, SourceCounters]) -> Counters:
    """The counts of all sources."""
    parts = sources.values()
    rejected: Counter[str] = Counter()
    for part in parts:
        rejected.update(part.rejected)
    writes = [part.last_write for part in parts if part.last_write is not None]
    return Counters(
        **{name: sum(getattr(part, name) for part in parts) for name in _SUMS},
        rejected=dict(rejected),
        last_write=max(writes, default=None),
        sources=sources,
    )
