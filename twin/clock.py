"""Time as the plant tells it: its zone, its shifts, what "last night" means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from twin.errors import InvalidInput


def to_datetime64(moment: datetime) -> np.datetime64:
    """UTC microseconds from an aware datetime; raises InvalidInput for a naive one."""
    if moment.tzinfo is None:
        raise InvalidInput(f"{moment.isoformat()} has no time zone", field="time", value=moment.isoformat())
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def from_datetime64(moment: np.datetime64) -> datetime:
    """Aware UTC datetime from numpy."""
    naive: datetime = moment.astype("datetime64[us]").item()
    return naive.replace(tzinfo=UTC)


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: questions asked as of another instant, and tests."""

    moment: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Shift:
    """A named part of the plant's day; it may run past midnight."""

    name: str
    start: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> "Span":
        """The shift that starts on `day`, in UTC: differences are real time on the nights the clock changes."""
        start = datetime.combine(day, self.start, zone)
        end_day = day if self.end > self.start else day + timedelta(days=1)
        return Span(start.astimezone(UTC), datetime.combine(end_day, self.end, zone).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time [start, end), both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidInput(
                f"the window ends at {self.end.isoformat()}, not after its start {self.start.isoformat()}",
                field="window",
                value=[self.start.isoformat(), self.end.isoformat()],
            )

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end
