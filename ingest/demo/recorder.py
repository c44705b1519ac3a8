"""Runs the demo plant and publishes what its transmitters and its control system report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.demo.process import MEASURED, MOVABLE, OBSERVED, Process
from ingest.demo.schedule import ScheduledMove, Switch
from twin.sample import Quality, SampleBatch

START_GRID = 30
"""A process starts at a whole multiple of this many minutes: then its analysers keep the clock's 6 and 15 minutes."""

_LOG_LAG_S = 1
"""A move is logged one second after it is made, inside the interval in which it is in force."""

_TAGS = (*OBSERVED, *MOVABLE)


def _period(tag: str) -> int:
    position = MEASURED.index(tag) if tag in MEASURED else 0
    return 15 if position >= 36 else 6 if position >= 22 else 1


_PERIODS = np.array([_period(tag) for tag in OBSERVED])
_PHASES = (_PERIODS > 1).astype(int)
"""An analyser's result is there a minute after its period is over: at the very minute it may be a step late."""


@dataclass(slots=True)
class Link:
    """A transmitter's way to the historian, out of order in the minutes (first, last]; the plant does not notice.

    `rate` is how fast the published value drifts off, in engineering units per hour; None: it sticks at its
    value of minute `first`.
    """

    tag: str
    first: int
    last: int
    rate: float | None
    _held: float = field(default=float("nan"), init=False)

    def publish(self, minutes: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What arrives of the values of these minutes; to be called for all minutes in turn."""
        before = values[minutes <= self.first]
        if len(before):
            self._held = float(before[-1])
        faulty = (minutes > self.first) & (minutes <= self.last)
        wrong = self._held if self.rate is None else values + self.rate * (minutes - self.first) / 60.0
        return np.where(faulty, wrong, values)


class Recorder:
    """A process on the clock's time axis, in minutes since the epoch."""

    def __init__(self, process: Process, start: int, links: Sequence[Link] = ()) -> None:
        """`start` is the minute at which the process was at its own minute 0, a multiple of START_GRID."""
        if start % START_GRID:
            raise ValueError(f"minute {start} is not a multiple of {START_GRID}")
        self.process = process
        self.start = start
        self._links = tuple(links)

    @property
    def minute(self) -> int:
        """The minute up to which the process has run."""
        return self.start + self.process.minute

    def levels(self) -> SampleBatch:
        """A sample of every movable tag, now."""
        tag = np.arange(len(OBSERVED), len(_TAGS))
        values = np.array(list(self.process.levels.values()))
        return _batch(tag, np.full(len(tag), 60 * self.minute), values)

    @property
    def trip(self) -> str | None:
        """Why the plant shut itself down, if it did; it does not run on."""
        return self.process.trip

    def advance(
        self, until: int, moves: Iterable[ScheduledMove] = (), switches: Iterable[Switch] = ()
    ) -> SampleBatch:
        """Run to minute `until`, or to a trip, with the moves and switches that are due on the way."""
        due: list[ScheduledMove | Switch] = [*moves, *switches]
        due = sorted((a for a in due if self.minute <= a.minute < until), key=lambda action: action.minute)
        parts: list[SampleBatch] = []
        for action in due:
            parts.append(self._run_to(action.minute))
            if self.trip:
                break
            parts.append(self._switch(action) if isinstance(action, Switch) else self._move(action))
        parts.append(self._run_to(until))
        return SampleBatch.concat(parts)

    def _switch(self, switch: Switch) -> SampleBatch:
        if switch.fraction is None:
            self.process.calm(switch.disturbance)
        else:
            self.process.disturb(switch.disturbance, switch.fraction)
        return SampleBatch.concat([])

    def _move(self, move: ScheduledMove) -> SampleBatch:
        self.process.move(move.tag, move.level)
        tag = np.array([len(OBSERVED) + MOVABLE.index(move.tag)])
        return _batch(tag, np.array([60 * self.minute + _LOG_LAG_S]), np.array([move.level]))

    def _run_to(self, minute: int) -> SampleBatch:
        begin = self.minute
        rows = self.process.run(0 if self.trip else minute - begin)
        minutes = np.arange(begin + 1, begin + 1 + len(rows))
        for link in self._links:
            column = OBSERVED.index(link.tag)
            rows[:, column] = link.publish(minutes, rows[:, column])
        row, tag = np.nonzero(minutes[:, None] % _PERIODS == _PHASES)
        return _batch(tag, 60 * minutes[row], rows[row, tag])


def _batch(tag: NDArray[np.int64], seconds: NDArray[np.int64], values: NDArray[np.float64]) -> SampleBatch:
    return SampleBatch(
        _TAGS,
        tag.astype(np.int32),
        seconds.astype("datetime64[s]").astype("datetime64[us]"),
        values.astype(np.float64),
        np.full(len(values), Quality.GOOD, dtype=np.int8),
    )
