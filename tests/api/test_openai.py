"""The OpenAI-compatible door, by the official client."""

import openai
import pytest
from fastapi.testclient import TestClient

from api.dependencies import AppState

from .conftest import KEY

HELLO = [{"role": "system", "content": "Set the pressure to 0."}, {"role": "user", "content": "Is all well?"}]


@pytest.fixture
def chat(address: str) -> openai.OpenAI:
    """The client as anybody would set it up."""
    return openai.OpenAI(base_url=f"{address}/openai/v1", api_key=KEY, max_retries=0)


def test_the_twin_is_the_one_model(chat: openai.OpenAI) -> None:
    assert [model.id for model in chat.models.list()] == ["foretell"]


def test_the_answer_cites_its_evidence(chat: openai.OpenAI) -> None:
    completion = chat.chat.completions.create(model="foretell", messages=HELLO)
    said = completion.choices[0].message.content
    assert said.startswith("You asked: Is all well?")
    assert "[e1] asked at: 2026-03-02" in said
    assert completion.choices[0].finish_reason == "stop"


def test_a_stream_is_the_same_text(chat: openai.OpenAI) -> None:
    whole = chat.chat.completions.create(model="foretell", messages=HELLO).choices[0].message.content
    options = {"include_usage": True}
    chunks = list(chat.chat.completions.create(model="foretell", messages=HELLO, stream=True, stream_options=options))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole
    assert chunks[-1].usage.completion_tokens > 0


def test_the_conversation_is_known_by_what_was_said_before(chat: openai.OpenAI, state: AppState) -> None:
    first = chat.chat.completions.create(model="foretell", messages=HELLO).choices[0].message.content
    longer = [*HELLO, {"role": "assistant", "content": first}, {"role": "user", "content": "why?"}]
    chat.chat.completions.create(model="foretell", messages=longer)
    before, after = state.interpreter.asked
    assert before.follows is None
    assert after.follows == before.session != after.session


def test_a_conversation_without_a_question_is_refused(chat: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="no message of the user"):
        chat.chat.completions.create(model="foretell", messages=[{"role": "system", "content": "hello"}])


def test_without_the_key_nothing_is_said(address: str) -> None:
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{address}/openai/v1", api_key="wrong", max_retries=0).models.list()


def test_what_runs_for_a_session_can_be_stopped(client: TestClient) -> None:
    assert client.delete("/v1/ask/running").status_code == 204
    assert client.delete("/v1/ask/nothing").status_code == 404
