"""Keeps how the sources do, minute by minute, for those who look later."""

import threading
from collections.abc import Mapping
from datetime import timedelta

import structlog

from ingest.pipeline import Pipeline
from twin.clock import Clock
from twin.errors import StoreUnavailable
from twin.intake import Counters, IngestStatus, SourceCounters
from twin.protocols import IngestLog

MINUTE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class IngestRecorder:
    """Writes down what became of each source's samples since the row before.

    While the store is away nothing is lost and nothing grows: the next row covers the longer stretch.
    """

    def __init__(self, pipeline: Pipeline, kept: IngestLog, clock: Clock, every: timedelta = MINUTE) -> None:
        self._pipeline, self._kept, self._clock, self._every = pipeline, kept, clock, every
        self._before: Mapping[str, SourceCounters] = {}
        self._since = clock.now()

    def run(self, stop: threading.Event) -> None:
        """A row of each source a minute until `stop` is set, and then the last ones."""
        while not stop.wait(self._every.total_seconds()):
            self.note()
        self.note()

    def note(self) -> bool:
        """Write down the stretch since the last time that could be done; gives whether it could."""
        counters, now = self._pipeline.counters, self._clock.now()
        seconds = (now - self._since).total_seconds()
        if seconds <= 0:
            return False
        try:
            self._kept.add_ingest(self._rows(counters, seconds))
        except StoreUnavailable as error:
            log.warning("store away, how the sources do is written down later", detail=error.detail)
            return False
        self._before, self._since = counters.sources, now
        return True

    def _rows(self, counters: Counters, seconds: float) -> list[IngestStatus]:
        none = SourceCounters()
        now = self._since + timedelta(seconds=seconds)
        return [
            IngestStatus(
                time=now,
                source=name,
                seconds=seconds,
                connected=source.connected,
                lag_s=source.lag_s,
                read=source.read - before.read,
                accepted=source.accepted - before.accepted,
                rejected=sum(source.rejected.values()) - sum(before.rejected.values()),
                waiting=source.waiting,
                spooled=source.spooled,
                spooled_bytes=source.spooled_bytes,
            )
            for name, source in counters.sources.items()
            for before in [self._before.get(name, none)]
        ]
