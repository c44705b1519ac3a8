"""Every time of a sentence on the plant's clock: Berlin, shifts at 06, 14 and 22. What is meant: docs/plans.md."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.calendar import PlantCalendar
from twin.clock import Span
from twin.errors import AmbiguousTime, InvalidInput, OutsideData, TooLarge
from twin.query import Length, Window
from twin.timephrases import read_times

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 10, 15, tzinfo=BERLIN)
SPRING = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
AUTUMN = datetime(2026, 10, 25, 12, tzinfo=BERLIN)
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LISTED = [
    tuple(part.strip() for part in line.rpartition(" | ")[::2])
    for line in (Path(__file__).parent / "timephrases.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
PHRASES = """\
last night; the night before; yesterday; today; this shift; last shift; since 06:00; this week; last weekend;
between 22:00 and 02:00; from Monday to Wednesday; the last 90 minutes; since last night; yesterday afternoon;
Monday night; the first half of the night; 2 hours before 06:00; 8 hours from 02:00; the same time yesterday;
the early hours of Sunday; last month; since the start of the shift"""
WORDS = """\
and; between; at; 02:00; the; 3rd; before; since; next; by; noon; of; 2026; ago; in; that; 2 hours; 99999999 days;
9999-12-31; 0001-01-01; the last; 0001-01-01T00:00Z; since then; same time last week"""
PAST = [phrase.strip() for phrase in PHRASES.split(";")]
PIECES = st.sampled_from([*PAST, *(word.strip() for word in WORDS.split(";"))])


def read(twin, text, now=SUNDAY, **more):
    return read_times(text, PlantCalendar(twin.plant, now), **more)


def shown(moment):
    local = moment.astimezone(BERLIN)
    if (local.year, local.month) == (2026, 11):
        return f"{local:%d %H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == 2026 else f"{local:%Y-%m-%d %H:%M}"


def told(times):
    """What was read, in the words of the list."""
    found = [(said.start, f"W {shown(said.window.start)}/{shown(said.window.end)}") for said in times.windows]
    found += [(said.start, f"I {shown(said.moment)}") for said in times.instants]
    found += [(said.start, f"A {shown(said.window.start)}/{shown(said.window.end)}") for said in times.ahead]
    for said in times.problems:
        found.append((said.start, "P ambiguous" if isinstance(said.error, AmbiguousTime) else "P invalid"))
    return " ; ".join(text for _, text in sorted(found))


def expected(text):
    """A month other than November is written before the day; the first of November is not."""
    return text.replace("11-01 00:00", "01 00:00")


@pytest.mark.parametrize(("phrase", "times"), LISTED, ids=[phrase for phrase, _ in LISTED])
def test_a_phrase_means_what_the_page_of_plans_says(twin, phrase, times):
    assert told(read(twin, phrase)) == expected(times)


def test_the_sentence_keeps_its_length_and_loses_its_time_phrases(twin):
    text = "how was XMEAS 7 during the last night, and at 02:00?"
    rest = read(twin, text).rest
    assert len(rest) == len(text)
    assert rest.split() == ["how", "was", "XMEAS", "7", ",", "and", "?"]


def test_every_time_has_the_place_of_its_phrase(twin):
    text = "compare last night with the night before"
    first, second = read(twin, text).windows
    assert text[first.start : first.end] == "last night"
    assert text[second.start : second.end] == "the night before"


def test_an_instant_of_a_named_window_keeps_it(twin):
    said = read(twin, "at 02:00 last night").instants[0]
    assert (shown(said.within.start), shown(said.within.end)) == ("21 22:00", "22 06:00")


def test_a_window_apart_from_its_instant_stays_a_window(twin):
    times = read(twin, "how was the pressure last night, and what was it at 02:00")
    assert told(times) == "W 21 22:00/22 06:00 ; I 22 02:00"


def test_a_clock_time_is_not_looked_for_in_a_window_it_is_compared_with(twin):
    times = read(twin, "more alarms yesterday morning than between 20:00 and 23:30")
    assert told(times) == "W 21 06:00/21 12:00 ; W 21 20:00/21 23:30"


def test_the_notes_of_the_shift_are_of_the_day_that_is_said(twin):
    assert told(read(twin, "read me the notes of the shift last Thursday")) == "W 19 00:00/20 00:00"
    assert told(read(twin, "read me the notes of the shift")) == "W 22 06:00/22 10:15"


def test_a_running_window_is_cut_at_the_present_and_keeps_its_whole(twin):
    said = read(twin, "this shift").windows[0]
    assert said.window.end == SUNDAY
    assert shown(said.whole.end) == "22 14:00"


@pytest.mark.parametrize(
    ("phrase", "length"),
    [
        ("the last 90 minutes", Length(amount=90, unit="min")),
        ("1 h 30 min before 06:00", Length(amount=90, unit="min")),
    ],
)
def test_a_length_is_given_as_it_was_said(twin, phrase, length):
    assert read(twin, phrase).windows[0].length == length


def test_what_lies_ahead_brings_the_error_for_questions_about_the_past(twin):
    said = read(twin, "tomorrow at 10:00").ahead[0]
    assert said.instant == datetime(2026, 11, 23, 10, tzinfo=BERLIN)
    assert isinstance(said.error, OutsideData)
    assert "lies in the future" in str(said.error)


@pytest.mark.parametrize(
    ("named", "phrase", "window"),
    [
        (("20 22:00", "21 06:00"), "and the night before?", "W 19 22:00/20 06:00"),
        (("21 00:00", "22 00:00"), "and the day before that?", "W 20 00:00/21 00:00"),
        (("21 14:00", "21 22:00"), "and since then?", "W 21 22:00/22 10:15"),
        (("22 04:15", "22 10:15"), "and the 6 hours before?", "W 21 22:15/22 04:15"),
    ],
)
def test_a_window_spoken_of_before_tells_relative_ones(twin, named, phrase, window):
    start, end = (datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN) for text in named)
    assert told(read(twin, phrase, named=Window(start=start, end=end))) == window


def test_since_when_is_asked_back_when_nothing_was_named(twin):
    assert "since when" in str(read(twin, "since then").problems[0].error)


def test_an_ambiguous_date_offers_both_days(twin):
    error = read(twin, "events on 03/11/2026").problems[0].error
    assert error.candidates == ("2026-11-03", "2026-03-11")


def test_a_date_with_the_wrong_weekday_is_told_its_own(twin):
    assert "is a Saturday" in str(read(twin, "on Friday 21 November 2026").problems[0].error)


@pytest.mark.parametrize(
    "phrase", ["the last 99999999 days", "on 9999-12-31", "0001-01-01T00:00", "9999999 weeks ago"]
)
def test_a_time_beyond_the_calendar_is_a_problem(twin, phrase):
    assert "beyond the calendar" in str(read(twin, phrase).problems[0].error)


def test_a_sentence_full_of_times_is_refused_as_a_whole(twin):
    times = read(twin, "0200 " * 400)
    assert isinstance(times.problems[0].error, TooLarge)
    assert not times.windows


# Nights on which the clock changes


@pytest.mark.parametrize(
    ("now", "phrase", "hours"),
    [
        (SPRING, "last night", 7),
        (AUTUMN, "last night", 9),
        (SPRING, "between 01:00 and 04:00", 2),
        (AUTUMN, "between 01:00 and 04:00", 4),
        (SPRING + timedelta(days=1), "yesterday", 23),
        (AUTUMN + timedelta(days=1), "yesterday", 25),
        (SPRING, "the last 12 hours", 12),
        (AUTUMN, "the 3 hours before 04:00", 3),
        (SPRING, "from 01:00 for 3 hours", 3),
        (AUTUMN, "this week", 157),
    ],
)
def test_a_window_over_a_change_of_the_clock_has_the_hours_it_really_had(twin, now, phrase, hours):
    window = read(twin, phrase, now).windows[0].window
    assert (window.end - window.start).total_seconds() == hours * 3600


@pytest.mark.parametrize("phrase", ["at 02:30 last night", "at 02:30 today", "2026-03-29 02:30", "since 02:30 today"])
def test_a_skipped_time_is_told_to_be_skipped(twin, phrase):
    assert "skips 2026-03-29 02:30" in str(read(twin, phrase, SPRING).problems[0].error)


def test_a_doubled_time_is_the_first_one_and_that_is_said(twin):
    times = read(twin, "at 02:30 last night", AUTUMN)
    assert times.instants[0].moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "twice" in times.notes[0]


@pytest.mark.parametrize(("zone", "hour"), [("CEST", 0), ("CET", 1), ("UTC", 2)])
def test_the_zone_tells_doubled_times_apart(twin, zone, hour):
    times = read(twin, f"at 02:30 {zone} today", AUTUMN)
    assert times.instants[0].moment == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_foreign_zone_is_refused(twin):
    assert isinstance(read(twin, "at 02:30 EST today").problems[0].error, InvalidInput)


def test_an_offset_is_taken_at_its_word(twin):
    times = read(twin, "between 2026-11-21T02:00-05:00 and 2026-11-21T10:00Z")
    assert told(times) == "W 21 08:00/21 11:00"


# What holds for every sentence


@given(now=MOMENTS, first=st.sampled_from(PAST), second=st.sampled_from(PAST))
@settings(max_examples=60, deadline=None)
def test_windows_are_ordered_and_end_by_now_and_instants_are_past(twin, now, first, second):
    times = read(twin, f"compare {first} with {second}", now)
    for said in times.windows:
        assert said.window.start < said.window.end <= now
        assert said.window.span == Span(said.whole.start, min(said.whole.end, now))
    assert all(said.moment <= now for said in times.instants)
    assert all(said.window.start >= now for said in times.ahead)


@given(now=MOMENTS, pieces=st.lists(PIECES, max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_sentence_raises_and_places_lie_in_the_sentence_apart(twin, now, pieces):
    text = " ".join(pieces)
    times = read(twin, text, now)
    assert len(times.rest) == len(text)
    said = sorted((item.start, item.end) for item in (*times.windows, *times.instants, *times.ahead, *times.problems))
    assert all(0 <= start < end <= len(text) for start, end in said)
    assert all(end <= start for (_, end), (start, _) in pairwise(said))


@given(now=MOMENTS, count=st.integers(1, 400), unit=st.sampled_from(["minutes", "hours", "days"]))
@settings(max_examples=40, deadline=None)
def test_the_last_n_are_real_time_up_to_now(twin, now, count, unit):
    window = read(twin, f"in the last {count} {unit}", now).windows[0].window
    assert (window.start, window.end) == (now - timedelta(**{unit: count}), now)


@given(now=MOMENTS)
@settings(max_examples=40, deadline=None)
def test_last_night_and_the_night_before_are_neighbours_a_day_apart(twin, now):
    last, before = (said.window for said in read(twin, "last night and the night before", now).windows)
    assert before.end <= last.start
    assert timedelta(hours=23) <= last.start - before.start <= timedelta(hours=25)
