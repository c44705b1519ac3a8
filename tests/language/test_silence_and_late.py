"""Answers about silent tags, and about events that late samples brought up, changed or explained."""

import asyncio
from datetime import timedelta

import pytest

from api.engines import conversation
from models.anomaly.silence import SilenceWatch
from twin.answer import Question, Status
from twin.clock import FixedClock
from twin.protocols import Twin
from twin.sample import Sample, SampleBatch

HOUR = timedelta(hours=1)


def asked(twin, question):
    answer = asyncio.run(conversation(twin).ask(Question(question=question)))
    assert answer.grounding.unmatched == ()
    return answer


@pytest.fixture
def later(fake):
    """The demo plant an hour after its last sample, except for the feeds, which still speak."""
    base = fake.build()
    minutes = [fake.NOW + number * timedelta(minutes=1) for number in range(60)]
    speaking = [tag for tag in fake.PLANT.tags if tag.cadence is not None and tag.asset == "feeds"]
    base.historian.write(
        SampleBatch.of([Sample(tag.name, moment, fake.value(tag)) for tag in speaking for moment in minutes])
    )
    return base.at(FixedClock(fake.NOW + HOUR))


def watched(twin: Twin) -> Twin:
    SilenceWatch(twin.plant, twin.historian, twin.events, twin.clock).look()
    return twin


def test_a_plant_with_silent_tags_is_not_called_ordinary(later):
    answer = asked(later, "is everything normal?")
    assert "nothing unusual is going on as far as can be seen, but not every tag speaks" in answer.text
    assert "tags have gone silent" in answer.text
    assert "since Sun 22 Nov 10:" in answer.text


def test_the_open_silence_is_told_by_the_status(later):
    answer = asked(watched(later), "status of the plant")
    assert "nothing unusual" not in answer.text
    assert "have sent nothing since" in answer.text


def test_the_events_tell_a_silence_by_asset(later):
    answer = asked(watched(later), "any unusual events in the last hour?")
    assert answer.status is Status.ANSWERED
    assert "tags of reactor have sent nothing since Sun 22 Nov 10:" in answer.text


def test_a_silence_is_explained_by_what_was_heard_last_and_not_by_sigma(later):
    [event] = [frame for frame in watched(later).events.between(_last(later)) if frame.asset == "reactor"]
    answer = asked(later, f"explain event {event.id}")
    assert "Last heard: " in answer.text
    assert "The samples cannot say why" in answer.text
    assert "sigma" not in answer.text


def test_a_silent_tags_value_is_not_told_as_if_it_were_known(later):
    answer = asked(later, "how is the reactor pressure?")
    assert "silent" in answer.text


def _last(twin):
    from twin.clock import Span

    return Span(twin.clock.now() - HOUR, twin.clock.now())


def test_an_event_that_late_samples_brought_up_says_when_they_came(fake):
    twin = fake.build()
    came = fake.NOW - HOUR
    twin.events.put([fake.FRAMES[0].model_copy(update={"backfilled_at": came})])
    answer = asked(twin, "any unusual events last night?")
    assert "It appeared or changed after late samples came at Sun 22 Nov 09:15 CET." in answer.text


def test_a_withdrawn_event_is_told_and_not_counted(fake):
    twin = fake.build()
    gone = {"withdrawn": True, "backfilled_at": fake.NOW - HOUR, "message": "Withdrawn: late samples explain it."}
    twin.events.put([fake.FRAMES[0].model_copy(update=gone)])
    answer = asked(twin, "any unusual events last night?")
    assert answer.text.startswith("Yes: 1 unusual event,")
    assert "Not counted: 1 event that late samples explained (Sun 22 Nov 09:15 CET)." in answer.text
    assert [frame["id"] for frame in answer.result["find_events"]["withdrawn"]] == ["fault"]
