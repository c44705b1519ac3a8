"""Tags that fall silent, or send nothing but bad quality: which, since when, and what of it late samples fill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from twin.clock import Span, from_datetime64
from twin.plant import Plant
from twin.protocols import Historian
from twin.sample import Quality, Sample

_MICROSECOND = timedelta(microseconds=1)
_READ = 100_000
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Silent:
    """A tag from which nothing good has come for too long.

    Attributes:
        tag: its name.
        since: time of the last sample that was not bad; of the first bad one where there was none before.
        limit: how long it may be silent.
        bad: samples still come, all of bad quality.
    """

    tag: str
    since: datetime
    limit: timedelta
    bad: bool


class Hearing:
    """Tells which tags are silent, from the newest sample of each."""

    def __init__(self, plant: Plant, historian: Historian) -> None:
        self._historian = historian
        limits = {tag.name: plant.max_silence(tag) for tag in plant.tags}
        self.limits: dict[str, timedelta] = {name: limit for name, limit in limits.items() if limit is not None}
        """Tags that are watched, and how long each may be silent."""
        self._well: dict[str, datetime] = {}
        self._read: dict[str, datetime] = {}
        self.newest: dict[str, datetime] = {}
        """Time of the newest sample of each watched tag that ever sent one, at the last look."""

    def silent(self, now: datetime) -> dict[str, Silent]:
        """The silent tags. One that never sent a sample has not fallen silent."""
        latest = {tag: sample for tag, sample in self._historian.latest().items() if tag in self.limits}
        self.newest = {tag: sample.time for tag, sample in latest.items()}
        found = (self._look(sample, now) for sample in latest.values())
        return {silent.tag: silent for silent in found if silent is not None}

    def _look(self, newest: Sample, now: datetime) -> Silent | None:
        tag, limit = newest.tag, self.limits[newest.tag]
        if newest.quality is not Quality.BAD:
            self._well[tag] = newest.time
        elif now - self._well.get(tag, newest.time - 2 * limit) > limit:
            self._well[tag] = self._last_well(newest)
        self._read[tag] = newest.time
        since = self._well.get(tag, newest.time)
        return Silent(tag, since, limit, now - newest.time <= limit) if now - since > limit else None

    def _last_well(self, newest: Sample) -> datetime:
        """Time of the last sample that was not bad; of the oldest one when all are."""
        known = self._well.get(newest.tag) if newest.tag in self._read else None
        end, reach = newest.time + _MICROSECOND, 2 * self.limits[newest.tag]
        first = self._begin(newest.tag, known)
        oldest = newest.time
        while end > first:
            start = max(end - reach, first)
            batch = self._historian.samples(newest.tag, Span(start, end), _READ)
            well = batch.time[batch.quality != Quality.BAD]
            if len(well):
                return from_datetime64(well[-1])
            oldest = from_datetime64(batch.time[0]) if len(batch) else oldest
            end, reach = start, 4 * reach
        return known or oldest

    def _begin(self, tag: str, known: datetime | None) -> datetime:
        """Where the search for a good sample ends: before it everything was looked through."""
        if known is not None:
            return self._read[tag] + _MICROSECOND
        extent = self._historian.extent()
        return self._read.get(tag, _NEVER) if extent is None else extent.start


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a good sample of one tag; `end` is None while it lasts."""

    tag: str
    start: datetime
    end: datetime | None


def longest_gap(historian: Historian, tag: str, limit: timedelta, span: Span) -> Gap | None:
    """The longest stretch in [start, end] between two samples that are not bad, if it is longer than the limit.

    A stretch that has no sample behind it ends with the span and has no end of its own.
    """
    heard = [span.start, *_well_times(historian, tag, span), span.end]
    lengths = [b - a for a, b in pairwise(heard)]
    longest = int(np.argmax([length.total_seconds() for length in lengths]))
    if lengths[longest] <= limit:
        return None
    last = longest == len(lengths) - 1
    return Gap(tag, heard[longest], None if last else heard[longest + 1])


def _well_times(historian: Historian, tag: str, span: Span) -> Iterator[datetime]:
    start = span.start
    while start < span.end:
        batch = historian.samples(tag, Span(start, span.end), _READ)
        yield from (from_datetime64(time) for time in batch.time[batch.quality != Quality.BAD])
        if len(batch) < _READ:
            return
        start = from_datetime64(batch.time[-1]) + _MICROSECOND
