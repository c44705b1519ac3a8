"""The demo plant as a source, live on the clock; it survives a restart."""

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
import structlog
from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field

from ingest.demo.history import BACKGROUND, MOVES_PER_HOUR
from ingest.demo.process import Process
from ingest.demo.recorder import START_GRID, Recorder
from ingest.demo.schedule import ScheduledMove, at_minute, minute_of, ordinary_moves, process_seed
from ingest.source_config import SourceConfig, SourceContext
from twin.clock import Clock, SystemClock
from twin.delivery import Delivery
from twin.duration import Duration
from twin.errors import InvalidInput, OutsideLimits
from twin.plant import Plant
from twin.sample import SampleBatch

log = structlog.get_logger()

_CHUNK = 60


class DemoState(BaseModel):
    """The demo plant at an instant, for a restart."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    seed: int
    process: Base64Bytes

    def write(self, path: Path) -> None:
        """Keep it, all or nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.tmp")
        unfinished.write_text(self.model_dump_json(), encoding="utf-8")
        unfinished.replace(path)


class DemoConfig(SourceConfig):
    """The demo plant as a source of ingest.yaml: it begins at the present half hour, and goes on after a restart."""

    kind: Literal["demo"] = "demo"
    seed: int = Field(default=1, ge=0, description="Of the operators' moves and of the process")
    max_age: Duration = Field(
        default=timedelta(days=365), description="Samples older than this on arrival become dead letters"
    )

    def build(self, context: SourceContext) -> "DemoPlant":
        """The plant as it was left, or a new one."""
        file = context.state / "plant.json"
        if file.exists():
            return DemoPlant.resume(context.plant, file, clock=context.clock, name=self.name)
        start = minute_of(context.clock.now()) // START_GRID * START_GRID
        rng = np.random.default_rng([self.seed, start])
        return DemoPlant(
            context.plant,
            Recorder(Process.start(process_seed(rng), BACKGROUND), start),
            seed=self.seed,
            clock=context.clock,
            state_file=file,
            name=self.name,
        )


class DemoPlant:
    """Publishes every whole minute up to the clock's present: first what was missed, as fast as it can, then live.

    Operators make ordinary moves; `move` adds one. A plant that trips is started again from its base case at the
    next half hour; nothing is published in between.
    """

    def __init__(
        self,
        plant: Plant,
        recorder: Recorder,
        *,
        seed: int,
        clock: Clock | None = None,
        speed: float = 1.0,
        until: datetime | None = None,
        moves_per_hour: float = MOVES_PER_HOUR,
        state_file: Path | None = None,
        name: str = "demo-plant",
    ) -> None:
        """`speed` is plant time over clock time once the present is reached; the source ends at `until`.

        The plant as it is after the last acknowledged batch is kept in `state_file`.
        """
        self.name = name
        self._plant = plant
        self._recorder = recorder
        self._seed = seed
        self._clock = clock or SystemClock()
        self._speed = speed
        self._until = math.inf if until is None else minute_of(until)
        self._moves_per_hour = moves_per_hour
        self._state_file = state_file
        self._entered = self._clock.now()
        self._asked: list[tuple[str, float]] = []
        self._announced = False

    @classmethod
    def resume(
        cls,
        plant: Plant,
        state_file: Path,
        *,
        clock: Clock | None = None,
        speed: float = 1.0,
        name: str = "demo-plant",
    ) -> Self:
        """The plant that `state_file` holds; raises InvalidInput when it cannot be used."""
        try:
            state = DemoState.model_validate_json(state_file.read_text(encoding="utf-8"))
            recorder = Recorder(Process.restore(state.process), minute_of(state.start))
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"{state_file} holds no state of the demo plant: {error}", field="state_file", value=str(state_file)
            ) from error
        return cls(plant, recorder, seed=state.seed, clock=clock, speed=speed, state_file=state_file, name=name)

    @property
    def time(self) -> datetime:
        """The plant's present."""
        return at_minute(self._recorder.minute)

    @property
    def process(self) -> Process:
        """The process itself, for a clone and its true counterfactual."""
        return self._recorder.process

    def state(self) -> DemoState:
        """The plant now, for a restart."""
        return DemoState.model_construct(
            start=at_minute(self._recorder.start), seed=self._seed, process=self._recorder.process.snapshot()
        )

    def move(self, tag: str, level: float) -> None:
        """Set a movable tag, from the next minute on; raises UnknownTag, InvalidInput or OutsideLimits."""
        about = self._plant.tag(tag)
        if not about.movable:
            raise InvalidInput(f"{tag} is not moved by an operator", field="tag", value=tag)
        if not about.low <= level <= about.high:
            raise OutsideLimits(
                f"{tag} = {level:g} {about.unit} is outside [{about.low:g}, {about.high:g}] {about.unit}",
                field="level",
                value=level,
                limit=[about.low, about.high],
                unit=about.unit,
            )
        self._asked.append((tag, level))

    @property
    def connected(self) -> bool:
        """Always: the plant is part of this process."""
        return True

    async def __aenter__(self) -> Self:
        self._entered = self._clock.now()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while self._recorder.minute < self._until:
            due = min(self._present(), self._until) - self._recorder.minute
            if due < 1:
                await asyncio.sleep(self._wait())
                continue
            batch = await asyncio.to_thread(self._advance, int(min(due, _CHUNK)))
            yield Delivery(batch, receipt=self.state())

    async def acknowledge(self, delivery: Delivery) -> None:
        """Keep the plant as it was after this delivery."""
        if self._state_file is not None and isinstance(delivery.receipt, DemoState):
            await asyncio.to_thread(delivery.receipt.write, self._state_file)

    def _plant_time(self) -> datetime:
        """Where the plant's time should be by the clock."""
        return self._entered + self._speed * (self._clock.now() - self._entered)

    def _present(self) -> float:
        return math.inf if math.isinf(self._speed) else minute_of(self._plant_time())

    def _wait(self) -> float:
        """Seconds of clock time until the plant's next minute."""
        left = at_minute(self._recorder.minute + 1) - self._plant_time()
        return max(0.0, left / timedelta(seconds=1) / self._speed)

    def _advance(self, minutes: int) -> SampleBatch:
        first = self._recorder.minute
        asked, self._asked = self._asked, []
        moves = [ScheduledMove(first, tag, level) for tag, level in asked]
        ordinary = ordinary_moves(self._seed, first, first + minutes, self._moves_per_hour)
        opening = [] if self._announced else [self._recorder.levels()]
        self._announced = True
        batch = SampleBatch.concat([*opening, self._recorder.advance(first + minutes, [*moves, *ordinary])])
        if self._recorder.trip is not None:
            self._start_again(self._recorder.trip)
        return batch

    def _start_again(self, reason: str) -> None:
        """A fresh plant on the next half hour."""
        start = (self._recorder.minute // START_GRID + 1) * START_GRID
        log.warning(
            "demo plant tripped", reason=reason, tripped=self.time.isoformat(), again=at_minute(start).isoformat()
        )
        rng = np.random.default_rng([self._seed, start])
        self._recorder = Recorder(Process.start(process_seed(rng), BACKGROUND), start)
        self._announced = False
