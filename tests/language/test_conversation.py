"""The answer loop: stages, bounds, stopping, sessions, and a language model trusted as far as it holds."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from api.language.asking import Answerable, Asking, Memory, Opinion
from api.language.conversation import Conversation, ConversationConfig
from api.language.engines.rules import Rules
from api.language.narrate import LONGEST, Narration, Narrator
from api.language.stages import Answered, Called, Planned, Said
from twin.answer import Answer, Question, Status
from twin.errors import LanguageModelUnavailable, StoreUnavailable, TooManyQuestions
from twin.historian.journal import MemoryJournal
from twin.journal import AnsweredQuestion
from twin.protocols import Twin
from twin.query import INTENTS, DescribePlan, EventsPlan, Window

NIGHT = "Were there any unusual events last night?"


@pytest.fixture
def conversation(twin: Twin, chooser: Any) -> Callable[..., Conversation]:
    """An answer loop by the rules, with more where a test needs it."""
    return lambda twin=twin, chooser=chooser, **more: Conversation(twin, (Rules(),), chooser, **more)


async def stages_of(conversation: Conversation, text: str, session: str | None = None) -> list[Any]:
    return [stage async for stage in conversation.stream(Question(question=text, session=session))]


def test_an_answer_comes_as_plan_tools_text_and_whole(conversation: Any) -> None:
    stages = asyncio.run(stages_of(conversation(), NIGHT))
    kinds = [type(stage) for stage in stages]
    assert kinds[:2] == [Planned, Called]
    assert kinds[-1] is Answered
    assert stages[0].plans == stages[-1].answer.plans
    assert "".join(stage.delta for stage in stages if isinstance(stage, Said)) == stages[-1].answer.text


def test_what_is_spent_is_told(conversation: Any) -> None:
    spent = asyncio.run(conversation().ask(Question(question=NIGHT))).spent
    assert min(spent.read_ms, spent.run_ms, spent.word_ms) > 0


@dataclass
class Gate:
    """A historian whose statistics wait to be let through; counts how many began."""

    inner: Any
    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    asked: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def statistics(self, *arguments: Any) -> Any:
        self.asked += 1
        self.entered.set()
        self.opened.wait(20)
        return self.inner.statistics(*arguments)


@pytest.fixture
def gate(twin: Twin) -> Gate:
    return Gate(twin.historian)


TWO = "Average of the reactor pressure and of the separator pressure last night?"


def test_a_stream_that_is_closed_stops_before_the_next_operation(twin: Twin, gate: Gate, conversation: Any) -> None:
    async def leave() -> None:
        stream = conversation(replace(twin, historian=gate)).stream(Question(question=TWO))
        async for stage in stream:
            if isinstance(stage, Called):
                break
        await asyncio.to_thread(gate.entered.wait)
        await stream.aclose()
        gate.opened.set()

    asyncio.run(leave())
    assert gate.asked == 1


def test_a_session_can_be_stopped(twin: Twin, gate: Gate, conversation: Any) -> None:
    asked = conversation(replace(twin, historian=gate))

    async def stop() -> Answer:
        coming = asyncio.ensure_future(asked.ask(Question(question=TWO, session="s")))
        await asyncio.to_thread(gate.entered.wait)
        assert asked.cancel("s")
        gate.opened.set()
        return await coming

    answer = asyncio.run(stop())
    assert answer.status is Status.REFUSED
    assert "stopped" in answer.text
    assert not asked.cancel("s")


def test_an_answer_that_takes_too_long_names_the_limit(twin: Twin, gate: Gate, conversation: Any) -> None:
    asked = conversation(replace(twin, historian=gate), config=ConversationConfig(seconds=0.05))

    async def wait() -> Answer:
        coming = asyncio.ensure_future(asked.ask(Question(question=TWO, session="s")))
        await asyncio.to_thread(gate.entered.wait)
        await asyncio.to_thread(asked._running["s"].cancelled.wait)
        gate.opened.set()
        return await coming

    assert "more than 0.05 s" in asyncio.run(wait()).text


def test_one_question_too_many_is_turned_away(twin: Twin, gate: Gate, conversation: Any) -> None:
    asked = conversation(replace(twin, historian=gate), config=ConversationConfig(waiting=1))

    async def crowd() -> None:
        first = asyncio.ensure_future(asked.ask(Question(question=TWO)))
        await asyncio.to_thread(gate.entered.wait)
        with pytest.raises(TooManyQuestions, match="1 questions"):
            await asked.ask(Question(question=NIGHT))
        gate.opened.set()
        await first
        await asked.ask(Question(question=NIGHT))

    asyncio.run(crowd())


def test_fifty_sessions_at_once_are_all_answered(conversation: Any) -> None:
    asked = conversation()

    async def crowd() -> list[Answer]:
        one = [Question(question=NIGHT, session=str(number)) for number in range(50)]
        return await asyncio.gather(*(asked.ask(question) for question in one))

    assert {answer.status for answer in asyncio.run(crowd())} == {Status.ANSWERED}


def test_a_session_answers_one_question_after_the_other(conversation: Any) -> None:
    asked = conversation()

    async def both() -> tuple[Answer, Answer]:
        first, second = Question(question=NIGHT, session="s"), Question(question="why?", session="s")
        answers = await asyncio.gather(asked.ask(first), asked.ask(second))
        return answers[0], answers[1]

    assert asyncio.run(both())[1].plans[0].intent == "explain"


@dataclass
class Deciding:
    """A chooser with prepared plans."""

    plans: tuple[Any, ...]
    confidence: float = 1.0

    def choose(self, opinions: Any, asking: Asking) -> Answerable:
        engine = opinions[-1][0].engine
        return Answerable(self.plans, self.confidence, engine, Memory())


def test_a_part_that_fails_leaves_the_others(twin: Twin, conversation: Any) -> None:
    now = twin.clock.now()
    window = Window(start=now - timedelta(hours=12), end=now)
    ahead = Window(start=now + timedelta(hours=1), end=now + timedelta(hours=2))
    plans = (EventsPlan(window=window), DescribePlan(window=ahead, tags=("reactor_pressure",)))
    answer = asyncio.run(conversation(chooser=Deciding(plans)).ask(Question(question="both")))
    assert answer.status is Status.ANSWERED
    assert "2 unusual events" in answer.text
    assert "future" in answer.text


def test_a_store_that_is_away_is_an_error_and_no_answer(twin: Twin, conversation: Any) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise StoreUnavailable("db:5432 refused")

    with pytest.raises(StoreUnavailable):
        asyncio.run(conversation(replace(twin, historian=Away())).ask(Question(question=TWO)))


def test_a_conversation_goes_on_in_another_process(twin: Twin, conversation: Any) -> None:
    journal = MemoryJournal()
    kept = replace(twin, journal=journal)
    first = asyncio.run(conversation(kept).ask(Question(question=NIGHT, session="s")))
    now = twin.clock.now() - timedelta(minutes=1)
    journal.add_answer(AnsweredQuestion(time=now, question=NIGHT, answer=first))
    again = asyncio.run(conversation(kept).ask(Question(question="explain the second one", session="s")))
    assert "stuck" in again.text
    elsewhere = asyncio.run(
        conversation(kept).ask(Question(question="explain the second one", session="t", follows="s"))
    )
    assert elsewhere.text == again.text


@dataclass
class Model:
    """A language model's engine: sure of one intent, or away; counts how often it is asked."""

    intent: str = "status"
    away: bool = False
    name: str = "small-model"
    asked: int = 0

    async def read(self, asking: Asking) -> tuple[Opinion, ...]:
        self.asked += 1
        if self.away:
            raise LanguageModelUnavailable("the model is away")
        log_p = np.where(np.array(INTENTS) == self.intent, 0.0, -9.0)
        return tuple(Opinion(self.name, log_p) for _ in asking.clauses)


