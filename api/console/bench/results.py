"""What the bench shows of a comparison: verdicts, curves with the time line under the first, tables."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from api.console.bench.bars import Bars
from api.console.bench.curves import Future
from api.console.bench.outcome import Look, banner, draw_tables, figure
from api.console.bench.palette import MARKS
from api.console.bench.reading import BEFORE, led_by, observed, truths
from api.console.bench.sheet import Sheet
from api.console.bench.tables import most_moved, told
from api.console.states import empty, redraw, worked_out
from twin.answer import Series
from twin.clock import Span
from twin.errors import ForetellError
from twin.journal import TriedScenario
from twin.operations.hindsight import Hindsight

SHOWN_TAGS = 3
SHOWN_EFFECTS = 10
MAIN_HEIGHT, HEIGHT = 300, 220

Kept = TriedScenario | ForetellError
Save = Callable[[str, TriedScenario], None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is shown: every scenario's outcome or error with its name, and the forecast in hindsight."""

    outcomes: tuple[tuple[str, Kept], ...]
    hindsight: Hindsight | None = None

    @property
    def kept(self) -> list[tuple[str, TriedScenario]]:
        """Those with an outcome, with their names."""
        return [(name, item) for name, item in self.outcomes if isinstance(item, TriedScenario)]

    @property
    def futures(self) -> list[Future]:
        """Outcomes with the marks of their places."""
        return [
            Future(mark, name, item.outcome)
            for mark, (name, item) in zip(MARKS, self.outcomes, strict=False)
            if isinstance(item, TriedScenario)
        ]


