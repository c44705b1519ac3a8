"""What people do with events, and what it does to what is open."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from twin.clock import Span
from twin.errors import InvalidInput, NotFound
from twin.event import EventMark, Handling, Kind, MarkAction
from twin.historian.memory import MemoryEventLog
from twin.operations.events import find_events
from twin.operations.handling import handle, handlings, marked
from twin.operations.status import plant_status

HOUR = timedelta(hours=1)


@pytest.fixture
def twin(twin):
    """The same with an event log of its own."""
    ever = Span(twin.clock.now() - 48 * HOUR, twin.clock.now())
    own = replace(twin, events=MemoryEventLog())
    own.events.put(twin.events.between(ever))
    return own


@pytest.fixture
def going_on(twin):
    """Two open events of one source, and one of another."""
    now = twin.clock.now()
    last = twin.events.between(Span(now - 48 * HOUR, now))[0]
    made = {
        name: last.model_copy(
            update={
                "id": name,
                "start": now - (3 - number) * HOUR,
                "end": None,
                "explained_by": None,
                "kind": Kind.PROCESS,
                "first_mover": mover,
            }
        )
        for number, (name, mover) in enumerate([("first", "a"), ("second", "a"), ("other", "b")])
    }
    twin.events.put(list(made.values()))
    return made


def shelve(twin, event_id, hours=2.0):
    now = twin.clock.now()
    return marked(event_id, MarkAction.SHELVE, now, author="mk", text="in repair", until=now + hours * HOUR)


def open_ids(twin):
    return {event.id for event in plant_status(twin).open_events} & {"first", "second", "other"}


def test_a_shelving_takes_every_event_of_its_source_off_the_open_ones(twin, going_on):
    assert open_ids(twin) == {"first", "second", "other"}
    stands = handle(twin, shelve(twin, "second"))
    assert (stands.shelved_by, stands.shelf_reason) == ("mk", "in repair")
    assert open_ids(twin) == {"other"}
    assert {event.id for event in plant_status(twin).shelved_events} == {"first", "second"}


def test_unshelving_brings_them_back(twin, going_on):
    handle(twin, shelve(twin, "first"))
    now = twin.clock.now() + timedelta(microseconds=1)
    twin.events.add_mark(EventMark(event_id="second", time=now, action=MarkAction.UNSHELVE))
    assert twin.events.shelvings(now) == ()


def test_shelved_events_stay_in_the_list_with_their_handling(twin, going_on):
    handle(twin, shelve(twin, "first"))
    found = find_events(twin, Span(twin.clock.now() - 4 * HOUR, twin.clock.now()))
    assert {"first", "second", "other"} <= {event.id for event in found.anomalies}
    shelved = {event for event, stands in found.handling.items() if stands.shelved}
    assert shelved & going_on.keys() == {"first", "second"}


def test_the_first_acknowledgement_and_the_newest_name_count(twin, going_on):
    now = twin.clock.now()
    for minute, action, author, text in (
        (2, MarkAction.ACKNOWLEDGE, "second", ""),
        (1, MarkAction.ACKNOWLEDGE, "first", ""),
        (1, MarkAction.LABEL, "first", "Pump"),
        (2, MarkAction.LABEL, "second", "Pump cavitates"),
    ):
        at = now + timedelta(minutes=minute)
        twin.events.add_mark(EventMark(event_id="first", time=at, action=action, author=author, text=text))
    stands = handlings(twin, list(going_on.values()))
    assert (stands["first"].acknowledged_by, stands["first"].label) == ("first", "Pump cavitates")
    assert stands["second"] == stands["other"] == Handling()


def test_the_handling_of_no_events_is_nothing(twin):
    assert handlings(twin, []) == {}


def test_an_event_that_is_not_there_cannot_be_marked(twin):
    with pytest.raises(NotFound):
        handle(twin, shelve(twin, "nothing"))


def test_a_shelving_longer_than_seven_days_is_refused_with_the_limit(twin, going_on):
    with pytest.raises(InvalidInput, match=r"at most 7 days from now.*first") as refused:
        shelve(twin, "first", hours=7 * 24 + 0.01)
    assert refused.value.field == "until"
    assert shelve(twin, "first", hours=7 * 24).until is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "shelve"},
        {"action": "acknowledge", "until": "2026-03-01T13:00Z"},
        {"action": "shelve", "until": "2026-03-01T12:00Z"},
        {"action": "shelve", "until": "2026-03-08T12:00:01Z"},
        {"action": "label", "text": " "},
    ],
)
def test_a_mark_never_says_what_its_action_cannot(wrong):
    with pytest.raises(ValidationError):
        EventMark(event_id="first", time="2026-03-01T12:00Z", **wrong)
