"""Pages that are not there yet: each is replaced in page.py by the function of its own package."""

from starlette.datastructures import QueryParams

from api.console.parts import section
from api.console.view import View
from twin.clock import Span


async def events_page(view: View, query: QueryParams) -> None:
    """Events with filters; draws at once, and awaits `ui.context.client.connected()` before any slow work."""
    section(view.words("frame.events"))


async def plant_page(view: View) -> None:
    """The plant's assets and tags, live."""
    section(view.words("frame.plant"))


async def tag_page(view: View, tag: str, span: Span | None) -> None:
    """One tag: its history, what was expected of it, its events."""
    section(tag)