class Results:
    """Verdicts first, then one chart per chosen tag, the first with the time line under it, then the tables."""

    def __init__(self, sheet: Sheet, first: Sequence[str], save: Save, led: Callable[[str], Awaitable[None]]) -> None:
        """`led` is told the tag of the first chart whenever it becomes another one."""
        self._sheet, self._view, self._words, self._save = sheet, sheet.view, sheet.view.words, save
        self._led, self._leading = led, ""
        self._comparison: Comparison | None = None
        self._chosen_by_hand, self._setting = bool(first), False
        names = {tag.name: f"{tag.description} ({tag.name})" for tag in observed(sheet.view.state.twin)}
        shown = [tag for tag in first if tag in names] or self._usual(names)
        with ui.column().classes("outcome"):
            self._verdicts = ui.column().classes("wide verdicts").props('aria-live="polite"')
            with ui.row().classes("form-row"):
                self._tags = ui.select(names, value=shown, multiple=True, with_input=True).classes("grow")
                self._tags.props(f'use-chips dense outlined aria-label="{self._words("whatif.curves.label")}"')
                self._tags.on_value_change(self._choose)
                self._bands = ui.switch(self._words("whatif.bands"), value=True, on_change=self.draw)
            self._main = ui.column().classes("wide")
            Bars(sheet)
            self._others = ui.column().classes("wide")
            self._tables = ui.column().classes("wide tables")

    @property
    def first(self) -> str:
        """The tag of the first chart."""
        names = self._tags.value or list(self._tags.options)
        return str(names[0])

    def _usual(self, names: Sequence[str] | dict[str, str]) -> list[str]:
        moved = [move.tag for item in self._sheet.draft.scenarios for move in item.moves]
        return (led_by(self._view.state.twin, moved) or list(names))[:1]

    async def show(self, comparison: Comparison) -> None:
        """Another comparison; the tags that it moves most are drawn, unless somebody has chosen tags."""
        self._comparison = comparison
        redraw(self._verdicts, self._draw_verdicts)
        if not self._chosen_by_hand and told(comparison.futures):
            moved = [move.tag for future in comparison.futures for move in future.outcome.moves]
            telling = [*led_by(self._view.state.twin, moved), *most_moved(comparison.futures)]
            names = [tag for tag in dict.fromkeys(telling) if tag in self._tags.options]
            self._set(names[:SHOWN_TAGS])
        await self.draw()

    async def follow(self) -> None:
        """Before anything was run: draw what the moves of the form lead, unless somebody has chosen tags."""
        if self._comparison is None:
            if not self._chosen_by_hand:
                self._set(self._usual(self._tags.options))
            await self.draw()

    def _set(self, tags: list[str]) -> None:
        self._setting = True
        self._tags.set_value(tags)
        self._setting = False

    def _choose(self) -> Awaitable[None] | None:
        """Draw what somebody chose; not what the bench set, which draws it itself."""
        if self._setting:
            return None
        self._chosen_by_hand = True
        return self.draw()

    def _span(self) -> Span:
        futures = self._comparison.futures if self._comparison else []
        if futures:
            starts, ends = zip(*((item.outcome.start, item.outcome.end) for item in futures), strict=True)
            return Span(min(starts) - BEFORE, max(ends))
        start = self._sheet.draft.start or self._view.state.twin.clock.now()
        return Span(start - BEFORE, start + self._sheet.draft.horizon)

    async def draw(self) -> None:
        """Curves and tables of the tags that are chosen."""
        tags, span = list(self._tags.value or ()), self._span()
        await self._curves(self._main, tags[:1], span, MAIN_HEIGHT)
        await self._curves(self._others, tags[1:], span, HEIGHT)
        redraw(self._tables, self._draw_tables)
        if self.first != self._leading:
            self._leading = self.first
            await self._led(self.first)

    async def _curves(self, place: ui.element, tags: Sequence[str], span: Span, height: int) -> None:
        shown = self._comparison or Comparison(())
        hindsight = shown.hindsight

        def draw(truth: Mapping[str, Series]) -> None:
            for tag in tags:
                error = hindsight.of(tag) if hindsight else None
                look = Look(bands=self._bands.value, height=height)
                figure(self._view, tag, shown.futures, span, truth.get(tag), error, look)

        twin = self._view.state.twin
        await worked_out(self._view, place, self._words("whatif.drawing"), lambda: truths(twin, tags, span), draw)

    def _draw_verdicts(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        for mark, (_, item) in zip(MARKS, comparison.outcomes, strict=False):
            if isinstance(item, ForetellError):
                self._draw_error(mark.letter, item)
        for future, (name, tried) in zip(comparison.futures, comparison.kept, strict=True):
            banner(self._view, future, self._saver(future, name, tried))
        if comparison.futures and not told(comparison.futures):
            empty(self._words("whatif.all_refused"))

    def _saver(self, future: Future, name: str, tried: TriedScenario) -> Callable[[], None]:
        def draw() -> None:
            if tried.name:
                ui.label(self._words("whatif.saved_as", name=tried.name)).classes("hint saved")
                return
            title = self._words("whatif.save.title", letter=future.mark.letter)
            save = ui.button(self._words("whatif.save"), icon="bookmark_add", color=None)
            save.props(f'flat no-caps dense aria-label="{title}"').classes("save")
            save.on_click(lambda: self._save(name, tried))

        return draw

    def _draw_error(self, letter: str, error: ForetellError) -> None:
        with ui.row().classes("state failed").props('role="alert"'):
            ui.icon("error_outline").props('aria-hidden="true"')
            ui.label(self._words("whatif.failed", letter=letter, reason=error.detail))

    def _draw_tables(self) -> None:
        if self._comparison is None:
            return
        futures = self._comparison.futures
        every = most_moved(told(futures))
        shown = list(dict.fromkeys([*(tag for tag in self._tags.value if tag in every), *every]))
        if not every:
            return
        place = ui.column().classes("wide tables")

        def draw(tags: Sequence[str]) -> None:
            redraw(place, lambda: draw_tables(self._view, futures, tags))

        draw(shown[:SHOWN_EFFECTS])
        if len(shown) > SHOWN_EFFECTS:
            switch = ui.switch(self._words("whatif.all_tags", n=len(shown)))
            switch.on_value_change(lambda: draw(shown if switch.value else shown[:SHOWN_EFFECTS]))
