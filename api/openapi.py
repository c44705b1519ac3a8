"""The OpenAPI document: problem responses and the API key, on every route."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import PROBLEM_JSON, Problem

TITLE = "Foretell"
DESCRIPTION = "The digital twin of a plant that you can ask."


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for these statuses and for those that every route has (401, 422, 500)."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({401, 422, 500, *statuses})
    }


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """The document, built once and kept by the app."""
    if app.openapi_schema is None:
        document = get_openapi(title=TITLE, version=version, description=DESCRIPTION, routes=app.routes)
        parts = document.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
        document["security"] = [{"bearer": []}, {"header": []}]
        app.openapi_schema = document
    return app.openapi_schema
