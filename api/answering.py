"""How every surface puts a question: the stages of its answer, counted and kept in the journal."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from api.dependencies import AppState
from api.language.stages import Answered, Stage
from twin.answer import Answer, Question


async def stages(state: AppState, question: Question) -> AsyncGenerator[Stage, None]:
    """The answer as it comes; raises StoreUnavailable, SchemaMismatch, TooManyQuestions."""
    async with aclosing(state.interpreter.stream(question)) as coming:
        async for stage in coming:
            if isinstance(stage, Answered):
                _keep(state, question, stage.answer)
            yield stage


async def answered(state: AppState, question: Question) -> Answer:
    """The whole answer; raises as `stages` does."""
    async with aclosing(stages(state, question)) as coming:
        async for stage in coming:
            if isinstance(stage, Answered):
                return stage.answer
    raise AssertionError("a stream of stages ends with the answer")


def _keep(state: AppState, question: Question, answer: Answer) -> None:
    state.metrics.answers.labels(answer.status.value, answer.engine).inc()
    state.metrics.ungrounded.inc(len(answer.grounding.unmatched))
    state.notebook.answered(question, answer)
