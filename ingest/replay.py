"""Replay as a source: history as if it were live, at any speed."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.formats.dialect import Dialect
from ingest.recording import Extent, FileRecording, HistorianRecording, Recording
from ingest.source_config import SourceConfig, SourceContext
from twin.clock import Clock, Span, to_datetime64
from twin.delivery import Delivery
from twin.duration import Duration
from twin.errors import ConfigurationError, StoreUnavailable
from twin.sample import SampleBatch

log = structlog.get_logger()

_MOST_SAMPLES = 20_000
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.05, 60.0
_STORE_PAUSE_S = 5.0
_CENTURY = timedelta(days=36_525)
_US = timedelta(microseconds=1)


class ReplaySpan(BaseModel):
    """A stretch of the historian's own history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    only: tuple[str, ...] = Field(default=(), description="These tags; without it all of the plant's")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"the end {self.end.isoformat()} is not after the start {self.start.isoformat()}")
        return self


class ReplayConfig(SourceConfig):
    """A file or a span of the historian's, played as if it happened now."""

    kind: Literal["replay"] = "replay"
    file: Path | None = Field(default=None, description="CSV or Parquet, long or wide")
    span: ReplaySpan | None = None
    speed: float = Field(default=1.0, gt=0, description="Plant time over clock time; inf: as fast as it goes")
    times: Literal["now", "kept"] = Field(default="now", description="now: moved to the present")
    loop: bool = Field(default=False, description="Again from the start when it is over")
    pause: Duration = Field(default=timedelta(minutes=1), description="From the last sample to the first of a loop")
    dialect: Dialect = Field(default=Dialect(), description="How a delimited file is written")
    max_age: Duration = Field(default=_CENTURY, description="Samples older than this become dead letters")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.file is None) == (self.span is None):
            raise ValueError("either file or span")
        if self.loop and (self.times == "kept" or self.speed > 1):
            raise ValueError("loop needs times: now and a speed of at most 1, or its samples would meet themselves")
        return self

    def build(self, context: SourceContext) -> "ReplaySource":
        """The source; raises ConfigurationError or UnknownTag when the span cannot be read."""
        return ReplaySource(self, self._recording(context), context.clock, context.state / f"{self.name}.json")

    def _recording(self, context: SourceContext) -> Recording:
        if self.file is not None:
            return FileRecording(self.file, self.dialect)
        if self.span is None or context.historian is None:
            raise ConfigurationError(f"source {self.name}: there is no historian to replay a span of", field="span")
        if self.span.end > context.clock.now():
            raise ConfigurationError(f"source {self.name}: the span ends in the future", field="span.end")
        tags = [context.plant.tag(name).name for name in self.span.only] or [tag.name for tag in context.plant.tags]
        return HistorianRecording(context.historian, tags, Span(self.span.start, self.span.end))


@dataclass(frozen=True, slots=True)
class Timeline:
    """When a sample of the history plays, and which time it then carries.

    Distances between samples are never changed, and no sample carries a time after the instant at which it plays: up
    to real time the first sample falls on the beginning of the replay, faster than that the last one on its end.
    All times are microseconds since the epoch.

    Attributes:
        first, last: times of the history's first and last sample.
        lap: distance of two rounds.
        begun: when the replay began.
        speed: plant time over clock time.
        kept: whether samples keep their own times.
    """

    first: int
    last: int
    lap: int
    begun: int
    speed: float
    kept: bool

    def due(self, time: int, laps: int) -> float:
        """When a sample plays."""
        return self.begun + (laps * self.lap + time - self.first) / self.speed

    def reached(self, now: int, laps: int) -> int:
        """Time of the last sample that is due."""
        if math.isinf(self.speed):
            return self.last
        return math.floor(self.first + (now - self.begun) * self.speed) - laps * self.lap

    def shift(self, laps: int) -> int:
        """What is added to a sample's time."""
        if self.kept:
            return 0
        ahead = (self.last - self.first) * (1 / self.speed - 1) if self.speed > 1 else 0.0
        return self.begun + laps * self.lap - self.first + math.floor(ahead)


