"""An event while it is being followed, and the past it is dated by."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.anomaly.decision import Alarm
from models.anomaly.moves import PastMove
from models.anomaly.onset import along, onset_rows
from models.anomaly.reading import Finding

LEADING = 8
"""Contributors an event names at most."""

_AROUND = 12  # rows that a level is the median of, before an event; half as many after


@dataclass(frozen=True, eq=False, slots=True)
class Dating:
    """What the innovations say about an event's beginning.

    Attributes:
        start: time of the first row of the event.
        first_seen: (tag,) when each tag left its prediction, not before `start`.
        change: (tag,) how far each tag has moved from its level before `start`, engineering units.
    """

    start: np.datetime64
    first_seen: NDArray[np.datetime64]
    change: NDArray[np.float64]


class Past:
    """The last rows' innovations and values."""

    def __init__(self, rows: int, precision: NDArray[np.float64]) -> None:
        """`precision` (tag, tag) of innovations, in sigma of normal operation."""
        self._rows: deque[tuple[np.datetime64, NDArray[np.float64], NDArray[np.float64]]] = deque(maxlen=rows)
        self._precision = precision

    def add(self, time: np.datetime64, innovations: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Append a row."""
        self._rows.append((time, innovations, values))

    def reaches(self, moment: np.datetime64) -> bool:
        """Whether the row at that moment is still among them."""
        return bool(self._rows[0][0] <= moment)

    def innovations(self) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        """(time,) and (time, tag) of the rows, in sigma of normal operation; NaN without news."""
        return self._time(), np.stack([row[1] for row in self._rows])

    def last_known(self) -> NDArray[np.float64]:
        """(tag,) the newest value of each tag; NaN for one that said nothing."""
        known = np.full(len(self._precision), np.nan)
        for _, _, values in reversed(self._rows):
            known = np.where(np.isnan(known), values, known)
            if not np.isnan(known).any():
                break
        return known

    def date(self, finding: Finding, detected: np.datetime64) -> Dating:
        """Where the event that was noticed at `detected` began."""
        until = int(np.searchsorted(self._time(), detected, side="right"))
        innovations = np.stack([row[1] for row in self._rows])[:until]
        start = onset_rows(along(innovations, finding.pattern, self._precision)[:, None])[0]
        return self.date_from(finding, self._rows[start][0])

    def date_from(self, finding: Finding, begin: np.datetime64) -> Dating:
        """The same for an event whose beginning is known."""
        time = self._time()
        start = min(int(np.searchsorted(time, begin)), len(time) - 1)
        left = np.stack([row[1] for row in self._rows]) * np.sign(finding.sigma)
        values = np.stack([row[2] for row in self._rows])
        first_seen = np.full(left.shape[1], begin)
        leading = np.argsort(-finding.shares)[:LEADING]
        first_seen[leading] = time[np.maximum(onset_rows(left[:, leading]), start)]
        before, after = values[max(0, start - _AROUND) : start], values[start:][-_AROUND // 2 :]
        return Dating(begin, first_seen, _middle(after) - _middle(before))

    def _time(self) -> NDArray[np.datetime64]:
        return np.array([row[0] for row in self._rows])


@dataclass(slots=True)
class Event:
    """An event that is open, or has just closed.

    Attributes:
        id: stable from the moment it is detected.
        detected: time of the row that opened it.
        alarm: its off-delay.
        finding: who is behind it, at its peak.
        dating: when it began.
        peak: largest score.
        sensor: column of the faulty transmitter; None for a process event.
        frozen: minutes that the transmitter repeated itself; 0 when it did not.
        move: the logged move that explains it.
        unlogged: the move that explains it although nobody logged it, with its likely size.
        settled: whether the plant runs by its laws again, where the training log did not cover it.
        last_high: time of the last row at or above the deadband.
        loud: whether single rows stood out, not only means over time.
        strong: rows with twice the threshold or more.
        beyond: names of alarm limits that a contributor passed.
        end: when it ended; None while it is open.
    """

    id: str
    detected: np.datetime64
    alarm: Alarm
    finding: Finding
    dating: Dating
    peak: float
    last_high: np.datetime64
    sensor: int | None = None
    frozen: float = 0.0
    move: PastMove | None = None
    unlogged: PastMove | None = None
    settled: bool = False
    loud: bool = False
    strong: int = 0
    beyond: set[str] = field(default_factory=set)
    end: np.datetime64 | None = None


def _middle(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(tag,) median over rows; NaN for a tag without values."""
    middle = np.full(values.shape[1], np.nan)
    heard = np.isfinite(values).any(axis=0)
    if heard.any():
        middle[heard] = np.nanmedian(values[:, heard], axis=0)
    return middle
