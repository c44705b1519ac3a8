"""A historian and a source that remember everything, for tests of the way between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import psycopg

from twin.delivery import Delivery
from twin.errors import StoreUnavailable, UnknownTag
from twin.plant import Plant
from twin.protocols import WriteResult
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


def at(minutes: float, tag: str = "level", value: float = 50.0, quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, NOW + timedelta(minutes=minutes), value, quality)


def batch(*samples: Sample) -> SampleBatch:
    return SampleBatch.of(samples)


@dataclass
class LedgerHistorian:
    """Keeps samples in a dict, as a Historian does; it can be away, and it can refuse samples."""

    plant: Plant
    away: int | bool = False
    refuses: Callable[[Sample], bool] = lambda sample: False
    kept: dict[tuple[str, datetime], tuple[float, Quality]] = field(default_factory=dict)
    order: list[Sample] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    snapshots: int = 0

    def write(self, batch: SampleBatch) -> WriteResult:
        self.writes.append(len(batch))
        if self.away:
            if self.away is not True:
                self.away -= 1
            raise StoreUnavailable("the historian is not reachable")
        for name in batch.tags:
            if name not in self.plant:
                raise UnknownTag(f"no tag {name}", field="tag", value=name)
        samples = list(batch)
        if any(self.refuses(sample) for sample in samples):
            raise psycopg.DataError("numeric value out of range")
        written, corrected = 0, 0
        for sample in samples:
            known = self.kept.get((sample.tag, sample.time))
            written += known is None
            corrected += known is not None and known != (sample.value, sample.quality)
            self.kept[sample.tag, sample.time] = sample.value, sample.quality
        self.order += samples
        return WriteResult(written, len(batch) - written - corrected, corrected)

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        self.snapshots += len(batch.time)
        return self.write(batch.samples())

    def values(self, tag: str = "level") -> list[float]:
        return [value for (name, _), (value, _) in sorted(self.kept.items()) if name == tag]


class ListedSource:
    """Gives listed deliveries, remembers what was acknowledged, and then ends, waits or fails."""

    connected = True

    def __init__(
        self,
        given: Sequence[SampleBatch | SnapshotBatch | Delivery],
        end: str = "ends",
        name: str = "listed",
    ) -> None:
        self.name = name
        self.deliveries = [
            item if isinstance(item, Delivery) else Delivery(item, receipt=number)
            for number, item in enumerate(given)
        ]
        self.given = 0
        self.acknowledged: list[Delivery] = []
        self.closed = False
        self.on_given: Callable[[int], None] = lambda number: None
        self.on_acknowledged: Callable[[int], None] = lambda number: None
        self._end = end

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed = True

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        for delivery in self.deliveries:
            self.given += 1
            yield delivery
            self.on_given(self.given)
        if self._end == "waits":
            await asyncio.sleep(3600)
        if self._end == "fails":
            raise ConnectionError("the broker is gone")

    async def acknowledge(self, delivery: Delivery) -> None:
        self.acknowledged.append(delivery)
        self.on_acknowledged(len(self.acknowledged))
