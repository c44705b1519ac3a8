"""Times told by events and logged moves of the twin in memory.

It holds the events fault (high, D feed, 21 Nov 23:40 to 01:10), response (explained by the move), stuck (medium,
separator level, 03:30 to 05:00), and one logged move: reactor pressure setpoint 2700 to 2745 kPa at 01:30.
"""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from api.language.reading.anchors import TwinAnchors
from api.language.reading.vocabulary import Vocabulary
from twin.calendar import PlantCalendar
from twin.clock import Span
from twin.errors import AmbiguousTime, NotFound, NothingThere
from twin.historian.memory import MemoryEventLog
from twin.query import Basis
from twin.timephrases import read_times

BERLIN = ZoneInfo("Europe/Berlin")
MOVE = "sp.reactor_pressure@2026-11-22T00:30:00Z"


class Watched:
    """An event log or a historian that counts what it is asked."""

    def __init__(self, role):
        self._role = role
        self.asked = 0

    def __getattr__(self, name):
        self.asked += 1
        return getattr(self._role, name)


def anchors(twin, **more):
    return TwinAnchors(twin, Vocabulary(twin.plant), **more)


def read(twin, text, **more):
    return read_times(text, PlantCalendar(twin.plant, twin.clock.now()), anchors(twin, **more))


def local(moment):
    return f"{moment.astimezone(BERLIN):%d %H:%M}"


def window(twin, text, **more):
    (said,) = read(twin, text, **more).windows
    return f"{local(said.window.start)}/{local(said.window.end)}", said.window.basis, said.window.anchor


def problem(twin, text, **more):
    (said,) = read(twin, text, **more).problems
    return said.error


@pytest.mark.parametrize(
    ("text", "span", "event"),
    [
        ("2 hours before the last event", "22 01:30/22 03:30", "stuck"),
        ("what changed in the 30 minutes before the separator alarm", "22 03:00/22 03:30", "stuck"),
        ("2 hours after the last event", "22 03:30/22 05:30", "stuck"),
        ("since the last alarm", "22 03:30/22 10:15", "stuck"),
        ("from the last event until now", "22 03:30/22 10:15", "stuck"),
        ("during the last event", "22 03:30/22 05:00", "stuck"),
        ("while the separator event was open", "22 03:30/22 05:00", "stuck"),
        ("around the time of the last alarm", "22 03:00/22 04:00", "stuck"),
        ("between the last two events", "22 01:10/22 03:30", "stuck"),
        ("what else happened during the first event last night", "21 23:40/22 01:10", "fault"),
        ("how was the level after the first event last night", "21 23:40/22 01:40", "fault"),
        ("in the hour before the high alarm", "21 22:40/21 23:40", "fault"),
        ("before the upset on the D feed", "21 21:40/21 23:40", "fault"),
    ],
)
def test_a_window_told_by_an_event(twin, text, span, event):
    assert window(twin, text) == (span, Basis.EVENT, event)


def test_an_id_of_no_event_is_not_found(twin):
    assert isinstance(problem(twin, "since event fault-1"), NotFound)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("after we raised the reactor pressure", "22 01:30/22 03:30"),
        ("before we moved the reactor pressure setpoint", "21 23:30/22 01:30"),
        ("2 hours before the reactor pressure setpoint was changed", "21 23:30/22 01:30"),
        ("since the setpoint change", "22 01:30/22 10:15"),
        ("since the operators raised the reactor pressure setpoint to 2745 kPa", "22 01:30/22 10:15"),
        ("3 hours after the last move", "22 01:30/22 04:30"),
    ],
)
def test_a_window_told_by_a_logged_move(twin, text, span):
    assert window(twin, text) == (span, Basis.MOVE, MOVE)


@pytest.mark.parametrize(
    ("text", "moment", "anchor"),
    [
        ("what was the level when the last alarm went off", "22 03:30", "stuck"),
        ("what was the level at the time of the last event", "22 03:30", "stuck"),
        ("at the end of the last event", "22 05:00", "stuck"),
        ("when we raised the pressure setpoint", "22 01:30", MOVE),
        ("when the reactor pressure setpoint was raised", "22 01:30", MOVE),
    ],
)
def test_an_instant_told_by_an_event_or_a_move(twin, text, moment, anchor):
    (said,) = read(twin, text).instants
    assert (local(said.moment), said.anchor) == (moment, anchor)


