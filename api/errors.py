"""Problem JSON (RFC 9457): the one place where errors become HTTP statuses."""

import math
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from twin import errors

PROBLEM_JSON = "application/problem+json"

STATUS: dict[type[errors.ForetellError], int] = {
    errors.ForetellError: 500,
    errors.InvalidInput: 422,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.UnknownTag: 404,
    errors.NotFound: 404,
    errors.NoJournal: 404,
    errors.Unauthorized: 401,
    errors.SwitchedOff: 404,
    errors.PlantFileError: 500,
    errors.ConfigurationError: 500,
    errors.StoreUnavailable: 503,
    errors.SchemaMismatch: 503,
    errors.ModelNotReady: 503,
    errors.CheckpointError: 503,
    errors.LanguageModelUnavailable: 503,
    errors.TooManyQuestions: 503,
}
RETRY_AFTER_S = 5

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """What went wrong, for a program and for a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:foretell:outside-limits",
                "title": "Outside the limits",
                "status": 422,
                "detail": "sp.reactor_pressure = 3000 kPa is outside [2600, 2850] kPa",
                "field": "moves.0.amount",
                "value": 3000,
                "limit": [2600, 2850],
                "unit": "kPa",
                "candidates": [],
            }
        }
    )

    type: str = Field(description="urn:foretell: and the kind of error")
    title: str
    status: int
    detail: str = Field(description="A sentence that names the thing, its value, the limit and the unit")
    field: str | None = Field(default=None, description="The part of the request or of the configuration at fault")
    value: Any = Field(default=None, description="What was given")
    limit: Any = Field(default=None, description="What would have been accepted")
    unit: str | None = Field(default=None, description="Unit of value and limit")
    candidates: tuple[str, ...] = Field(default=(), description="What to choose from instead")


def status_of(error: errors.ForetellError) -> int:
    """The HTTP status of an error: that of its nearest class in STATUS."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: errors.ForetellError) -> Problem:
    """The problem document of an error."""
    return Problem(
        type=f"urn:foretell:{error.slug}",
        title=error.title,
        status=status_of(error),
        detail=error.detail,
        field=error.field,
        value=_plain(error.value),
        limit=_plain(error.limit),
        unit=error.unit,
        candidates=error.candidates,
    )


def response_of(problem: Problem) -> JSONResponse:
    """The HTTP response that carries a problem."""
    headers = {}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="foretell"'
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return JSONResponse(problem.model_dump(mode="json"), problem.status, headers, media_type=PROBLEM_JSON)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.exception_handler(errors.ForetellError)(_foretell_error)
    app.exception_handler(RequestValidationError)(_validation_error)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(Exception)(_unexpected)


def _foretell_error(request: Request, error: errors.ForetellError) -> JSONResponse:
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request failed", path=request.url.path, kind=error.slug, detail=error.detail)
    return response_of(problem)


def _validation_error(_request: Request, error: RequestValidationError) -> JSONResponse:
    found = error.errors()
    details = [f"{_path(item['loc'])}: {item['msg']}" for item in found]
    given = found[0].get("input")
    return response_of(
        problem_of(
            errors.InvalidInput(
                "; ".join(details),
                field=_path(found[0]["loc"]),
                value=None if isinstance(given, dict | list) else given,
            )
        )
    )


def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    status = HTTPStatus(error.status_code)
    detail = f"{request.method} {request.url.path}: {error.detail or status.phrase}"
    problem = Problem(type="about:blank", title=status.phrase, status=status.value, detail=detail)
    response = response_of(problem)
    response.headers.update(error.headers or {})
    return response


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.url.path, exc_info=error)
    problem = Problem(
        type="about:blank",
        title="Internal error",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="Foretell met an error that it does not know; the log of the server has the details",
    )
    return response_of(problem)


def _path(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location and location[0] in {"body", "query", "path", "header"} else location
    return ".".join(str(part) for part in parts) or str(location[0])


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
