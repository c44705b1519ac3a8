"""Windows against windows, tags against tags, on the twin in memory and on a small plant with a week of history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.calendar import PlantCalendar
from twin.clock import FixedClock, Span, to_datetime64
from twin.errors import InvalidInput, OutsideData, OutsideRetention, UnknownTag
from twin.event import Severity
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.operations.compare import compare_events, compare_tags, compare_windows
from twin.protocols import Twin
from twin.query import Aggregation
from twin.sample import SampleBatch

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LAST_8 = Span(NOW - 8 * HOUR, NOW)
DAY_BEFORE = Span(NOW - DAY - 8 * HOUR, NOW - DAY)


def week(plant, levels, now=NOW):
    """A twin without model whose level is `levels[d]` all along the d-th day back from now; flow is 10 m3/h."""
    historian = MemoryHistorian(plant)
    for back, level in enumerate(levels):
        time = np.arange(
            to_datetime64(now - (back + 1) * DAY), to_datetime64(now - back * DAY), np.timedelta64(10, "m")
        )
        for tag, value in (("level", level), ("flow", 10.0)):
            historian.write(
                SampleBatch(
                    (tag,),
                    np.zeros(len(time), np.int32),
                    time,
                    np.full(len(time), value) + np.tile([0.5, -0.5], len(time) // 2),
                    np.full(len(time), 2, np.int8),
                )
            )
    return Twin(plant, historian, MemoryEventLog(), None, FixedClock(now))


def one(twin, aggregation=Aggregation.MEAN, tag="level"):
    return compare_windows(twin, [tag], LAST_8, DAY_BEFORE, aggregation).tags[0]


def test_the_difference_is_first_minus_second(small_plant):
    found = one(week(small_plant, [44, 40, 41, 39, 41, 39, 40]))
    assert (found.first_value, found.second_value) == (pytest.approx(44), pytest.approx(40))
    assert found.difference == pytest.approx(4)
    assert found.unit == "%"


def test_a_difference_beyond_what_earlier_windows_differed_by_is_large(small_plant):
    found = one(week(small_plant, [44, 40, 41, 39, 41, 39, 40]))
    assert found.earlier == 5
    assert found.usual == pytest.approx(np.sqrt(2) * np.std([41, 39, 41, 39, 40], ddof=1))
    assert found.large is True


def test_the_same_difference_is_ordinary_for_a_tag_that_wanders(small_plant):
    assert one(week(small_plant, [44, 40, 47, 33, 45, 35, 40])).large is False


def test_windows_too_few_to_tell_what_is_usual_leave_it_open(small_plant):
    found = one(week(small_plant, [44, 40, 41, 39]))
    assert (found.usual, found.large, found.earlier) == (None, None, 0)


def test_with_little_history_the_models_training_tells_what_is_usual(twin):
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    tags = ["reactor_pressure", "sp.reactor_pressure"]
    measured, setpoint = compare_windows(twin, tags, calendar.last_night(), calendar.day(calendar.today)).tags
    scale = twin.model.card.scale[twin.model.card.tags.index("reactor_pressure")]
    assert measured.usual == pytest.approx(np.sqrt(2) * scale)
    assert measured.large is False
    assert setpoint.large is None


@pytest.mark.parametrize(
    ("aggregation", "first"),
    [
        (Aggregation.MAX, 44.5),
        (Aggregation.MIN, 43.5),
        (Aggregation.RANGE, 1.0),
        (Aggregation.STD, 0.5),
        (Aggregation.COUNT, 48),
        (Aggregation.SUMMARY, 44),
        (Aggregation.LAST, 43.5),
    ],
)
def test_every_aggregation_is_compared(small_plant, aggregation, first):
    assert one(week(small_plant, [44, 40]), aggregation).first_value == pytest.approx(first)


def test_a_share_is_refused(small_plant):
    with pytest.raises(InvalidInput, match="needs a limit"):
        one(week(small_plant, [44, 40]), Aggregation.SHARE)


def test_a_window_without_values_gives_no_difference(small_plant):
    found = one(week(small_plant, [44, 40]), tag="purity")
    assert (found.first_value, found.difference, found.large) == (None, None, None)


def test_windows_ahead_and_before_the_history_are_refused(small_plant):
    twin = week(small_plant, [44, 40])
    with pytest.raises(OutsideData):
        compare_windows(twin, ["level"], Span(NOW + HOUR, NOW + 2 * HOUR), DAY_BEFORE)
    with pytest.raises(OutsideRetention):
        compare_windows(twin, ["level"], LAST_8, Span(NOW - 9 * DAY, NOW - 8 * DAY))
    with pytest.raises(UnknownTag):
        compare_windows(twin, ["nowhere"], LAST_8, DAY_BEFORE)


def test_tags_whose_units_convert_are_ranked_in_the_first_ones(twin):
    span = PlantCalendar(twin.plant, twin.clock.now()).last_night()
    found = compare_tags(twin, ["separator_temperature", "reactor_temperature"], span)
    values = {item.summary.tag: item.value for item in found.tags}
    assert found.ranked == ("reactor_temperature", "separator_temperature")
    assert found.unit == "degC"
    assert found.difference == pytest.approx(values["separator_temperature"] - values["reactor_temperature"])


def test_a_flow_in_another_unit_is_converted_before_it_is_ranked(small_plant):
    tags = tuple(replace(tag, unit="l/min") if tag.name == "level" else tag for tag in small_plant.tags)
    found = compare_tags(week(replace(small_plant, tags=tags), [200, 200]), ["flow", "level"], LAST_8)
    assert found.tags[1].common == pytest.approx(12)
    assert found.ranked == ("level", "flow")
    assert found.difference == pytest.approx(-2)


def test_tags_of_unlike_units_are_not_ranked(small_plant):
    found = compare_tags(week(small_plant, [44, 40]), ["level", "flow"], LAST_8)
    assert (found.unit, found.ranked, found.difference) == (None, (), None)
    assert [item.value for item in found.tags] == [pytest.approx(44), pytest.approx(10)]


def test_one_tag_alone_is_no_comparison(twin):
    with pytest.raises(InvalidInput, match="takes two"):
        compare_tags(twin, ["reactor_pressure"], Span(twin.clock.now() - HOUR, twin.clock.now()))


def test_events_are_counted_by_severity_without_responses_to_moves(twin):
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    found = compare_events(twin, calendar.last_night(), Span(twin.clock.now() - 4 * HOUR, twin.clock.now()))
    assert found.first.count == 2
    assert found.first.by_severity == {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 1}
    assert found.first.explained == 1
    assert (found.second.count, found.difference) == (0, 2)
    assert not found.same_length
    assert found.first_per_day == pytest.approx(6)


def test_events_about_some_tags_leave_the_others_out(twin):
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    spans = calendar.last_night(), calendar.completed("late")[0]
    assert compare_events(twin, *spans, tags=["separator_level"]).first.ids == ("stuck",)
    with pytest.raises(UnknownTag):
        compare_events(twin, *spans, tags=["nowhere"])


def test_a_window_that_nobody_looked_at_has_no_difference(twin):
    calendar = PlantCalendar(twin.plant, twin.clock.now())
    blind = replace(twin, events=MemoryEventLog())
    found = compare_events(blind, calendar.last_night(), calendar.completed("late")[0])
    assert found.first.scored == 0
    assert found.difference is None
