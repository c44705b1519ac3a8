"""The fields of one move: what is moved, how far, by slider and by number, and when."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from nicegui import events as ui_events
from nicegui import ui

from api.console.bench.draft import DraftMove, Kind, move_before
from api.console.bench.fields import Track, amount_for, track
from api.console.bench.sheet import Sheet
from api.console.writing import unit_sign
from twin.plant import Tag

MINUTE = timedelta(minutes=1)

Act = Callable[[], Awaitable[None]]


class MoveFields:
    """Shows the move at `place` of the scenario that is being edited, and changes it in the sheet."""

    def __init__(self, sheet: Sheet, place: int, run: Act, moved: Act) -> None:
        self._moved = moved
        self._sheet, self._place, self._words = sheet, place, sheet.view.words
        self._scenario = sheet.selected
        with ui.element("fieldset").classes("bench-move"):
            self._head()
            self._what()
            self._track()
            self._when()
        for field in (self._number, self._begin, self._end):
            field.on("keydown.enter", run)

    @property
    def _move(self) -> DraftMove:
        return self._sheet.draft.scenarios[self._scenario].moves[self._place]

    @property
    def _tag(self) -> Tag:
        return self._sheet.view.plant.tag(self._move.tag)

    @property
    def _before(self) -> float | None:
        present = self._sheet.known.levels.get(self._move.tag)
        if present is None:
            return None
        return move_before(self._sheet.draft.scenarios[self._scenario].moves, self._place, present)

    def _head(self) -> None:
        with ui.row().classes("form-row"):
            ui.label(self._words("whatif.move_of", n=self._place + 1)).classes("strong")
            remove = (
                ui.button(icon="delete", color=None, on_click=self._remove).props("flat round dense").classes("end")
            )
            remove.props(f'aria-label="{self._words("whatif.remove_move", n=self._place + 1)}"')

    def _what(self) -> None:
        names = {tag.name: f"{tag.description} ({tag.name})" for tag in self._sheet.view.plant.movable}
        kinds = {kind.value: self._words(f"whatif.kind.{kind}") for kind in Kind}
        self._select = ui.select(names, value=self._move.tag, label=self._words("whatif.tag"), with_input=True)
        self._select.props("outlined dense").classes("wide").on_value_change(self._another_tag)
        self._about = ui.label().classes("hint")
        with ui.row().classes("form-row"):
            self._kind = ui.toggle(kinds, value=self._move.kind.value).on_value_change(self._another_kind)
            self._kind.props(f'no-caps dense unelevated padding="4px 10px" aria-label="{self._words("whatif.kind")}"')
            self._number = ui.number(self._words("whatif.amount"), value=self._move.amount).classes("grow amount")
            self._number.props("outlined dense step=any").on_value_change(self._another_amount)
            self._number.without_auto_validation()
        self._level = ui.label().classes("hint level")

    def _track(self) -> None:
        with ui.element("div").classes("track"):
            self._slider = ui.slider(min=0, max=1, step=0.1, value=0)
            self._slider.props(f'aria-label="{self._words("whatif.slider")}"')
            self._slider.on("update:model-value", self._slid, throttle=0.05)
            self._learned = ui.element("div").classes("learned").props('aria-hidden="true"')
        self._envelope = ui.label().classes("hint")

    def _when(self) -> None:
        with ui.row().classes("form-row"):
            self._begin = self._minutes("whatif.begin", self._change_begin)
            self._end = self._minutes("whatif.end", self._change_end)

    def _minutes(
        self, key: str, changed: Callable[[ui_events.ValueChangeEventArguments[float | None]], None]
    ) -> ui.number:
        field = ui.number(self._words(key), min=0, step=self._sheet.step / MINUTE)
        field.props("outlined dense stack-label").classes("grow").on_value_change(changed)
        return field.without_auto_validation()

    def show(self) -> None:
        """Let all fields show the sheet's move."""
        move, tag, write, before = self._move, self._tag, self._sheet.view.write, self._before
        learned = self._sheet.known.learned.get(tag.name)
        self._about.text = self._words(
            "whatif.present",
            value=self._words("whatif.no_value") if before is None else write.quantity(before, tag.unit),
            low=write.number(tag.low),
            high=write.quantity(tag.high, tag.unit),
        )
        self._envelope.text = (
            self._words("whatif.unlearned")
            if learned is None
            else self._words(
                "whatif.learned", low=write.number(learned[0]), high=write.quantity(learned[1], tag.unit)
            )
        )
        unit = "%" if move.kind is Kind.PER_CENT else unit_sign(tag.unit)
        self._number.props(f'suffix="{unit}"')
        self._number.set_value(move.amount)
        self._kind.set_value(move.kind.value)
        self._show_level(before)
        self._show_track(track(move, tag, before, learned))
        self._begin.set_value(move.begin / MINUTE)
        self._end.set_value(None if move.end is None else move.end / MINUTE)
        problems = self._sheet.problems(self._scenario, self._place)
        unwritten = move.amount is None and not self._sheet.asked
        self._number.error = None if unwritten else problems.get("amount")
        self._begin.error = problems.get("begin")
        self._end.error = problems.get("end")

    def _show_level(self, before: float | None) -> None:
        level = None if before is None else self._move.level(before)
        said = "" if level is None else self._sheet.view.write.quantity(level, self._tag.unit)
        self._level.text = self._words("whatif.leads_to", level=said) if said else ""
        self._level.set_visibility(bool(said) and self._move.kind is not Kind.TO)

    def _show_track(self, runs: Track) -> None:
        self._slider.props.update({"min": runs.low, "max": runs.high, "step": runs.step})
        still = amount_for(self._move.kind, self._before, self._before)
        amount = self._move.amount if self._move.amount is not None else still
        self._slider.set_value(runs.low if amount is None else min(runs.high, max(runs.low, amount)))
        self._learned.set_visibility(runs.learned is not None)
        if runs.learned is not None:
            left, right = (runs.place(value) for value in runs.learned)
            self._learned.style(f"left: {left:.2f}%; width: {right - left:.2f}%")

    def _put(self, move: DraftMove) -> None:
        if move != self._move:
            self._sheet.put_move(self._scenario, self._place, move)

    async def _another_tag(self, change: ui_events.ValueChangeEventArguments[str]) -> None:
        if change.value and change.value != self._move.tag:
            self._put(replace(self._move, tag=change.value, amount=None))
            await self._moved()

    def _another_kind(self, change: ui_events.ValueChangeEventArguments[str]) -> None:
        """Another way to say the same level, where that is known."""
        kind, before = Kind(change.value), self._before
        if kind is self._move.kind:
            return
        level = self._move.amount if self._move.kind is Kind.TO else None
        level = self._move.level(before) if before is not None else level
        amount = None if level is None else amount_for(kind, level, before)
        self._put(replace(self._move, kind=kind, amount=None if amount is None else float(f"{amount:.6g}")))

    def _another_amount(self, change: ui_events.ValueChangeEventArguments[float | None]) -> None:
        self._put(replace(self._move, amount=None if change.value is None else float(change.value)))

    def _slid(self, event: ui_events.GenericEventArguments) -> None:
        self._put(replace(self._move, amount=float(f"{float(event.args):.10g}")))

    def _change_begin(self, change: ui_events.ValueChangeEventArguments[float | None]) -> None:
        self._put(replace(self._move, begin=(change.value or 0) * MINUTE))

    def _change_end(self, change: ui_events.ValueChangeEventArguments[float | None]) -> None:
        self._put(replace(self._move, end=None if change.value is None else change.value * MINUTE))

    def _remove(self) -> None:
        self._sheet.put_scenario(self._sheet.scenario.without_move(self._place))
