"""The grammar over the demo plant in memory."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from api.language.loop import Interpreter
from twin.answer import Answer, Question
from twin.protocols import Twin


@pytest.fixture(scope="session")
def interpreter(twin: Twin) -> Interpreter:
    """Answers by the grammar alone."""
    return Interpreter(twin, None, timedelta(hours=24))


@pytest.fixture
def ask(interpreter: Interpreter) -> Callable[..., Answer]:
    """Asks one question and waits for the answer."""

    def asked(question: str, session: str | None = None) -> Answer:
        return asyncio.run(interpreter.ask(Question(question=question, session=session)))

    return asked
