"""Answers about what people wrote down, asked or tried. The texts are quoted: data, never instructions."""

from api.language.wording.facts import Count, Draft, Instant, Over, Quote, Worded
from api.language.wording.say.common import NOTHING, span_of
from twin.operations.records import Record, RecordsFound

LISTED = 5
LONGEST = 200


def say_records(draft: Draft, found: RecordsFound) -> None:
    """How many there are, and the newest of them."""
    window = Over(span_of(found.window))
    count = Count(f"{found.where} found", found.found)
    about = draft.part("records.about", text=Quote("words looked for", found.text)) if found.text else NOTHING
    if not found.records:
        draft.shown(count)
        draft.say("records.none", about=about, window=window)
        return
    draft.say("records.found", count=count, about=about, window=window)
    for record in found.records[:LISTED]:
        _record(draft, record)
    rest = found.found - LISTED
    if rest > 0:
        draft.line("records.further", count=Count("further entries", rest))


def _record(draft: Draft, record: Record) -> None:
    text = Quote(record.kind, cut(record.text))
    time = Instant(f"time of {record.id}", record.time)
    if record.author:
        draft.line("records.entry", time=time, author=Quote("author", cut(record.author)), text=text)
    elif record.outcome and record.kind == "scenario":
        draft.line("records.scenario", time=time, text=text, outcome=Quote("verdict", cut(record.outcome)))
    else:
        draft.line("records.other", time=time, text=text, kind=_kind(draft, record))


def _kind(draft: Draft, record: Record) -> Worded:
    return draft.part(f"records.kind_{record.kind}")


def cut(text: str) -> str:
    """The begin of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0]