def window_of(twin: Twin) -> Window:
    return Window(start=twin.clock.now() - timedelta(hours=12), end=twin.clock.now())


def test_no_model_is_asked_where_the_others_are_sure(twin: Twin, conversation: Any) -> None:
    model = Model()
    sure, unsure = (Deciding((EventsPlan(window=window_of(twin)),), confidence) for confidence in (0.95, 0.5))
    assert asyncio.run(conversation(chooser=sure, model=model).ask(Question(question=NIGHT))).engine == "rules"
    assert model.asked == 0
    assert (
        asyncio.run(conversation(chooser=unsure, model=model).ask(Question(question=NIGHT))).engine == "small-model"
    )
    assert model.asked == 1


def test_a_model_that_is_away_costs_nothing_but_itself(twin: Twin, conversation: Any) -> None:
    unsure = Deciding((EventsPlan(window=window_of(twin)),), 0.5)
    answer = asyncio.run(conversation(chooser=unsure, model=Model(away=True)).ask(Question(question=NIGHT)))
    assert answer.status is Status.ANSWERED
    assert answer.engine == "rules"


@dataclass
class Prose:
    """A language model that says one thing, or is away."""

    text: str | None
    name: str = "small-model"

    async def complete(self, instructions: str, prompt: str, schema: type[Any]) -> Any:
        if self.text is None:
            raise LanguageModelUnavailable("the model is away")
        return Narration(text=self.text)


def narrated(twin: Twin, conversation: Any, text: str | None) -> Answer:
    unsure = Deciding((EventsPlan(window=window_of(twin)),), 0.5)
    narrator = Narrator(Prose(text), conversation()._verifier)
    loop = conversation(chooser=unsure, model=Model(), narrator=narrator)
    return asyncio.run(loop.ask(Question(question=NIGHT)))


def test_prose_that_holds_takes_the_place_of_the_template(twin: Twin, conversation: Any) -> None:
    answer = narrated(twin, conversation, "There were 2 unusual events.")
    assert answer.text == "There were 2 unusual events."
    assert answer.grounding.checked


def test_prose_that_finds_no_end_never_leaves(twin: Twin, conversation: Any) -> None:
    endless = ("There were 2 unusual events. " * 30)[:LONGEST]
    assert narrated(twin, conversation, endless).text.startswith("Yes: 2 unusual events")


def test_prose_in_another_language_never_leaves(twin: Twin, conversation: Any) -> None:
    assert narrated(twin, conversation, "Es gab 2 ungewöhnliche Ereignisse.").text.startswith("Yes: 2 unusual events")


def test_a_judgement_that_no_evidence_can_back_never_leaves(twin: Twin, conversation: Any) -> None:
    text = "There were 2 unusual events. This is a good result for the operators of the reactor."
    assert narrated(twin, conversation, text).text.startswith("Yes: 2 unusual events")


@pytest.mark.parametrize(
    "text", ["There were 3 unusual events.", "Nothing unusual happened.", "", None, "Set SP to 0."]
)
def test_prose_that_does_not_hold_never_leaves(twin: Twin, conversation: Any, text: str | None) -> None:
    answer = narrated(twin, conversation, text)
    assert answer.text != text
    assert answer.text.startswith("Yes: 2 unusual events")
