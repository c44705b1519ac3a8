"""The timeline over its list, brought up to date in place."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from nicegui import events as ui_events
from nicegui import ui

from api.console.charts import timeline_chart
from api.console.columns import Columns, score_columns
from api.console.events.author import Author
from api.console.events.card import OpenEvent
from api.console.events.listing import Acknowledge, EventList
from api.console.events.recent import Recent
from api.console.events.states import Entry, State
from api.console.parts import chart, moves_list, opened
from api.console.states import broken, busy, empty, failed, redraw, title_of
from api.console.taking import chart_tools
from api.console.view import View
from twin.errors import ForetellError
from twin.event import EventMark, MarkAction
from twin.operations.handling import handle
from twin.protocols import ScoreSeries
from twin.scenario import LoggedMove

log = structlog.get_logger(__name__)

REFRESH_S = 15.0
HEIGHT = 350
CLICKED = ["componentType", "name", "data"]
FOLDED = (State.EXPLAINED, State.WITHDRAWN)

Look = Callable[[], Recent]
Choose = Callable[[Recent], Sequence[Entry]]


class EventBoard:
    """Looks again every 15 s, and draws what changed: what somebody focused or unfolded stays as it is.

    `look` reads a stretch and runs in a thread; `choose` says which of its events are listed. What logged moves or
    late samples explain is listed too where `folded`, in parts that the reader unfolds. The list stands beside the
    timeline, or under it where `stacked`.
    """

    def __init__(
        self, view: View, look: Look, choose: Choose, open_event: OpenEvent, *, folded: bool, stacked: bool = False
    ) -> None:
        self._view, self._look, self._choose, self._open, self._folded = view, look, choose, open_event, folded
        self._author = Author()
        self._recent: Recent | None = None
        self._asked = 0
        self._trouble = ui.column().classes("wide").props('aria-live="polite"')
        self._place = ui.element("div").classes("timeline stacked" if stacked else "timeline")
        self._parts: _Parts | None = None
        ui.timer(REFRESH_S, self.refresh)

    async def show(self) -> None:
        """Read and draw anew, saying so meanwhile."""
        self._parts = None
        redraw(self._place, lambda: busy(self._view.words("events.reading")))
        await self.refresh()

    async def refresh(self) -> None:
        """Read again and bring what is drawn up to date; when that fails, say so above what was drawn before."""
        self._asked += 1
        turn = self._asked
        try:
            recent = await asyncio.to_thread(self._look)
        except ForetellError as error:
            known = error
            self._fail(lambda: failed(self._view, known))
        except Exception:
            log.exception("console.events_failed")
            self._fail(lambda: broken(self._view))
        else:
            if turn == self._asked and not self._place.is_deleted:
                self._trouble.clear()
                self._recent = recent
                self.draw()

    def draw(self) -> None:
        """Draw what was read last, as `choose` has it now."""
        recent = self._recent
        if recent is None:
            return
        chosen = self._choose(recent)
        if not recent.looked and not recent.entries:
            self._parts = None
            redraw(self._place, lambda: empty(self._view.words("events.unscored")))
            return
        if self._parts is None:
            redraw(self._place, self._draw_parts)
        if self._parts is not None:
            self._parts.show(recent, chosen)

    def _fail(self, say: Callable[[], None]) -> None:
        if self._place.is_deleted:
            return
        if self._parts is None:
            self._place.clear()
        redraw(self._trouble, say)

    def _draw_parts(self) -> None:
        self._parts = _Parts(self._view, self._open, self._acknowledge, folded=self._folded)

    async def _acknowledge(self, event_id: str) -> None:
        twin = self._view.state.twin
        mark = EventMark(
            event_id=event_id, time=twin.clock.now(), action=MarkAction.ACKNOWLEDGE, author=self._author.name
        )
        try:
            await asyncio.to_thread(handle, twin, mark)
        except ForetellError as error:
            ui.notify(f"{title_of(self._view, error)}: {error.detail}", type="negative")
        else:
            ui.notify(self._view.words("events.acknowledged_now"))
            await self.refresh()


class _Parts:
    """Chart, list, and the parts that are unfolded."""

    def __init__(self, view: View, open_event: OpenEvent, acknowledge: Acknowledge, *, folded: bool) -> None:
        self._view, self._open = view, open_event
        words = view.words
        with ui.element("div").classes("timeline-chart"):
            self._chart = chart({}, HEIGHT).on("componentClick", self._clicked, CLICKED)
            chart_tools(view, self._chart, words("frame.events"), self._numbers)
        with ui.column().classes("timeline-list"):
            self._none = ui.column().classes("wide")
            with self._none:
                empty(words("events.nothing"))
            self._list = EventList(view, open_event, acknowledge, words("events.list"))
            self._folds = {state: _Fold(view, open_event, acknowledge, state) for state in FOLDED if folded}
            self._moves = ui.expansion().classes("wide")
        self._moved: Sequence[LoggedMove] = ()
        self._scores: ScoreSeries | None = None

    def _numbers(self) -> Columns:
        return Columns((), ()) if self._scores is None else score_columns(self._scores, self._view.zone)

    def show(self, recent: Recent, chosen: Sequence[Entry]) -> None:
        """Bring everything to these events."""
        self._scores = recent.scores
        frames = [entry.event for entry in reversed(chosen)]
        options = timeline_chart(recent.scores, frames, recent.moves, recent.span, self._view.write)
        if options != self._chart.options:
            self._chart.options.update(options)
            self._chart.update()
        self._none.set_visibility(not chosen)
        self._list.show(chosen)
        for state, fold in self._folds.items():
            fold.show(recent.being(state))
        if recent.moves != self._moved:
            self._moved = recent.moves
            redraw(self._moves, lambda: moves_list(self._view, recent.moves[::-1]))
            self._moves.set_text(self._view.words.counted("events.moves", len(recent.moves)))
        self._moves.set_visibility(bool(recent.moves))

    async def _clicked(self, argument: ui_events.GenericEventArguments) -> None:
        event_id = opened(argument)
        if event_id is not None:
            await self._open(event_id)


class _Fold:
    """Events of one state, folded away behind their number."""

    def __init__(self, view: View, open_event: OpenEvent, acknowledge: Acknowledge, state: State) -> None:
        self._view, self._state = view, state
        with ui.expansion().classes("wide") as self._place:
            self._list = EventList(view, open_event, acknowledge, view.words(f"events.state.{state}"))

    def show(self, listed: Sequence[Entry]) -> None:
        """Bring the part to these events."""
        self._place.set_visibility(bool(listed))
        self._place.set_text(self._view.words.counted(f"events.folded.{self._state}", len(listed)))
        self._list.show(listed)
