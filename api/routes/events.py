"""Event frames: what the twin noticed, why, and what people say about it."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import AskedSpan, State
from api.judgements import keep
from api.openapi import problems
from twin.event import Feedback
from twin.lifecycle import ThresholdChange
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import Explanation, explain_event

router = APIRouter(prefix="/events", tags=["events"])

EventId = Annotated[str, Path(description="The event's id, as /v1/events gives it")]


class FeedbackIn(BaseModel):
    """A person's judgement of an event."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"example": {"label": "false_alarm", "comment": "Planned test of the analyser"}},
    )

    label: str = Field(pattern="^(true|false_alarm|known)$", description="true, false_alarm or known")
    comment: str = Field(default="", max_length=2000)
    author: str = Field(default="", max_length=200, description="Who says it")


class FeedbackKept(Feedback):
    """A judgement that was kept, and what it moved."""

    thresholds: tuple[ThresholdChange, ...] = Field(description="Threshold changes made and taken back by it")


@router.get("", responses=problems(503))
def list_events(state: State, span: AskedSpan) -> EventsFound:
    """Anomalies of a window, the responses to logged moves apart from them, and how much of it was scored."""
    return find_events(state.twin, span)


@router.get("/{event_id}", responses=problems(404, 503))
def get_event(state: State, event_id: EventId) -> Explanation:
    """One event with its contributions, measured and predicted values, moves around it and similar past events."""
    return explain_event(state.twin, event_id)


@router.post("/{event_id}/feedback", status_code=201, responses=problems(404, 503))
def add_feedback(state: State, event_id: EventId, given: Annotated[FeedbackIn, Body()]) -> FeedbackKept:
    """Keep what a person says about an event; a false alarm raises the thresholds of the statistics that fired."""
    feedback = Feedback(event_id=event_id, time=state.twin.clock.now(), **given.model_dump())
    return FeedbackKept(**feedback.model_dump(), thresholds=keep(state, feedback))
