"""Time phrases on the plant's clock: Berlin, shifts at 06, 14 and 22."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.calendar import PlantCalendar, describe_span
from twin.errors import InvalidInput, OutsideData
from twin.timephrases import find_times

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 10, 15, tzinfo=BERLIN)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def local(moment):
    return f"{moment.astimezone(BERLIN):%d %H:%M}"


@pytest.mark.parametrize(
    ("phrase", "window"),
    [
        ("last night", "21 22:00 - 22 06:00"),
        ("overnight", "21 22:00 - 22 06:00"),
        ("the night before last", "20 22:00 - 21 06:00"),
        ("yesterday", "21 00:00 - 22 00:00"),
        ("today", "22 00:00 - 22 10:15"),
        ("this shift", "22 06:00 - 22 10:15"),
        ("in the current shift", "22 06:00 - 22 10:15"),
        ("the last shift", "21 22:00 - 22 06:00"),
        ("the previous late shift", "21 14:00 - 21 22:00"),
        ("during the early shift", "22 06:00 - 22 10:15"),
        ("yesterday's early shift", "21 06:00 - 21 14:00"),
        ("the night shift on Friday", "20 22:00 - 21 06:00"),
        ("this morning", "22 06:00 - 22 10:15"),
        ("yesterday evening", "21 18:00 - 21 22:00"),
        ("in the last 6 hours", "22 04:15 - 22 10:15"),
        ("over the past 90 minutes", "22 08:45 - 22 10:15"),
        ("the last hour", "22 09:15 - 22 10:15"),
        ("the last 2 days", "20 10:15 - 22 10:15"),
        ("since 06:00", "22 06:00 - 22 10:15"),
        ("since Friday", "20 00:00 - 22 10:15"),
        ("since Friday at 14:00", "20 14:00 - 22 10:15"),
        ("since midnight", "22 00:00 - 22 10:15"),
        ("since the start of the shift", "22 06:00 - 22 10:15"),
        ("between 22:00 and 02:00", "21 22:00 - 22 02:00"),
        ("from 2 to 4 am", "22 02:00 - 22 04:00"),
        ("22:00-02:00", "21 22:00 - 22 02:00"),
        ("yesterday between 10:00 and 12:00", "21 10:00 - 21 12:00"),
        ("on 2026-11-20", "20 00:00 - 21 00:00"),
        ("on 20 November", "20 00:00 - 21 00:00"),
        ("the night of the 3rd", "03 22:00 - 04 06:00"),
        ("Monday night", "16 22:00 - 17 06:00"),
        ("last 2 nights", "20 22:00 - 22 06:00"),
        ("last week", "09 00:00 - 16 00:00"),
        ("between 2026-11-21 02:00 and 2026-11-21T04:30+01:00", "21 02:00 - 21 04:30"),
    ],
)
def test_windows_on_the_plants_clock(twin, phrase, window):
    found = find_times(f"were there events {phrase}?", PlantCalendar(twin.plant, SUNDAY))
    assert f"{local(found.window.start)} - {local(found.window.end)}" == window
    assert found.rest.split() == ["were", "there", "events", "?"]


@pytest.mark.parametrize(
    ("phrase", "instant"),
    [
        ("at 02:00", "22 02:00"),
        ("at 2 am", "22 02:00"),
        ("at 14:00", "21 14:00"),
        ("yesterday at 02:00", "21 02:00"),
        ("last night at 23:30", "21 23:30"),
        ("at 02:00 last night", "22 02:00"),
        ("on Friday at 3 pm", "20 15:00"),
        ("2026-11-21T02:00:00Z", "21 03:00"),
        ("at midnight", "22 00:00"),
        ("2 hours ago", "22 08:15"),
    ],
)
def test_instants_on_the_plants_clock(twin, phrase, instant):
    assert local(find_times(phrase, PlantCalendar(twin.plant, SUNDAY)).instant) == instant


@pytest.mark.parametrize(
    "phrase", ["at 2027-01-01T00:00Z", "tomorrow at 10:00", "today at 23:00", "since tomorrow 10:00"]
)
def test_an_instant_in_the_future_is_outside_the_data(twin, phrase):
    with pytest.raises(OutsideData, match="lies in the future"):
        find_times(phrase, PlantCalendar(twin.plant, SUNDAY))


@pytest.mark.parametrize(("phrase", "hours"), [("in the next 4 hours", 4), ("in 90 minutes", 1.5), ("tonight", None)])
def test_what_lies_ahead_is_given_apart(twin, phrase, hours):
    found = find_times(phrase, PlantCalendar(twin.plant, SUNDAY))
    assert found.window is None
    assert found.ahead.end > SUNDAY
    assert hours is None or found.ahead.end - SUNDAY == timedelta(hours=hours)


@pytest.mark.parametrize("phrase", ["on the 31.02.", "at 25:00", "on 2026-13-01"])
def test_a_time_that_is_none_is_refused(twin, phrase):
    with pytest.raises(InvalidInput):
        find_times(phrase, PlantCalendar(twin.plant, SUNDAY))


@pytest.mark.parametrize(
    "text", ["set the agitator to 60 %", "XMEAS 7 and PI-207", "explain the 2nd event", "stream 4 by 10 kPa"]
)
def test_other_numbers_are_no_times(twin, text):
    assert find_times(text, PlantCalendar(twin.plant, SUNDAY)).empty


def test_a_clock_time_outside_the_named_window_is_refused(twin):
    with pytest.raises(InvalidInput, match="does not lie in"):
        find_times("last night at 14:00", PlantCalendar(twin.plant, SUNDAY))


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 3, 29, 12, tzinfo=BERLIN), 7), (datetime(2026, 10, 25, 12, tzinfo=BERLIN), 9)],
)
def test_the_night_the_clock_changes_has_the_hours_it_really_had(twin, now, hours):
    night = PlantCalendar(twin.plant, now).last_night()
    assert night.end - night.start == timedelta(hours=hours)
    assert "CET" in describe_span(night, BERLIN)
    assert "CEST" in describe_span(night, BERLIN)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_23_24_or_25_hours(twin, day, hours):
    span = PlantCalendar(twin.plant, SUNDAY).day(day)
    assert span.end - span.start == timedelta(hours=hours)


def test_a_time_that_the_clock_skips_is_refused_and_a_doubled_one_is_the_first(twin):
    calendar = PlantCalendar(twin.plant, datetime(2026, 12, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="skips"):
        calendar.local(date(2026, 3, 29), time(2, 30))
    assert calendar.local(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_most_recent_two_thirty_is_the_day_before_when_the_clock_skipped_it(twin):
    calendar = PlantCalendar(twin.plant, datetime(2026, 3, 29, 12, tzinfo=BERLIN))
    assert local(find_times("at 02:30", calendar).instant) == "28 02:30"


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_last_night_is_over_and_less_than_a_day_old(twin, now):
    calendar = PlantCalendar(twin.plant, now)
    night = calendar.last_night()
    assert night.end <= now < night.end + timedelta(hours=25)
    assert night.start.astimezone(BERLIN).hour == 22
    assert night.end.astimezone(BERLIN).hour == 6


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_the_shifts_tile_the_days(twin, now):
    calendar = PlantCalendar(twin.plant, now)
    current, before = calendar.current_shift(), calendar.completed()[0]
    assert now in current
    assert before.end == current.start


@given(MOMENTS, st.times())
@settings(max_examples=50, deadline=None)
def test_the_most_recent_clock_time_is_past_and_shows_that_time(twin, now, clock):
    clock = clock.replace(second=0, microsecond=0)
    moment = PlantCalendar(twin.plant, now).recent(clock)
    assert moment <= now < moment + timedelta(hours=49)
    assert moment.astimezone(BERLIN).time() == clock


@given(MOMENTS, st.integers(1, 400), st.sampled_from(["minutes", "hours", "days"]))
@settings(max_examples=50, deadline=None)
def test_the_last_n_are_real_time_up_to_now(twin, now, count, unit):
    found = find_times(f"in the last {count} {unit}", PlantCalendar(twin.plant, now)).window
    assert (found.start, found.end) == (now - timedelta(**{unit: count}), now)


@given(
    MOMENTS,
    st.sampled_from(
        ["last night", "yesterday", "today", "this shift", "last shift", "since 06:00", "this week", "last weekend"]
    ),
)
@settings(max_examples=50, deadline=None)
def test_every_window_is_past_and_not_empty(twin, now, phrase):
    found = find_times(phrase, PlantCalendar(twin.plant, now)).window
    if found is not None:
        assert found.start < found.end <= now
