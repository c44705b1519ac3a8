"""The plant page: the tree of assets with every tag as it is now."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from nicegui import ui

from api.console.parts import section
from api.console.plant.branch import Branch, Values
from api.console.plant.tree import Node, Trouble, tree, troubles
from api.console.states import arrived, broken, busy, empty, failed, redraw
from api.console.view import View
from twin.clock import Span
from twin.errors import ForetellError
from twin.operations.handling import handlings
from twin.operations.standing import Standing, recent_values, standings
from twin.protocols import Twin

log = structlog.get_logger(__name__)

REFRESH_S = 3.0
RECENT = timedelta(hours=8)
RECENT_EVERY = timedelta(minutes=1)
"""How often the small lines are read again: their rows are minutes long."""
MANY_TAGS = 80
"""Tags up to which a plant is shown unfolded."""
TYPING_S = 0.3


@dataclass(frozen=True, slots=True)
class Now:
    """The plant as it is now."""

    time: datetime
    standings: dict[str, Standing]
    trouble: dict[str, Trouble]


def look(twin: Twin, nodes: Sequence[Node]) -> Now:
    """Newest values, deviations and open events; raises StoreUnavailable."""
    now = twin.clock.now()
    found = {standing.tag.name: standing for standing in standings(twin)}
    frames = [event for event in twin.events.between(Span(now - RECENT, now)) if event.open and event.anomalous]
    handled = handlings(twin, frames)
    unshelved = [event for event in frames if not handled[event.id].shelved]
    return Now(now, found, troubles(nodes, found, unshelved))


async def plant_page(view: View) -> None:
    """The tree, brought up to date every three seconds."""
    page = _PlantPage(view)
    if not await arrived():
        return
    await page.refresh()
    ui.timer(REFRESH_S, page.refresh)


class _PlantPage:
    def __init__(self, view: View) -> None:
        self._view, self._nodes = view, tree(view.plant)
        self._recent: Mapping[str, Values] = {}
        self._read_at: datetime | None = None
        self._branches: list[Branch] = []
        words = view.words
        heading, body = section(words("frame.plant"), view.plant.description)
        with heading:
            self._as_of = ui.label().classes("hint end")
        with body:
            search = ui.input(words("plant.search"), on_change=lambda change: self._search(change.value or ""))
            search.props(f'outlined dense clearable debounce="{TYPING_S * 1000:.0f}" type="search"').classes("wide")
            self._trouble = ui.column().classes("wide").props('aria-live="polite"')
            self._nothing = ui.column().classes("wide")
            with self._nothing:
                empty(words("plant.nothing"))
            self._nothing.set_visibility(False)
            self._place = ui.element("div").classes("tree")
            redraw(self._place, lambda: busy(words("plant.reading")))

    async def refresh(self) -> None:
        """Read everything anew and bring what is unfolded up to date."""
        try:
            now = await asyncio.to_thread(look, self._view.state.twin, self._nodes)
            await self._read_recent(now.time)
        except ForetellError as error:
            known = error
            self._fail(lambda: failed(self._view, known))
        except Exception:
            log.exception("console.plant_failed")
            self._fail(lambda: broken(self._view))
        else:
            self._show(now)

    def _show(self, now: Now) -> None:
        if self._place.is_deleted:
            return
        self._trouble.clear()
        if not self._branches:
            redraw(self._place, self._draw)
            self._reading()
        write = self._view.write
        as_of = f"{write.instant(now.time)} {write.zone_name(now.time)}"
        self._as_of.set_text(self._view.words("plant.as_of", instant=as_of))
        for branch in self._every():
            branch.show(now.standings, self._recent, now.trouble, now.time)

    def _draw(self) -> None:
        unfold = len(self._view.plant.tags) <= MANY_TAGS
        self._branches = [Branch(self._view, node, unfold=unfold, unfolded=self._reading) for node in self._nodes]

    def _reading(self) -> None:
        """Read at once what was unfolded just now."""
        self._read_at = None
        ui.timer(0, self.refresh, once=True)

    async def _read_recent(self, now: datetime) -> None:
        """The small lines of what is unfolded: anew every minute, and at once for what was not read yet."""
        if self._read_at is not None and now - self._read_at < RECENT_EVERY:
            return
        names = [name for branch in self._every() for name in branch.drawn]
        if names:
            span = Span(now - RECENT, now)
            self._recent = await asyncio.to_thread(recent_values, self._view.state.twin, names, span)
            self._read_at = now

    def _every(self) -> list[Branch]:
        return [item for branch in self._branches for item in branch.every()]

    def _search(self, words: str) -> None:
        found = [branch.search(words) for branch in self._branches]
        self._nothing.set_visibility(bool(self._branches) and not any(found))
        self._reading()

    def _fail(self, say: Callable[[], None]) -> None:
        if self._place.is_deleted:
            return
        if not self._branches:
            self._place.clear()
        redraw(self._trouble, say)
