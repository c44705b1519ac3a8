"""Why an event: who left the prediction first, what was moved before, and which earlier events were alike."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from twin.answer import Series
from twin.clock import Span
from twin.event import Contribution, EventFrame, Handling
from twin.operations.describe import history, predicted
from twin.operations.handling import handlings
from twin.operations.moves import logged_moves
from twin.operations.similar import CLOSE, SimilarEvent, similar_events
from twin.protocols import Twin
from twin.scenario import LoggedMove

AROUND = timedelta(hours=1)
BEFORE = timedelta(hours=2)
TOP = 5


class ContributionSeries(BaseModel):
    """A contributing tag: its share, and measured against predicted around the event."""

    model_config = ConfigDict(frozen=True)

    contribution: Contribution
    unit: str
    description: str
    asset: str
    measured: Series
    predicted: Series = Field(description="One step ahead, with its 90 % band")


class Explanation(BaseModel):
    """What is known about an event."""

    model_config = ConfigDict(frozen=True)

    event: EventFrame
    handling: Handling = Field(default=Handling(), description="What people did with it")
    contributions: tuple[ContributionSeries, ...] = Field(description="The five largest, largest first")
    first_mover: str
    moves: tuple[LoggedMove, ...] = Field(description="Moves from 2 h before the event to its end")
    propagation: str | None = Field(description="The event's way through the plant in a sentence; null: one asset")
    similar: tuple[SimilarEvent, ...] = Field(description="Earlier events, most alike first, at most three")
    nearest: str | None = Field(description="The nearest earlier event in a sentence; null: none is close")


def explain_event(twin: Twin, event_id: str) -> Explanation:
    """Contributions with their series, moves around the event, similar past events; raises NotFound."""
    event = twin.events.get(event_id)
    now = twin.clock.now()
    end = min(event.end or now, now)
    around = Span(event.start - AROUND, min(end + AROUND, now))
    similar = similar_events(twin, event)
    return Explanation(
        event=event,
        handling=handlings(twin, [event])[event.id],
        contributions=tuple(_with_series(twin, item, around) for item in event.contributions[:TOP]),
        first_mover=event.first_mover,
        moves=logged_moves(twin, Span(event.start - BEFORE, end)) if end > event.start - BEFORE else (),
        propagation=_way(twin, event),
        similar=similar,
        nearest=_nearest(twin, similar),
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


def _way(twin: Twin, event: EventFrame) -> str | None:
    """The assets in the order in which the event reached them, with times of the plant."""
    if len(event.propagation) < 2:
        return None
    zone = twin.plant.time_zone
    told = [f"{step.asset} ({step.tag}, {step.time.astimezone(zone):%H:%M})" for step in event.propagation]
    return f"It was first seen at {told[0]}, then at {', '.join(told[1:])}."


def _nearest(twin: Twin, similar: tuple[SimilarEvent, ...]) -> str | None:
    if not similar or similar[0].similarity < CLOSE:
        return None
    past = similar[0]
    when = past.event.start.astimezone(twin.plant.time_zone)
    said = "nobody judged it" if past.said is None else f"it was judged {past.said.label.replace('_', ' ')}"
    done = f"{len(past.moves)} move(s) were made then" if past.moves else "nothing was moved then"
    return f"The event of {when:%Y-%m-%d %H:%M} was like it ({past.similarity:.0%}); {said}, and {done}."
