"""The past of one tag, on which a start is clicked or a stretch is dragged."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from nicegui import events as ui_events
from nicegui import ui

from api.console.bench.curves import past_chart
from api.console.bench.draft import picked
from api.console.bench.sheet import Sheet
from api.console.columns import columns_of
from api.console.parts import chart
from api.console.states import busy, empty, redraw
from api.console.taking import chart_tools
from twin.answer import Series
from twin.clock import Span
from twin.errors import ForetellError
from twin.operations.describe import history

log = structlog.get_logger(__name__)

HEIGHT = 110
PATIENCE_S = 20.0
CLICK = 4.0
"""Pixels that a pointer moves less than in a click."""
DAYS = (1, 4, 14, 60)
CURSOR = {"type": "takeGlobalCursor", "key": "brush", "brushOption": {"brushType": "lineX", "brushMode": "single"}}


class Past:
    """Draws one tag over the last days; what is chosen on it becomes the sheet's start, a stretch its horizon too."""

    def __init__(self, sheet: Sheet, chosen: Callable[[], Awaitable[None]]) -> None:
        self._sheet, self._chosen = sheet, chosen
        self._words = sheet.view.words
        self._series: Series | None = None
        self._chart: ui.echart | None = None
        self._armed = self._reaching = False
        self._pointer = 0.0
        self._marked = sheet.draft.start, sheet.draft.horizon
        self._tag = ""
        with ui.column().classes("past"):
            with ui.row().classes("form-row"):
                ui.label(self._words("whatif.past")).classes("figure-title")
                days = {days: self._words.counted("whatif.past.days", days) for days in DAYS}
                self._days = ui.toggle(days, value=DAYS[0], on_change=self._other_range).classes("end")
                label = self._words("whatif.past.range")
                self._days.props(f'no-caps dense unelevated padding="2px 10px" aria-label="{label}"')
                self._tools = ui.element("div")
            self._place = ui.element("div").classes("wide")
        sheet.listeners.append(self._mark)

    async def show(self, tag: str) -> None:
        """Read and draw the past of a tag."""
        self._tag = tag
        self._reach()
        await self._read()

    async def reach(self) -> None:
        """Draw more days when the start does not lie in those that are drawn."""
        if self._reach() and self._tag:
            await self._read()

    async def _read(self) -> None:
        span = self._span()
        if self._chart is None:
            redraw(self._place, lambda: busy(self._words("whatif.past.reading")))
        try:
            self._series = await asyncio.to_thread(history, self._sheet.view.state.twin, self._tag, span)
        except ForetellError as error:
            log.warning("console.past_failed", detail=error.detail)
            self._series = None
        redraw(self._place, self._draw)

    def _other_range(self) -> Awaitable[None] | None:
        return self._read() if self._tag and not self._reaching else None

    def _reach(self) -> bool:
        """Choose days that the start is among, or the most there are; gives whether that changed them."""
        start, before = self._sheet.draft.start, self._days.value
        if start is not None and start < self._span().start:
            age = self._sheet.view.state.twin.clock.now() - start
            self._reaching = True
            self._days.set_value(next((days for days in DAYS if age <= timedelta(days=days)), DAYS[-1]))
            self._reaching = False
        return bool(self._days.value != before)

    def _span(self) -> Span:
        now = self._sheet.view.state.twin.clock.now()
        return Span(now - timedelta(days=self._days.value or DAYS[0]), now)

    def _draw(self) -> None:
        self._chart, self._armed = None, False
        self._tools.clear()
        if self._series is None or not self._series.time:
            empty(self._words("whatif.past.nothing"))
            return
        self._chart = chart(self._options(self._series), HEIGHT)
        with self._tools:
            view, name = self._sheet.view, self._words("whatif.past.file", tag=self._tag)
            chart_tools(view, self._chart, name, columns_of([self._series], view.zone))
        self._chart.on("chart:finished", self._arm, [])
        self._chart.on("mousedown", self._pressed, ["offsetX"])
        self._chart.on("mouseup", self._released, ["offsetX"])
        self._chart.on("chart:brushEnd", self._brushed, ["areas"])

    def _options(self, series: Series) -> dict[str, Any]:
        draft = self._sheet.draft
        chosen = None if draft.start is None else Span(draft.start, draft.start + draft.horizon)
        return past_chart(series, self._sheet.view.write, self._span(), chosen)

    def _mark(self) -> None:
        """Shade the stretch that is chosen, when it is another one."""
        stretch = self._sheet.draft.start, self._sheet.draft.horizon
        if stretch == self._marked:
            return
        self._marked = stretch
        if self._chart is not None and self._series is not None and not self._chart.is_deleted:
            self._chart.options.update(self._options(self._series))
            self._chart.update()

    async def _arm(self) -> None:
        """Let the pointer choose; once, because arming draws the chart again."""
        if self._chart is not None and not self._armed:
            self._armed, drawn = True, self._chart
            await drawn.run_chart_method("dispatchAction", CURSOR, timeout=PATIENCE_S)
            drawn.classes("armed")

    def _pressed(self, event: ui_events.GenericEventArguments) -> None:
        self._pointer = float(event.args["offsetX"])

    async def _released(self, event: ui_events.GenericEventArguments) -> None:
        """A click; what moved the pointer on is a stretch, which `_brushed` hears of."""
        if self._chart is None or abs(float(event.args["offsetX"]) - self._pointer) >= CLICK:
            return
        value = await self._chart.run_chart_method(
            "convertFromPixel", {"xAxisIndex": 0}, self._pointer, timeout=PATIENCE_S
        )
        start = min(self._instant(float(value)), self._sheet.view.state.twin.clock.now())
        await self._take(start, self._sheet.draft.horizon)

    async def _brushed(self, event: ui_events.GenericEventArguments) -> None:
        areas, now = event.args.get("areas"), self._sheet.view.state.twin.clock.now()
        if areas and self._chart is not None:
            first, last = (self._instant(value) for value in areas[0]["coordRange"])
            self._chart.run_chart_method("dispatchAction", {"type": "brush", "areas": []})
            await self._take(*picked(first, last, now, self._sheet.most, self._sheet.step))

    async def _take(self, start: datetime, horizon: timedelta) -> None:
        self._sheet.faulty_start = self._sheet.faulty_horizon = None
        self._sheet.put(replace(self._sheet.draft, start=start.replace(second=0, microsecond=0), horizon=horizon))
        await self._chosen()

    def _instant(self, value: float) -> datetime:
        """The instant at a place on the axis, which stands on the plant's clock."""
        offset = self._span().end.astimezone(self._sheet.view.zone).utcoffset() or timedelta(0)
        return datetime.fromtimestamp(value / 1000, UTC) - offset
