"""From a score to an alarm that opens once and closes once: on-delay, off-delay, deadband (ISA-18.2)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


@dataclass(frozen=True, slots=True)
class DecisionConfig:
    """When a score becomes an alarm.

    Attributes:
        on_delay: how long the score must stay at or above 1.
        off_delay: how long it must stay below `deadband` before the alarm ends; shorter dips do not count.
        deadband: the level for returning to normal.
    """

    on_delay: timedelta = timedelta(minutes=6)
    off_delay: timedelta = timedelta(minutes=45)
    deadband: float = 0.9


class Change(Enum):
    """What a row did to an alarm."""

    NONE = "none"
    OPENED = "opened"
    CLOSED = "closed"


class Alarm:
    """On-delay and off-delay of one score; rows without a score change nothing."""

    def __init__(self, config: DecisionConfig, step: timedelta, *, active: bool = False) -> None:
        self._on = max(1, round(config.on_delay / step))
        self._off = max(1, round(config.off_delay / step))
        self._deadband = config.deadband
        self._above = self._below = 0
        self.active = active

    def step(self, score: float) -> Change:
        """Take one row's score; NaN when it has none."""
        if score != score:
            return Change.NONE
        self._above = self._above + 1 if score >= 1.0 else 0
        self._below = self._below + 1 if score < self._deadband else 0
        if not self.active and self._above >= self._on:
            self.active = True
            return Change.OPENED
        if self.active and self._below >= self._off:
            self.active = False
            return Change.CLOSED
        return Change.NONE

    @property
    def quiet_rows(self) -> int:
        """Rows since the score was last at the deadband or above."""
        return self._below
