"""The OpenAI-compatible door: any chat client can talk to the plant.

The twin's own tools stay inside; those that a client offers are not called. The conversation is recognised by the
user's messages so far, which such a client sends again each time.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse, StreamingResponse
from openai.types import CompletionUsage, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.chat.chat_completion_chunk import Choice as Part
from openai.types.chat.chat_completion_chunk import ChoiceDelta
from pydantic import BaseModel, ConfigDict, Field

from api.answering import answered, stages
from api.dependencies import AppState, State
from api.errors import status_of
from api.language.stages import Answered, Said
from api.openapi import problems
from api.routes.ask import EVENT_STREAM, HEARTBEAT_S, beating
from twin.answer import Answer, Evidence, Question
from twin.errors import ForetellError, InvalidInput

NAME = "foretell"
CITED = 12
EXAMPLES: dict[str, Any] = {
    "night": {
        "value": {
            "model": NAME,
            "messages": [{"role": "user", "content": "Were there any unusual events last night?"}],
        }
    }
}
Reply = ChatCompletion | StreamingResponse | JSONResponse

router = APIRouter(prefix="/openai/v1", tags=["openai"])


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TextPart(_Given):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class ChatMessage(_Given):
    """One message of the conversation."""

    role: str
    content: str | tuple[TextPart, ...] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return " ".join(part.text for part in self.content if part.type == "text")


class StreamOptions(_Given):
    """What a stream gives besides the text."""

    include_usage: bool = False


class ChatRequest(_Given):
    """What such a client sends; whatever a twin has no use for (temperature, tools, …) is not read."""

    model: str = NAME
    messages: tuple[ChatMessage, ...] = Field(min_length=1, max_length=1000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str = ""


class ModelPage(BaseModel):
    """The models served: the twin alone."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...]


@router.get("/models", responses=problems())
def list_models(state: State) -> ModelPage:
    """The twin, as a chat client lists it."""
    created = int(state.twin.clock.now().timestamp())
    return ModelPage(data=(Model(id=NAME, created=created, object="model", owned_by=state.twin.plant.name),))


@router.post("/chat/completions", response_model=ChatCompletion, responses=problems(503))
async def complete(state: State, request: Annotated[ChatRequest, Body(openapi_examples=EXAMPLES)]) -> Reply:
    """Answer the last message of a conversation; the evidence is cited below the text."""
    try:
        question = question_of(request)
        if request.stream:
            return StreamingResponse(_chunks(state, request, question), media_type=EVENT_STREAM)
        return _completion(state, request, question, await answered(state, question))
    except ForetellError as error:
        return JSONResponse(failure_of(error), status_of(error))


def _completion(state: AppState, request: ChatRequest, question: Question, answer: Answer) -> ChatCompletion:
    message = ChatCompletionMessage(role="assistant", content=answer.text + cited(answer.facts))
    return ChatCompletion(
        id=_identity(question),
        object="chat.completion",
        created=_now(state),
        model=NAME,
        choices=[Choice(index=0, finish_reason="stop", message=message)],
        usage=usage_of(request, answer),
    )


def question_of(request: ChatRequest) -> Question:
    """The last thing the user said, in the session of all that the user said before; raises InvalidInput."""
    said = [message.text for message in request.messages if message.role == "user"]
    if not said or not said[-1].strip():
        raise InvalidInput("the conversation has no message of the user with text in it", field="messages")
    if len(said[-1]) > (limit := 2000):
        raise InvalidInput(
            f"the last message has {len(said[-1])} characters", field="messages", value=len(said[-1]), limit=limit
        )
    return Question(
        question=said[-1],
        session=_session(request.user, said),
        follows=_session(request.user, said[:-1]) if len(said) > 1 else None,
    )


def cited(evidence: Sequence[Evidence]) -> str:
    """The evidence as a list below the text."""
    lines = [f"[{item.id or number}] {_fact(item)}" for number, item in enumerate(evidence[:CITED], start=1)]
    rest = [f"and {len(evidence) - CITED} more"] if len(evidence) > CITED else []
    return "\n\nEvidence:\n" + "\n".join([*lines, *rest]) if lines else ""


def usage_of(request: ChatRequest, answer: Answer) -> CompletionUsage:
    """What it took, in words: the twin has no tokens of its own."""
    asked = sum(len(message.text.split()) for message in request.messages)
    said = len(answer.text.split())
    return CompletionUsage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)


def _fact(item: Evidence) -> str:
    return f"{item.name}{f' of {item.tag}' if item.tag else ''}: {item.value} {item.unit or ''}".rstrip()


async def _chunks(state: AppState, request: ChatRequest, question: Question) -> AsyncIterator[str]:
    identity, created = _identity(question), _now(state)

    def event(choices: list[Part], usage: CompletionUsage | None = None) -> str:
        chunk = ChatCompletionChunk(
            id=identity, object="chat.completion.chunk", created=created, model=NAME, choices=choices, usage=usage
        )
        return f"data: {chunk.model_dump_json(exclude_unset=True)}\n\n"

    yield event([Part(index=0, delta=ChoiceDelta(role="assistant", content=""))])
    try:
        async with aclosing(beating(stages(state, question), HEARTBEAT_S)) as coming:
            async for stage in coming:
                if stage is None:
                    yield ": working\n\n"
                elif isinstance(stage, Said):
                    yield event([Part(index=0, delta=ChoiceDelta(content=stage.delta))])
                elif isinstance(stage, Answered):
                    tail = ChoiceDelta(content=cited(stage.answer.facts))
                    yield event([Part(index=0, delta=tail)])
                    yield event([Part(index=0, delta=ChoiceDelta(), finish_reason="stop")])
                    if request.stream_options and request.stream_options.include_usage:
                        yield event([], usage_of(request, stage.answer))
        yield "data: [DONE]\n\n"
    except ForetellError as error:
        yield f"data: {json.dumps(failure_of(error))}\n\n"


def failure_of(error: ForetellError) -> dict[str, dict[str, str | None]]:
    """An error as such a client shows it."""
    return {"error": {"message": error.detail, "type": error.slug, "param": error.field, "code": error.slug}}


def _session(user: str, said: Sequence[str]) -> str:
    words = "\0".join((user, *said)).encode()
    return f"openai-{hashlib.sha256(words).hexdigest()}"


def _identity(question: Question) -> str:
    return f"chatcmpl-{(question.session or '')[-24:]}"


def _now(state: AppState) -> int:
    return int(state.twin.clock.now().timestamp())
