"""The demo plant in memory."""

import asyncio
import importlib.util
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from api.language.loop import Interpreter
from twin.answer import Answer, Question
from twin.protocols import Twin


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module that builds it."""
    spec = importlib.util.spec_from_file_location(
        "fake_twin", Path(__file__).parents[1] / "operations" / "fake_twin.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def twin(fake: ModuleType) -> Twin:
    """The twin at 10:15 on Sunday 2026-11-22."""
    return fake.build()


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
