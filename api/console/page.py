"""The console's pages and how they join the application."""

import warnings
from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import app as nicegui_app
from nicegui import ui
from pydantic import AwareDatetime

from api.console.ask import AskPanel
from api.console.bench.page import bench_page
from api.console.delivery import deliver
from api.console.events.detail import EventDialog
from api.console.events.page import event_page, events_page
from api.console.events.timeline import TimelinePanel
from api.console.frame import ICON, PAGES, framed
from api.console.plant.page import plant_page
from api.console.plant.tag import tag_page
from api.console.reader import chosen, reader_of
from api.console.states import arrived
from api.console.suggest import suggestions
from api.console.view import View
from api.dependencies import AppState
from twin.clock import Span

Moment = AwareDatetime | None
RECONNECT_S = 30.0
"""How long a page that lost its connection keeps what is on it: a phone that slept a little goes on where it was."""


def mount(app: FastAPI, state: AppState) -> None:
    """Put the console at `/` of the application, after all its other routes.

    NiceGUI keeps one application per process: the console of the application mounted last answers.
    """
    # at the start NiceGUI asks the type of every living object, which makes torch warn of a name of its own
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"nicegui\.ui_run_with")
    nicegui_app.user_middleware.clear()
    nicegui_app.middleware_stack = None
    nicegui_app.config.quasar_config["loadingBar"]["skipHijack"] = True  # a bar that nobody sees and no one can name
    _routes(state)
    ui.run_with(
        app,
        title=f"Foretell · {state.twin.plant.name}",
        favicon=ICON,
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=RECONNECT_S,
    )
    deliver()


def _routes(state: AppState) -> None:
    @ui.page("/")
    async def home(request: Request, question: str = "", start: Moment = None, end: Moment = None) -> Response | None:
        return await _page(state, request, "/", lambda view: _home(view, question, _span(start, end)))

    @ui.page("/events")
    async def events(request: Request) -> Response | None:
        return await _page(state, request, "/events", lambda view: events_page(view, request.query_params))

    @ui.page("/events/{event_id}")
    async def event(request: Request, event_id: str) -> Response | None:
        return await _page(state, request, "/events", lambda view: event_page(view, event_id), "frame.event")

    @ui.page("/plant")
    async def plant(request: Request) -> Response | None:
        return await _page(state, request, "/plant", plant_page)

    @ui.page("/tags/{tag}")
    async def tag(request: Request, tag: str) -> Response | None:
        return await _page(
            state, request, "/plant", lambda view: tag_page(view, tag, request.query_params), "frame.tag"
        )

    @ui.page("/what-if")
    async def what_if(request: Request) -> Response | None:
        return await _page(state, request, "/what-if", lambda view: bench_page(view, request.query_params))


async def _page(
    state: AppState, request: Request, current: str, draw: Callable[[View], Awaitable[None]], title: str = ""
) -> Response | None:
    """A page in its reader's language; `draw` may go on after the page is shown."""
    if (elsewhere := chosen(request)) is not None:
        return elsewhere
    reader = reader_of(request)
    view = View(state, reader.words)
    with framed(view, reader, request, current, view.words(title or PAGES[current])):
        await draw(view)
    return None


async def _home(view: View, question: str, span: Span | None) -> None:
    dialog = EventDialog(view)
    panel = AskPanel(view, dialog.open, suggestions(view))
    dialog.on_change(TimelinePanel(view, dialog.open, span).refresh)
    if question and await arrived():
        ui.navigate.history.replace("/")  # asked once, not again with every reload
        await panel.put(question)


def _span(start: datetime | None, end: datetime | None) -> Span | None:
    """The stretch that a link names, if it names one."""
    return Span(start, end) if start and end and start < end else None
