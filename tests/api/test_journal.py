"""What was asked, tried, written down and moved can be looked up, and keeping it never costs an answer."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from structlog.testing import capture_logs

from api.dependencies import AppState
from api.notebook import MOST_WAITING, Notebook
from twin.answer import Answer, Question, Status, ToolCall
from twin.clock import FixedClock, Span
from twin.errors import StoreUnavailable
from twin.historian.journal import MemoryJournal, PostgresJournal
from twin.historian.migrations import migrate
from twin.journal import AnsweredQuestion, TriedScenario

from .conftest import NOW

QUESTION = "Were there any unusual events last night?"
TODAY = Span(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
WINDOW = {"start": TODAY.start.isoformat(), "end": TODAY.end.isoformat()}
BODY = {"moves": ["sp.level=+5"], "horizon": "PT2H"}


class Journal(MemoryJournal):
    """A store that a test takes away, or lets stand still."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.open = threading.Event()
        self.open.set()

    def add_answer(self, answered: AnsweredQuestion) -> None:
        self._check()
        super().add_answer(answered)

    def add_scenario(self, tried: TriedScenario) -> None:
        self._check()
        super().add_scenario(tried)

    def _check(self) -> None:
        self.open.wait()
        if self.away:
            raise StoreUnavailable("the historian is away")


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def notebook(journal: Journal) -> Iterator[Notebook]:
    with Notebook(journal, FixedClock(NOW)) as notebook:
        yield notebook
        journal.away = False
        journal.open.set()


def ask(client: TestClient, question: str = QUESTION, **headers: str) -> Any:
    return client.post("/v1/ask", json={"question": question}, headers=headers)


def answer(text: str = "None.", **more: Any) -> Answer:
    return Answer(text=text, status=Status.ANSWERED, model_version="following-1", **more)


def of_problem(response: Any) -> tuple[int, str, str | None]:
    return response.status_code, response.json()["type"], response.json()["field"]


def test_an_answer_is_kept_with_question_evidence_and_engine(client: TestClient, state: AppState) -> None:
    said = ask(client).json()
    state.notebook.settle()
    (kept,) = client.get("/v1/answers", params=WINDOW).json()["answers"]
    assert (kept["question"], kept["time"]) == (QUESTION, "2026-03-02T09:00:00Z")
    assert kept["answer"] == {**said, "series": [], "result": None}
    (whole,) = client.get("/v1/answers", params={**WINDOW, "whole": True}).json()["answers"]
    assert whole["answer"] == said


def test_a_streamed_answer_is_kept_too(client: TestClient, state: AppState) -> None:
    ask(client, accept="text/event-stream")
    state.notebook.settle()
    assert len(state.notebook.journal.answers(TODAY)) == 1


def test_the_newest_answers_are_given_and_the_others_counted(client: TestClient, notebook: Notebook) -> None:
    for i in range(5):
        ask(client, f"question {i}")
    client.app.state.foretell.notebook.settle()  # type: ignore[attr-defined]
    found = client.get("/v1/answers", params={**WINDOW, "limit": 2}).json()
    assert (len(found["answers"]), found["left_out"]) == (2, 3)
    assert client.get("/v1/answers", params={**WINDOW, "limit": 0}).status_code == 422


def test_a_what_if_is_kept_with_its_verdict_and_model_version(client: TestClient, state: AppState) -> None:
    outcome = client.post("/v1/what-if", json=BODY).json()
    state.notebook.settle()
    found = client.get("/v1/scenarios", params=WINDOW).json()
    (line,) = found["scenarios"]
    assert (line["model_version"], line["verdict"], found["left_out"]) == ("following-1", outcome["verdict"], 0)
    assert line["effects"] == outcome["effects"][:5]
    whole = client.get(f"/v1/scenarios/{line['id']}").json()
    assert {**whole["outcome"], "scenario_id": line["id"]} == outcome
    assert whole["scenario"]["moves"][0]["tag"] == "sp.level"


def test_an_unknown_scenario_is_not_found(client: TestClient) -> None:
    assert of_problem(client.get("/v1/scenarios/none")) == (404, "urn:foretell:not-found", "scenario_id")


def test_the_what_if_behind_an_answer_is_kept_with_its_sentence(
    client: TestClient, state: AppState, notebook: Notebook, journal: Journal
) -> None:
    client.post("/v1/what-if", json=BODY)
    state.notebook.settle()
    (tried,) = state.notebook.journal.scenarios(TODAY)
    call = ToolCall(name="what_if", arguments=tried.scenario.model_dump(mode="json"))
    result = {"what_if": tried.outcome.model_dump(mode="json")}
    notebook.answered(Question(question="What if …?"), answer(tools=(call,), result=result))
    notebook.settle()
    (kept,) = journal.scenarios(TODAY)
    assert (kept.question, kept.scenario, kept.outcome) == ("What if …?", tried.scenario, tried.outcome)


def test_while_the_store_is_away_answers_wait_and_are_kept_in_order_when_it_is_back(
    notebook: Notebook, journal: Journal
) -> None:
    journal.away = True
    notebook.answered(Question(question="first"), answer())
    notebook.settle()
    assert notebook.waiting == 1
    journal.away = False
    notebook.answered(Question(question="second"), answer())
    notebook.settle()
    assert {kept.question for kept in journal.answers(TODAY)} == {"first", "second"}
    assert (notebook.waiting, notebook.lost) == (0, 0)


def test_nobody_waits_for_a_store_that_does_not_answer(notebook: Notebook, journal: Journal) -> None:
    journal.open.clear()
    notebook.answered(Question(question="first"), answer())
    assert notebook.waiting == 1
    journal.open.set()
    notebook.settle()
    assert len(journal.answers(TODAY)) == 1


