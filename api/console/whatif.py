"""The what-if form: one move, from now or from a past instant, and what the twin makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nicegui import ui

from api.console.outcome import draw_outcome
from api.console.parts import section
from api.console.states import empty, failed, redraw, worked_out
from api.console.view import View
from api.console.wording import quantity, unit_sign, zone_name
from twin.answer import Series
from twin.clock import Span
from twin.errors import ForetellError, InvalidInput
from twin.operations.describe import history, latest
from twin.operations.whatif import what_if
from twin.plant import Plant, Tag
from twin.scenario import Change, Move, Scenario, WhatIf

CHANGES = {"to": "to", "by": "by", "per_cent": "by %"}
HORIZONS_H = (1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
HISTORY = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario's outcome, and what was measured before it began."""

    what_if: WhatIf
    history: Mapping[str, Series]


class WhatIfPanel:
    """Form and outcome side by side; the form never writes to the plant."""

    def __init__(self, view: View) -> None:
        self._view, self._state = view, view.state
        self._plant = view.plant
        movable = {tag.name: f"{tag.description} ({tag.name})" for tag in self._plant.movable}
        _, body = section("What if …", "Advice only: nothing here can write to the plant.")
        with body, ui.element("div").classes("whatif"):
            with ui.column().classes("form"):
                self._tag = ui.select(movable, value=next(iter(movable)), label="Move", with_input=True)
                self._tag.props("outlined dense").classes("wide").on_value_change(self._describe)
                self._about = ui.column().classes("tight about")
                self._amount_row()
                self._start_row()
                self._button = ui.button("Imagine", icon="insights", on_click=self.imagine)
                self._button.props("unelevated no-caps").classes("wide")
            self._place = ui.column().classes("outcome").props('aria-live="polite"')
            with self._place:
                empty("Choose a move: the twin draws the plant's future with it and without it.")
        ui.timer(0.05, self._describe, once=True)

    def _amount_row(self) -> None:
        with ui.row().classes("form-row"):
            self._change = ui.toggle(CHANGES, value="by").props(
                'no-caps dense unelevated aria-label="Kind of change"'
            )
            self._amount = ui.number("Amount").props("outlined dense").classes("grow")

    def _start_row(self) -> None:
        limit = self._state.max_horizon / timedelta(hours=1)
        horizons = {hours: f"{hours:g} h" for hours in HORIZONS_H if hours <= limit} or {limit: f"{limit:g} h"}
        zone = zone_name(self._state.twin.clock.now(), self._plant.time_zone)
        with ui.row().classes("form-row"):
            self._start = ui.input(f"Start ({zone}), empty: now").props(
                'outlined dense type="datetime-local" stack-label'
            )
            self._start.classes("grow")
            self._horizon = ui.select(horizons, value=min(horizons, key=lambda h: abs(h - 8)), label="Horizon")
            self._horizon.props("outlined dense").classes("horizon")

    async def _describe(self) -> None:
        tag = self._plant.tag(self._tag.value)
        self._amount.props(f'suffix="{unit_sign(tag.unit)}"')
        await worked_out(
            self._view, self._about, "Reading its value …", lambda: self._value_of(tag), self._draw_about
        )

    def _value_of(self, tag: Tag) -> tuple[str, ...]:
        found = next((item for item in latest(self._state.twin) if item.tag == tag.name), None)
        present = "no value yet" if found is None or found.value is None else quantity(found.value, tag.unit)
        lines = [f"now {present}, allowed {quantity(tag.low, None)} to {quantity(tag.high, tag.unit)}"]
        model = self._state.twin.model
        for envelope in model.card.envelope if model else ():
            if envelope.tag == tag.name:
                learned = f"{quantity(envelope.low, None)} to {quantity(envelope.high, tag.unit)}"
                lines.append(f"the world model has learned {learned}")
        return tuple(lines)

    def _draw_about(self, lines: tuple[str, ...]) -> None:
        for line in lines:
            ui.label(line).classes("hint")

    async def imagine(self) -> None:
        """Run the scenario of the form and draw its outcome."""
        try:
            scenario = self._scenario()
        except ForetellError as error:
            known = error
            redraw(self._place, lambda: failed(self._view, known))
            return
        self._button.disable()
        try:
            await worked_out(
                self._view,
                self._place,
                "Imagining both futures …",
                lambda: self._run(scenario),
                lambda done: draw_outcome(self._view, done.what_if, history=done.history),
            )
        finally:
            self._button.enable()

    def _scenario(self) -> Scenario:
        if self._amount.value is None:
            raise InvalidInput("the move has no amount: say by how much, or to what value", field="amount")
        start = local_instant(self._start.value, self._plant) if self._start.value else None
        return Scenario(
            moves=(move_of(self._tag.value, self._change.value, float(self._amount.value)),),
            start=start,
            horizon=timedelta(hours=self._horizon.value),
        )

    def _run(self, scenario: Scenario) -> Outcome:
        twin = self._state.twin
        outcome = what_if(twin, scenario, max_horizon=self._state.max_horizon)
        self._state.notebook.tried(scenario, outcome)
        before = Span(outcome.start - HISTORY, outcome.start)
        bands = outcome.scenario.bands if outcome.scenario else ()
        return Outcome(outcome, {band.tag: history(twin, band.tag, before) for band in bands})


def move_of(tag: str, change: str, amount: float) -> Move:
    """The form's move: `to` a value, `by` a difference, or `per_cent` of the value in force."""
    if change == "per_cent":
        return Move(tag=tag, change=Change.TIMES, amount=1 + amount / 100)
    return Move(tag=tag, change=Change(change), amount=amount)


def local_instant(text: str, plant: Plant) -> datetime:
    """The instant that a date and time on the plant's clock mean; raises InvalidInput."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no date and time", field="start", value=text) from error
    return naive.replace(tzinfo=plant.time_zone)
