"""How the plant is right now: open events, limits passed, silent tags, the last moves."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.clock import Span, from_datetime64
from twin.event import EventFrame, Kind
from twin.operations.describe import LatestValue, latest
from twin.operations.handling import handlings
from twin.operations.moves import logged_moves
from twin.protocols import Twin
from twin.scenario import LoggedMove

RECENT = timedelta(hours=8)


class PlantStatus(BaseModel):
    """The plant at one instant."""

    model_config = ConfigDict(frozen=True)

    time: AwareDatetime
    newest: AwareDatetime | None = Field(description="Time of the newest sample of any tag; None without data")
    tags: int = Field(description="Tags that have a value")
    passed: tuple[LatestValue, ...] = Field(description="Tags beyond one of their limits")
    stale: tuple[LatestValue, ...] = Field(description="Tags that have gone silent, or send only bad quality")
    unheard: tuple[str, ...] = Field(default=(), description="Tags with a cadence that never sent a sample")
    open_events: tuple[EventFrame, ...] = Field(
        description="Anomalies that are still going on and whose source is not shelved, oldest first"
    )
    shelved_events: tuple[EventFrame, ...] = Field(
        default=(), description="Anomalies that are still going on and whose source is shelved, oldest first"
    )
    moves: tuple[LoggedMove, ...] = Field(description="Moves of the last 8 hours")
    score: float | None = Field(description="Newest score; 1 is the detection threshold")
    scored_at: AwareDatetime | None = Field(description="Row of the newest score")


def plant_status(twin: Twin) -> PlantStatus:
    """Open events, limits passed, silent tags and recent moves, as of the twin's clock."""
    now = twin.clock.now()
    values = latest(twin)
    recent = Span(now - RECENT, now)
    scores = twin.events.scores(recent)
    frames = twin.events.between(recent)
    going_on = [frame for frame in frames if frame.open and frame.anomalous]
    shelved = {event for event, standing in handlings(twin, going_on).items() if standing.shelved}
    return PlantStatus(
        time=now,
        newest=max((value.time for value in values), default=None),
        tags=len(values),
        passed=tuple(value for value in values if value.passed),
        stale=_silent(values, frames),
        unheard=_unheard(twin, values),
        open_events=tuple(frame for frame in going_on if frame.id not in shelved),
        shelved_events=tuple(frame for frame in going_on if frame.id in shelved),
        moves=logged_moves(twin, recent),
        score=float(scores.score[-1]) if len(scores.score) else None,
        scored_at=from_datetime64(scores.time[-1]) if len(scores.time) else None,
    )


def _silent(values: tuple[LatestValue, ...], frames: tuple[EventFrame, ...]) -> tuple[LatestValue, ...]:
    """Tags that are silent by their newest sample, and those whose bad quality is an open event."""
    silences = (frame for frame in frames if frame.open and frame.kind is Kind.SILENCE)
    told = {item.tag for frame in silences for item in frame.contributions}
    return tuple(value for value in values if value.stale or (value.tag in told and value.quality == "bad"))


def _unheard(twin: Twin, values: tuple[LatestValue, ...]) -> tuple[str, ...]:
    heard = {value.tag for value in values}
    if not heard:
        return ()
    return tuple(tag.name for tag in twin.plant.tags if tag.cadence is not None and tag.name not in heard)
