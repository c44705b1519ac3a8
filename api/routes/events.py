"""Event frames: what the twin noticed, why, what people say about it and what they do with it."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import PRINTABLE, AskedSpan, State
from api.judgements import keep
from api.openapi import problems
from twin.event import EventMark, Feedback, Handling, MarkAction
from twin.lifecycle import ThresholdChange
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import Explanation, explain_event
from twin.operations.handling import handle, marked

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


MARKS = {
    "acknowledge": {"value": {"action": "acknowledge", "author": "M. Weber"}},
    "shelve": {
        "value": {
            "action": "shelve",
            "author": "M. Weber",
            "text": "Analyser in maintenance until Friday",
            "until": "2026-03-06T14:00:00+01:00",
        }
    },
    "unshelve": {"value": {"action": "unshelve", "author": "M. Weber"}},
    "label": {"value": {"action": "label", "author": "M. Weber", "text": "Cooling water lost"}},
}


class MarkIn(BaseModel):
    """What a person does with an event: acknowledge it, shelve its source, take that back, or give it a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: MarkAction
    author: str = Field(default="", max_length=200, pattern=PRINTABLE, description="Who does it")
    text: str = Field(
        default="",
        max_length=2000,
        pattern=PRINTABLE,
        description="A comment, why it is shelved, or the name of a label",
    )
    until: AwareDatetime | None = Field(default=None, description="End of a shelving, at most 7 days from now")


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


@router.get("/{event_id}/marks", responses=problems(404, 503))
def list_marks(state: State, event_id: EventId) -> tuple[EventMark, ...]:
    """What people did with an event, oldest first."""
    return state.twin.events.marks([state.twin.events.get(event_id).id])


@router.post("/{event_id}/marks", status_code=201, responses=problems(404, 503))
def add_mark(state: State, event_id: EventId, given: Annotated[MarkIn, Body(openapi_examples=MARKS)]) -> Handling:
    """Acknowledge, shelve, unshelve or name an event; gives how it stands then.

    A shelving holds for the event's source, that is its kind and the tag that left its prediction first: until its
    end none of the source's events counts as open, and none is alerted.
    """
    now = state.twin.clock.now()
    mark = marked(event_id, given.action, now, author=given.author, text=given.text, until=given.until)
    return handle(state.twin, mark)
