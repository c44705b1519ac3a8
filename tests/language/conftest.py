"""The grammar over the demo plant in memory."""

import asyncio
from collections.abc import Callable

import pytest

from api.language.asking import Chooser
from api.language.conversation import Conversation
from api.language.engines.plain import Plain
from api.language.engines.rules import Rules
from twin.answer import Answer, Question
from twin.protocols import Twin


@pytest.fixture(scope="session")
def chooser() -> Chooser:
    """What decides between the engines."""
    return Plain()


@pytest.fixture(scope="session")
def interpreter(twin: Twin, chooser: Chooser) -> Conversation:
    """Answers by the grammar alone."""
    return Conversation(twin, (Rules(),), chooser)


@pytest.fixture
def ask(interpreter: Conversation) -> Callable[..., Answer]:
    """Asks one question and waits for the answer."""

    def asked(question: str, session: str | None = None) -> Answer:
        return asyncio.run(interpreter.ask(Question(question=question, session=session)))

    return asked
