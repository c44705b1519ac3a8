"""The list of saved what-ifs: to be opened, set beside what is shown, or run again on the present model."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from api.console.bench.shelf import named
from api.console.parts import section
from api.console.states import empty, worked_out
from api.console.view import View
from twin.journal import ScenarioHead

Chosen = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be done with a saved scenario, by its id."""

    open: Chosen
    beside: Chosen
    again: Chosen
    forget: Chosen


class Saved:
    """One line per saved scenario, the newest first."""

    def __init__(self, view: View, choices: Choices) -> None:
        self._view, self._words, self._chosen = view, view.words, choices
        with section(view.words("whatif.saved"))[1]:
            self._place = ui.column().classes("wide saved-list")

    async def show(self) -> None:
        """Read the list anew."""
        reading = self._words("whatif.saved.reading")
        await worked_out(self._view, self._place, reading, lambda: named(self._view.state), self._draw)

    def _draw(self, found: tuple[ScenarioHead, ...]) -> None:
        if not found:
            empty(self._words("whatif.saved.none"))
        for head in found:
            self._line(head)

    def _line(self, head: ScenarioHead) -> None:
        name, model = head.name or "", self._view.state.twin.model
        said = self._words(
            "whatif.saved.told",
            verdict=self._words(f"whatif.support.{head.verdict}"),
            stretch=self._view.write.stretch(head.start, head.end),
            model=head.model_version,
        )
        with ui.row().classes("saved-line").props(f'data-scenario="{head.id}"'):
            with ui.column().classes("tight grow"):
                ui.label(name).classes("strong")
                ui.label(head.moves).classes("hint")
                ui.label(said).classes("hint")
            self._button("whatif.open", head, self._chosen.open, name=name)
            self._button("whatif.beside", head, self._chosen.beside, name=name)
            if model is not None:
                self._button("whatif.rerun", head, self._chosen.again, name=name, model=model.card.version)
            self._button("whatif.forget", head, self._chosen.forget, name=name)

    def _button(self, key: str, head: ScenarioHead, done: Chosen, **slots: str) -> None:
        async def click() -> None:
            await done(head.id)

        button = ui.button(self._words(key, **slots), color=None, on_click=click).props("flat no-caps dense")
        button.props(f'aria-label="{self._words(f"{key}.named", **slots)}"')


def ask_name(view: View, name: str, keep: Callable[[str], Awaitable[None]]) -> None:
    """Ask for a name in a dialog, and hand it on."""
    title = view.words("whatif.save.ask")
    with ui.dialog(value=True).props(f'aria-label="{title}"') as dialog, ui.card():
        ui.label(title).classes("strong")
        field = ui.input(view.words("whatif.save.as"), value=name).props("outlined dense autofocus maxlength=120")

        async def take() -> None:
            called = (field.value or "").strip()
            if not called:
                field.error = view.words("whatif.save.no_name")
                return
            dialog.close()
            await keep(called)

        field.on("keydown.enter", take)
        with ui.row().classes("form-row"):
            ui.button(view.words("whatif.save"), on_click=take).props("unelevated no-caps")
            ui.button(view.words("whatif.cancel"), on_click=dialog.close, color=None).props("flat no-caps")
