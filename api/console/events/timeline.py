"""The timeline on the first page: the last day or the last four, or first the stretch that a link names."""

from datetime import timedelta

from nicegui import ui

from api.console.events.board import EventBoard
from api.console.events.card import OpenEvent
from api.console.events.recent import Recent, look
from api.console.events.states import UNUSUAL
from api.console.parts import section
from api.console.view import View
from twin.clock import Span

HOURS = {24: "events.span.24h", 96: "events.span.4d"}


class TimelinePanel:
    """Scores, events and moves of the recent past, kept up to date."""

    def __init__(self, view: View, open_event: OpenEvent, span: Span | None = None) -> None:
        self._view, self._linked = view, span
        words = view.words
        heading, body = section(words("frame.events"), words("events.colours"))
        with heading:
            options = {hours: words(key) for hours, key in HOURS.items()}
            self._hours = ui.toggle(options, value=None if span else 24, on_change=self._recent).classes("end")
            self._hours.props(f'no-caps dense unelevated padding="2px 12px" aria-label="{words("events.span")}"')
            ui.link(words("events.all"), "/events").classes("hint")
        with body:
            self._board = EventBoard(view, self._look, lambda recent: recent.being(*UNUSUAL), open_event, folded=True)
        ui.timer(0, self._board.show, once=True)

    async def refresh(self) -> None:
        """Look again at once."""
        await self._board.refresh()

    async def _recent(self) -> None:
        self._linked = None
        await self._board.show()

    def _look(self) -> Recent:
        now = self._view.state.twin.clock.now()
        return look(self._view.state.twin, self._linked or Span(now - timedelta(hours=self._hours.value), now))
