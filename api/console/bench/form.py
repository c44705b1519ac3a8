"""The form: when, which scenarios, which moves each of them makes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from nicegui import events as ui_events
from nicegui import ui

from api.console.bench.draft import DraftMove, DraftScenario, local_text
from api.console.bench.move import MoveFields
from api.console.bench.palette import MARKS, MOST
from api.console.bench.sheet import Sheet
from api.console.spans import local_instant
from api.console.states import redraw
from twin.errors import InvalidInput

HOUR = timedelta(hours=1)
NOW, PAST = "now", "past"
MOST_MOVES = 20
DEFAULT_PAST = timedelta(hours=6)


class Form:
    """Start and horizon, a tab per scenario, the moves of the one that is selected."""

    def __init__(
        self, sheet: Sheet, run: Callable[[], Awaitable[None]], moved: Callable[[], Awaitable[None]]
    ) -> None:
        self._sheet, self._run, self._moved = sheet, run, moved
        self._words = sheet.view.words
        self._fields: list[MoveFields] = []
        self._shape: tuple[object, ...] = ()
        with ui.column().classes("form"):
            self._when()
            self._tabs = (
                ui.row()
                .classes("form-row tabs")
                .props(f'role="group" aria-label="{self._words("whatif.scenarios")}"')
            )
            self._scenario = ui.column().classes("form wide")
        sheet.listeners.append(self.show)
        self.show()

    def _when(self) -> None:
        choices = {NOW: self._words("whatif.start.now"), PAST: self._words("whatif.start.past")}
        with ui.row().classes("form-row"):
            self._from = ui.toggle(choices, value=NOW).on_value_change(self._another_from)
            self._from.props(
                f'no-caps dense unelevated padding="4px 10px" aria-label="{self._words("whatif.start")}"'
            )
            self._horizon = ui.number(self._words("whatif.horizon"), value=8, step=0.5).classes("horizon grow")
            self._horizon.props("outlined dense").on_value_change(self._another_horizon)
        self._start = ui.input(self._start_label()).classes("wide")
        self._start.props('outlined dense type="datetime-local" stack-label').on_value_change(self._another_start)
        for field in (self._start, self._horizon):
            field.without_auto_validation().on("keydown.enter", self._run)

    def _start_label(self) -> str:
        moment = self._sheet.draft.start or self._sheet.view.state.twin.clock.now()
        return self._words("whatif.start.field", zone=self._sheet.view.write.zone_name(moment))

    def show(self) -> None:
        """Show the sheet; fields are drawn anew only where moves or scenarios came or went."""
        draft, sheet = self._sheet.draft, self._sheet
        self._from.set_value(NOW if draft.start is None else PAST)
        self._start.set_visibility(draft.start is not None)
        self._start.set_label(self._start_label())
        if draft.start is not None and not sheet.faulty_start:
            self._start.set_value(local_text(draft.start, sheet.view.plant))
        self._start.error = sheet.faulty_start
        if not sheet.faulty_horizon:
            self._horizon.set_value(draft.horizon / HOUR)
        self._horizon.error = sheet.faulty_horizon
        shape = (sheet.selected, *(len(item.moves) for item in draft.scenarios))
        if shape != self._shape:
            self._shape = shape
            redraw(self._tabs, self._draw_tabs)
            redraw(self._scenario, self._draw_scenario)
        for fields in self._fields:
            fields.show()

    def _draw_tabs(self) -> None:
        for index, mark in enumerate(MARKS[: len(self._sheet.draft.scenarios)]):
            pressed = index == self._sheet.selected
            tab = ui.button(mark.letter, color=None, on_click=lambda index=index: self.select(index))
            tab.props(f'flat dense aria-pressed="{str(pressed).lower()}"').classes(f"tab {mark.style}")
            tab.props(f'aria-label="{self._words("whatif.scenario_of", letter=mark.letter)}"')
        if len(self._sheet.draft.scenarios) < MOST:
            add = ui.button(icon="add", color=None, on_click=lambda: self._add(DraftScenario((self._first_move(),))))
            add.props(f'flat dense aria-label="{self._words("whatif.add")}"').classes("tab")

    def _draw_scenario(self) -> None:
        sheet, mark = self._sheet, MARKS[self._sheet.selected]
        name = ui.input(self._words("whatif.name", letter=mark.letter), value=sheet.scenario.name)
        name.props("outlined dense maxlength=120").classes("wide").on_value_change(self._rename)
        name.on("keydown.enter", self._run)
        self._fields = [
            MoveFields(sheet, place, self._run, self._moved) for place in range(len(sheet.scenario.moves))
        ]
        with ui.row().classes("form-row"):
            if len(sheet.scenario.moves) < MOST_MOVES:
                self._small("add", "whatif.add_move", self._add_move)
            if len(sheet.draft.scenarios) < MOST:
                self._small("content_copy", "whatif.duplicate", lambda: self._add(replace(sheet.scenario, name="")))
            if len(sheet.draft.scenarios) > 1:
                self._small("delete", "whatif.remove", self._remove)

    def _small(self, icon: str, key: str, done: Callable[[], object]) -> None:
        ui.button(self._words(key), icon=icon, color=None, on_click=done).props("flat no-caps dense")

    def select(self, place: int) -> None:
        """Edit another scenario."""
        self._sheet.selected = place
        self._sheet.tell()

    def _first_move(self) -> DraftMove:
        return DraftMove(self._sheet.view.plant.movable[0].name)

    def _add(self, scenario: DraftScenario) -> None:
        draft = self._sheet.draft
        self._sheet.selected = len(draft.scenarios)
        self._sheet.put(draft.with_scenario(len(draft.scenarios), scenario))

    def _remove(self) -> None:
        self._shape = ()
        self._sheet.put(self._sheet.draft.without_scenario(self._sheet.selected))

    def _add_move(self) -> None:
        moves = (*self._sheet.scenario.moves, self._first_move())
        self._sheet.put_scenario(replace(self._sheet.scenario, moves=moves))

    def _rename(self, change: ui_events.ValueChangeEventArguments[str | None]) -> None:
        self._sheet.put_scenario(replace(self._sheet.scenario, name=(change.value or "").strip()))

    def _another_horizon(self, change: ui_events.ValueChangeEventArguments[float | None]) -> None:
        self._sheet.put_horizon(None if change.value is None else change.value * HOUR)

    async def _another_from(self, change: ui_events.ValueChangeEventArguments[str]) -> None:
        draft, now = self._sheet.draft, self._sheet.view.state.twin.clock.now()
        if (change.value == NOW) == (draft.start is None):
            return
        self._sheet.faulty_start = None
        self._sheet.put(replace(draft, start=None if change.value == NOW else now - DEFAULT_PAST))
        await self._moved()

    async def _another_start(self, change: ui_events.ValueChangeEventArguments[str | None]) -> None:
        draft, plant, sheet = self._sheet.draft, self._sheet.view.plant, self._sheet
        if draft.start is None or change.value == local_text(draft.start, plant):
            return
        try:
            start = local_instant(change.value, plant.time_zone)
        except InvalidInput:
            sheet.faulty_start = self._words("whatif.problem.no_instant")
            sheet.tell()
            return
        future = start > sheet.view.state.twin.clock.now()
        sheet.faulty_start = self._words("whatif.problem.future") if future else None
        sheet.put(draft if future else replace(draft, start=start))
        if not future:
            await self._moved()