def test_more_than_can_wait_is_given_up_and_said(notebook: Notebook, journal: Journal) -> None:
    journal.away = True
    with capture_logs() as logs:
        for i in range(MOST_WAITING + 3):
            notebook.answered(Question(question=f"question {i}"), answer())
        notebook.settle()
    assert (notebook.waiting, notebook.lost) == (MOST_WAITING, 3)
    assert sum(log["log_level"] == "error" for log in logs) == 3
    journal.away = False
    notebook.settle()
    assert "question 2" not in {kept.question for kept in journal.answers(TODAY)}
    assert len(journal.answers(TODAY)) == MOST_WAITING


def test_what_cannot_be_kept_costs_the_others_nothing(notebook: Notebook, journal: Journal) -> None:
    def refuse(answered: AnsweredQuestion) -> None:
        if answered.question == "poison":
            raise ValueError("it cannot be written")
        MemoryJournal.add_answer(journal, answered)

    journal.add_answer = refuse  # type: ignore[method-assign]
    for question in ("poison", "sound"):
        notebook.answered(Question(question=question), answer())
    notebook.settle()
    assert [kept.question for kept in journal.answers(TODAY)] == ["sound"]
    assert (notebook.waiting, notebook.lost) == (0, 1)


def test_what_is_still_waiting_at_the_end_is_said(journal: Journal) -> None:
    with capture_logs() as logs, Notebook(journal, FixedClock(NOW)) as notebook:
        journal.away = True
        notebook.answered(Question(question="first"), answer())
    assert [log["number"] for log in logs if log["log_level"] == "error"] == [1]


@pytest.mark.integration
def test_on_postgres_every_answer_is_kept_whatever_is_asked(engine: Engine) -> None:
    migrate(engine)
    journal = PostgresJournal(engine)
    with Notebook(journal, FixedClock(NOW)) as notebook:
        notebook.answered(Question(question="a \0 between"), answer())
        notebook.answered(Question(question="plain"), answer())
    assert {kept.question for kept in journal.answers(TODAY)} == {"a \N{REPLACEMENT CHARACTER} between", "plain"}
    assert notebook.lost == 0


def test_a_log_entry_is_kept_for_the_instant_that_it_is_about(client: TestClient) -> None:
    given = {"time": "2026-03-02T08:30:00Z", "author": "M. Weber", "text": "Pump B", "asset": "tank"}
    written = client.post("/v1/log", json=given)
    assert written.status_code == 201
    assert written.json() == {**given, "id": written.json()["id"], "tag": None}
    now = client.post("/v1/log", json={"author": "M. Weber", "text": "Level by hand", "tag": "sp.level"}).json()
    assert now["time"] == "2026-03-02T09:00:00Z"

    def found(**params: str) -> list[str]:
        return [entry["text"] for entry in client.get("/v1/log", params={**WINDOW, **params}).json()]

    assert found() == ["Pump B", "Level by hand"]
    assert found(tag="sp.level") == ["Level by hand"]
    assert found(asset="tank") == ["Pump B"]
    assert found(start="2026-03-02T08:45:00Z") == ["Level by hand"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"author": "W", "text": "x", "tag": "levle"}, (404, "urn:foretell:unknown-tag", "tag")),
        ({"author": "W", "text": "x", "asset": "boiler"}, (404, "urn:foretell:not-found", "asset")),
        ({"author": "W", "text": "x", "time": "2026-03-02T08:30:00"}, (422, "urn:foretell:invalid-input", "time")),
        ({"author": "W", "text": " "}, (422, "urn:foretell:invalid-input", "text")),
        ({"author": "W", "text": "a\0b"}, (422, "urn:foretell:invalid-input", "text")),
        ({"author": "", "text": "x"}, (422, "urn:foretell:invalid-input", "author")),
        ({"author": "W" * 201, "text": "x"}, (422, "urn:foretell:invalid-input", "author")),
        ({"text": "x"}, (422, "urn:foretell:invalid-input", "author")),
        ({"author": "W", "text": "x", "severity": 3}, (422, "urn:foretell:invalid-input", "severity")),
    ],
)
def test_a_log_entry_that_does_not_fit_is_a_problem_that_names_the_field(
    client: TestClient, given: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    assert of_problem(client.post("/v1/log", json=given)) == refusal
    assert client.get("/v1/log", params=WINDOW).json() == []


def test_moves_are_rows_with_the_value_before(client: TestClient) -> None:
    (move,) = client.get("/v1/moves").json()
    assert move == {"tag": "sp.level", "time": "2026-03-02T03:00:00Z", "before": 50.0, "after": 52.0, "unit": "%"}
    assert client.get("/v1/moves", params={"tag": "mv.valve"}).json() == []
    assert client.get("/v1/moves", params=WINDOW).json() == []
    assert of_problem(client.get("/v1/moves", params={"tag": "level"})) == (422, "urn:foretell:invalid-input", "tag")
    assert of_problem(client.get("/v1/moves", params={"tag": "levle"}))[:2] == (404, "urn:foretell:unknown-tag")


@pytest.mark.parametrize("path", ["answers", "scenarios", "scenarios/one", "log"])
def test_a_store_that_is_away_is_a_problem_that_says_when_to_try_again(
    client: TestClient, state: AppState, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("the historian is away")

    for name in ("answers", "scenarios", "scenario", "entries"):
        monkeypatch.setattr(state.notebook.journal, name, away)
    response = client.get(f"/v1/{path}")
    assert of_problem(response)[:2] == (503, "urn:foretell:store-unavailable")
    assert response.headers["retry-after"]


def test_the_journal_needs_the_key(anonymous: TestClient) -> None:
    for path in ("answers", "scenarios", "log", "moves"):
        assert anonymous.get(f"/v1/{path}").status_code == 401
