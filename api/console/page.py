"""The console's pages and how they join the application."""

import asyncio
import warnings
from pathlib import Path

import nicegui
import structlog
from fastapi import FastAPI
from nicegui import ui
from pydantic import AwareDatetime

from api.console.ask import AskPanel
from api.console.event import EventDialog, draw_event
from api.console.parts import section
from api.console.timeline import TimelinePanel
from api.console.whatif import WhatIfPanel
from api.console.wording import counted, instant, number, zone_name
from api.dependencies import AppState
from twin.clock import Span
from twin.errors import ForetellError
from twin.operations.status import PlantStatus, plant_status

log = structlog.get_logger(__name__)

STYLE = Path(__file__).with_name("style.css")
STATUS_S = 10.0
MODES = {"As the system": None, "Light": False, "Dark": True}
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2b4a6f"/>'
    '<path d="M5 21h6l4-11 4 14 3-7h5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linejoin="round"/></svg>'
)


def mount(app: FastAPI, state: AppState) -> None:
    """Put the console at `/` of the application, after all its other routes.

    NiceGUI keeps one application per process: the console of the application mounted last answers.
    """
    # at the start NiceGUI asks the type of every living object, which makes torch warn of a name of its own
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"nicegui\.ui_run_with")
    nicegui.app.user_middleware.clear()
    nicegui.app.middleware_stack = None

    @ui.page("/")
    def console(start: AwareDatetime | None = None, end: AwareDatetime | None = None) -> None:
        _console(state, Span(start, end) if start and end and start < end else None)

    @ui.page("/events/{event_id}")
    async def event(event_id: str) -> None:
        await _event(state, event_id)

    ui.run_with(
        app,
        title=f"Foretell · {state.twin.plant.name}",
        favicon=ICON,
        dark=None,
        tailwind=False,
        show_welcome_message=False,
    )


def _console(state: AppState, span: Span | None) -> None:
    """The whole console; its timeline begins with the stretch that a link names, if it names one."""
    _dress(state)
    dialog = EventDialog(state)
    with ui.element("div").classes("page"):
        AskPanel(state, dialog.open)
        TimelinePanel(state, dialog.open, span)
        WhatIfPanel(state)


async def _event(state: AppState, event_id: str) -> None:
    _dress(state)
    with ui.element("div").classes("page"):
        ui.link("← Console", "/").classes("hint")
        with section("Event")[1]:
            place = ui.column().classes("wide")
    await ui.context.client.connected()
    await draw_event(place, state, event_id, _go_to_event)


async def _go_to_event(event_id: str) -> None:
    ui.navigate.to(f"/events/{event_id}")


def _dress(state: AppState) -> None:
    """Colours, the bar at the top, light or dark."""
    ui.add_css(STYLE)
    ui.colors(primary="#2b4a6f")
    dark = ui.dark_mode(value=None)
    with ui.element("header").classes("bar"):
        ui.html(ICON, sanitize=False).classes("logo").props('aria-hidden="true"')
        ui.link("Foretell", "/").classes("name")
        ui.label(state.twin.plant.name).classes("plant")
        facts = ui.row().classes("status").props('role="status"')
        with ui.button(icon="contrast", color=None).props('flat round dense aria-label="Light or dark"'), ui.menu():
            for words, value in MODES.items():
                ui.menu_item(words, lambda value=value: dark.set_value(value))

    async def look() -> None:
        try:
            status = await asyncio.to_thread(plant_status, state.twin)
        except ForetellError as error:
            log.warning("console.status_failed", detail=error.detail)
            facts.clear()
            with facts:
                ui.label(error.title).classes("badge high")
            return
        if not facts.is_deleted:
            facts.clear()
            with facts:
                _facts(status, state)

    ui.timer(STATUS_S, look)


def _facts(status: PlantStatus, state: AppState) -> None:
    zone = state.twin.plant.time_zone
    count = len(status.open_events)
    if count:
        ui.label(f"◆ {counted(count, 'open event', 'open events')}").classes("badge high")
    else:
        ui.label("no open event").classes("badge")
    if status.passed:
        ui.label(f"▲ {len(status.passed)} beyond limits").classes("badge medium")
    if status.score is not None:
        ui.label(f"score {number(status.score, 2)} of 1").classes("hint")
    if status.newest is None:
        ui.label("no data yet").classes("badge medium")
    else:
        ui.label(f"newest sample {instant(status.newest, zone)} {zone_name(status.newest, zone)}").classes("hint")
