"""The answer loop: a question is read, planned, answered by the twin's operations, and checked before it leaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import structlog

from api.language.answers import answered, draft_of, from_error, not_understood
from api.language.grammar import Grammar
from api.language.grounding import Grounder
from api.language.model_reading import NARRATE, Asked, Narration, facts, instructions, reading_of
from api.language.plans import Plan
from api.language.reading import Reading, plan
from api.language.sessions import Memory, Pending, Sessions, followed
from api.language.stages import Answered, Stage
from api.language.vocabulary import Vocabulary
from twin.answer import Answer, Question, Status
from twin.calendar import PlantCalendar
from twin.clock import FixedClock
from twin.errors import ForetellError, LanguageModelUnavailable, SchemaMismatch, StoreUnavailable
from twin.protocols import LanguageModel, Twin

log = structlog.get_logger(__name__)

GRAMMAR = "rules"


class Interpreter:
    """Answers questions about one twin: by its grammar, and where that ends by a language model, if there is one."""

    def __init__(self, twin: Twin, language_model: LanguageModel | None, max_horizon: timedelta) -> None:
        self._twin = twin
        self._model = language_model
        self._max_horizon = max_horizon
        self._grammar = Grammar(Vocabulary(twin.plant))
        self._grounder = Grounder(twin.plant)
        self._sessions = Sessions()

    async def ask(self, question: Question) -> Answer:
        """The answer, with its evidence. What a person can put right comes back as an answer, not as an error.

        Raises StoreUnavailable and SchemaMismatch.
        """
        twin = self._twin.at(FixedClock(question.at) if question.at else self._twin.clock)
        memory = self._sessions.get(question.session)
        text = (memory.pending and memory.pending.completed(question.question)) or question.question
        engine = GRAMMAR
        try:
            calendar = self._calendar(twin)
            reading = followed(self._grammar.read(text, calendar), text, memory)
            if reading is None and self._model is not None:
                reading, engine = await self._read_by_model(text, calendar)
            if reading is None:
                return self._closed(not_understood(twin.plant), question, engine)
            memory = replace(memory, reading=reading, pending=None)
            answer = await asyncio.to_thread(self._answer, plan(reading, calendar), twin, memory)
        except (StoreUnavailable, SchemaMismatch):
            raise
        except ForetellError as error:
            self._sessions.put(question.session, replace(memory, pending=_pending(text, error)))
            return self._closed(from_error(error), question, engine)
        self._sessions.put(question.session, replace(memory, events=_events(answer) or memory.events))
        if engine != GRAMMAR:
            answer = await self._narrated(question.question, answer)
        return self._closed(answer, question, engine)

    async def stream(self, question: Question) -> AsyncIterator[Stage]:
        """The answer as the only stage."""
        yield Answered(answer=await self.ask(question))

    def cancel(self, session: str) -> bool:
        """Nothing can be stopped."""
        return False

    def _calendar(self, twin: Twin) -> PlantCalendar:
        asked = twin.clock.now()
        now = self._twin.clock.now()
        if asked > now:
            raise PlantCalendar(twin.plant, now).future(asked)
        return PlantCalendar(twin.plant, asked)

    def _answer(self, steps: Plan, twin: Twin, memory: Memory) -> Answer:
        return answered(draft_of(steps, twin, self._max_horizon, memory.events), self._grounder)

    async def _read_by_model(self, question: str, calendar: PlantCalendar) -> tuple[Reading | None, str]:
        """What the language model reads in the question; nothing when it is away."""
        if self._model is None:
            return None, GRAMMAR
        vocabulary = self._grammar.vocabulary
        try:
            asked = await self._model.complete(instructions(vocabulary), question, Asked)
        except LanguageModelUnavailable as error:
            log.warning("language_model.unavailable", reason=error.detail)
            return None, GRAMMAR
        return reading_of(asked, question, vocabulary, calendar), self._model.name

    async def _narrated(self, question: str, answer: Answer) -> Answer:
        """The answer in the language model's prose, where every number of it holds; else as it was."""
        if self._model is None or answer.status not in {Status.ANSWERED, Status.NO_EVENTS}:
            return answer
        try:
            prose = await self._model.complete(NARRATE, facts(question, answer.text, answer.evidence), Narration)
        except LanguageModelUnavailable as error:
            log.warning("language_model.unavailable", reason=error.detail)
            return answer
        grounding = self._grounder.check(prose.text, answer.evidence)
        if not grounding.ok:
            log.warning("language_model.prose_withheld", unmatched=grounding.unmatched)
            return answer
        return answer.model_copy(update={"text": prose.text, "grounding": grounding})

    def _closed(self, answer: Answer, question: Question, engine: str) -> Answer:
        return answer.model_copy(update={"session": question.session, "engine": engine})


def _pending(question: str, error: ForetellError) -> Pending | None:
    if not error.candidates or not isinstance(error.value, str):
        return None
    return Pending(question, error.value, error.candidates)


def _events(answer: Answer) -> tuple[str, ...]:
    """Ids of the events that the answer speaks of, oldest first."""
    found = (answer.result or {}).get("find_events", {})
    return tuple(frame["id"] for frame in found.get("anomalies", ()))
