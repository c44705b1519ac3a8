"""One event: what it is, who left the prediction first, what people did with it, and what was done before."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from nicegui import ui

from api.console.events import sentences
from api.console.events.actions import Actions, draw_marks
from api.console.events.card import OpenEvent, badge, state_words
from api.console.events.cases import Case, cases, draw_cases
from api.console.events.figures import draw_contributions
from api.console.events.message import message_of
from api.console.events.opinion import draw_opinions
from api.console.events.spread import draw_spread
from api.console.events.states import Entry, entries
from api.console.grafana import event_dashboard
from api.console.parts import moves_list
from api.console.states import redraw, worked_out
from api.console.view import View
from twin.errors import ForetellError
from twin.event import EventFrame, EventMark
from twin.operations.aftermath import Aftermath, aftermath
from twin.operations.explain import Explanation, explain_event
from twin.operations.handling import handlings
from twin.protocols import Twin
from twin.scenario import LoggedMove

log = structlog.get_logger(__name__)

REFRESH_S = 15.0

Changed = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """Everything about an event."""

    explanation: Explanation
    entry: Entry
    done: Aftermath
    cases: tuple[Case, ...]

    @property
    def event(self) -> EventFrame:
        """The event itself."""
        return self.explanation.event


def learn(twin: Twin, event_id: str) -> Known:
    """Everything about an event; raises NotFound, StoreUnavailable."""
    explanation = explain_event(twin, event_id)
    event = explanation.event
    entry = Entry(event, explanation.handling)
    return Known(explanation, entry, aftermath(twin, event), cases(twin, explanation.similar))


class EventDialog:
    """The event over the page; closes with Escape."""

    def __init__(self, view: View) -> None:
        words = view.words
        self._dialog = ui.dialog().props(f'aria-label="{words("frame.event")}"')
        with self._dialog, ui.card().classes("event-dialog"):
            with ui.row().classes("dialog-bar"):
                self._link = ui.link(words("events.own_page"), "/").classes("hint")
                ui.button(icon="close", on_click=self._dialog.close, color=None).props(
                    f'flat round dense aria-label="{words("events.close")}"'
                )
            self._detail = EventDetail(view, self.open)

    def on_change(self, changed: Changed) -> None:
        """Call this after everything that somebody does with an event."""
        self._detail.on_change(changed)

    async def open(self, event_id: str) -> None:
        """Show one event."""
        self._link.props(f'href="/events/{quote(event_id, safe="")}"')
        self._dialog.open()
        await self._detail.show(event_id)


class EventDetail:
    """Draws one event, and what has become of it after everything that somebody does with it."""

    def __init__(self, view: View, open_event: OpenEvent) -> None:
        self._view, self._open = view, open_event
        self._heard: Changed | None = None
        self._place = ui.column().classes("wide")
        self._event_id = ""
        self._known: Known | None = None

    @property
    def event(self) -> EventFrame | None:
        """The event that is shown; None while there is none."""
        return None if self._known is None else self._known.event

    @property
    def moves(self) -> tuple[LoggedMove, ...]:
        """What was moved from 2 h before it to its end."""
        return () if self._known is None else self._known.explanation.moves

    async def show(self, event_id: str) -> None:
        """Show one event, saying meanwhile that it is being explained."""
        self._event_id = event_id
        twin, view = self._view.state.twin, self._view
        await worked_out(
            view, self._place, view.words("events.explaining"), lambda: learn(twin, event_id), self._draw
        )

    def on_change(self, changed: Changed) -> None:
        """Call this after everything that somebody does with the event."""
        self._heard = changed

    def follow(self) -> None:
        """Look every 15 s whether the event grew, or somebody did something with it."""
        ui.timer(REFRESH_S, self._refresh)

    async def _refresh(self) -> None:
        """Draw what has become of the event, and all of it when it grew; what is being written stays."""
        known, event_id = self._known, self._event_id
        if known is None:
            return
        twin = self._view.state.twin
        try:
            event = await asyncio.to_thread(twin.events.get, event_id)
            entry, marks = await asyncio.to_thread(lambda: (_entry(twin, event), twin.events.marks([event_id])))
        except ForetellError as error:
            log.warning("console.event_refresh_failed", detail=error.detail)
            return
        if event_id != self._event_id or self._place.is_deleted:
            return
        if event != known.event:
            await self.show(event_id)
        elif (entry, marks) != (known.entry, known.done.marks):
            self._become(entry, marks)

    async def _changed(self) -> None:
        await self._refresh()
        if self._heard is not None:
            await self._heard()

    def _become(self, entry: Entry, marks: tuple[EventMark, ...]) -> None:
        if self._known is not None:
            done = self._known.done.model_copy(update={"marks": marks})
            self._known = Known(self._known.explanation, entry, done, self._known.cases)
            self._draw_handled(self._known)

    def _draw(self, known: Known) -> None:
        view, event = self._view, known.event
        self._known = known
        self._handled = ui.column().classes("wide")
        self._draw_handled(known)
        ui.label(message_of(view, event)).classes("said")
        for sentence, kind in (
            (sentences.late(view, event), "hint"),
            (sentences.cause(view, event), "cause"),
            (sentences.first_mover(view, event), "hint"),
        ):
            if sentence is not None:
                ui.label(sentence).classes(kind)
        self._links(event)
        draw_spread(view, event)
        draw_contributions(view, known.explanation)
        if known.explanation.moves:
            ui.label(view.words("events.moves_around")).classes("strong")
            moves_list(view, known.explanation.moves)
        draw_cases(view, known.cases, self._open)
        draw_opinions(view, event, known.done.said)

    def _links(self, event: EventFrame) -> None:
        url = self._view.state.settings.grafana_url
        if url is not None:
            now = self._view.state.twin.clock.now()
            ui.link(self._view.words("events.grafana"), event_dashboard(url, event, now), new_tab=True).classes(
                "hint"
            )

    def _draw_handled(self, known: Known) -> None:
        redraw(self._handled, lambda: self._handling(known))

    def _handling(self, known: Known) -> None:
        view, event, handling = self._view, known.event, known.entry.handling
        if handling.label:
            ui.label(handling.label).classes("title event-name")
        with ui.row().classes("facts"):
            ui.html(badge(view, event), sanitize=False, tag="span")
            for told in state_words(view, known.entry):
                ui.label(told).classes("badge state")
            ui.label(sentences.heading(view, event)).classes("strong")
            ui.label(view.write.stretch(event.start, event.end)).classes("hint")
            ui.label(sentences.score(view, event)).classes("hint")
        Actions(view, event, handling, self._changed)
        with ui.column().classes("tight marks"):
            draw_marks(view, known.done.marks)


def _entry(twin: Twin, event: EventFrame) -> Entry:
    return entries([event], handlings(twin, [event]))[0]
