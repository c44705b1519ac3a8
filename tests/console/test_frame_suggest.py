"""Suggested questions: in the page's language, about what is on screen, and understood when they are asked."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from api.console.suggest import HOME, Subject, suggestions
from api.console.view import View
from api.console.words import LANGUAGES, Words
from api.engines import conversation
from twin.answer import Question, Status
from twin.clock import Span
from twin.scenario import LoggedMove

EVENT = "20261122T0230Z-1a2b3c4d"
MOVED = LoggedMove(
    tag="sp.reactor_pressure",
    time=datetime(2026, 11, 22, 0, 30, tzinfo=UTC),
    before=2700,
    after=2745,
    unit="kPa",
)
INTENTS = {
    "home": ["events", "counterfactual", "status", "moves"],
    "event": ["explain", "explain", "counterfactual"],
    "tag": ["describe", "events", "forecast", "what_if"],
    "stretch": ["describe", "events", "forecast", "what_if"],
    "handle": ["what_if", "moves"],
}


@pytest.fixture(scope="module")
def twin(fake):
    """A twin of its own: it gets an event more."""
    made = fake.build()
    made.events.put([made.events.get("stuck").model_copy(update={"id": EVENT})])
    return made


@pytest.fixture(scope="module")
def interpreter(twin):
    return conversation(twin)


def subject(name, twin):
    return {
        "home": HOME,
        "event": Subject(event=twin.events.get(EVENT), moves=(MOVED,)),
        "tag": Subject(tag="reactor_pressure"),
        "stretch": Subject(tag="reactor_pressure", span=Span(MOVED.time, MOVED.time + timedelta(hours=2))),
        "handle": Subject(tag="sp.reactor_pressure"),
    }[name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", INTENTS)
def test_every_suggestion_is_read_as_what_it_asks_in_the_language_of_the_page(twin, interpreter, name, language):
    view = View(SimpleNamespace(twin=twin), Words(language))
    answers = [
        asyncio.run(interpreter.ask(Question(question=text))) for text in suggestions(view, subject(name, twin))
    ]
    assert [[plan.intent for plan in answer.plans] for answer in answers] == [[intent] for intent in INTENTS[name]]
    assert {answer.language for answer in answers} == {language}
    assert {answer.status for answer in answers} <= {Status.ANSWERED, Status.NO_EVENTS}
