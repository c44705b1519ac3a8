"""What people did about an event: moves, notes, marks and judgements, while it lasted and in the hours after."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from twin.clock import Span
from twin.event import EventFrame, EventMark, Feedback
from twin.journal import LogEntry
from twin.operations.moves import logged_moves
from twin.protocols import Twin
from twin.scenario import LoggedMove

AFTER = timedelta(hours=2)


class Aftermath(BaseModel):
    """What was done about an event; everything oldest first."""

    model_config = ConfigDict(frozen=True)

    moves: tuple[LoggedMove, ...] = Field(description="From its start to two hours after its end")
    entries: tuple[LogEntry, ...] = Field(
        description="Journal entries about that time: of its tags, of its asset, or of nothing in particular"
    )
    marks: tuple[EventMark, ...]
    said: tuple[Feedback, ...]

    @property
    def nothing(self) -> bool:
        """Whether nobody did anything, as far as it was written down."""
        return not (self.moves or self.entries or self.marks or self.said)


def aftermath(twin: Twin, event: EventFrame) -> Aftermath:
    """What was done about an event, as far as it was written down; raises StoreUnavailable."""
    now = twin.clock.now()
    span = Span(event.start, max(min((event.end or now) + AFTER, now), event.start + timedelta(microseconds=1)))
    return Aftermath(
        moves=logged_moves(twin, span),
        entries=_entries(twin, event, span),
        marks=twin.events.marks([event.id]),
        said=twin.events.feedback(event.id),
    )


def _entries(twin: Twin, event: EventFrame, span: Span) -> tuple[LogEntry, ...]:
    if twin.journal is None:
        return ()
    tags = {item.tag for item in event.contributions}
    return tuple(entry for entry in twin.journal.entries(span) if _about(entry, event, tags))


def _about(entry: LogEntry, event: EventFrame, tags: set[str]) -> bool:
    if entry.tag is None and entry.asset is None:
        return True
    return entry.tag in tags or entry.asset == event.asset
