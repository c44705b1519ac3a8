"""The OpenAPI document is complete, and the API does not need torch."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.cli.app import app
from api.dependencies import AppState
from api.errors import PROBLEM_JSON

ROOT = Path(__file__).parents[2]
PATHS = {
    "/v1/ask": "post",
    "/v1/ask/{session}": "delete",
    "/openai/v1/models": "get",
    "/openai/v1/chat/completions": "post",
    "/v1/reports/shift": "get",
    "/v1/reports/shift/{form}": "get",
    "/v1/what-if": "post",
    "/v1/events": "get",
    "/v1/events/thresholds": "get",
    "/v1/events/thresholds/{change_id}/undo": "post",
    "/v1/events/{event_id}": "get",
    "/v1/events/{event_id}/feedback": "post",
    "/v1/events/{event_id}/marks": "get",
    "/v1/plant": "get",
    "/v1/tags": "get",
    "/v1/tags/{tag}": "get",
    "/v1/tags/{tag}/samples": "get",
    "/v1/tags/{tag}/series": "get",
    "/v1/tags/{tag}/estimate": "get",
    "/v1/samples": "post",
    "/v1/ingest": "get",
    "/v1/ingest/dead-letters": "get",
    "/v1/ingest/dead-letters/replay": "post",
    "/v1/models": "get",
    "/v1/models/jobs": "get",
    "/v1/models/train": "post",
    "/v1/models/rollback": "post",
    "/v1/models/{version}": "get",
    "/v1/models/{version}/promote": "post",
    "/v1/models/{version}/compare": "post",
    "/v1/answers": "get",
    "/v1/scenarios": "get",
    "/v1/scenarios/{scenario_id}": "get",
    "/v1/scenarios/{scenario_id}/rerun": "post",
    "/v1/log": "get",
    "/v1/moves": "get",
    "/v1/alerts": "get",
    "/v1/alerts/grafana": "post",
    "/healthz": "get",
    "/readyz": "get",
    "/metrics": "get",
}


@pytest.fixture
def document(state: AppState) -> dict[str, Any]:
    return create_app(state).openapi()


def test_every_route_is_described(document: dict[str, Any]) -> None:
    assert {path: next(iter(methods)) for path, methods in document["paths"].items()} == PATHS
    for path, method in PATHS.items():
        assert document["paths"][path][method]["description"], path


def test_every_route_with_a_key_names_its_problems(document: dict[str, Any]) -> None:
    for path, method in PATHS.items():
        if path in {"/healthz", "/readyz"}:
            continue
        responses = document["paths"][path][method]["responses"]
        assert {"401", "422", "500"} <= set(responses), path
        for status, response in responses.items():
            if status.startswith(("4", "5")):
                schema = response["content"][PROBLEM_JSON]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for path, method in PATHS.items():
        body = document["paths"][path][method].get("requestBody")
        if body is None:
            continue
        content = body["content"]["application/json"]
        name = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
        assert content.get("examples") or "example" in document["components"]["schemas"][name], path


def test_the_problem_has_an_example_and_the_key_is_required(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Problem"]["example"]["status"] == 422
    assert document["security"] == [{"bearer": []}, {"header": []}]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    for reference in references(document):
        assert reference.rsplit("/", 1)[-1] in document["components"]["schemas"]


@pytest.mark.parametrize("module", ["api.app", "api.console.page", "api.language.conversation", "api.cli.app"])
def test_torch_is_not_needed(module: str) -> None:
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_route_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    for path, method in PATHS.items():
        assert f"`{method.upper()} {path.replace('{event_id}', '{id}').replace('{scenario_id}', '{id}')}" in text, (
            path
        )


def test_every_command_is_in_the_docs() -> None:
    text = (ROOT / "docs" / "cli.md").read_text()
    for command in app.registered_commands:
        assert f"`foretell {command.name}" in text, command.name
    for group in app.registered_groups:
        assert f"`foretell {group.name} " in text, group.name
