"""A conversation in the terminal."""

import io
import sys
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from api.dependencies import AppState
from api.language.stages import Stage
from twin.errors import StoreUnavailable


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what is typed, a line each."""
    return lambda *lines: monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_questions_of_a_chat_share_a_session(served: Any, state: AppState, typed: Any) -> None:
    typed("Is all well?", "", "why?")
    ended = served("ask", "--chat")
    assert ended.code == 0
    assert ended.out.index("You asked: Is all well?") < ended.out.index("You asked: why?")
    first, second = state.interpreter.asked
    assert first.session
    assert first.session == second.session


def test_operations_are_told_and_evidence_is_shown_when_asked(served: Any, typed: Any) -> None:
    typed("Is all well?", "/evidence", "exit", "not asked any more")
    said = served("ask", "--chat").out
    assert said.index("plant_status") < said.index("You asked") < said.index("asked at")
    assert "not asked" not in said


def test_a_chat_survives_an_error(served: Any, state: AppState, typed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_arguments: object) -> AsyncGenerator[Stage, None]:
        raise StoreUnavailable("db:5432 refused")
        yield

    monkeypatch.setattr(type(state.interpreter), "stream", away)
    typed("Is all well?", "And now?")
    ended = served("ask", "--chat")
    assert ended.err.count("db:5432 refused") == 2


def test_a_question_in_a_named_session(served: Any, state: AppState) -> None:
    served("ask", "Is all well?", "--session", "shift-7")
    assert state.interpreter.asked[0].session == "shift-7"


def test_nothing_to_ask_is_said(served: Any) -> None:
    ended = served("ask")
    assert ended.code == 2
    assert "--chat" in ended.err


def test_a_report_goes_to_a_file(served: Any, tmp_path: Any) -> None:
    file = tmp_path / "night.html"
    assert served("report", "--format", "html", "--out", str(file)).code == 0
    assert file.read_text().startswith("<!doctype html>")
    assert served("report").out.startswith("# ")
    assert served("report", "--json").json["shift"] == "night"
