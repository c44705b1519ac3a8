"""Earlier events that were like one, what people said of them, and what was done then."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from twin.clock import Span
from twin.event import EventFrame, Feedback, Kind
from twin.operations.moves import logged_moves
from twin.protocols import Twin
from twin.scenario import LoggedMove

LIKE = 0.5
CLOSE = 0.8
"""Similarity from which an earlier event is worth a sentence."""


class SimilarEvent(BaseModel):
    """An earlier event that looks like another one."""

    model_config = ConfigDict(frozen=True)

    event: EventFrame
    similarity: float = Field(ge=0, le=1, description="Cosine of the fingerprints, opposite ones 0; 1 is the same")
    distance: float = Field(ge=0, le=2, description="Of the fingerprints, which have length 1")
    said: Feedback | None = Field(description="The newest judgement of it; null: nobody judged it")
    moves: tuple[LoggedMove, ...] = Field(description="What operators did while it lasted, oldest first")


def similar_events(twin: Twin, event: EventFrame, n: int = 3, least: float = LIKE) -> tuple[SimilarEvent, ...]:
    """The nearest earlier events of the log, most alike first: at most `n`, of at least that similarity.

    Withdrawn events are no cases. A silence is like other silences only.
    """
    extent = twin.historian.extent()
    if extent is None or extent.start >= event.start:
        return ()
    before = twin.events.between(Span(extent.start, event.start))
    cases = [past for past in before if past.id != event.id and not past.withdrawn and _comparable(event, past)]
    ranked = sorted(((cosine(event, past), past) for past in cases), key=lambda found: found[0], reverse=True)
    return tuple(_case(twin, past, alike) for alike, past in ranked[:n] if alike >= least)


def cosine(one: EventFrame, other: EventFrame) -> float:
    """Mean cosine of the parts that both fingerprints have: residuals, and the shift of the state; -1 to 1."""
    first, second = one.traits, other.traits
    tags = sorted(first.keys() | second.keys())
    a, b = (np.array([traits.get(tag, (0.0, 0.0)) for tag in tags]).reshape(-1, 2) for traits in (first, second))
    lengths = np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0)
    known = lengths > 0
    if not known.any():
        return 0.0
    cosines: NDArray[np.float64] = (a * b).sum(axis=0)[known] / lengths[known]
    return float(np.clip(cosines.mean(), -1.0, 1.0))


def _comparable(one: EventFrame, other: EventFrame) -> bool:
    return (one.kind is Kind.SILENCE) is (other.kind is Kind.SILENCE)


def _case(twin: Twin, event: EventFrame, alike: float) -> SimilarEvent:
    said = twin.events.feedback(event.id)
    now = twin.clock.now()
    return SimilarEvent(
        event=event,
        similarity=max(alike, 0.0),
        distance=float(np.sqrt(max(2.0 - 2.0 * alike, 0.0))),
        said=said[-1] if said else None,
        moves=logged_moves(twin, Span(event.start, min(event.end or now, now))),
    )
