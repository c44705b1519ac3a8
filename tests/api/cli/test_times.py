"""Durations and instants as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.cli.times import parse_duration, parse_instant
from twin.errors import InvalidInput

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8h", 480),
        ("90min", 90),
        ("90m", 90),
        ("1h30m", 90),
        ("1.5 h", 90),
        ("2d", 2880),
        ("PT8H", 480),
        ("30s", 0.5),
    ],
)
def test_durations_are_read(text: str, minutes: float) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "8", "h", "8 moons", "8h and more", "-8h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_duration(text)


def test_a_time_of_day_is_the_last_one_on_the_plants_clock() -> None:
    assert parse_instant("02:00", BERLIN, NOW) == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert parse_instant("22:15", BERLIN, NOW) == datetime(2026, 3, 1, 21, 15, tzinfo=UTC)


def test_an_instant_without_zone_is_on_the_plants_clock() -> None:
    assert parse_instant("2026-03-01T02:00", BERLIN, NOW) == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    assert parse_instant("2026-03-01T02:00Z", BERLIN, NOW) == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["25:00", "12:60", "yesterday", "", "2026-13-01"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_instant(text, BERLIN, NOW)
