from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from twin.calendar import PlantCalendar
from twin.clock import FixedClock, Span
from twin.errors import NotFound, OutsideData, OutsideRetention
from twin.historian.memory import MemoryEventLog
from twin.operations.events import expected_rows, find_events
from twin.operations.explain import explain_event
from twin.operations.moves import logged_moves
from twin.operations.similar import cosine


@pytest.fixture
def night(twin):
    return PlantCalendar(twin.plant, twin.clock.now()).last_night()


def test_a_response_to_a_logged_move_is_no_anomaly(twin, night):
    found = find_events(twin, night)
    assert [frame.id for frame in found.anomalies] == ["fault", "stuck"]
    assert [frame.id for frame in found.explained] == ["response"]
    assert [(move.tag, move.before, move.after) for move in found.moves] == [("sp.reactor_pressure", 2700, 2745)]


def test_the_share_scored_counts_every_step_of_the_window(twin, night):
    found = find_events(twin, night)
    assert (found.expected_rows, found.scored_rows, found.scored) == (160, 160, 1.0)
    assert found.highest_score == 5.5
    assert found.latest_score == 0.4


def test_nothing_scored_is_told_apart_from_nothing_found(twin, night):
    silent = replace(twin, events=MemoryEventLog())
    found = find_events(silent, night)
    assert found.anomalies == ()
    assert found.scored == 0
    assert found.highest_score is None


def test_a_window_half_scored_says_half(twin, fake):
    span = Span(fake.START - timedelta(hours=2), fake.START + timedelta(hours=2))
    assert find_events(twin, span).scored == pytest.approx(0.5)


def test_the_window_is_cut_at_the_present(twin):
    now = twin.clock.now()
    found = find_events(twin, Span(now - timedelta(hours=1), now + timedelta(hours=1)))
    assert found.window.end == now
    assert expected_rows(twin, Span(now - timedelta(hours=1), now)) == 20


@pytest.mark.parametrize(("hours", "error"), [(1, OutsideData), (-1000, OutsideRetention)])
def test_future_and_long_past_are_refused_differently(twin, hours, error):
    start = twin.clock.now() + timedelta(hours=hours)
    with pytest.raises(OutsideData) as raised:
        find_events(twin, Span(start, start + timedelta(hours=1)))
    assert type(raised.value) is error


def test_an_event_that_began_before_the_window_is_found_in_it(twin):
    span = Span(datetime(2026, 11, 22, 0, 0, tzinfo=UTC), datetime(2026, 11, 22, 0, 5, tzinfo=UTC))
    assert [frame.id for frame in find_events(twin, span).anomalies] == ["fault"]


def test_an_explanation_has_measured_and_predicted_around_the_event(twin, fake):
    found = explain_event(twin, "fault")
    first = found.contributions[0]
    assert (found.first_mover, first.contribution.tag) == ("feed_d_flow", "feed_d_flow")
    assert first.measured.time[0] <= fake.FAULT[0] - timedelta(minutes=55)
    assert first.measured.time[-1] >= fake.FAULT[1] + timedelta(minutes=55)
    assert first.predicted.low is not None
    assert first.predicted.low[0] < first.predicted.values[0] < first.predicted.high[0]


def test_moves_before_an_event_belong_to_its_explanation(twin):
    assert explain_event(twin, "fault").moves == ()
    assert [move.tag for move in explain_event(twin, "stuck").moves] == ["sp.reactor_pressure"]


def test_a_similar_event_has_the_same_tags_in_the_same_direction(fake, twin):
    one, other = fake.FRAMES[0], fake.FRAMES[2]
    assert cosine(one, one) == pytest.approx(1)
    assert cosine(one, other) == 0
    turned = one.model_copy(
        update={"contributions": tuple(c.model_copy(update={"peak_sigma": -c.peak_sigma}) for c in one.contributions)}
    )
    assert cosine(one, turned) == pytest.approx(-1)


def test_an_earlier_alike_event_is_named(fake):
    earlier = fake.FRAMES[0].model_copy(update={"id": "before", "start": fake.START, "end": fake.START + fake.STEP})
    twin = fake.build()
    twin.events.put([earlier])
    assert [(item.event.id, round(item.similarity, 2)) for item in explain_event(twin, "fault").similar] == [
        ("before", 1.0)
    ]


def test_an_open_event_is_explained_up_to_now(fake):
    twin = fake.build()
    twin.events.put([fake.FRAMES[0].model_copy(update={"id": "open", "end": None})])
    last = explain_event(twin, "open").contributions[0].measured.time[-1]
    assert last <= twin.clock.now()


def test_an_unknown_event_is_not_found(twin):
    with pytest.raises(NotFound):
        explain_event(twin, "nothing")


def test_logged_moves_are_only_those_of_the_window(twin, fake):
    now = fake.NOW
    assert logged_moves(twin, Span(now - timedelta(hours=1), now)) == ()
    assert len(logged_moves(twin, Span(fake.MOVED_AT, fake.MOVED_AT + timedelta(minutes=1)))) == 1
    assert logged_moves(replace(twin, clock=FixedClock(now)), Span(fake.START, fake.MOVED_AT)) == ()


def test_a_withdrawn_event_is_neither_an_anomaly_nor_a_response(fake, night):
    twin = fake.build()
    twin.events.put([fake.FRAMES[0].model_copy(update={"withdrawn": True, "backfilled_at": fake.NOW})])
    found = find_events(twin, night)
    assert [frame.id for frame in found.anomalies] == ["stuck"]
    assert [frame.id for frame in found.explained] == ["response"]
    assert [frame.id for frame in found.withdrawn] == ["fault"]


def test_a_withdrawn_event_is_no_earlier_case(fake):
    gone = {"id": "before", "start": fake.START, "end": fake.START + fake.STEP, "withdrawn": True}
    twin = fake.build()
    twin.events.put([fake.FRAMES[0].model_copy(update=gone)])
    assert explain_event(twin, "fault").similar == ()
