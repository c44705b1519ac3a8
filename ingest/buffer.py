"""Deliveries of one source between its reader and the writer."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from twin.delivery import Delivery
from twin.sample import SampleBatch

_MOST_DELIVERIES = 200_000


@dataclass(frozen=True, eq=False, slots=True)
class Arrived:
    """A delivery and when it came."""

    delivery: Delivery
    at: datetime


class Buffer:
    """A queue that is full at a number of samples, within one event loop; a delivery that passes it still fits."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._queue: deque[Arrived] = deque()
        self._samples = 0
        self._ended = False
        self._wanted = 0
        self._enough = asyncio.Event()
        self._left = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether it takes no more for now."""
        return self._samples >= self._limit or len(self._queue) >= _MOST_DELIVERIES

    @property
    def ended(self) -> bool:
        """Whether nothing is in it and nothing will come."""
        return self._ended and not self._queue

    @property
    def samples(self) -> int:
        """Samples in it."""
        return self._samples

    async def change(self) -> None:
        """Wait until something has left it, or somebody calls `nudge`."""
        self._left.clear()
        await self._left.wait()

    def nudge(self) -> None:
        """Let whoever waits for a change look again."""
        self._left.set()

    def put(self, arrived: Arrived) -> None:
        """At the end."""
        self._queue.append(arrived)
        self._samples += len(arrived.delivery.samples)
        if self._samples >= self._wanted or self.full or not len(arrived.delivery.samples):
            self._enough.set()

    def put_emptied(self, arrived: Arrived) -> None:
        """At the end, without its samples: only its acknowledgement keeps its place."""
        self.put(replace(arrived, delivery=replace(arrived.delivery, samples=SampleBatch.of([]), unreadable=())))

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._enough.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait until something is in it or it has ended; False when neither is so after that time."""
        if not (self._queue or self._ended):
            await self._until(1, timeout_s)
        return bool(self._queue) or self._ended

    async def gather(self, size: int, age_s: float) -> list[Arrived]:
        """What came: once it is that many samples, or that time is over, or nothing more will come."""
        if self._samples < min(size, self._limit) and not self._ended:
            await self._until(min(size, self._limit), age_s)
        return self._take(size)

    async def _until(self, samples: int, timeout_s: float) -> None:
        self._wanted = samples
        self._enough.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._enough.wait()

    def _take(self, size: int) -> list[Arrived]:
        taken: list[Arrived] = []
        samples = 0
        while self._queue and (not taken or samples < size):
            taken.append(self._queue.popleft())
            samples += len(taken[-1].delivery.samples)
        self._samples -= samples
        self._left.set()
        return taken
