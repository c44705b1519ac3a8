"""What people do with events: acknowledge, shelve, name them."""

from collections.abc import Mapping, Sequence

from twin.event import EventFrame, EventMark, Handling, handling
from twin.protocols import Twin


def handle(twin: Twin, mark: EventMark) -> Handling:
    """Keep what a person did with an event; gives how it stands then. Raises NotFound, StoreUnavailable."""
    twin.events.add_mark(mark)
    return handlings(twin, [twin.events.get(mark.event_id)])[mark.event_id]


def handlings(twin: Twin, events: Sequence[EventFrame]) -> Mapping[str, Handling]:
    """How each of these events stands, by its id: two queries, however many they are."""
    if not events:
        return {}
    marks = twin.events.marks([event.id for event in events])
    own: dict[str, list[EventMark]] = {}
    for mark in marks:
        own.setdefault(mark.event_id, []).append(mark)
    shelvings = twin.events.shelvings(twin.clock.now())
    return {event.id: handling(event, own.get(event.id, ()), shelvings) for event in events}
