"""Questions to the twin."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import StreamingResponse

from api.dependencies import AppState, State
from api.errors import problem_of
from api.openapi import problems
from twin.answer import Answer, Question
from twin.errors import ForetellError

router = APIRouter(tags=["ask"])

HEARTBEAT_S = 5.0
EVENT_STREAM = "text/event-stream"
EXAMPLES: dict[str, Any] = {
    "night": {"value": {"question": "Tell me, factory, were there any unusual events last night?"}},
    "counterfactual": {
        "value": {
            "question": "What would have happened to reactor pressure if we had cut the A feed by 10 % at 02:00?"
        }
    },
    "as of another instant": {
        "value": {"question": "Average reactor pressure last night?", "at": "2026-03-02T08:00:00+01:00"}
    },
}
STREAM = {"description": "`working` every few seconds, then one `answer` or `problem`", "schema": {"type": "string"}}


@router.post(
    "/ask",
    response_model=Answer,
    responses={**problems(503), 200: {"description": "The answer", "content": {EVENT_STREAM: STREAM}}},
)
async def ask(
    state: State, request: Request, question: Annotated[Question, Body(openapi_examples=EXAMPLES)]
) -> Answer | StreamingResponse:
    """Answer a question in plain words; every number in the text has its evidence beside it.

    With `Accept: text/event-stream` the connection is kept alive while the twin thinks.
    """
    if EVENT_STREAM in request.headers.get("accept", ""):
        return StreamingResponse(_events(state, question), media_type=EVENT_STREAM)
    return await _answer(state, question)


async def _answer(state: AppState, question: Question) -> Answer:
    answer = await state.interpreter.ask(question)
    state.metrics.answers.labels(answer.status.value, answer.engine).inc()
    state.metrics.ungrounded.inc(len(answer.grounding.unmatched))
    state.notebook.answered(question, answer)
    return answer


async def _events(state: AppState, question: Question) -> AsyncIterator[str]:
    asked = asyncio.ensure_future(_answer(state, question))
    try:
        while not (await asyncio.wait([asked], timeout=HEARTBEAT_S))[0]:
            yield "event: working\ndata: {}\n\n"
        yield f"event: answer\ndata: {asked.result().model_dump_json()}\n\n"
    except ForetellError as error:
        yield f"event: problem\ndata: {problem_of(error).model_dump_json()}\n\n"
    finally:
        asked.cancel()
