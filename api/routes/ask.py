"""Questions to the twin."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import StreamingResponse

from api.answering import answered, stages
from api.dependencies import AppState, State
from api.errors import problem_of
from api.language.stages import Answered, Stage
from api.openapi import problems
from twin.answer import Answer, Question
from twin.errors import ForetellError, NotFound

router = APIRouter(tags=["ask"])

T = TypeVar("T")
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
STREAM = {
    "description": "`plan`, `tool` for each operation, `text` as it is checked, then one `answer` or `problem`; "
    "`working` every few seconds in between",
    "schema": {"type": "string"},
}


@router.post(
    "/ask",
    response_model=Answer,
    responses={**problems(503), 200: {"description": "The answer", "content": {EVENT_STREAM: STREAM}}},
)
async def ask(
    state: State, request: Request, question: Annotated[Question, Body(openapi_examples=EXAMPLES)]
) -> Answer | StreamingResponse:
    """Answer a question in plain words; every number in the text has its evidence beside it.

    With `Accept: text/event-stream` the answer comes in stages. Closing the connection stops what runs for it.
    """
    if EVENT_STREAM in request.headers.get("accept", ""):
        return StreamingResponse(_events(state, question), media_type=EVENT_STREAM)
    return await answered(state, question)


@router.delete("/ask/{session}", status_code=204, responses=problems(404))
async def cancel(
    state: State, session: Annotated[str, Path(description="The session whose answer is stopped")]
) -> None:
    """Stop the answer that is being made for a session; it ends as refused."""
    if not state.interpreter.cancel(session):
        raise NotFound(f"nothing is being answered for session {session!r}", field="session", value=session)


async def _events(state: AppState, question: Question) -> AsyncIterator[str]:
    try:
        async with aclosing(beating(stages(state, question), HEARTBEAT_S)) as coming:
            async for stage in coming:
                yield _event(stage)
    except ForetellError as error:
        yield f"event: problem\ndata: {problem_of(error).model_dump_json()}\n\n"


def _event(stage: Stage | None) -> str:
    if stage is None:
        return "event: working\ndata: {}\n\n"
    data = stage.answer if isinstance(stage, Answered) else stage
    return f"event: {stage.stage}\ndata: {data.model_dump_json()}\n\n"


async def beating(source: AsyncGenerator[T, None], seconds: float) -> AsyncGenerator[T | None, None]:
    """What the source gives, and None whenever it gave nothing for so long; closed early, it closes the source."""
    coming = asyncio.ensure_future(anext(source))
    try:
        while True:
            if not (await asyncio.wait([coming], timeout=seconds))[0]:
                yield None
                continue
            item = coming.result()
            coming = asyncio.ensure_future(anext(source))
            yield item
    except StopAsyncIteration:
        return
    finally:
        coming.cancel()
        await asyncio.wait([coming])
        await source.aclose()
