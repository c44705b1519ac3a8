"""The answer loop: a question is read, planned, answered by the twin's operations, and checked before it leaves."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import structlog
from pydantic import ValidationError

from api.language.asking import Answerable, AskBack, Asking, Chooser, Decision, Declined, Engine, Opinion
from api.language.grounding import Verifier
from api.language.narrate import Narrator
from api.language.reading.reader import asking
from api.language.reading.vocabulary import Vocabulary
from api.language.run import Cancelled, Limits, run
from api.language.run.findings import Findings
from api.language.sessions import Session, Sessions, events_of
from api.language.stages import Answered, Called, Planned, Said, Stage
from api.language.wording.answers import asked_back, closed, declined, from_error
from api.language.wording.facts import Draft
from api.language.wording.links import links_of
from api.language.wording.say import word
from twin.answer import Answer, Question, Spent, ToolCall
from twin.calendar import PlantCalendar
from twin.clock import FixedClock
from twin.errors import (
    ForetellError,
    InvalidInput,
    LanguageModelUnavailable,
    SchemaMismatch,
    StoreUnavailable,
    TooLarge,
    TooManyQuestions,
)
from twin.protocols import Twin
from twin.query import Plan

log = structlog.get_logger(__name__)

T = TypeVar("T")
DOWN = (StoreUnavailable, SchemaMismatch)
BEYOND = (OverflowError, ValidationError)
"""A number or a date of a question that no instant and no plan can hold: the year 20000, 1e400 kPa, forty moves."""


@dataclass(frozen=True, slots=True)
class ConversationConfig:
    """Bounds of one question, and of all of them together.

    Attributes:
        seconds: time that the operations of one question may take.
        sure: confidence above which no language model is asked.
        at_once: questions whose operations run at the same time.
        grafana_url: where answers link to; None for no such links.
        waiting: questions in work or in the queue; one more is turned away.
    """

    max_horizon: timedelta = timedelta(hours=24)
    seconds: float = 60.0
    sure: float = 0.9
    at_once: int = 4
    grafana_url: str | None = None
    waiting: int = 64


class Conversation:
    """Answers questions about one twin.

    `engines` read every question. `model` is asked as well where they are not sure, and `narrator` tells the findings
    of a question that it read; a model that is away costs nothing but that.
    """

    def __init__(
        self,
        twin: Twin,
        engines: Sequence[Engine],
        chooser: Chooser,
        *,
        model: Engine | None = None,
        narrator: Narrator | None = None,
        config: ConversationConfig | None = None,
    ) -> None:
        self._twin = twin
        self._engines = tuple(engines)
        self._chooser = chooser
        self._model = model
        self._narrator = narrator
        self._config = config or ConversationConfig()
        self._vocabulary = Vocabulary(twin.plant)
        self._verifier = Verifier(twin.plant)
        self._sessions = Sessions(twin.journal, twin.clock)
        self._pool = ThreadPoolExecutor(self._config.at_once, "answer")
        self._inside = 0
        self._running: dict[str, Limits] = {}

    async def stream(self, question: Question) -> AsyncGenerator[Stage, None]:
        """Plan, tools, text and answer as they come. What a person can put right is an answer, not an error.

        A stream that is closed early stops what runs for it. Raises StoreUnavailable, SchemaMismatch, and
        TooManyQuestions when as many wait as may wait.
        """
        if self._inside >= self._config.waiting:
            raise TooManyQuestions(
                f"{self._inside} questions are being answered", value=self._inside, limit=self._config.waiting
            )
        self._inside += 1
        try:
            held = self._sessions.held(question.session, question.follows)
            async with held as session, aclosing(self._stages(question, session)) as stages:
                async for stage in stages:
                    yield stage
        finally:
            self._inside -= 1

    async def ask(self, question: Question) -> Answer:
        """The whole answer; raises as `stream` does."""
        async with aclosing(self.stream(question)) as stages:
            async for stage in stages:
                if isinstance(stage, Answered):
                    return stage.answer
        raise AssertionError("a stream of stages ends with the answer")

    def cancel(self, session: str) -> bool:
        """Stop what runs for a session before its next operation; gives whether anything did."""
        limits = self._running.get(session)
        if limits is not None:
            limits.cancelled.set()
        return limits is not None

    async def _stages(self, question: Question, session: Session) -> AsyncGenerator[Stage, None]:
        watch = _Watch()
        twin = self._twin.at(FixedClock(question.at or self._twin.clock.now()))
        decision, language = await self._understood(question.question, twin, session)
        spent = Spent(read_ms=watch.lap())
        if not isinstance(decision, Answerable):
            answer = self._unanswered(decision, language, session)
        else:
            yield Planned(plans=decision.plans, engine=decision.engine, confidence=decision.confidence)
            drafts: list[Draft] = []
            async with aclosing(self._carried_out(decision, twin, session, language, question.session)) as steps:
                async for step in steps:
                    if isinstance(step, Called):
                        yield step
                    else:
                        drafts.append(step)
            spent = spent.model_copy(update={"run_ms": watch.lap()})
            answer = await self._worded(question.question, drafts, decision, language)
            session.memory = replace(decision.memory, events=events_of(answer) or session.memory.events)
        signed = {"session": question.session, "spent": spent.model_copy(update={"word_ms": watch.lap()})}
        for line in answer.text.splitlines(keepends=True):
            yield Said(delta=line)
        yield Answered(answer=answer.model_copy(update=signed))

    async def _understood(self, text: str, twin: Twin, session: Session) -> tuple[Decision, str]:
        """What to do, and the language of the question; raises StoreUnavailable and SchemaMismatch."""
        language = session.memory.language or "en"
        try:
            calendar = self._calendar(twin)
            read = await self._in_pool(lambda: asking(text, twin, self._vocabulary, calendar, session.memory))
            language = read.language
            return await self._decided(read), language
        except DOWN:
            raise
        except ForetellError as error:
            return AskBack(error, session.memory), language
        except BEYOND:
            return AskBack(_beyond(), session.memory), language

    def _calendar(self, twin: Twin) -> PlantCalendar:
        asked, now = twin.clock.now(), self._twin.clock.now()
        if asked > now:
            raise PlantCalendar(twin.plant, now).future(asked)
        return PlantCalendar(twin.plant, asked)

    async def _decided(self, read: Asking) -> Decision:
        opinions: list[Sequence[Opinion]] = [await engine.read(read) for engine in self._engines]
        decision = await self._in_pool(lambda: self._chooser.choose(opinions, read))
        confidence = decision.confidence
        if self._model is None or confidence is None or confidence >= self._config.sure:
            return decision
        try:
            opinions.append(await self._model.read(read))
        except LanguageModelUnavailable as error:
            log.warning("language_model.unavailable", reason=error.detail)
            return decision
        return await self._in_pool(lambda: self._chooser.choose(opinions, read))

    def _unanswered(self, decision: AskBack | Declined, language: str, session: Session) -> Answer:
        """What is said when there is no plan."""
        if isinstance(decision, AskBack):
            session.memory = decision.memory
            answer = asked_back(decision.error, language)
            return answer.model_copy(update={"confidence": decision.confidence})
        answer = declined(decision.plan, language, self._twin.plant)
        return answer.model_copy(update={"confidence": decision.confidence})

    async def _carried_out(
        self, decision: Answerable, twin: Twin, session: Session, language: str, name: str | None
    ) -> AsyncGenerator[Called | Draft, None]:
        """Every operation as it begins, and for each plan its draft; a plan that fails says so in its place."""
        limits = Limits(self._config.max_horizon)
        if name is not None:
            self._running[name] = limits
        until = time.monotonic() + self._config.seconds
        try:
            for plan in decision.plans:
                work = self._work(plan, twin, limits, session.memory.events, language, until)
                async with aclosing(self._told(work, limits, until)) as steps:
                    async for step in steps:
                        yield step
        finally:
            limits.cancelled.set()
            if name is not None:
                self._running.pop(name, None)

    def _work(
        self, plan: Plan, twin: Twin, limits: Limits, recent: Sequence[str], language: str, until: float
    ) -> Callable[[Callable[[ToolCall], None]], Draft]:
        def work(tell: Callable[[ToolCall], None]) -> Draft:
            try:
                return self._drafted(run(plan, twin, limits, recent, tell), language)
            except DOWN:
                raise
            except Cancelled:
                return self._failed(plan, self._stopped(until), language)
            except ForetellError as error:
                return self._failed(plan, error, language)
            except BEYOND:
                return self._failed(plan, _beyond(), language)

        return work

    def _drafted(self, findings: Findings, language: str) -> Draft:
        draft = word(findings, language)
        draft.links = links_of(findings, self._config.grafana_url, language)
        return draft

    def _stopped(self, until: float) -> ForetellError:
        if time.monotonic() < until:
            return ForetellError("it was stopped")
        limit = self._config.seconds
        return TooLarge(f"it takes more than {limit:g} s: ask about less at once", limit=limit, unit="s")

    def _failed(self, plan: Plan, error: ForetellError, language: str) -> Draft:
        """Why a plan could not be carried out."""
        answer = from_error(error, language)
        draft = Draft(self._twin.plant, "reading", language, status=answer.status, candidates=answer.candidates)
        draft.sentences.append(answer.text)
        draft.evidence.extend(answer.evidence)
        draft.plans = (plan,)
        return draft

    async def _told(
        self, work: Callable[[Callable[[ToolCall], None]], Draft], limits: Limits, until: float
    ) -> AsyncGenerator[Called | Draft, None]:
        """The work's operations as they begin, then its draft; stopped when its time is over."""
        loop = asyncio.get_running_loop()
        heard: asyncio.Queue[ToolCall | None] = asyncio.Queue()

        def tell(call: ToolCall | None) -> None:
            loop.call_soon_threadsafe(heard.put_nowait, call)

        draft = loop.run_in_executor(self._pool, work, tell)
        draft.add_done_callback(lambda _: heard.put_nowait(None))
        late = loop.call_later(max(0.0, until - time.monotonic()), limits.cancelled.set)
        try:
            while (call := await heard.get()) is not None:
                yield Called(call=call)
            yield await draft
        finally:
            late.cancel()

    async def _worded(self, question: str, drafts: Sequence[Draft], decision: Answerable, language: str) -> Answer:
        answer = await self._in_pool(lambda: closed(drafts, self._verifier, language))
        read = {"engine": decision.engine, "confidence": decision.confidence, "plans": decision.plans}
        answer = answer.model_copy(update=read)
        by_model = self._model is not None and decision.engine == self._model.name
        return await self._narrator.narrated(question, answer) if self._narrator and by_model else answer

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _beyond() -> InvalidInput:
    return InvalidInput(
        "a number or a date in the question, or how much is moved in it, is more than can be reckoned with"
    )


class _Watch:
    """Milliseconds since it was last looked at."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        last, self._last = self._last, time.perf_counter()
        return 1000.0 * (self._last - last)
