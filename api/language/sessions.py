"""What was last spoken of, so that "why?", "and the separator level?" and "make it 20 %" find their subject."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

from api.language.amounts import Amount, amounts
from api.language.cues import FOLLOW
from api.language.grammar import normalised
from api.language.reading import Reading
from twin.scenario import Change, Move

KEPT = 256


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that was asked back: which part of it was not clear, and what it may be."""

    question: str
    phrase: str
    candidates: tuple[str, ...]

    def completed(self, reply: str) -> str | None:
        """The question with the unclear part replaced by the reply; None when the reply is no candidate."""
        chosen = [candidate for candidate in self.candidates if candidate.lower() == reply.strip(" .!?").lower()]
        if not chosen or self.phrase not in self.question:
            return None
        return self.question.replace(self.phrase, chosen[0], 1)


@dataclass(frozen=True, slots=True)
class Memory:
    """One session: the last reading, the events spoken of, and what was asked back."""

    reading: Reading | None = None
    events: tuple[str, ...] = ()
    pending: Pending | None = None


class Sessions:
    """The most recent sessions, in memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._memories: OrderedDict[str, Memory] = OrderedDict()
        self._lock = Lock()

    def get(self, session: str | None) -> Memory:
        """What the session remembers."""
        with self._lock:
            return self._memories.get(session, Memory()) if session else Memory()

    def put(self, session: str | None, memory: Memory) -> None:
        """Remember it, forgetting the oldest session when there are too many."""
        if session is None:
            return
        with self._lock:
            self._memories[session] = memory
            self._memories.move_to_end(session)
            while len(self._memories) > self._kept:
                self._memories.popitem(last=False)


def followed(reading: Reading | None, question: str, memory: Memory) -> Reading | None:
    """The reading with what it leaves out taken from the one before; alone, bare slots ask for the obvious."""
    last = memory.reading
    if last is None:
        return _alone(reading)
    if (reading is None or not reading.intent) and (amount := _amount(question)) and len(last.moves) == 1:
        moves = (_with_amount(last.moves[0], amount),)
        return replace(
            last, moves=moves, times=last.times if reading is None or reading.times.empty else reading.times
        )
    if reading is None:
        return None
    if not reading.intent:
        return _merged(reading, last)
    if reading.intent == "explain" and not reading.tags and reading.times.empty:
        return replace(reading, times=last.times, tags=() if memory.events else last.tags)
    if FOLLOW.match(question) and reading.times.empty and reading.intent == last.intent:
        return replace(
            reading, times=last.times, tags=reading.tags or last.tags, horizon=reading.horizon or last.horizon
        )
    return reading


def _alone(reading: Reading | None) -> Reading | None:
    if reading is None or reading.intent:
        return reading
    if reading.tags:
        return replace(reading, intent="describe")
    return replace(reading, intent="status" if reading.asset and reading.times.empty else "events")


def _merged(reading: Reading, last: Reading) -> Reading:
    named = bool(reading.tags or reading.asset)
    intent = "describe" if last.intent in {"status", "about", "help", ""} and reading.tags else last.intent
    return replace(
        last,
        intent=intent or "events",
        tags=reading.tags if named else last.tags,
        asset=reading.asset if named else last.asset,
        times=last.times if reading.times.empty else reading.times,
        horizon=reading.horizon or last.horizon,
        statistic=reading.statistic or last.statistic,
        notes=(*reading.notes, *last.notes),
    )


def _amount(question: str) -> Amount | None:
    """The one amount of "make it 20 %"."""
    text = normalised(question)
    found = amounts(text) if FOLLOW.match(text) else []
    return found[0] if len(found) == 1 else None


def _with_amount(move: Move, amount: Amount) -> Move:
    """The same kind of move by another amount: a cut stays a cut."""
    if move.change is Change.TIMES and amount.unit == "%":
        sign = -1 if move.amount < 1 else 1
        return move.model_copy(update={"amount": 1 + sign * abs(amount.value) / 100})
    value = amount.value
    if move.change is Change.BY and not amount.signed:
        value = abs(value) * (-1 if move.amount < 0 else 1)
    return move.model_copy(update={"amount": value, "unit": amount.unit or move.unit})
