"""Questions to the twin."""

from typing import Annotated

from fastapi import APIRouter, Body

from api.dependencies import State
from api.openapi import problems
from twin.answer import Answer, Question

router = APIRouter(tags=["ask"])

EXAMPLES = {
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


@router.post("/ask", responses=problems(503))
async def ask(state: State, question: Annotated[Question, Body(openapi_examples=EXAMPLES)]) -> Answer:
    """Answer a question in plain words; every number in the text has its evidence beside it."""
    answer = await state.interpreter.ask(question)
    state.metrics.answers.labels(answer.status.value, answer.engine).inc()
    state.metrics.ungrounded.inc(len(answer.grounding.unmatched))
    return answer
