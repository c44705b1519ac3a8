"""Samples of one tag in numpy arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span, to_datetime64
from twin.sample import Quality


@dataclass(frozen=True, eq=False, slots=True)
class Correction:
    """What corrected samples of one tag were before.

    Attributes:
        time, value, quality, stored_at: the samples as they were known from `stored_at`
        replaced_at: until then.
    """

    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int8]
    stored_at: NDArray[np.datetime64]
    replaced_at: np.datetime64


class Column:
    """Samples of one tag in order of time, in arrays that grow at their end."""

    def __init__(self) -> None:
        self.corrections: list[Correction] = []
        self._count = 0
        self._time = np.empty(0, "M8[us]")
        self._value = np.empty(0, np.float64)
        self._quality = np.empty(0, np.int8)
        self._stored = np.empty(0, "M8[us]")

    @property
    def time(self) -> NDArray[np.datetime64]:
        """Ascending, each once."""
        return self._time[: self._count]

    @property
    def value(self) -> NDArray[np.float64]:
        """NaN where it is missing."""
        return self._value[: self._count]

    @property
    def quality(self) -> NDArray[np.int8]:
        """Values of `Quality`."""
        return self._quality[: self._count]

    @property
    def stored_at(self) -> NDArray[np.datetime64]:
        """When each sample was stored or corrected."""
        return self._stored[: self._count]

    def add(
        self, time: NDArray[np.datetime64], value: NDArray[np.float64], quality: NDArray[np.int16], now: np.datetime64
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Merge samples in order of time, each time once; gives which ones were new, and which ones corrected."""
        if self._count and time[0] <= self._time[self._count - 1]:
            return self._merge(time, value, quality, now)
        end = self._count + len(time)
        if end > len(self._time):
            self._grow(2 * end)
        for mine, new in ((self._time, time), (self._value, value), (self._quality, quality), (self._stored, now)):
            mine[self._count : end] = new
        self._count = end
        return np.ones(len(time), dtype=bool), np.zeros(len(time), dtype=bool)

    def good(self, start: np.datetime64, end: np.datetime64) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        """Good samples in [start, end), after the last good one before start if there is any."""
        good = self.quality == Quality.GOOD
        time, value = self.time[good], self.value[good]
        first, last = np.searchsorted(time, [start, end])
        return time[max(first - 1, 0) : last], value[max(first - 1, 0) : last]

    def during(self, span: Span) -> slice:
        """The samples in [start, end)."""
        first, last = np.searchsorted(self.time, [to_datetime64(span.start), to_datetime64(span.end)])
        return slice(int(first), int(last))

    def _merge(
        self, time: NDArray[np.datetime64], value: NDArray[np.float64], quality: NDArray[np.int16], now: np.datetime64
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        place = np.searchsorted(self.time, time)
        at = np.minimum(place, self._count - 1)
        new = self.time[at] != time
        same_value = (self.value[at] == value) | (np.isnan(self.value[at]) & np.isnan(value))
        corrected = ~new & ~(same_value & (self.quality[at] == quality))
        if corrected.any():
            self._correct(at[corrected], value[corrected], quality[corrected], now)
        if new.any():
            self._insert(place[new], time[new], value[new], quality[new], now)
        return new, corrected

    def _correct(
        self, at: NDArray[np.intp], value: NDArray[np.float64], quality: NDArray[np.int16], now: np.datetime64
    ) -> None:
        self.corrections.append(Correction(self._time[at], self._value[at], self._quality[at], self._stored[at], now))
        self._value[at], self._quality[at], self._stored[at] = value, quality, now

    def _insert(
        self,
        place: NDArray[np.intp],
        time: NDArray[np.datetime64],
        value: NDArray[np.float64],
        quality: NDArray[np.int16],
        now: np.datetime64,
    ) -> None:
        self._time = np.insert(self.time, place, time)
        self._value = np.insert(self.value, place, value)
        self._quality = np.insert(self.quality, place, quality.astype(np.int8))
        self._stored = np.insert(self.stored_at, place, now)
        self._count = len(self._time)

    def _grow(self, size: int) -> None:
        self._time, self._value, self._quality, self._stored = (
            np.concatenate([column, np.empty(size - len(column), column.dtype)])
            for column in (self._time, self._value, self._quality, self._stored)
        )
