"""From a source to the historian: validate, gather, write, acknowledge; nothing is dropped unsaid."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from ingest.addresses import Addresses
from ingest.counters import Tally, together
from ingest.dead_letters import DeadLetters
from ingest.deadband import Band, Deadband
from ingest.disk import Disk
from ingest.order import Order
from ingest.pipeline_config import PipelineConfig as PipelineConfig
from ingest.preparing import Preparation
from ingest.replaying import replay
from ingest.securing import Securing, Store
from ingest.skew import SkewWatch
from ingest.source_config import SourceConfig
from ingest.spool import Spool
from ingest.stream import Stream
from ingest.validation import Checked, Rejection, Validator
from twin.clock import Clock, SystemClock
from twin.errors import ConfigurationError
from twin.intake import Counters, DeadLetter, Refused, Replayed
from twin.plant import Plant
from twin.protocols import Historian, Source, WriteResult
from twin.sample import SampleBatch, SnapshotBatch

CALLER = "caller"
"""The name under which samples are counted that `accept` is given."""


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """What became of a batch; accepted, duplicates and rejected add up to its length.

    Attributes:
        accepted: samples stored.
        duplicates: samples that were there already with the same value and quality.
        corrected: how many of the accepted replaced another value or quality.
        checked: what validation said.
    """

    accepted: int
    duplicates: int
    corrected: int
    checked: Checked

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """Samples not stored, with the reason, in their order."""
        return self.checked.rejections

    @property
    def rejected(self) -> Mapping[str, int]:
        """How many samples were not stored, by reason."""
        return self.checked.rejected


class Pipeline:
    """Takes samples from sources and callers to the historian; safe to use from several threads.

    At least once: a delivery is acknowledged after its samples are committed, or on the disk of the spool, and
    the historian's key (tag, time) makes a second delivery harmless. A context manager when it has a state folder.
    """

    def __init__(
        self,
        plant: Plant,
        historian: Historian,
        config: PipelineConfig | None = None,
        clock: Clock | None = None,
        *,
        sources: Sequence[SourceConfig] = (),
        state: Path | None = None,
    ) -> None:
        """`state` is the folder for spool and dead letters; without one the pipeline waits while the store is away.

        Raises ConfigurationError when another process uses the folder, SpoolUnavailable when it cannot be written.
        """
        self.config = config = config or PipelineConfig()
        self._plant = plant
        self._clock = clock or SystemClock()
        self._sources = {source.name: source for source in sources}
        self._validator = Validator(plant, self._clock, config.future_tolerance)
        self._preparations = {name: self._preparation(source) for name, source in self._sources.items()}
        self._disk = None if state is None else Disk(state)
        self._store = Store(
            historian,
            None if self._disk is None else Spool(self._disk, config.spool_limit),
            None if self._disk is None else DeadLetters(self._disk, config.dead_letter_limit, self._clock),
            Order(plant),
            self._clock,
        )
        self._tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self._running: dict[str, tuple[Source, SkewWatch]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the state folder."""
        if self._disk is not None:
            self._disk.close()

    @property
    def counters(self) -> Counters:
        """A snapshot of the counts."""
        spool = self._store.spool
        names = dict.fromkeys([*self._sources, *list(self._tallies), *(spool.sources if spool else ())])
        now = self._clock.now()
        parts = {}
        for name in names:
            source, skew = self._running.get(name, (None, None))
            parts[name] = self._tallies[name].snapshot(
                now,
                spooled=spool.samples_of(name) if spool else 0,
                spooled_bytes=spool.size_of(name) if spool else 0,
                skew_s=skew.seconds if skew else None,
                skewed=skew.beyond if skew else False,
                connected=source.connected if source else None,
            )
        return together(parts)

    @property
    def dead_letters(self) -> DeadLetters:
        """What was refused; raises ConfigurationError when there is no folder for it."""
        if self._store.dead_letters is None:
            raise ConfigurationError("there is no state folder, so there are no dead letters", field="state")
        return self._store.dead_letters

    def accept(self, batch: SampleBatch | SnapshotBatch, source: str = CALLER) -> PipelineResult:
        """Store what is sound, in one transaction; raises StoreUnavailable, and then nothing is stored.

        What is not stored is told to the caller and becomes no dead letter.
        """
        checked = self._any.check(batch, None)
        written = self._commit(checked.batch)
        tally = self._tallies[source]
        tally.add(
            read=len(batch),
            accepted=written.written + written.corrected,
            duplicates=written.duplicates,
            corrected=written.corrected,
            not_finite=checked.not_finite,
            outside_range=checked.outside_range,
            late=self._store.order.late(checked.batch),
        )
        tally.reject(checked.rejected)
        if len(checked.batch):
            tally.saw(checked.batch.time.max())
        tally.wrote(self._clock.now())
        return PipelineResult(written.written + written.corrected, written.duplicates, written.corrected, checked)

    async def run(self, source: Source, stop: threading.Event) -> None:
        """Move a source's samples until it ends or `stop` is set; what was read by then is still made safe.

        When neither historian nor spool takes it at the stop, it stays unacknowledged with the source.
        """
        skew = SkewWatch(source.name, self.config.skew_limit)
        stream = Stream(
            source,
            self._preparation_of(source.name),
            self._securing(source.name),
            self.config,
            self._tallies[source.name],
            self._deadband(),
            skew,
            self._clock,
        )
        self._running[source.name] = source, skew
        try:
            await stream.run(stop)
        finally:
            del self._running[source.name]

    def replay(self, letters: Sequence[DeadLetter]) -> Replayed:
        """Try dead letters again, through the present plant file and ingest file; what is stored is no longer kept.

        No sample is too old for a replay. Raises StoreUnavailable, and then the letters that are left stay.
        """
        return replay(letters, self._preparation_for, self._store.historian, self.dead_letters)

    def store_spooled(self) -> None:
        """Store what is spooled of sources that left the ingest file; the others store their own.

        Raises StoreUnavailable, and then the rest stays spooled.
        """
        spool = self._store.spool
        for name in spool.sources if spool else ():
            securing = self._securing(name)
            while securing.spooled and name not in self._sources and name not in self._running:
                securing.drain(self.config.batch_size)

    def _commit(self, batch: SampleBatch | SnapshotBatch) -> WriteResult:
        if not len(batch):
            return WriteResult(0, 0)
        if isinstance(batch, SnapshotBatch):
            return self._store.historian.write_snapshots(batch)
        return self._store.historian.write(batch)

    @cached_property
    def _any(self) -> Preparation:
        return self._without_mapping(CALLER)

    def _without_mapping(self, name: str) -> Preparation:
        return Preparation(name, Addresses(self._plant, {}), self._validator, None)

    def _preparation_of(self, name: str) -> Preparation:
        return self._preparations.get(name) or self._without_mapping(name)

    def _preparation_for(self, refused: Refused) -> Preparation:
        return self._without_mapping(refused.source) if refused.translated else self._preparation_of(refused.source)

    def _securing(self, name: str) -> Securing:
        return Securing(name, self._store, self._tallies[name])

    def _preparation(self, source: SourceConfig) -> Preparation:
        return Preparation(source.name, Addresses(self._plant, source.tags), self._validator, source.max_age)

    def _deadband(self) -> Deadband | None:
        if not self.config.deadband:
            return None
        return Deadband(
            {
                name: Band(band.width(self._plant.tag(name)), _microseconds(band.max_silence))
                for name, band in self.config.deadband.items()
            }
        )


def _microseconds(duration: timedelta) -> np.timedelta64:
    return np.timedelta64(duration // timedelta(microseconds=1), "us")
