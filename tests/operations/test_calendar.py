"""Days, nights and shifts on the plant's clock: Berlin, shifts at 06, 14 and 22."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.calendar import PlantCalendar, describe_span
from twin.errors import InvalidInput

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 10, 15, tzinfo=BERLIN)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def local(moment):
    return f"{moment.astimezone(BERLIN):%d %H:%M}"


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
    assert local(calendar.recent(time(2, 30))) == "28 02:30"


def test_the_zone_chooses_between_doubled_times(twin):
    calendar = PlantCalendar(twin.plant, datetime(2026, 12, 1, tzinfo=UTC))
    assert calendar.local(date(2026, 10, 25), time(2, 30), "CET") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="shows CET"):
        calendar.local(date(2026, 12, 1), time(2, 30), "CEST")


def test_a_time_that_the_clock_skips_inside_a_window_is_told_so(twin):
    calendar = PlantCalendar(twin.plant, datetime(2026, 3, 29, 12, tzinfo=BERLIN))
    with pytest.raises(InvalidInput, match="skips 2026-03-29 02:30"):
        calendar.inside(time(2, 30), calendar.last_night())


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


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_weeks_and_months_hold_their_days(twin, now):
    calendar = PlantCalendar(twin.plant, now)
    assert now in calendar.week()
    assert calendar.week(1).end == calendar.week().start
    assert now in calendar.month(calendar.today.year, calendar.today.month)
    assert calendar.weekend().start <= now


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_the_shift_before_is_the_neighbour_of_the_running_one(twin, now):
    calendar = PlantCalendar(twin.plant, now)
    current = calendar.current_shift()
    assert calendar.shift_before(current.start).end == current.start
    assert calendar.next_shift().start == current.end
