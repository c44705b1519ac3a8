"""An event in a list: one button with what a person needs to decide whether to open it."""

from collections.abc import Awaitable, Callable

from markupsafe import Markup
from nicegui import ui

from api.console.events.message import message_of
from api.console.events.states import Entry, State
from api.console.markup import span
from api.console.parts import SEVERITY_SIGN
from api.console.view import View
from twin.event import EventFrame, Handling

OpenEvent = Callable[[str], Awaitable[None]]


class EventCard:
    """A button that opens its event; shown anew, it keeps the focus."""

    def __init__(self, view: View, event_id: str, on_open: OpenEvent) -> None:
        self._view = view
        self.place = ui.element("button").props(f'type="button" data-event="{event_id}"')
        self.place.on("click", lambda: on_open(event_id))
        self._shown: Entry | None = None
        with self.place:
            self._text = ui.html("", sanitize=False, tag="span")

    def show(self, entry: Entry) -> None:
        """Draw the event as it is now, unless it is drawn like that already."""
        if entry == self._shown:
            return
        self._shown = entry
        self.place.classes(replace=f"event {look_of(entry)}")
        self._text.set_content(card_markup(self._view, entry))


def event_card(view: View, event: EventFrame, on_open: OpenEvent, handling: Handling | None = None) -> None:
    """One event that is not followed any further."""
    EventCard(view, event.id, on_open).show(Entry(event, handling or Handling()))


def look_of(entry: Entry) -> str:
    """Which colours the event has: only what is abnormal and not shelved has any."""
    quiet = entry.states & {State.EXPLAINED, State.WITHDRAWN, State.SHELVED}
    return str(next(iter(quiet))) if quiet else str(entry.event.severity)


def card_markup(view: View, entry: Entry) -> Markup:
    """The event in three lines: what and when, its name, what happened."""
    event, label = entry.event, entry.handling.label
    head = [badge(view, event)] if event.anomalous else []
    head += [span("badge state", text) for text in state_words(view, entry)]
    head += [
        span("hint", f"{view.words(kind_key(event))} · {event.asset}"),
        span("hint end", view.write.stretch(event.start, event.end)),
    ]
    lines = [span("event-head", *head)]
    if label:
        lines.append(span("event-name", label))
    lines.append(span("event-text", message_of(view, event)))
    if event.backfilled_at is not None and not event.withdrawn:
        lines.append(span("hint", view.words("events.backfilled", instant=view.write.instant(event.backfilled_at))))
    return Markup("").join(lines)


def badge(view: View, event: EventFrame) -> Markup:
    """Severity as sign, word and colour."""
    word = view.words(f"events.severity.{event.severity}")
    return span(f"badge {event.severity}", f"{SEVERITY_SIGN[event.severity]} {word}")


def kind_key(event: EventFrame) -> str:
    """The phrase that says what an event is about."""
    return f"events.kind.{event.kind.name.lower()}"


def state_words(view: View, entry: Entry) -> list[str]:
    """What people did with the event, and what became of it, where a sign has to say it."""
    until = entry.handling.shelved_until
    told = []
    if entry.event.withdrawn:
        told.append(view.words("events.state.withdrawn"))
    if until is not None:
        told.append(view.words("events.shelved_until", instant=view.write.instant(until)))
    if entry.handling.acknowledged_at is not None:
        told.append(f"✓ {view.words('events.state.acknowledged')}")
    return told
