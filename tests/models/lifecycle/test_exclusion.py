"""What is never learned as normal."""

from datetime import timedelta

import numpy as np
import pytest

from models.exclusion import abnormal, hours, without
from twin.clock import Span, from_datetime64
from twin.event import Feedback, Kind
from twin.historian.memory import MemoryEventLog
from twin.scenario import LoggedMove

from .conftest import START, STEP, frame, operate

BEGIN = from_datetime64(START)


def at(hour):
    return BEGIN + timedelta(hours=hour)


ALL = Span(at(0), at(60))
MOVE = LoggedMove(tag="sp.level", time=at(1), before=0.0, after=1.0, unit="m")


def said(label, hour=50):
    return Feedback(event_id="e", time=at(hour), label=label)


@pytest.mark.parametrize(
    ("fields", "feedback", "excluded"),
    [
        ({"end": None}, [], True),
        ({"end": at(12)}, [], False),
        ({"end": at(12)}, [said("true")], True),
        ({"end": at(12)}, [said("known")], False),
        ({"end": None}, [said("false_alarm")], False),
        ({"end": at(12)}, [said("true"), said("false_alarm", 51)], False),
        ({"end": None, "explained_by": MOVE}, [], False),
        ({"end": at(12), "withdrawn": True}, [said("true")], False),
        ({"end": None, "kind": Kind.SILENCE}, [], False),
    ],
)
def test_open_and_confirmed_events_are_left_out(fields, feedback, excluded):
    events = MemoryEventLog()
    events.put([frame("e", at(10), None).model_copy(update=fields)])
    for item in feedback:
        events.add_feedback(item)
    end = fields["end"] or ALL.end
    assert abnormal(events, ALL) == ((Span(at(10), end),) if excluded else ())


def test_stretches_that_overlap_are_one():
    events = MemoryEventLog()
    events.put([frame("a", at(1), at(3)), frame("b", at(2), at(4)), frame("c", at(6), None)])
    for name in "ab":
        events.add_feedback(Feedback(event_id=name, time=at(5), label="true"))
    assert abnormal(events, Span(at(2), at(8))) == (Span(at(2), at(4)), Span(at(6), at(8)))


def test_no_row_that_touches_an_event_is_learned():
    window = operate(10)
    pieces = without([window], [Span(at(2) + timedelta(minutes=1), at(3))])
    kept = np.concatenate([piece.time for piece in pieces])
    lost = sorted(set(window.time.tolist()) - set(kept.tolist()))
    assert len(pieces) == 2
    assert (from_datetime64(np.datetime64(lost[0])), from_datetime64(np.datetime64(lost[-1]))) == (
        at(2) + STEP,
        at(3),
    )
    assert hours([window]) - hours(pieces) == pytest.approx(1.0)


def test_pieces_that_are_too_short_are_left_out():
    window = operate(10)
    assert [len(p) for p in without([window], [Span(at(1), at(9))], least=15)] == [20, 20]
    assert without([window], [Span(at(1), at(9))], least=30) == ()
