"""The list of saved what-ifs: to be opened, set beside what is shown, or run again on the present model."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from api.console.bench.shelf import named
from api.console.parts import section
from api.console.states import empty, worked_out
from api.console.view import View
from twin.journal import TriedScenario

Chosen = Callable[[TriedScenario], Awaitable[None]]


class Saved:
    """One line per saved scenario, the newest first."""

    def __init__(self, view: View, opened: Chosen, beside: Chosen, again: Chosen) -> None:
        self._view, self._words = view, view.words
        self._opened, self._beside, self._again = opened, beside, again
        with section(view.words("whatif.saved"))[1]:
            self._place = ui.column().classes("wide saved-list")

    async def show(self) -> None:
        """Read the list anew."""
        reading = self._words("whatif.saved.reading")
        await worked_out(self._view, self._place, reading, lambda: named(self._view.state), self._draw)

    def _draw(self, found: tuple[TriedScenario, ...]) -> None:
        if not found:
            empty(self._words("whatif.saved.none"))
        for tried in found:
            self._line(tried)

    def _line(self, tried: TriedScenario) -> None:
        name, outcome, model = tried.name or "", tried.outcome, self._view.state.twin.model
        said = self._words(
            "whatif.saved.told",
            verdict=self._words(f"whatif.support.{outcome.verdict.support}"),
            stretch=self._view.write.stretch(outcome.start, outcome.end),
            model=outcome.model_version,
        )
        with ui.row().classes("saved-line").props(f'data-scenario="{tried.id}"'):
            with ui.column().classes("tight grow"):
                ui.label(name).classes("strong")
                ui.label(said).classes("hint")
            self._button("whatif.open", tried, self._opened, name=name)
            self._button("whatif.beside", tried, self._beside, name=name)
            if model is not None:
                self._button("whatif.rerun", tried, self._again, name=name, model=model.card.version)

    def _button(self, key: str, tried: TriedScenario, done: Chosen, **slots: str) -> None:
        async def click() -> None:
            await done(tried)

        button = ui.button(self._words(key, **slots), color=None, on_click=click).props("flat no-caps dense")
        button.props(f'aria-label="{self._words(f"{key}.named", **slots)}"')
