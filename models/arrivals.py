"""What changed rows that were scored already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from models.passage import ceil
from twin.clock import Span, from_datetime64
from twin.plant import Plant
from twin.protocols import EventLog, Historian
from twin.sample import Quality

_MICROSECOND = timedelta(microseconds=1)
_READ = 1000  # samples read at a time while a good one is looked for


@dataclass(frozen=True, slots=True)
class Change:
    """Samples that came, or were corrected, after their rows were scored.

    Attributes:
        first, last: rows that read differently now.
        came: when they came.
    """

    first: datetime
    last: datetime
    came: datetime


class Arrivals:
    """Finds the tags that speak of rows which were scored without them.

    A tag that is late and yet in order changes nothing in its own past, so the historian's backfills do not have it.
    """

    def __init__(self, historian: Historian, tags: Sequence[str], heard: dict[str, datetime]) -> None:
        """`heard` says up to when the scored rows knew each tag; a tag that is not in it begins with its newest."""
        newest = {tag: sample.time for tag, sample in historian.latest().items()}
        self._historian, self._tags, self._heard = historian, tags, {**newest, **heard}

    def late(self, scored: datetime) -> list[tuple[Span, str]]:
        """Span and tag of samples that are new since the last call and not newer than the last scored row."""
        newest = {tag: sample.time for tag, sample in self._historian.latest().items()}
        found = []
        for tag in self._tags:
            before, now = self._heard.get(tag), newest.get(tag)
            if now is None or now == before or (before is not None and before >= scored):
                continue
            start = before + _MICROSECOND if before is not None else None
            span = self._within(tag, start, min(now, scored) + _MICROSECOND)
            found += [] if span is None else [(span, tag)]
        self._heard = newest
        return found

    def _within(self, tag: str, start: datetime | None, end: datetime) -> Span | None:
        if start is None:
            extent = self._historian.extent()
            start = None if extent is None else extent.start
        if start is None or start >= end:
            return None
        first = first_good(self._historian, tag, Span(start, end))
        return None if first is None else Span(first, end)


def changed_rows(
    historian: Historian, plant: Plant, tags: Sequence[str], span: Span, step: timedelta, until: datetime
) -> tuple[datetime, datetime] | None:
    """First and last row up to `until` that samples in `span` are read in; None when there is none.

    A tag on change holds: its samples are read up to its next good one.
    """
    first, last = ceil(span.start, step), ceil(span.end - _MICROSECOND, step)
    for tag in tags:
        if plant.tag(tag).cadence is None and span.end < until:
            following = first_good(historian, tag, Span(span.end, until))
            last = max(last, ceil(following or until, step))
    return None if first > until else (first, min(last, until))


def first_good(historian: Historian, tag: str, span: Span) -> datetime | None:
    """Time of the first good sample in [start, end)."""
    start = span.start
    while start < span.end:
        batch = historian.samples(tag, Span(start, span.end), limit=_READ)
        good = batch.time[batch.quality == Quality.GOOD]
        if len(good) or len(batch) < _READ:
            return from_datetime64(good[0]) if len(good) else None
        start = from_datetime64(batch.time[-1]) + _MICROSECOND
    return None


def heard_in(events: EventLog, tags: Sequence[str], rows: Span) -> dict[str, datetime]:
    """The last row in [start, end) for which each tag had a value when it was scored; the start when it had none."""
    heard = {}
    for tag in tags:
        residual = events.predictions(tag, rows)
        measured = residual.time[np.isfinite(residual.sigma[:, 0])]
        heard[tag] = from_datetime64(measured[-1]) if len(measured) else rows.start
    return heard


def joined(changes: Sequence[Change], reach: timedelta) -> list[Change]:
    """The changes in order of time, those together that are less than `reach` apart."""
    stretches: list[Change] = []
    for change in sorted(changes, key=lambda change: change.first):
        before = stretches[-1] if stretches else None
        if before is not None and change.first <= before.last + reach:
            stretches[-1] = Change(before.first, max(before.last, change.last), max(before.came, change.came))
        else:
            stretches.append(change)
    return stretches
