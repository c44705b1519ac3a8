"""The time line under the chart: a bar per move, as long as it holds, to be dragged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from nicegui import events as ui_events
from nicegui import ui

from api.console.bench.draft import DraftMove, Kind
from api.console.bench.palette import MARKS
from api.console.bench.reading import BEFORE
from api.console.bench.sheet import Sheet
from api.console.states import redraw
from api.console.writing import unit_sign

MINUTE = timedelta(minutes=1)

Dragged = ui_events.GenericEventArguments


class Bars:
    """Bars of all scenarios' moves over the same stretch as the chart above them."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._rows: dict[tuple[int, int], tuple[ui.label, ui.range]] = {}
        self._shape: tuple[object, ...] = ()
        label = sheet.view.words("whatif.time_line")
        with ui.column().classes("bars").props(f'role="group" aria-label="{label}"'):
            ui.label(label).classes("figure-title")
            self._place = ui.column().classes("wide bars-rows")
        sheet.listeners.append(self.show)
        self.show()

    def show(self) -> None:
        """Show the sheet's moves; bars are drawn anew where moves came or went, or the horizon changed."""
        draft = self._sheet.draft
        shape = (draft.horizon, *(len(item.moves) for item in draft.scenarios))
        if shape != self._shape:
            self._shape = shape
            redraw(self._place, self._draw)
        start = draft.start or self._sheet.view.state.twin.clock.now()
        for (scenario, place), (label, bar) in self._rows.items():
            move = draft.scenarios[scenario].moves[place]
            label.text = self._said(scenario, move, start)
            bar.set_value({"min": move.begin / MINUTE, "max": move.until(draft.horizon) / MINUTE})
            name = self._sheet.view.words("whatif.bar", letter=MARKS[scenario].letter, tag=move.tag)
            bar.props.update({"aria-label": name, "aria-valuenow": move.begin / MINUTE, "aria-valuetext": label.text})

    def _draw(self) -> None:
        self._rows = {}
        draft, step = self._sheet.draft, self._sheet.step / MINUTE
        for scenario, item in enumerate(draft.scenarios):
            for place in range(len(item.moves)):
                with ui.column().classes(f"bar-row {MARKS[scenario].style}"):
                    label = ui.label().classes("hint")
                    bar = ui.range(min=-BEFORE / MINUTE, max=draft.horizon / MINUTE, step=step)
                    bar.props("drag-range snap").props["inner-min"] = 0
                    bar.on("update:model-value", self._dragger(scenario, place), throttle=0.05)
                self._rows[scenario, place] = label, bar

    def _dragger(self, scenario: int, place: int) -> Callable[[Dragged], None]:
        def dragged(event: Dragged) -> None:
            horizon, step = self._sheet.draft.horizon, self._sheet.step
            begin, end = event.args["min"] * MINUTE, event.args["max"] * MINUTE
            move = self._sheet.draft.scenarios[scenario].moves[place]
            stays = end >= horizon
            begin = min(begin, horizon - step)
            changed = replace(move, begin=begin, end=None if stays else max(end, begin + step))
            self._sheet.put_move(scenario, place, changed)

        return dragged

    def _said(self, scenario: int, move: DraftMove, start: datetime) -> str:
        write = self._sheet.view.write
        unit = "%" if move.kind is Kind.PER_CENT else unit_sign(self._sheet.view.plant.tag(move.tag).unit)
        kind = self._sheet.view.words(f"whatif.kind.{Kind.TO if move.kind is Kind.TO else Kind.BY}")
        amount = "…" if move.amount is None else f"{kind} {write.number(move.amount)} {unit}".strip()
        stretch = write.stretch(start + move.begin, start + move.until(self._sheet.draft.horizon))
        said = self._sheet.view.words("whatif.bar.said", tag=move.tag, amount=amount, stretch=stretch)
        return f"{MARKS[scenario].letter} · {said}"
