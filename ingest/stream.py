"""One source's way to the historian: read, gathered, prepared, made safe, acknowledged."""

import asyncio
import threading
from collections.abc import Sequence

import structlog

from ingest.buffer import Arrived, Buffer
from ingest.counters import Tally
from ingest.deadband import Deadband
from ingest.pipeline_config import Overflow, PipelineConfig
from ingest.preparing import Preparation, Prepared
from ingest.securing import Securing
from ingest.skew import SkewWatch
from twin.clock import Clock
from twin.errors import SpoolUnavailable, StoreUnavailable
from twin.protocols import Source

log = structlog.get_logger()

_POLL_S = 0.1
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0


class Stream:
    """Moves one source's samples, once.

    Three steps go on at the same time: the next delivery is read, the batch before it is prepared, and the one
    before that is written. Deliveries are acknowledged in their order, after the historian has committed them or
    the spool has them on the disk.
    """

    def __init__(
        self,
        source: Source,
        preparation: Preparation,
        securing: Securing,
        config: PipelineConfig,
        tally: Tally,
        deadband: Deadband | None,
        skew: SkewWatch,
        clock: Clock,
    ) -> None:
        self._source = source
        self._name = preparation.source
        self._preparation = preparation
        self._securing = securing
        self._config = config
        self._tally = tally
        self._deadband = deadband
        self._skew = skew
        self._clock = clock
        self._stuck = False
        self._settled = False
        self._thin_afresh = False

    async def run(self, stop: threading.Event) -> None:
        """Until the source ends and its samples are stored, or `stop` is set; what was read by then is made safe.

        When nothing takes it at the stop, it stays unacknowledged with the source. Raises what the source raises,
        after what it gave is safe.
        """
        self._buffer = Buffer(self._config.queue_size)
        self._ready: asyncio.Queue[Prepared | None] = asyncio.Queue(1)
        self._tally.restart()
        async with self._source:
            reader = asyncio.create_task(self._read())
            tasks = [reader, asyncio.create_task(self._end_at(stop, reader)), asyncio.create_task(self._prepare())]
            drain = asyncio.create_task(self._drain(stop))
            try:
                await self._settle_all(stop)
                if not any(map(_has_failed, tasks)):
                    await drain
            finally:
                for task in (*tasks, drain):
                    task.cancel()
                outcomes = await asyncio.gather(*tasks, drain, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _read(self) -> None:
        try:
            async for delivery in self._source:
                self._tally.came(len(delivery.samples))
                await self._put(Arrived(delivery, self._clock.now()))
        except Exception as error:
            self._securing.failed(f"{type(error).__name__}: {error}")
            raise
        finally:
            self._buffer.end()

    async def _put(self, arrived: Arrived) -> None:
        while self._buffer.full:
            if self._stuck and self._config.overflow is Overflow.DROP_NEWEST:
                self._drop([arrived])
                self._tally.add(waiting=-len(arrived.delivery.samples))
                self._buffer.put_emptied(arrived)
                return
            await self._buffer.change()
        self._buffer.put(arrived)

    async def _end_at(self, stop: threading.Event, reader: asyncio.Task[None]) -> None:
        while not stop.is_set():  # noqa: ASYNC110 - a threading.Event can only be asked
            await asyncio.sleep(_POLL_S)
        reader.cancel()

    async def _prepare(self) -> None:
        try:
            while not self._buffer.ended:
                if await self._buffer.wait(_POLL_S):
                    await self._prepare_some()
            if self._deadband is not None:
                await self._ready.put(Prepared([], [self._deadband.flush()]))
        except Exception:
            await self._ready.put(None)
            raise
        await self._ready.put(None)

    async def _prepare_some(self) -> None:
        arrived = await self._buffer.gather(self._config.batch_size, self._config.batch_age.total_seconds())
        if not arrived:
            return
        self._skew.saw(arrived[-1])
        if self._deadband is not None and self._thin_afresh:
            self._thin_afresh = False
            self._deadband.reset()
        await self._ready.put(await asyncio.to_thread(self._preparation.prepare, arrived, self._deadband))

    async def _settle_all(self, stop: threading.Event) -> None:
        while (prepared := await self._ready.get()) is not None:
            if not await self._settle(prepared, stop):
                return
        self._settled = True

    async def _settle(self, prepared: Prepared, stop: threading.Event) -> bool:
        """Make it safe and acknowledge it; False when nothing takes it and `stop` is set."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                self._thin_afresh |= not await asyncio.to_thread(self._securing.secure, prepared)
                break
            except (StoreUnavailable, SpoolUnavailable) as error:
                self._securing.failed(error.detail)
                log.warning("samples wait", source=self._name, samples=prepared.samples, reason=error.detail)
            self._stuck = True
            self._buffer.nudge()
            if self._config.overflow is Overflow.DROP_OLDEST and self._buffer.full:
                self._give_up(prepared)
                break
            if await asyncio.to_thread(stop.wait, pause):
                return False
            pause = min(2 * pause, _LONGEST_PAUSE_S)
        self._stuck = False
        await self._acknowledge(prepared)
        return True

    async def _acknowledge(self, prepared: Prepared) -> None:
        self._tally.add(waiting=-prepared.samples, **prepared.counts)
        self._tally.reject(prepared.rejected)
        for reason, number in prepared.rejected.items():
            log.warning("samples rejected", source=self._name, reason=reason, samples=number)
        for one in prepared.arrived:
            await self._source.acknowledge(one.delivery)

    def _give_up(self, prepared: Prepared) -> None:
        """The overflow policy: what waits longest goes."""
        self._drop(prepared.arrived)
        prepared.batches.clear()
        prepared.refused.clear()
        prepared.counts.clear()
        prepared.rejected.clear()
        self._thin_afresh = True

    def _drop(self, arrived: Sequence[Arrived]) -> None:
        samples = sum(len(one.delivery.samples) + len(one.delivery.unreadable) for one in arrived)
        self._tally.add(dropped=samples)
        log.warning("samples dropped", source=self._name, policy=self._config.overflow.value, samples=samples)

    async def _drain(self, stop: threading.Event) -> None:
        """Store what is spooled, until the source has ended and none is left."""
        pause = _FIRST_PAUSE_S
        while not stop.is_set():
            if not self._securing.spooled:
                if self._settled:
                    return
                await asyncio.sleep(_POLL_S)
                continue
            try:
                await asyncio.to_thread(self._securing.drain, self._config.batch_size)
                pause = _FIRST_PAUSE_S
            except (StoreUnavailable, SpoolUnavailable) as error:
                self._securing.failed(error.detail)
                await asyncio.to_thread(stop.wait, pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)


def _has_failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
