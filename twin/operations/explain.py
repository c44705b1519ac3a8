"""Why an event: who left the prediction first, what was moved before, and which earlier events were alike."""

from datetime import timedelta

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from twin.answer import Series
from twin.clock import Span
from twin.event import Contribution, EventFrame
from twin.operations.describe import history, predicted
from twin.operations.moves import logged_moves
from twin.protocols import Twin
from twin.scenario import LoggedMove

AROUND = timedelta(hours=1)
BEFORE = timedelta(hours=2)
TOP = 5
LIKE = 0.5


class ContributionSeries(BaseModel):
    """A contributing tag: its share, and measured against predicted around the event."""

    model_config = ConfigDict(frozen=True)

    contribution: Contribution
    unit: str
    description: str
    asset: str
    measured: Series
    predicted: Series = Field(description="One step ahead, with its 90 % band")


class SimilarEvent(BaseModel):
    """An earlier event that looks like this one."""

    model_config = ConfigDict(frozen=True)

    event: EventFrame
    similarity: float = Field(ge=0, le=1, description="Cosine of the signed contribution shares")


class Explanation(BaseModel):
    """What is known about an event."""

    model_config = ConfigDict(frozen=True)

    event: EventFrame
    contributions: tuple[ContributionSeries, ...] = Field(description="The five largest, largest first")
    first_mover: str
    moves: tuple[LoggedMove, ...] = Field(description="Moves from 2 h before the event to its end")
    similar: tuple[SimilarEvent, ...] = Field(description="Earlier events, most alike first, at most three")


def explain_event(twin: Twin, event_id: str) -> Explanation:
    """Contributions with their series, moves around the event, similar past events; raises NotFound."""
    event = twin.events.get(event_id)
    now = twin.clock.now()
    end = min(event.end or now, now)
    around = Span(event.start - AROUND, min(end + AROUND, now))
    return Explanation(
        event=event,
        contributions=tuple(_with_series(twin, item, around) for item in event.contributions[:TOP]),
        first_mover=event.first_mover,
        moves=logged_moves(twin, Span(event.start - BEFORE, end)) if end > event.start - BEFORE else (),
        similar=_similar(twin, event),
    )


def _with_series(twin: Twin, item: Contribution, around: Span) -> ContributionSeries:
    tag = twin.plant.tag(item.tag)
    return ContributionSeries(
        contribution=item,
        unit=tag.unit,
        description=tag.description,
        asset=tag.asset,
        measured=history(twin, item.tag, around),
        predicted=predicted(twin, item.tag, around),
    )


def _similar(twin: Twin, event: EventFrame) -> tuple[SimilarEvent, ...]:
    extent = twin.historian.extent()
    if extent is None or extent.start >= event.start:
        return ()
    before = twin.events.between(Span(extent.start, event.start))
    earlier = [past for past in before if past.id != event.id and not past.withdrawn]
    alike = [SimilarEvent(event=past, similarity=similarity(event, past)) for past in earlier]
    ranked = sorted(alike, key=lambda item: item.similarity, reverse=True)
    return tuple(item for item in ranked if item.similarity >= LIKE)[:3]


def similarity(one: EventFrame, other: EventFrame) -> float:
    """Cosine of the two events' contribution shares, signed by direction; opposite ones count 0."""
    tags = sorted({item.tag for frame in (one, other) for item in frame.contributions})
    a, b = (_signed(frame, tags) for frame in (one, other))
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return min(1.0, max(0.0, float(a @ b) / length)) if length else 0.0


def _signed(frame: EventFrame, tags: list[str]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    shares = {item.tag: np.copysign(item.share, item.peak_sigma) for item in frame.contributions}
    return np.array([shares.get(tag, 0.0) for tag in tags])
