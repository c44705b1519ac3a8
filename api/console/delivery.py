"""Headers of what NiceGUI sends, written on the way out: a visitor who leaves meanwhile is no error."""

from nicegui import __version__
from nicegui import app as nicegui_app
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REPLACED: tuple[object, ...] = (RedirectWithPrefixMiddleware, SetCacheControlMiddleware)
FILES = f"/_nicegui/{__version__}/"
CHANGING = f"{FILES}dynamic_resources/"


class DeliveryHeaders:
    """ASGI middleware: NiceGUI's files may be kept, and redirects stay below the prefix that a proxy has taken off.

    NiceGUI's own two for this wait for the response in a task of their own and raise when there is none, which is so
    when a browser closes the connection before a file has begun.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write the headers when the response begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _write(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _write(headers: MutableHeaders, scope: Scope) -> None:
    if headers.get("location", "").startswith("/"):
        headers["location"] = Headers(scope=scope).get("x-forwarded-prefix", "") + headers["location"]
    if scope["path"].startswith(FILES) and not scope["path"].startswith(CHANGING):
        headers["cache-control"] = nicegui_app.config.cache_control_directives


def deliver() -> None:
    """Put the headers where NiceGUI has put its own; before the first request."""
    kept = [item for item in nicegui_app.user_middleware if item.cls not in REPLACED]
    nicegui_app.user_middleware[:] = kept
    nicegui_app.add_middleware(DeliveryHeaders)
