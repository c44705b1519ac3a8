"""The API key: who may talk to the twin."""

import hashlib
import hmac
import secrets
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console.login import login_page
from api.errors import problem_of, response_of
from twin.errors import ConfigurationError, Unauthorized
from twin.settings import Settings

COOKIE = "foretell"
PROBES = frozenset({"/healthz", "/readyz"})
LOGIN = "/login"
SIGNED = "/v1/alerts/grafana"
"""What comes here shows who sends it by its own signature."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
WEBSOCKET_POLICY_VIOLATION = 1008


def choose_key(settings: Settings) -> str:
    """The configured key, or a new one for this run when only this machine can reach the API.

    Raises ConfigurationError when there is no key and the host is not a loopback address.
    """
    if settings.api_key is not None and settings.api_key.get_secret_value():
        return settings.api_key.get_secret_value()
    if settings.host not in LOOPBACK:
        raise ConfigurationError(
            f"FORETELL_API_KEY is not set and the host {settings.host} is open to others: set a key, "
            "or listen on 127.0.0.1",
            field="FORETELL_API_KEY",
            value=settings.host,
            limit=sorted(LOOPBACK),
        )
    return secrets.token_urlsafe(24)


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def session_token(key: str) -> str:
    """What the console's cookie holds: derived from the key, so that the cookie does not give the key away."""
    return hmac.new(key.encode(), b"foretell console session", hashlib.sha256).hexdigest()


def authorised(headers: Headers, key: str) -> bool:
    """Whether a request carries the console's cookie or the key: Authorization: Bearer or Token, or X-API-Key."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() in {"bearer", "token"} and same(bearer.strip(), key):
        return True
    if same(headers.get("x-api-key", ""), key):
        return True
    cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    return cookie is not None and same(cookie.value, session_token(key))


class KeyGuard:
    """ASGI middleware that lets nothing past without the key: requests, pages, static files, websockets."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a login or 401."""
        if scope["type"] == "lifespan" or _is_open(scope) or authorised(Headers(scope=scope), self._key):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": WEBSOCKET_POLICY_VIOLATION})
        else:
            await self._refuse_or_log_in(scope)(scope, receive, send)

    def _refuse_or_log_in(self, scope: Scope) -> Response:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("key")
        if given is not None and scope["method"] == "GET" and same(given, self._key):
            rest = urlencode([pair for pair in query if pair[0] != "key"])
            path = "/" + scope["path"].lstrip("/")
            return _logged_in(f"{path}?{rest}" if rest else path, self._key, secure=scope["scheme"] == "https")
        if "text/html" in Headers(scope=scope).get("accept", ""):
            return login_page(Request(scope), wrong=given is not None)
        return response_of(problem_of(Unauthorized("send the API key as Authorization: Bearer … or as X-API-Key")))


def _is_open(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    probes = scope["method"] in {"GET", "HEAD"} and scope["path"] in PROBES
    return probes or (scope["method"] == "POST" and scope["path"] in {LOGIN, SIGNED})


def login_router(key: str) -> APIRouter:
    """The form that trades the key for the console's cookie."""
    router = APIRouter(include_in_schema=False)

    @router.post(LOGIN)
    def login(request: Request, given: str = Form(alias="key", default="")) -> Response:
        if not same(given, key):
            return login_page(request, wrong=True)
        return _logged_in("/", key, secure=request.url.scheme == "https")

    return router


def _logged_in(location: str, key: str, *, secure: bool) -> Response:
    response = RedirectResponse(location, status_code=303)
    response.set_cookie(COOKIE, session_token(key), httponly=True, samesite="strict", secure=secure)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
