"""What people wrote down, asked and tried out, searched by words. The texts are data and are never acted on."""

from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from rapidfuzz import fuzz, utils

from twin.answer import TimeWindow
from twin.clock import Span
from twin.errors import NoJournal
from twin.journal import AnsweredQuestion, LogEntry, TriedScenario
from twin.operations.bounds import echoed, past
from twin.operations.numbers import amount_of
from twin.protocols import Journal, Twin

Where = Literal["entries", "answers", "scenarios", "all"]
MOST = 20
LEAST = 80.0
"""Likeness from which a word counts as held: one letter in five may differ."""
STEM = 4
LONGEST = 500


class Record(BaseModel):
    """One entry of the journal."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["entry", "answer", "scenario"]
    id: str
    time: AwareDatetime
    author: str | None = Field(default=None, description="Who wrote an entry; nobody is named for the others")
    text: str = Field(description="The entry; the question; the scenario's moves in words. At most 500 characters")
    outcome: str | None = Field(default=None, description="An answer's text, a scenario's verdict")
    tag: str | None = None
    asset: str | None = None
    score: float = Field(ge=0, le=100, description="How well the text holds the words looked for")


class RecordsFound(BaseModel):
    """What a search found, newest first."""

    model_config = ConfigDict(frozen=True)

    window: TimeWindow
    text: str = Field(description="The words looked for; empty: everything")
    where: Where
    records: tuple[Record, ...]
    found: int = Field(description="How many fit; `records` holds the newest of them")
    searched: int = Field(description="How many lie in the window")


def search_log(twin: Twin, span: Span, text: str = "", where: Where = "entries", *, most: int = MOST) -> RecordsFound:
    """Journal entries of a window that hold the words looked for, the newest `most` of them.

    Words may be misspelt or inflected. Raises NoJournal, OutsideData for the future, StoreUnavailable.
    """
    if twin.journal is None:
        raise NoJournal("this twin keeps no journal: nothing was written down, and no question or scenario kept")
    span = past(twin, span)
    records = sorted(_records(twin.journal, span, where), key=lambda record: record.time, reverse=True)
    words = utils.default_process(text)
    scored = [record.model_copy(update={"score": _score(words, record)}) for record in records]
    fit = [record for record in scored if record.score >= LEAST]
    return RecordsFound(
        window=echoed(twin, span),
        text=text,
        where=where,
        records=tuple(_shortened(record) for record in fit[:most]),
        found=len(fit),
        searched=len(records),
    )


def _records(journal: Journal, span: Span, where: Where) -> Iterator[Record]:
    if where in {"entries", "all"}:
        yield from map(_entry, journal.entries(span))
    if where in {"answers", "all"}:
        yield from map(_answer, journal.answers(span))
    if where in {"scenarios", "all"}:
        yield from map(_scenario, journal.scenarios(span))


def _entry(entry: LogEntry) -> Record:
    return Record(
        kind="entry",
        id=entry.id,
        time=entry.time,
        author=entry.author,
        text=entry.text,
        tag=entry.tag,
        asset=entry.asset,
        score=0,
    )


def _answer(answered: AnsweredQuestion) -> Record:
    return Record(
        kind="answer",
        id=answered.id,
        time=answered.time,
        text=answered.question,
        outcome=answered.answer.text,
        score=0,
    )


def _scenario(tried: TriedScenario) -> Record:
    moves = ", ".join(
        f"{move.tag} {move.change.value} {amount_of(move.amount, move.unit or '1')}" for move in tried.scenario.moves
    )
    return Record(
        kind="scenario",
        id=tried.id,
        time=tried.created_at,
        text=f"{tried.question} ({moves})" if tried.question else moves,
        outcome=tried.outcome.verdict.support.value,
        tag=tried.scenario.moves[0].tag,
        score=0,
    )


def _score(words: str, record: Record) -> float:
    """How well every word is held; the worst of them counts, so that all must be there."""
    if not words:
        return 100.0
    held = utils.default_process(" ".join(filter(None, (record.text, record.tag, record.asset, record.author))))
    tokens = held.split()
    return min(max((_alike(word, token) for token in tokens), default=0.0) for word in words.split())


def _alike(word: str, token: str) -> float:
    """Likeness of a word to one of the text; a word may be the stem of a longer one ("leak" of "leakage")."""
    if len(word) >= STEM and token.startswith(word):
        return 100.0
    return float(fuzz.ratio(word, token)) if len(word) >= STEM else 100.0 * (word == token)


def _shortened(record: Record) -> Record:
    outcome = None if record.outcome is None else _cut(record.outcome)
    return record.model_copy(update={"text": _cut(record.text), "outcome": outcome})


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
