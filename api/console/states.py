"""The states every part of the page can be in: busy, empty, failed; and work done off the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import structlog
from nicegui import ui

from api.console.view import View
from twin.errors import ForetellError

T = TypeVar("T")
log = structlog.get_logger(__name__)


def busy(doing: str) -> None:
    """A spinner with what is going on."""
    with ui.row().classes("state").props('role="status"'):
        ui.spinner(size="1.4em")
        ui.label(doing)


def empty(sentence: str) -> None:
    """What is not there, and why that is no fault."""
    with ui.row().classes("state"):
        ui.icon("inbox").props('aria-hidden="true"')
        ui.label(sentence)


def title_of(view: View, error: ForetellError) -> str:
    """What errors of that kind are called."""
    return view.words(f"error.{error.slug}")


def failed(view: View, error: ForetellError) -> None:
    """The error's title and sentence, and the names to choose from when it has some."""
    with ui.row().classes("state failed").props('role="alert"'):
        ui.icon("error_outline").props('aria-hidden="true"')
        with ui.column().classes("tight"):
            ui.label(title_of(view, error)).classes("strong")
            ui.label(error.detail)
            if error.candidates:
                ui.label(view.words("frame.did_you_mean", names=", ".join(error.candidates)))


def broken(view: View) -> None:
    """Something that nobody foresaw; the log has it."""
    with ui.row().classes("state failed").props('role="alert"'):
        ui.icon("error_outline").props('aria-hidden="true"')
        ui.label(view.words("frame.failed"))


async def worked_out(
    view: View, place: ui.element, doing: str, work: Callable[[], T], draw: Callable[[T], None]
) -> None:
    """Do `work` in a thread while `place` shows that it is being done, then draw its result or its error there."""
    place.clear()
    with place:
        busy(doing)
    try:
        outcome = await asyncio.to_thread(work)
    except ForetellError as error:
        known = error
        redraw(place, lambda: failed(view, known))
    except Exception:
        redraw(place, lambda: broken(view))
        log.exception("console.failed", doing=doing)
    else:
        redraw(place, lambda: draw(outcome))


async def arrived() -> bool:
    """Wait until the page is in its reader's browser; False when they left before, and nothing is to be drawn."""
    client = ui.context.client
    await client.connected()
    return not client.is_deleted


def redraw(place: ui.element, draw: Callable[[], None]) -> None:
    """Draw anew in `place`, unless the page was closed meanwhile."""
    if place.is_deleted:
        return
    place.clear()
    with place:
        draw()
