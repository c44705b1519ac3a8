"""Thinning: a sample that says nothing new is held back, and sent before the next jump.

For samples that come in the order of time, the staircase through what is sent never differs from the staircase
through what came by more than the deadband, whatever of the held-back samples is lost. That is why a held sample
need not be stored before its delivery is acknowledged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.sample import SampleBatch

_LOOK_AHEAD = 1024
_NEVER = np.datetime64("NaT", "us")


@dataclass(frozen=True, slots=True)
class Band:
    """Deadband of a tag in its unit, and the longest time without a sample."""

    width: float
    max_silence: np.timedelta64


class Deadband:
    """Thins the batches of one source, one after the other. Tags without a band pass."""

    def __init__(self, bands: Mapping[str, Band]) -> None:
        self._names = tuple(bands)
        self._place = {name: i for i, name in enumerate(bands)}
        self._width = np.array([band.width for band in bands.values()])
        self._silence = np.array([band.max_silence for band in bands.values()], dtype="timedelta64[us]")
        self.reset()

    def reset(self) -> None:
        """Forget what was sent: the next sample of every tag passes."""
        number = len(self._names)
        self._sent = _Last.none(number)
        self._held = _Last.none(number)

    @property
    def held(self) -> int:
        """Samples that are held back."""
        return int((~np.isnat(self._held.time)).sum())

    def concerns(self, tags: tuple[str, ...]) -> bool:
        """Whether one of these tags has a band."""
        return any(name in self._place for name in tags)

    def flush(self) -> SampleBatch:
        """What is held back, for the end of a stream."""
        held = self._held.batch(self._names, np.flatnonzero(~np.isnat(self._held.time)))
        self._held = _Last.none(len(self._names))
        return held

    def thin(self, batch: SampleBatch) -> SampleBatch:
        """What is to be stored of the batch, in front of it what was held back before."""
        place = np.array([self._place.get(name, -1) for name in batch.tags], dtype=np.intp)[batch.tag]
        concerned = np.flatnonzero(place >= 0)
        if not len(concerned):
            return batch
        order = concerned[np.lexsort((batch.time[concerned], place[concerned]))]
        passes, released = self._pass(batch.take(order), place[order])
        keep = place < 0
        keep[order] = passes
        kept = batch.take(keep)
        return SampleBatch.concat([released, kept]) if len(released) else kept

    def _pass(self, batch: SampleBatch, place: NDArray[np.intp]) -> tuple[NDArray[np.bool_], SampleBatch]:
        """Which samples (in order of tag and time) pass, and what was held before and is to be sent first."""
        newest = np.where(np.isnat(self._held.time), self._sent.time, self._held.time)
        passes = batch.time <= newest[place]
        untimely = self._send_held(np.unique(place[passes & (batch.time > self._sent.time[place])]))
        on_time = np.flatnonzero(~passes)
        sent, released = self._walk(batch.take(on_time), place[on_time])
        passes[on_time] = sent
        return passes, SampleBatch.concat([untimely, released]) if len(untimely) else released

    def _send_held(self, tags: NDArray[np.intp]) -> SampleBatch:
        """Of tags whose staircase changed behind the held sample: it is sent, and the band lies around it."""
        released = self._held.batch(self._names, tags)
        self._sent.put(tags, released, np.arange(len(tags)))
        self._held.clear(tags)
        return released

    def _walk(self, batch: SampleBatch, place: NDArray[np.intp]) -> tuple[NDArray[np.bool_], SampleBatch]:
        """All tags at once, from one sample that must be sent to the next."""
        sent = np.zeros(len(batch), bool)
        if not len(batch):
            return sent, self._held.batch(self._names, np.empty(0, np.intp))
        tags, start = np.unique(place, return_index=True)
        end = np.append(start[1:], len(batch))
        before, release = self._held, []
        self._held = before.copy()
        cursor = start.copy()
        while len(active := np.flatnonzero(cursor < end)):
            width = max(1, _LOOK_AHEAD // len(active))
            index = cursor[active, None] + np.arange(width)
            inside = index < end[active, None]
            index = np.minimum(index, end[active, None] - 1)
            jump, due = self._news(batch, index, tags[active])
            news = (jump | due) & inside
            found = news.any(axis=1)
            first = news.argmax(axis=1)
            at = index[np.arange(len(active)), first]
            hit, here = active[found], at[found]
            jumped = jump[np.arange(len(active)), first][found]
            first_of_batch = here == start[hit]
            previous = here[jumped & ~first_of_batch] - 1
            sent[here] = True
            sent[previous] = True
            release.append(tags[hit][jumped & first_of_batch])
            self._sent.put(tags[hit], batch, here)
            cursor[hit] = here + 1
            cursor[active[~found]] += width
        self._hold(batch, tags, end - 1, sent)
        released = np.concatenate([np.empty(0, np.intp), *release])
        return sent, before.batch(self._names, released[~np.isnat(before.time[released])])

    def _news(
        self, batch: SampleBatch, index: NDArray[np.intp], tags: NDArray[np.intp]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether samples (tag, ahead) leave the band or change quality, and whether their silence is over."""
        value, sent = batch.value[index], self._sent.value[tags, None]
        jump = np.abs(value - sent) > self._width[tags, None]
        jump |= np.isnan(value) != np.isnan(sent)
        jump |= batch.quality[index] != self._sent.quality[tags, None]
        time = self._sent.time[tags, None]
        return jump, np.isnat(time) | (batch.time[index] - time >= self._silence[tags, None])

    def _hold(
        self, batch: SampleBatch, tags: NDArray[np.intp], last: NDArray[np.intp], sent: NDArray[np.bool_]
    ) -> None:
        """The last sample of each tag is held back, unless it was sent."""
        self._held.clear(tags)
        held = ~sent[last]
        self._held.put(tags[held], batch, last[held])


@dataclass(frozen=True, eq=False, slots=True)
class _Last:
    """One sample per tag; without one its time is NaT."""

    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int8]

    @classmethod
    def none(cls, number: int) -> "_Last":
        return cls(np.full(number, _NEVER), np.full(number, np.nan), np.zeros(number, np.int8))

    def copy(self) -> "_Last":
        return _Last(self.time.copy(), self.value.copy(), self.quality.copy())

    def clear(self, tags: NDArray[np.intp]) -> None:
        self.time[tags] = _NEVER

    def put(self, tags: NDArray[np.intp], batch: SampleBatch, index: NDArray[np.intp]) -> None:
        self.time[tags] = batch.time[index]
        self.value[tags] = batch.value[index]
        self.quality[tags] = batch.quality[index]

    def batch(self, names: tuple[str, ...], tags: NDArray[np.intp]) -> SampleBatch:
        return SampleBatch(names, tags.astype(np.int32), self.time[tags], self.value[tags], self.quality[tags])
