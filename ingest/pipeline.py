"""From a source to the historian: validate, gather, write, acknowledge; nothing is dropped unsaid."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import structlog

from ingest.validation import Checked, Rejection, Validator
from twin.clock import Clock, SystemClock
from twin.delivery import Delivery
from twin.errors import StoreUnavailable
from twin.plant import Plant
from twin.protocols import Historian, Source, WriteResult
from twin.sample import SampleBatch, SnapshotBatch

log = structlog.get_logger()

_POLL_S = 0.2
_QUEUED_BATCHES = 4
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """How samples are gathered and what is let through.

    Attributes:
        batch_size: samples that are enough for a write.
        batch_age: longest a sample waits for others, seconds.
        future_tolerance: how far a source's clock may be ahead of ours.
    """

    batch_size: int = 20_000
    batch_age: float = 1.0
    future_tolerance: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What became of a batch; the three numbers add up to its length.

    Attributes:
        accepted: samples stored.
        duplicates: samples whose (tag, time) was there already; the first value stays.
        rejections: samples not stored, with the reason, in their order.
    """

    accepted: int
    duplicates: int
    rejections: tuple[Rejection, ...]

    @property
    def rejected(self) -> Mapping[str, int]:
        """How many samples were not stored, by reason."""
        return Counter(rejection.reason.value for rejection in self.rejections)


@dataclass(frozen=True, slots=True)
class Counters:
    """What went through the pipeline since it was built.

    Attributes:
        accepted: samples stored.
        duplicates: samples whose (tag, time) was there already.
        late: samples older than one of the same tag that came before; they are stored where they belong.
        not_finite: samples stored as bad for want of a finite value.
        outside_range: samples stored as uncertain because they lie outside the tag's range.
        rejected: samples not stored, by reason.
        retries: writes that were tried again because the store was away.
        waiting: samples read from sources and not yet stored.
        last_write: when the last write succeeded.
    """

    accepted: int = 0
    duplicates: int = 0
    late: int = 0
    not_finite: int = 0
    outside_range: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    waiting: int = 0
    last_write: datetime | None = None


