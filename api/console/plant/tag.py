"""The page of one tag: how it stands, what it did, what was expected of it, and what people wrote about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

import structlog
from nicegui import events as ui_events
from nicegui import ui

from api.console.ask import ask_about
from api.console.charts import tag_chart
from api.console.columns import columns_of
from api.console.drawing import PlantTime
from api.console.events.card import event_card
from api.console.events.detail import EventDialog
from api.console.events.states import Entry, entries
from api.console.grafana import tag_dashboard
from api.console.parts import chart, opened, section
from api.console.plant.facts import draw_facts, draw_statistics
from api.console.spans import Stretch, StretchPicker, local_instant
from api.console.states import arrived, empty, failed, redraw, worked_out
from api.console.suggest import Subject
from api.console.taking import chart_tools
from api.console.view import View
from twin.answer import Series
from twin.clock import Span
from twin.errors import ForetellError
from twin.journal import LogEntry
from twin.operations.describe import TagSummary, describe_tag, history, predicted
from twin.operations.events import concerns
from twin.operations.handling import handlings
from twin.operations.moves import logged_moves
from twin.operations.standing import Standing, standings
from twin.plant import Tag
from twin.protocols import Twin
from twin.scenario import LoggedMove

log = structlog.get_logger(__name__)

NOW_S = 3.0
REFRESH_S = 30.0
POINTS = 500
HEIGHT = 360
CLICKED = ["componentType", "name", "data"]


@dataclass(frozen=True, slots=True)
class Past:
    """What a tag did in a stretch of time."""

    span: Span
    measured: Series
    predicted: Series
    summary: TagSummary
    events: tuple[Entry, ...]
    moves: tuple[LoggedMove, ...]
    written: tuple[LogEntry, ...]


def learn(twin: Twin, tag: str, span: Span) -> Past:
    """What a tag did; raises UnknownTag, OutsideData, OutsideRetention, StoreUnavailable."""
    span = Span(span.start, min(span.end, twin.clock.now())) if span.start < twin.clock.now() else span
    frames = [event for event in twin.events.between(span) if concerns(event, frozenset({tag}))]
    written = () if twin.journal is None else twin.journal.entries(span)
    return Past(
        span=span,
        measured=history(twin, tag, span, POINTS),
        predicted=predicted(twin, tag, span, POINTS),
        summary=describe_tag(twin, tag, span),
        events=entries(frames, handlings(twin, frames)),
        moves=logged_moves(twin, span),
        written=tuple(entry for entry in written if entry.tag == tag),
    )


async def tag_page(view: View, name: str, query: Mapping[str, str]) -> None:
    """One tag over the stretch that the address names."""
    try:
        tag, stretch = view.plant.tag(name), Stretch.read(query)
    except ForetellError as error:
        failed(view, error)
        ui.link(view.words("plant.all"), "/plant")
        return
    page = _TagPage(view, tag, stretch)
    if not await arrived():
        return
    await page.stand()
    await page.show()
    ui.timer(NOW_S, page.stand)
    ui.timer(REFRESH_S, page.refresh)


class _TagPage:
    def __init__(self, view: View, tag: Tag, stretch: Stretch) -> None:
        self._view, self._tag, self._stretch = view, tag, stretch
        self._past: Past | None = None
        self._standing: Standing | None = None
        self._chart: ui.echart | None = None
        words = view.words
        self._dialog = EventDialog(view)
        self._dialog.on_change(self.refresh)
        heading, body = section(f"{tag.description} · {tag.name}")
        with heading:
            ui.link(words("plant.all"), "/plant").classes("hint end")
        with body:
            self._facts = ui.column().classes("wide tag-facts")
            StretchPicker(view, stretch, self._spanned)
            self._place = ui.column().classes("wide")
            self._what_if()
            self._below = ui.column().classes("wide")
        ask_about(view, Subject(tag=tag.name, span=stretch.own))

    async def stand(self) -> None:
        """Read and draw how the tag stands now."""
        twin = self._view.state.twin
        try:
            found = await asyncio.to_thread(standings, twin)
        except ForetellError as error:
            known = error
            redraw(self._facts, lambda: failed(self._view, known))
            return
        standing = next(item for item in found if item.tag.name == self._tag.name)
        handle = next((item for item in found if item.tag.name == self._tag.handle), None)
        if standing != self._standing:
            self._standing = standing
            redraw(self._facts, lambda: draw_facts(self._view, standing, handle, twin.clock.now()))

    async def show(self) -> None:
        """Read the stretch and draw everything of it anew."""
        self._chart = None
        self._below.clear()
        await worked_out(self._view, self._place, self._view.words("plant.reading_tag"), self._look, self._draw)

    async def refresh(self) -> None:
        """Read the stretch again, unless it is one that has passed, and bring the drawing up to date."""
        if self._chart is None:
            await self.show()
            return
        try:
            past = await asyncio.to_thread(self._look)
        except ForetellError as error:
            log.warning("console.tag_refresh_failed", detail=error.detail)
            return
        if self._chart is None or self._chart.is_deleted:
            return
        self._past = past
        self._chart.options.update(self._options(past))
        self._chart.update()
        redraw(self._below, lambda: self._draw_below(past))

    async def _spanned(self, stretch: Stretch) -> None:
        self._stretch = stretch
        asked = urlencode(stretch.query())
        address = f"/tags/{quote(self._tag.name, safe='')}"
        ui.navigate.history.replace(f"{address}?{asked}" if asked else address)
        await self.show()

    def _look(self) -> Past:
        twin = self._view.state.twin
        return learn(twin, self._tag.name, self._stretch.span(twin.clock.now()))

    def _options(self, past: Past) -> dict[str, object]:
        measured, expected = self._lines(past)
        frames = [entry.event for entry in past.events]
        return tag_chart(measured, expected, self._tag, frames, past.moves, past.span, self._view.write)

    def _lines(self, past: Past) -> tuple[Series, Series]:
        words = self._view.words
        return (
            past.measured.model_copy(update={"name": words("events.chart.measured")}),
            past.predicted.model_copy(update={"name": words("events.chart.predicted")}),
        )

    def _draw(self, past: Past) -> None:
        self._past = past
        if not past.measured.time and not past.predicted.time:
            empty(self._view.words("plant.no_values"))
        else:
            with ui.column().classes("figure"):
                ui.label(self._view.words("plant.chart_hint")).classes("hint")
                self._chart = chart(self._options(past), HEIGHT).on("componentClick", self._clicked, CLICKED)
                chart_tools(self._view, self._chart, self._tag.name, columns_of(self._lines(past), self._view.zone))
        redraw(self._below, lambda: self._draw_below(past))

    def _draw_below(self, past: Past) -> None:
        words, view = self._view.words, self._view
        draw_statistics(view, past.summary, self._tag)
        ui.label(words("plant.events")).classes("strong")
        if not past.events:
            ui.label(words("plant.events.none")).classes("hint")
        for entry in past.events:
            event_card(view, entry.event, self._dialog.open, entry.handling)
        ui.label(words("plant.written")).classes("strong")
        if not past.written:
            ui.label(words("plant.written.none")).classes("hint")
        for note in past.written:
            ui.label(f"{view.write.instant(note.time)}  {note.author}: {note.text}").classes("hint entry")
        url = view.state.settings.grafana_url
        if url is not None:
            ui.link(words("events.grafana"), tag_dashboard(url, self._tag.name, past.span), new_tab=True).classes(
                "hint"
            )

    def _what_if(self) -> None:
        """A what-if with the tag's handle, from now or from an instant that a click on the curve chooses."""
        movable = self._tag.name if self._tag.movable else self._tag.handle
        words = self._view.words
        with ui.row().classes("actions"):
            zone = self._view.write.zone_name(self._view.state.twin.clock.now())
            self._from = ui.input(words("plant.what_if.from", zone=zone), on_change=lambda: self._linked(movable))
            self._from.props('outlined dense stack-label clearable type="datetime-local"')
            self._link = ui.link(words("plant.what_if"), "/what-if").classes("what-if")
        self._linked(movable)

    def _linked(self, movable: str | None) -> None:
        asked = {} if movable is None else {"tag": movable}
        if self._from.value:
            asked["start"] = local_instant(self._from.value, self._view.zone).isoformat()
        self._link.props(f'href="/what-if?{urlencode(asked)}"')

    async def _clicked(self, argument: ui_events.GenericEventArguments) -> None:
        """A region opens its event; a point of the curve becomes the start of a what-if."""
        event_id = opened(argument)
        if event_id is not None:
            await self._dialog.open(event_id)
            return
        data = argument.args.get("data")
        if isinstance(data, list) and data and self._past is not None:
            moment = PlantTime(self._view.write, self._past.span.end).moment(float(data[0]))
            self._from.set_value(_minute(moment, self._view))


def _minute(moment: datetime, view: View) -> str:
    return f"{moment.astimezone(view.zone):%Y-%m-%dT%H:%M}"
