"""What the sessions remember, so that "why?", "and the separator level?" and "make it 20 %" find their subject."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from api.language.asking import Memory
from api.language.slots import Slots
from twin.answer import Answer, Status
from twin.clock import Clock, Span
from twin.protocols import Journal
from twin.query import Plan

KEPT = 4096
LOOK_BACK = timedelta(hours=24)


@dataclass(eq=False, slots=True)
class Session:
    """One conversation: a question at a time."""

    memory: Memory = field(default_factory=Memory)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """The newest sessions, in memory; one that was forgotten, or began in another process, comes from the journal."""

    def __init__(self, journal: Journal | None, clock: Clock, kept: int = KEPT) -> None:
        self._journal = journal
        self._clock = clock
        self._kept = kept
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    @asynccontextmanager
    async def held(self, name: str | None, follows: str | None = None) -> AsyncIterator[Session]:
        """The session, alone; a new one begins where the one that it `follows` is, without a name it is nobody's."""
        if name is None:
            yield Session()
            return
        session = await self._session(name, follows)
        self._sessions.move_to_end(name)
        while len(self._sessions) > self._kept:
            self._sessions.popitem(last=False)
        async with session.lock:
            yield session

    async def _session(self, name: str, follows: str | None) -> Session:
        if name not in self._sessions:
            before = self._sessions.get(follows or name)
            names = [name] if follows is None else [name, follows]
            memory = before.memory if before else await asyncio.to_thread(self._recalled, names)
            self._sessions.setdefault(name, Session(memory))
        return self._sessions[name]

    def _recalled(self, names: Sequence[str]) -> Memory:
        """What the last answer of these sessions was about; the journal keeps its plans."""
        if self._journal is None:
            return Memory()
        now = self._clock.now()
        kept = self._journal.latest_answer(names, Span(now - LOOK_BACK, now))
        return remembered(kept.answer) if kept else Memory()


def remembered(answer: Answer) -> Memory:
    """What a follow-up of this answer can lean on."""
    plan = answer.plans[-1]
    return Memory(plan.intent, slots_of(plan), plan, events_of(answer), language=answer.language)


def slots_of(plan: Plan) -> Slots:
    """The slots that would be read as this plan."""
    window, other = getattr(plan, "window", None), getattr(plan, "other", None)
    return Slots(
        tags=plan.tags,
        assets=plan.assets,
        windows=tuple(item for item in (window, other) if item is not None),
        instant=getattr(plan, "start", None),
        moves=getattr(plan, "moves", ()),
        horizon=getattr(plan, "horizon", None),
        aggregation=getattr(plan, "aggregation", None),
    )


def events_of(answer: Answer) -> tuple[str, ...]:
    """Ids of the events that the answer speaks of, oldest first."""
    if answer.status is not Status.ANSWERED:
        return ()
    found = (answer.result or {}).get("find_events", {})
    return tuple(frame["id"] for frame in found.get("anomalies", ()))
