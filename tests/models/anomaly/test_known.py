"""Events of the past that a replay gives again."""

from datetime import UTC, datetime, timedelta

from models.anomaly.known import Known
from twin.event import Contribution, EventFrame, Kind, Severity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def frame(identity, start_h, end_h=None, kind=Kind.PROCESS, detected_h=None):
    start = NOON + timedelta(hours=start_h)
    return EventFrame(
        id=identity,
        kind=kind,
        severity=Severity.LOW,
        start=start,
        end=None if end_h is None else NOON + timedelta(hours=end_h),
        detected_at=NOON + timedelta(hours=start_h if detected_h is None else detected_h),
        score=1.5,
        contributions=(Contribution(tag="level", share=1.0, peak_sigma=5.0, first_seen=start),),
        first_mover="level",
        asset="vessel",
        model_version="toy-1",
        message="The level went above what the model expected.",
    )


def test_a_new_event_is_left_as_it_is():
    new = frame("new", 0.5)
    assert Known([frame("old", -3, -2)], NOON).reconcile(new) == new


def test_a_past_event_detected_a_row_later_keeps_the_logs_id_start_and_detection():
    logged = frame("logged", -1)
    known = Known([logged], NOON)
    closed = known.reconcile(frame("replayed", -0.9, 0.5))
    assert closed is not None
    assert (closed.id, closed.start, closed.detected_at) == ("logged", logged.start, logged.detected_at)
    assert closed.end == NOON + timedelta(hours=0.5)
    assert known.close_others(NOON) == []


def test_a_closed_event_of_the_log_is_not_changed_by_a_replay():
    logged = frame("logged", -3, -2)
    assert Known([logged], NOON).reconcile(frame("replayed", -2.9, -1.5)) == logged


def test_a_past_event_that_the_log_does_not_have_is_not_added():
    known = Known([frame("logged", -3, -2)], NOON)
    assert known.reconcile(frame("elsewhen", -1, -0.5)) is None
    assert known.reconcile(frame("another kind", -2.9, -2.1, Kind.SENSOR)) is None


def test_one_event_of_the_log_is_not_two_of_the_replay():
    known = Known([frame("logged", -3)], NOON)
    assert known.reconcile(frame("first", -2.9, -2)) is not None
    assert known.reconcile(frame("second", -1.5, -1)) is None


def test_an_open_event_that_the_replay_does_not_know_ends():
    known = Known([frame("lost", -1)], NOON)
    [ended] = known.close_others(NOON)
    assert (ended.id, ended.end) == ("lost", NOON)
    assert known.close_others(NOON) == []
