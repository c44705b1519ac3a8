"""The web app: routes, errors, the key. It knows no concrete historian, model or source."""

from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from api import errors, openapi
from api.dependencies import AppState
from api.routes import ask, events, health, models, plant, samples, tags, whatif
from api.security import KeyGuard, login_router

NOUNS = (ask, whatif, events, plant, tags, samples, models)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(state: AppState) -> FastAPI:
    """The API of one twin; the console is mounted on it afterwards."""
    app = FastAPI(
        title=openapi.TITLE,
        version=version("foretell"),
        openapi_url="/v1/openapi.json",
        docs_url="/v1/docs",
        redoc_url=None,
    )
    app.state.foretell = state
    errors.install(app)
    app.add_middleware(KeyGuard, key=state.api_key)
    for noun in NOUNS:
        app.include_router(noun.router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(login_router(state.api_key))
    app.include_router(_unmatched())
    app.openapi = lambda: openapi.describe(app, app.version)  # type: ignore[method-assign]
    return app


def _unmatched() -> APIRouter:
    """404 and 405 below /v1, before the console's own pages can answer."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/v1/{rest:path}", methods=METHODS)
    def unmatched(request: Request) -> Response:
        routes = [route for route in request.app.routes if isinstance(route, Route)]
        partial = [route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL]
        allowed = sorted({method for route in partial for method in route.methods or ()})
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise HTTPException(404)

    return router