class Pipeline:
    """Takes samples from sources and callers to the historian; safe to use from several threads.

    At least once: a source's batch is acknowledged after its commit, and the historian's key (tag, time) makes
    a second delivery harmless. While the store is away the pipeline waits and reads no more than a few batches
    ahead, so the source has to keep the rest.
    """

    def __init__(
        self,
        plant: Plant,
        historian: Historian,
        config: PipelineConfig = PipelineConfig(),
        clock: Clock | None = None,
    ) -> None:
        self.config = config
        self._clock = clock or SystemClock()
        self._historian = historian
        self._validator = Validator(plant, self._clock, config.future_tolerance)
        self._lock = threading.Lock()
        self._count: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._newest: dict[str, np.datetime64] = {}
        self._last_write: datetime | None = None

    @property
    def counters(self) -> Counters:
        """A snapshot of the counts."""
        with self._lock:
            return Counters(**self._count, rejected=dict(self._rejected), last_write=self._last_write)

    def accept(self, batch: SampleBatch | SnapshotBatch) -> PipelineResult:
        """Store what is sound, in one transaction; raises StoreUnavailable, and then nothing is stored."""
        checked = self._validator.check(_narrow(batch))
        written = self._write(checked.batch)
        self._count_checked(checked)
        return PipelineResult(written.written, written.duplicates, checked.rejections)

    async def run(self, source: Source, stop: threading.Event) -> None:
        """Move a source's samples until it ends or `stop` is set; what was read by then is still stored.

        When the store is away at the stop, what it did not take stays unacknowledged with the source.
        """
        queue: asyncio.Queue[Delivery] = asyncio.Queue(_QUEUED_BATCHES)
        async with source:
            reader = asyncio.create_task(self._read(source, queue))
            try:
                await self._drain(source, queue, reader, stop)
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)

    async def _read(self, source: Source, queue: asyncio.Queue[Delivery]) -> None:
        async for delivery in source:
            self._add(waiting=len(delivery.samples))
            await queue.put(delivery)

    async def _drain(
        self, source: Source, queue: asyncio.Queue[Delivery], reader: asyncio.Task[None], stop: threading.Event
    ) -> None:
        while not (stop.is_set() or (reader.done() and queue.empty())):
            deliveries = await self._gather(queue, reader, stop)
            if deliveries and not await self._store(source, deliveries, stop):
                return
        while not queue.empty():
            if not await self._store(source, [queue.get_nowait()], stop):
                return
        if reader.done():
            reader.result()

    async def _gather(
        self, queue: asyncio.Queue[Delivery], reader: asyncio.Task[None], stop: threading.Event
    ) -> list[Delivery]:
        """Deliveries for one write: enough samples, or the first of them is old enough, or no more will come."""
        deliveries: list[Delivery] = []
        oldest = time.monotonic()
        while not (stop.is_set() or (reader.done() and queue.empty())):
            try:
                delivery = await asyncio.wait_for(queue.get(), _POLL_S)
            except TimeoutError:
                pass
            else:
                oldest = oldest if deliveries else time.monotonic()
                deliveries.append(delivery)
            enough = _samples(deliveries) >= self.config.batch_size
            if deliveries and (enough or time.monotonic() - oldest >= self.config.batch_age):
                break
        return deliveries

    async def _store(self, source: Source, deliveries: list[Delivery], stop: threading.Event) -> bool:
        """Validate, write and acknowledge; False when the store is away and `stop` is set."""
        checked = self._validator.check(SampleBatch.concat([_narrow(delivery.samples) for delivery in deliveries]))
        if not await self._write_when_possible(checked.batch, source.name, stop):
            return False
        self._count_checked(checked)
        self._add(waiting=-_samples(deliveries))
        for reason, number in checked.rejected.items():
            log.warning("samples rejected", source=source.name, reason=reason, samples=number)
        for delivery in deliveries:
            await source.acknowledge(delivery)
        return True

    async def _write_when_possible(self, batch: SampleBatch, source: str, stop: threading.Event) -> bool:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                await asyncio.to_thread(self._write, batch)
            except StoreUnavailable as error:
                log.warning("historian away", source=source, samples=len(batch), pause_s=pause, reason=error.detail)
                self._add(retries=1)
            else:
                return True
            if await asyncio.to_thread(stop.wait, pause):
                return False
            pause = min(2 * pause, _LONGEST_PAUSE_S)

    def _write(self, batch: SampleBatch) -> WriteResult:
        result = self._historian.write(batch) if len(batch) else WriteResult(0, 0)
        duplicates = len(batch) - result.written
        with self._lock:
            self._count.update(accepted=result.written, duplicates=duplicates, late=self._late(batch))
            self._last_write = self._clock.now()
        return WriteResult(result.written, duplicates)

    def _late(self, batch: SampleBatch) -> int:
        """How many samples are older than one of their tag in an earlier batch; remembers the newest."""
        late = 0
        for index in np.unique(batch.tag).tolist():
            name, times = batch.tags[index], batch.time[batch.tag == index]
            newest = self._newest.get(name, times.min())
            late += int((times < newest).sum())
            self._newest[name] = max(newest, times.max())
        return late

    def _count_checked(self, checked: Checked) -> None:
        self._add(not_finite=checked.not_finite, outside_range=checked.outside_range)
        with self._lock:
            self._rejected.update(checked.rejected)

    def _add(self, **numbers: int) -> None:
        with self._lock:
            self._count.update(numbers)


def _samples(deliveries: Sequence[Delivery]) -> int:
    return sum(len(delivery.samples) for delivery in deliveries)


def _narrow(samples: SampleBatch | SnapshotBatch) -> SampleBatch:
    return samples.samples() if isinstance(samples, SnapshotBatch) else samples
