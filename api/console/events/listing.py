"""A list of events that follows what happens without losing the reader's place in it."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from api.console.events.card import EventCard, OpenEvent
from api.console.events.states import Entry
from api.console.view import View

Acknowledge = Callable[[str], Awaitable[None]]
AT_ONCE = 100
"""Cards drawn before the reader asks for more."""


class EventList:
    """Cards in the order given; up and down go through them, Enter opens, `a` acknowledges.

    What stays in the list stays the same button: it keeps focus, scroll and place.
    """

    def __init__(self, view: View, on_open: OpenEvent, acknowledge: Acknowledge, label: str) -> None:
        self._view, self._open, self._acknowledge = view, on_open, acknowledge
        self._cards: dict[str, EventCard] = {}
        self._entries: Sequence[Entry] = ()
        self._most = AT_ONCE
        self._place = ui.element("div").classes("event-list").props(f'role="group" aria-label="{label}"')
        self._more = ui.button(on_click=self._show_more, color=None).props("flat no-caps dense")
        self._more.set_visibility(False)

    def show(self, listed: Sequence[Entry]) -> None:
        """Bring the list to these events."""
        self._entries = listed
        wanted = {entry.event.id: entry for entry in listed[: self._most]}
        for gone in self._cards.keys() - wanted.keys():
            self._cards.pop(gone).place.delete()
        for event_id, entry in wanted.items():
            if event_id not in self._cards:
                self._cards[event_id] = self._card(event_id)
            self._cards[event_id].show(entry)
        self._arrange(list(wanted))
        hidden = len(listed) - len(wanted)
        self._more.set_visibility(hidden > 0)
        if hidden > 0:
            self._more.set_text(self._view.words.counted("events.more", hidden))

    def _card(self, event_id: str) -> EventCard:
        with self._place:
            card = EventCard(self._view, event_id, self._open)
        card.place.props('aria-keyshortcuts="a"')
        card.place.on("keydown.down.prevent", lambda: self._step(event_id, 1), args=[])
        card.place.on("keydown.up.prevent", lambda: self._step(event_id, -1), args=[])
        card.place.on("keydown.a.exact", lambda: self._acknowledged(event_id), args=[])
        return card

    def _arrange(self, order: Sequence[str]) -> None:
        """Put the cards into that order, moving none that stands where it belongs."""
        for index, event_id in enumerate(order):
            card = self._cards[event_id].place
            if self._place.default_slot.children[index] is not card:
                card.move(self._place, target_index=index)

    def _step(self, event_id: str, by: int) -> None:
        order = [entry.event.id for entry in self._entries if entry.event.id in self._cards]
        if event_id in order:
            self._focus(order[min(max(order.index(event_id) + by, 0), len(order) - 1)])

    async def _acknowledged(self, event_id: str) -> None:
        """Acknowledge; when that takes the event off the list, the one in its place has the focus."""
        place = [entry.event.id for entry in self._entries].index(event_id)
        await self._acknowledge(event_id)
        if event_id not in self._cards and self._entries:
            self._focus(self._entries[min(place, len(self._entries) - 1)].event.id)

    def _focus(self, event_id: str) -> None:
        if event_id in self._cards:
            self._cards[event_id].place.run_method("focus")

    def _show_more(self) -> None:
        self._most += AT_ONCE
        self.show(self._entries)
