"""The answer loop over the demo plant in memory, without a language model."""

import asyncio
from collections.abc import Callable

import pytest

from api.engines import CONFIDENCE, conversation
from api.language.asking import Chooser
from api.language.conversation import Conversation
from api.language.engines.calibration import Calibration
from api.language.engines.choose import Choose
from twin.answer import Answer, Question
from twin.protocols import Twin


@pytest.fixture(scope="session")
def chooser() -> Chooser:
    """What decides between the engines."""
    return Choose(Calibration.load(CONFIDENCE))


@pytest.fixture(scope="session")
def interpreter(twin: Twin) -> Conversation:
    """Answers as shipped."""
    return conversation(twin)


@pytest.fixture
def ask(interpreter: Conversation) -> Callable[..., Answer]:
    """Asks one question and waits for the answer."""

    def asked(question: str, session: str | None = None) -> Answer:
        return asyncio.run(interpreter.ask(Question(question=question, session=session)))

    return asked
