"""The pages of events: all of them with filters, and one on a page of its own."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import ui

from api.console.ask import ask_about
from api.console.events.board import EventBoard
from api.console.events.detail import EventDetail, EventDialog
from api.console.events.filters import EventFilter
from api.console.events.message import message_of
from api.console.events.recent import Recent, look
from api.console.events.states import UNUSUAL, Entry, State
from api.console.parts import SEVERITY_SIGN, section
from api.console.spans import Stretch, StretchPicker
from api.console.states import arrived, failed
from api.console.suggest import Subject
from api.console.view import View
from twin.errors import ForetellError
from twin.event import Kind, Severity

TYPING_S = 0.3


async def events_page(view: View, query: Mapping[str, str]) -> None:
    """Timeline and list of events, filtered as the address says."""
    try:
        chosen, stretch = EventFilter.read(query, view.plant), Stretch.read(query)
    except ForetellError as error:
        failed(view, error)
        ui.link(view.words("events.all"), "/events")
        return
    page = _EventsPage(view, chosen, stretch)
    if not await arrived():
        return
    await page.board.show()


async def event_page(view: View, event_id: str) -> None:
    """One event on a page of its own."""
    with section(view.words("frame.event"))[1]:
        ui.link(view.words("events.all"), "/events").classes("hint")
        detail = EventDetail(view, _go_to_event)
    if not await arrived():
        return
    await detail.show(event_id)
    detail.follow()
    if detail.event is not None:
        ask_about(view, Subject(event=detail.event, moves=detail.moves))


async def _go_to_event(event_id: str) -> None:
    ui.navigate.to(f"/events/{quote(event_id, safe='')}")


class _EventsPage:
    """Filters over the board; every choice goes into the address."""

    def __init__(self, view: View, chosen: EventFilter, stretch: Stretch) -> None:
        self._view, self._chosen, self._stretch = view, chosen, stretch
        words = view.words
        dialog = EventDialog(view)
        heading, body = section(words("frame.events"), words("events.colours"))
        with heading:
            self._count = ui.label().classes("hint").props('role="status"')
        with body:
            self._filters()
            self.board = EventBoard(view, self._look, self._choose, dialog.open, folded=False, stacked=True)
            dialog.on_change(self.board.refresh)
            ui.label(words("events.keys")).classes("hint keys")

    def _filters(self) -> None:
        words, chosen = self._view.words, self._chosen
        severities = {item.value: f"{SEVERITY_SIGN[item]} {words(f'events.severity.{item}')}" for item in Severity}
        kinds = {item.value: words(f"events.kind.{item.name.lower()}") for item in Kind}
        states = {item.value: words(f"events.state.{item}") for item in State}
        with ui.row().classes("filters").props(f'role="search" aria-label="{words("events.filters")}"'):
            self._text = ui.input(words("events.filter.text"), value=chosen.text, on_change=self._changed)
            self._text.props(f'outlined dense clearable debounce="{TYPING_S * 1000:.0f}" type="search"').classes(
                "grow"
            )
            self._severities = self._several("events.filter.severity", severities, chosen.severities)
            self._kinds = self._several("events.filter.kind", kinds, chosen.kinds)
            self._states = self._several("events.filter.state", states, chosen.states)
            self._asset = ui.select(self._assets(), value=chosen.asset, on_change=self._changed)
            self._asset.props(f'outlined dense clearable label="{words("events.filter.asset")}"').classes("filter")
            ui.button(words("events.filter.reset"), on_click=self._reset, color=None).props("flat no-caps dense")
        StretchPicker(self._view, self._stretch, self._spanned)

    def _several(self, key: str, options: dict[str, str], chosen: frozenset[Any]) -> ui.select:
        picked = [value for value in options if value in chosen]
        box = ui.select(options, value=picked, label=self._view.words(key), multiple=True, on_change=self._changed)
        return box.props("outlined dense options-dense").classes("filter")

    def _assets(self) -> dict[str, str]:
        return {item.name: f"{item.description} ({item.name})" for item in self._view.plant.assets}

    def _look(self) -> Recent:
        twin = self._view.state.twin
        return look(twin, self._stretch.span(twin.clock.now()))

    def _choose(self, recent: Recent) -> tuple[Entry, ...]:
        view, chosen = self._view, self._chosen
        listed = tuple(
            entry for entry in recent.entries if chosen.admits(entry, view.plant, message_of(view, entry.event))
        )
        self._count.set_text(
            self._view.words.counted("events.shown", len(listed), all=len(recent.entries)),
        )
        return listed

    def _changed(self) -> None:
        """Filter what was read by what is chosen now."""
        self._chosen = EventFilter(
            kinds=frozenset(map(Kind, self._kinds.value)),
            severities=frozenset(map(Severity, self._severities.value)),
            states=frozenset(map(State, self._states.value)),
            asset=self._asset.value,
            text=(self._text.value or "").strip(),
        )
        self._address()
        self.board.draw()

    def _reset(self) -> None:
        self._text.value, self._asset.value = "", None
        self._kinds.value, self._severities.value = [], []
        self._states.value = [item.value for item in State if item in UNUSUAL]

    async def _spanned(self, stretch: Stretch) -> None:
        self._stretch = stretch
        self._address()
        await self.board.show()

    def _address(self) -> None:
        asked = urlencode(self._chosen.query() | self._stretch.query())
        ui.navigate.history.replace(f"/events?{asked}" if asked else "/events")
