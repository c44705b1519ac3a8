"""The timeline: scores, events and logged moves of the last day or of the last four, kept up to date."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog
from nicegui import events as ui_events
from nicegui import ui

from api.console.charts import timeline_chart
from api.console.event import OpenEvent
from api.console.parts import chart, event_card, moves_list, opened, section
from api.console.states import empty, redraw, worked_out
from api.console.view import View
from api.console.wording import counted
from api.console.words import Words
from api.console.writing import Writer
from api.dependencies import AppState
from twin.clock import Span
from twin.errors import ForetellError
from twin.operations.events import EventsFound, find_events
from twin.protocols import ScoreSeries

log = structlog.get_logger(__name__)

SPANS = {24: "24 h", 96: "4 days"}
REFRESH_S = 15.0
HEIGHT = 350
CLICKED = ["componentType", "name", "data"]


@dataclass(frozen=True, slots=True)
class Recent:
    """What the timeline draws."""

    span: Span
    found: EventsFound
    scores: ScoreSeries


class TimelinePanel:
    """Draws the recent past, or first the stretch that a link names, and looks again every 15 s."""

    def __init__(self, state: AppState, open_event: OpenEvent, span: Span | None = None) -> None:
        self._state = state
        self._open_event = open_event
        self._linked = span
        self._chart: ui.echart | None = None
        self._listed: tuple[object, ...] | None = None
        self._asked = self._shown = 0
        heading, body = section("Events", "Grey is ordinary; colour marks what no logged move explains.")
        with heading:
            self._hours = ui.toggle(SPANS, value=None if span else 24, on_change=self._recent).classes("end")
            self._hours.props('no-caps dense unelevated padding="2px 12px" aria-label="Time range"')
        with body:
            self._place = ui.element("div").classes("timeline")
        ui.timer(REFRESH_S, self._refresh)

    async def show(self) -> None:
        """Draw the timeline anew."""
        self._chart = None
        self._asked += 1
        await worked_out(View(self._state, Words()), self._place, "Reading the last hours …", self._look, self._draw)
        self._shown += 1

    async def _recent(self) -> None:
        self._linked = None
        await self.show()

    async def _refresh(self) -> None:
        if self._shown < self._asked:
            return
        if self._chart is None:
            await self.show()
            return
        try:
            recent = await asyncio.to_thread(self._look)
        except ForetellError as error:
            log.warning("console.refresh_failed", detail=error.detail)
            return
        if self._chart is not None and not self._chart.is_deleted:
            self._chart.options.update(self._options(recent))
            self._chart.update()
            self._fill_list(recent.found)

    def _look(self) -> Recent:
        now = self._state.twin.clock.now()
        span = self._linked or Span(now - timedelta(hours=self._hours.value), now)
        return Recent(span, find_events(self._state.twin, span), self._state.twin.events.scores(span))

    def _options(self, recent: Recent) -> dict[str, object]:
        found = recent.found
        return timeline_chart(
            recent.scores,
            found.anomalies,
            found.moves,
            recent.span,
            Writer(Words(), self._state.twin.plant.time_zone),
        )

    def _draw(self, recent: Recent) -> None:
        if not len(recent.scores.time) and not recent.found.anomalies:
            empty("The twin has not scored this stretch yet: no data, or the world model is still catching up.")
            return
        with ui.element("div").classes("timeline-chart"):
            self._chart = chart(self._options(recent), HEIGHT).on("componentClick", self._clicked, CLICKED)
        self._list = ui.column().classes("timeline-list")
        self._listed = None
        self._fill_list(recent.found)

    def _fill_list(self, found: EventsFound) -> None:
        """Draw the list unless it shows the same already: what somebody unfolded stays unfolded."""
        shown = (found.anomalies, found.explained, found.withdrawn, found.moves)
        if shown != self._listed:
            self._listed = shown
            redraw(self._list, lambda: self._draw_list(found))

    def _draw_list(self, found: EventsFound) -> None:
        if not found.anomalies:
            empty("Nothing unusual in this stretch.")
        for event in sorted(found.anomalies, key=lambda item: item.start, reverse=True):
            event_card(View(self._state, Words()), event, self._open_event)
        if found.explained:
            with ui.expansion(
                f"{counted(len(found.explained), 'event', 'events')} explained by logged moves"
            ).classes("wide"):
                for event in found.explained:
                    event_card(View(self._state, Words()), event, self._open_event)
        if found.withdrawn:
            with ui.expansion(
                f"{counted(len(found.withdrawn), 'event', 'events')} that late samples explained"
            ).classes("wide"):
                for event in found.withdrawn:
                    event_card(View(self._state, Words()), event, self._open_event)
        if found.moves:
            with ui.expansion(counted(len(found.moves), "logged move", "logged moves")).classes("wide"):
                moves_list(View(self._state, Words()), found.moves[::-1])

    async def _clicked(self, argument: ui_events.GenericEventArguments) -> None:
        event_id = opened(argument)
        if event_id is not None:
            await self._open_event(event_id)
