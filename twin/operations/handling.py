"""What people do with events: acknowledge, shelve, name them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from twin.errors import InvalidInput
from twin.event import LONGEST_LABEL, LONGEST_SHELVING, EventFrame, EventMark, Handling, MarkAction, handling
from twin.protocols import Twin


def marked(
    event_id: str,
    action: MarkAction,
    now: datetime,
    *,
    author: str = "",
    text: str = "",
    until: datetime | None = None,
) -> EventMark:
    """The mark that somebody makes now; raises InvalidInput, with the field and its limit, for one that cannot be."""
    shelves, limit = action is MarkAction.SHELVE, now + LONGEST_SHELVING
    if shelves and (until is None or not now < until <= limit):
        when = "has no end" if until is None else f"to {until.isoformat()} is not within [now, {limit.isoformat()}]"
        raise InvalidInput(
            f"a shelving ends, at most {LONGEST_SHELVING.days} days from now: the one of event {event_id} {when}",
            field="until",
            value=until and until.isoformat(),
            limit=[now.isoformat(), limit.isoformat()],
        )
    if until is not None and not shelves:
        raise InvalidInput(
            f"{action.value} has no end, only shelve has one", field="until", value=until.isoformat(), limit=None
        )
    if action is MarkAction.LABEL and not 0 < len(text.strip()) <= LONGEST_LABEL:
        raise InvalidInput(
            f"the name of event {event_id} has {len(text.strip())} characters, not 1 to {LONGEST_LABEL}",
            field="text",
            value=text,
            limit=[1, LONGEST_LABEL],
        )
    return EventMark(event_id=event_id, time=now, action=action, author=author, text=text, until=until)


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
