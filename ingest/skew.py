"""Whether a source's clock goes with ours."""

from collections import deque
from datetime import timedelta
from statistics import median

import numpy as np
import structlog

from ingest.buffer import Arrived
from twin.clock import to_datetime64

log = structlog.get_logger()

_WINDOW = 101
_ENOUGH = 5
_SECOND = np.timedelta64(1, "s")
_NEVER = np.datetime64("NaT", "us")


class SkewWatch:
    """Median of arrival minus sample time over a source's last deliveries, by the newest sample of each.

    A median, so that single late or early samples do not count. A source that catches up a backlog looks like one
    whose clock is behind, until it has caught up.
    """

    def __init__(self, source: str, limit: timedelta) -> None:
        self._source = source
        self._limit_s = limit.total_seconds()
        self._behind: deque[float] = deque(maxlen=_WINDOW)
        self._reported = False

    @property
    def seconds(self) -> float | None:
        """How far the source's times are behind our clock, negative when they are ahead; None until it is known."""
        seen = list(self._behind)
        return median(seen) if len(seen) >= _ENOUGH else None

    @property
    def beyond(self) -> bool:
        """Whether that is more than the limit."""
        seconds = self.seconds
        return seconds is not None and abs(seconds) > self._limit_s

    def saw(self, arrived: Arrived) -> None:
        """A delivery came."""
        time = arrived.delivery.samples.time
        newest = time.max() if len(time) else _NEVER
        if not np.isnat(newest):
            self._behind.append(float((to_datetime64(arrived.at) - newest) / _SECOND))
            self._report()

    def _report(self) -> None:
        beyond, seconds = self.beyond, self.seconds
        if beyond == self._reported or seconds is None:
            return
        self._reported = beyond
        if beyond:
            log.warning(
                "sample times do not go with this machine's clock",
                source=self._source,
                clock="behind, or a backlog" if seconds > 0 else "ahead",
                seconds=round(abs(seconds), 1),
                limit_s=self._limit_s,
            )
        else:
            log.info("sample times go with this machine's clock again", source=self._source)
