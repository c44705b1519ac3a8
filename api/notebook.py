"""Keeps answers and scenarios in the journal without letting anybody wait for it."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from twin.answer import Answer, Question
from twin.clock import Clock
from twin.errors import StoreUnavailable
from twin.journal import AnsweredQuestion, TriedScenario
from twin.protocols import Journal
from twin.scenario import Scenario, WhatIf

log = structlog.get_logger(__name__)

MOST_WAITING = 256
WHAT_IF = "what_if"


@dataclass(frozen=True, eq=False, slots=True)
class _Note:
    id: str
    write: Callable[[], None]


class Notebook:
    """A context manager that writes down what was asked and tried, on a thread of its own.

    What cannot be written because the store is away waits for the next note, or for the end: at most MOST_WAITING
    notes, beyond which the oldest is given up, counted and logged.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self._clock = clock
        self._waiting: deque[_Note] = deque()
        self._lost = 0
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, "notebook")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.settle()
        self._writer.shutdown()
        if self.waiting:
            log.error("the store is away: answers and scenarios are not kept", number=self.waiting)

    @property
    def waiting(self) -> int:
        """Notes that are not written yet."""
        return len(self._waiting)

    @property
    def lost(self) -> int:
        """Notes that were given up."""
        return self._lost

    def answered(self, question: Question, answer: Answer) -> None:
        """Keep an answer, and the what-if that it stands on, if any."""
        text, now = _plain(question.question), self._clock.now()
        note = AnsweredQuestion(time=now, question=text, answer=answer)
        self._add(note.id, lambda: self.journal.add_answer(note))
        tried = [call for call in answer.tools if call.name == WHAT_IF]
        for number, call in enumerate(tried, 1):
            outcome = (answer.result or {}).get(WHAT_IF if number == 1 else f"{WHAT_IF}_{number}")
            if outcome is not None:
                self.tried(Scenario.model_validate(call.arguments), WhatIf.model_validate(outcome), text)

    def tried(
        self,
        scenario: Scenario,
        outcome: WhatIf,
        question: str | None = None,
        *,
        name: str | None = None,
        author: str = "",
        rerun_of: str | None = None,
    ) -> TriedScenario:
        """Keep a scenario and what came of it; gives it with the id under which it will be found."""
        note = TriedScenario(
            created_at=self._clock.now(),
            question=question,
            scenario=scenario,
            outcome=outcome,
            name=name,
            author=author,
            rerun_of=rerun_of,
        )
        self._add(note.id, lambda: self.journal.add_scenario(note))
        return note

    def settle(self) -> None:
        """Return when everything was written, or could not be."""
        self._writer.submit(self._write).result()

    def _add(self, note_id: str, write: Callable[[], None]) -> None:
        with self._lock:
            self._waiting.append(_Note(note_id, write))
            if len(self._waiting) > MOST_WAITING:
                self._give_up(self._waiting.popleft(), f"more than {MOST_WAITING} wait for the store")
        self._writer.submit(self._write)

    def _write(self) -> None:
        while self._waiting:
            note = self._waiting[0]
            try:
                note.write()
            except StoreUnavailable as error:
                log.warning("answers and scenarios wait for the store", number=self.waiting, reason=error.detail)
                return
            except Exception as error:  # an answer must never fail because it cannot be kept
                with self._lock:
                    self._give_up(note, f"{type(error).__name__}: {error}")
            with self._lock:
                if self._waiting and self._waiting[0] is note:
                    self._waiting.popleft()

    def _give_up(self, note: _Note, reason: str) -> None:
        self._lost += 1
        log.error("an answer or a scenario is not kept", id=note.id, lost=self._lost, reason=reason)


def _plain(text: str) -> str:
    """Postgres keeps no NUL in a text."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
