"""What all pages share: the bar with its pages, the plant's state, the switches for language and colours."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path

import structlog
from fastapi import Request
from nicegui import ui
from starlette.datastructures import URL

from api.console.reader import LANGUAGE, MODES, Reader, mode_cookie
from api.console.states import redraw, title_of
from api.console.view import View
from api.console.words import LANGUAGES, NAMES
from twin.errors import ForetellError
from twin.operations.status import PlantStatus, plant_status

log = structlog.get_logger(__name__)

STYLE = Path(__file__).with_name("style.css")
STATUS_S = 10.0
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2b4a6f"/>'
    '<path d="M5 21h6l4-11 4 14 3-7h5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linejoin="round"/></svg>'
)
PAGES = {"/": "frame.ask", "/events": "frame.events", "/plant": "frame.plant", "/what-if": "frame.what_if"}
CONTENT = "content"


@contextmanager
def framed(view: View, reader: Reader, request: Request, current: str, title: str) -> Iterator[None]:
    """The frame of a page, to be filled; `current` is the address of the page of the bar that it belongs to."""
    ui.add_css(STYLE)
    ui.add_css(STYLE.with_name("events.css"))
    ui.colors(primary="#2b4a6f")
    _speak(view, reader, title)
    header = ui.element("header").classes("bar")
    header.move(ui.context.client.layout, target_index=0)
    with header:
        ui.link(view.words("frame.skip"), f"#{CONTENT}").classes("skip")
        _name(view)
        _navigation(view, current)
        _status(view)
        _switches(view, reader, request)
    with ui.element("div").classes("page").props(f'id="{CONTENT}" tabindex="-1"'):
        ui.label(title).classes("unseen").props('role="heading" aria-level="1"')
        yield


def _speak(view: View, reader: Reader, title: str) -> None:
    """Language and colours of this one page: NiceGUI keeps them with the route, which is everybody's."""
    page = copy(ui.context.client.page)
    page.language = "de" if view.words.language == "de" else "en-US"
    page.dark = reader.dark
    ui.context.client.page = page
    ui.page_title(f"{title} · Foretell · {view.plant.name}")


def _name(view: View) -> None:
    with ui.link(target="/").classes("name"):
        ui.html(ICON, sanitize=False).classes("logo").props('aria-hidden="true"')
        ui.label("Foretell")
    ui.label(view.plant.name).classes("plant")


def _navigation(view: View, current: str) -> None:
    with ui.element("nav").classes("pages").props(f'aria-label="{view.words("frame.pages")}"'):
        for address, key in PAGES.items():
            link = ui.link(view.words(key), address).classes("to-page")
            if address == current:
                link.props('aria-current="page"')


def _switches(view: View, reader: Reader, request: Request) -> None:
    dark = ui.dark_mode(value=reader.dark)

    def choose(mode: str) -> None:
        dark.set_value(MODES[mode])
        ui.run_javascript(mode_cookie(mode))

    with ui.row().classes("switches"):
        with _switch("translate", view.words("frame.language")), ui.menu():
            for language in LANGUAGES:
                address = _in_language(request, language)
                ui.menu_item(NAMES[language], lambda address=address: ui.navigate.to(address))
        with _switch("contrast", view.words("frame.mode")), ui.menu():
            for mode in MODES:
                ui.menu_item(view.words(f"frame.mode.{mode}"), lambda mode=mode: choose(mode))


def _switch(icon: str, label: str) -> ui.button:
    return ui.button(icon=icon, color=None).props(f'flat round dense aria-label="{label}"')


def _in_language(request: Request, language: str) -> str:
    address = URL(scope=request.scope).include_query_params(**{LANGUAGE: language})
    return f"{address.path}?{address.query}"


def _status(view: View) -> None:
    facts = ui.row().classes("status").props('role="status"')

    async def look() -> None:
        try:
            status = await asyncio.to_thread(plant_status, view.state.twin)
        except ForetellError as error:
            title = title_of(view, error)
            log.warning("console.status_failed", detail=error.detail)
            redraw(facts, lambda: _badge(title, "high"))
        else:
            redraw(facts, lambda: _facts(status, view))

    ui.timer(STATUS_S, look)


def _facts(status: PlantStatus, view: View) -> None:
    words, write = view.words, view.write
    count = len(status.open_events)
    if count:
        _badge(f"◆ {words.counted('frame.open_events', count)}", "high")
    else:
        _badge(words("frame.no_open_event"))
    if status.passed:
        _badge(f"▲ {words.counted('frame.beyond_limits', len(status.passed))}", "medium")
    if status.score is not None:
        ui.label(words("frame.score", score=write.number(status.score, 2))).classes("hint")
    if status.newest is None:
        _badge(words("frame.no_data"), "medium")
        return
    newest = status.newest
    age = write.duration(status.time - newest)
    ui.label(words("frame.newest", age=age, instant=write.instant(newest), zone=write.zone_name(newest))).classes(
        "hint"
    )


def _badge(text: str, level: str = "") -> None:
    ui.label(text).classes(f"badge {level}")