def test_both_sides_of_a_move_are_two_windows(twin):
    spans = [local(said.window.start) for said in read(twin, "compare it before and after the last move").windows]
    assert spans == ["21 23:30", "22 01:30"]


def test_the_amount_of_a_move_belongs_to_its_phrase(twin):
    rest = read(twin, "the level since the operators raised the reactor pressure setpoint to 2745 kPa").rest
    assert rest.split() == ["the", "level"]


def test_a_move_to_another_level_does_not_fit(twin):
    assert isinstance(problem(twin, "since we raised the reactor pressure setpoint to 2800 kPa"), NothingThere)


def test_a_move_the_other_way_does_not_fit_and_the_nearest_is_named(twin):
    error = problem(twin, "when the reactor pressure setpoint was cut")
    assert isinstance(error, NothingThere)
    assert "sp.reactor_pressure 2700 → 2745 kPa at Sun 22 Nov 01:30 CET" in str(error)


def test_no_move_of_the_tag_is_told_without_a_nearest(twin):
    error = problem(twin, "when the A feed was cut")
    assert isinstance(error, NothingThere)
    assert "the A feed was cut" in str(error)
    assert "nearest" not in str(error)


def test_a_tag_that_nobody_sets_has_no_logged_move(twin):
    assert "feed_d_flow is not something an operator sets" in str(problem(twin, "since the D feed was cut"))


def test_no_event_in_the_window_names_the_nearest(twin):
    error = problem(twin, "before the last event on the separator yesterday")
    assert isinstance(error, NothingThere)
    assert "Sun 22 Nov 03:30 CET (stuck)" in str(error)


@pytest.mark.parametrize("text", ["before the event", "since the trip"])
def test_several_events_that_fit_are_asked_back_with_their_times(twin, text):
    error = problem(twin, text)
    assert isinstance(error, AmbiguousTime)
    assert error.candidates == ("Sat 21 Nov 23:40 CET", "Sun 22 Nov 03:30 CET")


def test_the_event_is_the_one_just_spoken_of(twin):
    assert window(twin, "before the event", spoken=("fault",))[2] == "fault"


def test_a_response_to_a_move_is_meant_only_where_nothing_else_fits(twin):
    assert window(twin, "during the last event on the reactor pressure")[2] == "response"


def test_a_withdrawn_event_tells_no_time(twin):
    log = MemoryEventLog()
    frames = twin.events.between(Span(twin.clock.now() - timedelta(days=2), twin.clock.now()))
    log.put([frame.model_copy(update={"withdrawn": frame.id == "stuck"}) for frame in frames])
    assert window(replace(twin, events=log), "since the last event")[2] == "fault"


def test_an_open_event_lasts_until_now(twin):
    log = MemoryEventLog()
    log.put([twin.events.get("stuck").model_copy(update={"end": None})])
    assert window(replace(twin, events=log), "during the event")[0] == "22 03:30/22 10:15"


def test_an_event_longer_ago_than_three_days_is_not_the_last_one(twin):
    log = MemoryEventLog()
    frame = twin.events.get("stuck")
    log.put(
        [frame.model_copy(update={"start": frame.start - timedelta(days=5), "end": frame.end - timedelta(days=5)})]
    )
    assert "Tue 17 Nov 03:30" in str(problem(replace(twin, events=log), "since the last event"))


@pytest.mark.parametrize(
    "text",
    [
        "what happens when we raise the pressure setpoint by 10 kPa",
        "what happens when we cut the A feed",
        "what happens to the separator pressure if we raise the reactor pressure setpoint",
        "explain the last event",
        "how many alarms were there",
        "was it caused by the last move",
        "what led to the problem with the condenser",
        "did the level recover from the trip",
    ],
)
def test_these_tell_no_time(twin, text):
    assert read(twin, text).empty


def test_nothing_is_looked_up_unless_a_phrase_asks_for_it(twin):
    events, historian = Watched(twin.events), Watched(twin.historian)
    watched = replace(twin, events=events, historian=historian)
    read(watched, "what happens last night when we cut the A feed, and why did the last event come?")
    assert events.asked == historian.asked == 0
    read(watched, "since the last event")
    assert events.asked == 1
