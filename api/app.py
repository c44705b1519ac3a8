"""The web app: routes, errors, the key. It knows no concrete historian, model or source."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Request
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api import errors, openai, openapi
from api.dependencies import AppState, AtStart
from api.mcp import server_of
from api.roles import Role
from api.routes import (
    alerts,
    ask,
    events,
    health,
    influx,
    ingest,
    log,
    models,
    plant,
    reports,
    runbooks,
    samples,
    scenarios,
    tags,
    thresholds,
    whatif,
)
from api.security import KeyGuard, login_router

NOUNS = (ask, whatif, thresholds, events, plant, tags, samples, models, log, scenarios, alerts, reports)
NOUNS_OF = {Role.ALL: (*NOUNS, ingest), Role.API: NOUNS, Role.INGEST: (samples, ingest), Role.WORKER: ()}
GUARDED = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""Every request must carry the key, which no page of another origin has."""
ANYTHING = "/v1/{rest:path}"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(state: AppState) -> FastAPI:
    """The API of one twin, or the part of it that belongs to the process's role; the console comes afterwards."""
    tools = server_of(state) if ask in NOUNS_OF[state.role] else None
    app = FastAPI(
        title=openapi.TITLE,
        lifespan=partial(_lifespan, tools, state.at_start),
        version=version("foretell"),
        openapi_url="/v1/openapi.json",
        docs_url="/v1/docs",
        redoc_url=None,
    )
    app.state.foretell = state
    state.metrics.watch(state.pipeline)
    errors.install(app)
    app.add_middleware(KeyGuard, key=state.api_key)
    for noun in NOUNS_OF[state.role]:
        app.include_router(noun.router, prefix="/v1")
    if tools is not None:
        app.include_router(openai.router)
        app.router.routes.extend(tools.streamable_http_app(stateless_http=True, transport_security=GUARDED).routes)
    if samples in NOUNS_OF[state.role]:
        app.include_router(influx.router)
    if alerts in NOUNS_OF[state.role]:
        app.include_router(runbooks.router)
    app.include_router(health.router)
    app.include_router(login_router(state.api_key))
    app.add_route(ANYTHING, _unmatched, methods=METHODS)
    app.openapi = lambda: openapi.describe(app, app.version)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(tools: MCPServer | None, at_start: Sequence[AtStart], _app: FastAPI) -> AsyncIterator[None]:
    """Work begun at the start holds up no request, and ends with the app."""
    async with AsyncExitStack() as stack:
        if tools is not None:
            await stack.enter_async_context(tools.session_manager.run())
        begun = [asyncio.ensure_future(start()) for start in at_start]
        yield
        for work in begun:
            work.cancel()


def _unmatched(request: Request) -> Response:
    """404 and 405 below /v1, before the console's own pages can answer."""
    others = [route for route in request.app.routes if getattr(route, "path", None) not in {ANYTHING, ""}]
    allowed = [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in others)
    ]
    raise HTTPException(405, headers={"Allow": ", ".join(allowed)}) if allowed else HTTPException(404)
