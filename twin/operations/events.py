"""Unusual events: what the twin noticed in a window, and how much of the window it looked at."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from twin.answer import TimeWindow
from twin.clock import Span
from twin.event import EventFrame, Handling, Kind
from twin.operations.bounds import ceil, echoed, floor, kept
from twin.operations.handling import handlings
from twin.operations.moves import logged_moves
from twin.protocols import ScoreSeries, Twin
from twin.scenario import LoggedMove

FOREMOST = 5
"""Contributors, largest first, that an event is said to be about."""


class EventsFound(BaseModel):
    """The events of a window. Only when `scored` is not 0 does an empty list mean that nothing was unusual."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    anomalies: tuple[EventFrame, ...] = Field(description="Events that no logged move explains, oldest first")
    explained: tuple[EventFrame, ...] = Field(description="Responses to logged moves, oldest first")
    withdrawn: tuple[EventFrame, ...] = Field(
        default=(), description="What samples that came late showed to be no event, oldest first"
    )
    handling: dict[str, Handling] = Field(
        default={}, description="What people did with each event, by its id; one that is shelved is not alerted"
    )
    moves: tuple[LoggedMove, ...] = Field(description="The operators' moves in the window")
    expected_rows: int = Field(description="Rows of the window on the world model's step")
    scored_rows: int = Field(description="Rows that the detector scored")
    scored: float = Field(ge=0, le=1, description="scored_rows as a share of expected_rows")
    highest_score: float | None = Field(description="Largest score in the window; 1 is the detection threshold")
    latest_score: float | None = Field(description="Score of the last scored row")


def find_events(twin: Twin, span: Span) -> EventsFound:
    """Events that overlap the window, anomalies apart from responses to logged moves and from withdrawn ones.

    The window is cut at the present. Raises OutsideData for the future, OutsideRetention for a window before
    the historian's oldest sample.
    """
    span = kept(twin, span)
    frames = twin.events.between(span)
    scores = twin.events.scores(span)
    values = _finite(scores)
    expected = expected_rows(twin, span)
    scored = min(len(scores.time), expected)
    return EventsFound(
        window=echoed(twin, span),
        anomalies=tuple(frame for frame in frames if frame.anomalous),
        explained=tuple(frame for frame in frames if not frame.anomalous and not frame.withdrawn),
        withdrawn=tuple(frame for frame in frames if frame.withdrawn),
        handling=dict(handlings(twin, frames)),
        moves=logged_moves(twin, span),
        expected_rows=expected,
        scored_rows=scored,
        scored=scored / expected if expected else 0.0,
        highest_score=float(values.max()) if len(values) else None,
        latest_score=float(values[-1]) if len(values) else None,
    )


def concerns(frame: EventFrame, tags: frozenset[str] | None) -> bool:
    """Whether an event is about one of these tags: among its five largest contributors, any for a silence.

    None is any tag.
    """
    named = frame.contributions if frame.kind is Kind.SILENCE else frame.contributions[:FOREMOST]
    return tags is None or any(item.tag in tags for item in named)


def expected_rows(twin: Twin, span: Span) -> int:
    """Whole steps in [start, end) that can be scored by now: the row of the present step may still be on its way."""
    step = model_step(twin)
    first = ceil(span.start, step)
    stop = min(span.end, floor(twin.clock.now(), step))
    return max(0, -((first - stop) // step))


def model_step(twin: Twin) -> timedelta:
    """The world model's step, or the plant file's while no model is loaded."""
    return twin.model.card.step if twin.model else twin.plant.step


def _finite(scores: ScoreSeries) -> NDArray[np.float64]:
    return scores.score[np.isfinite(scores.score)]