class Position(BaseModel):
    """How far a replay has come: kept over a restart.

    Attributes:
        replay: what is replayed and how; another one starts from its beginning.
        begun: when it began, microseconds since the epoch.
        laps: rounds that are over.
        time: time of the last sample of this round that is safe, microseconds since the epoch; None before the first.
    """

    model_config = ConfigDict(frozen=True)

    replay: str
    begun: int
    laps: int = 0
    time: int | None = None

    def write(self, path: Path) -> None:
        """Keep it, all or nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.tmp")
        unfinished.write_text(self.model_dump_json(), encoding="utf-8")
        unfinished.replace(path)


class ReplaySource:
    """Plays a recording; the same recording from the same beginning gives the same samples.

    After a restart it goes on where it was: first what was missed, then live. A replay that came to its end is over.
    """

    def __init__(
        self,
        config: ReplayConfig,
        recording: Recording,
        clock: Clock,
        state_file: Path,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._recording = recording
        self._clock = clock
        self._state_file = state_file
        self._sleep = sleep
        self._playing = False

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return self._config.name

    @property
    def connected(self) -> bool:
        """Until it is over."""
        return self._playing

    async def __aenter__(self) -> Self:
        self._playing = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._playing = False

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        extent = await asyncio.to_thread(self._recording.extent)
        position = await asyncio.to_thread(self._resume)
        timeline = self._timeline(extent, position.begun)
        while True:
            async for delivery in self._round(timeline, position):
                yield delivery
            if not self._config.loop:
                break
            position = position.model_copy(update={"laps": position.laps + 1, "time": None})
        self._playing = False
        log.info("replay is over", source=self.name)

    async def acknowledge(self, delivery: Delivery) -> None:
        """Keep how far it came."""
        if isinstance(delivery.receipt, Position):
            await asyncio.to_thread(delivery.receipt.write, self._state_file)

    async def _round(self, timeline: Timeline, position: Position) -> AsyncIterator[Delivery]:
        after = None if position.time is None else np.datetime64(position.time, "us")
        batches = self._recording.read(after)
        while True:
            try:
                batch = await asyncio.to_thread(next, batches, None)
            except StoreUnavailable as error:
                log.warning("historian away", source=self.name, reason=error.detail, pause_s=_STORE_PAUSE_S)
                await self._sleep(_STORE_PAUSE_S)
                batches = self._recording.read(after)
                continue
            if batch is None:
                return
            after = batch.time[-1]
            async for delivery in self._play(batch, timeline, position):
                yield delivery

    async def _play(self, batch: SampleBatch, timeline: Timeline, position: Position) -> AsyncIterator[Delivery]:
        while len(batch):
            count = await self._wait(batch, timeline, position.laps)
            reached = position.model_copy(update={"time": _microseconds(batch.time[count - 1])})
            yield Delivery(_moved(batch.take(slice(count)), timeline.shift(position.laps)), receipt=reached)
            batch = batch.take(slice(count, None))

    async def _wait(self, batch: SampleBatch, timeline: Timeline, laps: int) -> int:
        """How many samples are due, as soon as there is one; all of an instant together."""
        while True:
            now = _microseconds(to_datetime64(self._clock.now()))
            count = _until(batch, np.datetime64(timeline.reached(now, laps), "us"))
            if count:
                return count if count <= _MOST_SAMPLES else _until(batch, batch.time[_MOST_SAMPLES - 1])
            wait = (timeline.due(_microseconds(batch.time[0]), laps) - now) / 1e6
            await self._sleep(min(max(wait, _SHORTEST_WAIT_S), _LONGEST_WAIT_S))

    def _timeline(self, extent: Extent, begun: int) -> Timeline:
        first, last = _microseconds(extent.first), _microseconds(extent.last)
        lap = last - first + self._config.pause // _US
        return Timeline(first, last, lap, begun, self._config.speed, self._config.times == "kept")

    def _resume(self) -> Position:
        """Where it was, or its beginning."""
        replay = f"{self._recording.identity} {self._config.speed:g} {self._config.times} {self._config.loop}"
        begun = Position(replay=replay, begun=_microseconds(to_datetime64(self._clock.now())))
        try:
            found = Position.model_validate_json(self._state_file.read_bytes())
        except FileNotFoundError:
            begun.write(self._state_file)
            return begun
        except ValidationError as error:
            detail = f"{self._state_file} does not hold the position of a replay; without it the replay starts anew"
            raise ConfigurationError(detail, field="state", value=str(self._state_file)) from error
        if found.replay == replay:
            return found
        log.warning("another replay than before, from its beginning", source=self.name)
        begun.write(self._state_file)
        return begun


def _until(batch: SampleBatch, moment: np.datetime64) -> int:
    return int(np.searchsorted(batch.time, moment, side="right"))


def _microseconds(moment: np.datetime64) -> int:
    return int(moment.astype("datetime64[us]").astype(np.int64))


def _moved(batch: SampleBatch, microseconds: int) -> SampleBatch:
    moved = batch.time + np.timedelta64(microseconds, "us")
    return SampleBatch(batch.tags, batch.tag, moved, batch.value, batch.quality)
