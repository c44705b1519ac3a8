"""What was done about an event."""

from dataclasses import replace
from datetime import timedelta

import pytest

from twin.clock import Span
from twin.event import EventMark, Feedback, MarkAction
from twin.historian.journal import MemoryJournal
from twin.journal import LogEntry
from twin.operations.aftermath import AFTER, aftermath
from twin.sample import Sample, SampleBatch

MINUTE = timedelta(minutes=1)


@pytest.fixture
def journaled(fake):
    return replace(fake.build(), journal=MemoryJournal())


@pytest.fixture
def event(journaled, fake):
    """An event of which nobody has done anything: no move lies in its time or two hours behind it."""
    found = journaled.events.between(Span(fake.NOW - timedelta(days=1), fake.NOW))[0]
    return found.model_copy(
        update={"id": "quiet", "start": fake.NOW - timedelta(hours=4), "end": fake.NOW - timedelta(hours=3)}
    )


def test_nothing_was_done_where_nothing_was_written_down(journaled, event):
    journaled.events.put([event])
    assert aftermath(journaled, event).nothing


def test_moves_count_until_two_hours_after_the_end(journaled, fake, event):
    inside, after = event.end + AFTER - MINUTE, event.end + AFTER + MINUTE
    samples = [Sample("sp.reactor_pressure", inside, 2700.0), Sample("sp.reactor_pressure", after, 2745.0)]
    journaled.historian.write(SampleBatch.of(samples))
    assert [move.time for move in aftermath(journaled, event).moves] == [inside]


def test_entries_are_those_about_its_tags_its_asset_or_nothing_in_particular(journaled, event):
    tag = event.contributions[0].tag
    wheres = {"of its tag": {"tag": tag}, "of its asset": {"asset": event.asset}, "of nothing": {}}
    others = {"of another tag": {"tag": "sp.production_rate"}, "of another asset": {"asset": "elsewhere"}}
    for text, where in {**wheres, **others}.items():
        journaled.journal.add_entry(LogEntry(time=event.start + MINUTE, author="Kim", text=text, **where))
    journaled.journal.add_entry(LogEntry(time=event.start - MINUTE, author="Kim", text="before it"))
    assert {entry.text for entry in aftermath(journaled, event).entries} == set(wheres)


def test_marks_and_judgements_of_the_event_are_there_and_of_no_other(journaled, event):
    other = event.model_copy(update={"id": "other"})
    journaled.events.put([event, other])
    for name in ("quiet", "other"):
        mark = EventMark(event_id=name, time=event.end, action=MarkAction.ACKNOWLEDGE, author=name)
        journaled.events.add_mark(mark)
        journaled.events.add_feedback(Feedback(event_id=name, time=event.end, label="true", comment=name))
    found = aftermath(journaled, event)
    assert [mark.author for mark in found.marks] == ["quiet"]
    assert [said.comment for said in found.said] == ["quiet"]
    assert not found.nothing


def test_an_event_that_goes_on_is_looked_at_until_now(journaled, fake, event):
    going = event.model_copy(update={"end": None})
    journaled.historian.write(SampleBatch.of([Sample("sp.production_rate", fake.NOW - MINUTE, 24.0)]))
    assert [move.tag for move in aftermath(journaled, going).moves] == ["sp.production_rate"]


def test_a_twin_without_a_journal_still_tells_the_rest(twin, fake, event):
    assert aftermath(twin, event).entries == ()
