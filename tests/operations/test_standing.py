"""How tags stand now."""

from datetime import timedelta

import numpy as np

from twin.clock import Span, to_datetime64
from twin.operations.standing import recent_values, standings
from twin.protocols import Fill, ScoreSeries
from twin.sample import Quality, Sample, SampleBatch
from twin.world import Residual


def expect(twin, fake, tag, ago, mean, sigma):
    time = np.array([to_datetime64(fake.NOW - ago)])
    rows = (np.array([[number]]) for number in (mean, 1.0, sigma))
    twin.events.record("m", ScoreSeries(time, np.zeros(1)), Residual((tag,), time, *rows))


def of(twin, name):
    return next(item for item in standings(twin) if item.tag.name == name)


def test_every_tag_of_the_plant_stands_somewhere_even_one_that_was_never_heard(twin, fake):
    found = standings(twin)
    assert [item.tag for item in found] == list(fake.PLANT.tags)


def test_a_tag_stands_with_its_newest_value_and_how_far_off_its_prediction_it_was(twin, fake):
    expect(twin, fake, "feed_a_flow", timedelta(minutes=6), 0.2, 3.5)
    expect(twin, fake, "feed_a_flow", timedelta(minutes=3), 0.21, 4.5)
    found = of(twin, "feed_a_flow")
    assert found.newest.unit == found.tag.unit
    assert (found.expected.mean, found.expected.sigma) == (0.21, 4.5)


def test_a_prediction_of_hours_ago_says_nothing_about_now(twin, fake):
    expect(twin, fake, "sp.reactor_pressure", timedelta(hours=2), 50.0, 1.0)
    assert of(twin, "sp.reactor_pressure").expected is None
    expect(twin, fake, "sp.reactor_pressure", timedelta(minutes=50), 50.0, 1.0)
    assert of(twin, "sp.reactor_pressure").expected is not None


def test_the_last_hours_keep_their_gaps_and_hold_what_is_logged_on_change(twin, fake):
    span = Span(fake.NOW, fake.NOW + timedelta(minutes=10))
    at = [fake.NOW + timedelta(minutes=minute) for minute in (1, 9)]
    samples = [Sample("feed_a_flow", moment, 0.3) for moment in at]
    twin.historian.write(SampleBatch.of([*samples, Sample("feed_d_flow", at[0], 9.0, Quality.BAD)]))
    found = recent_values(twin, ["feed_d_flow", "sp.reactor_pressure", "feed_a_flow"], span, rows=2)
    assert list(found) == ["feed_d_flow", "sp.reactor_pressure", "feed_a_flow"]
    assert set(found["sp.reactor_pressure"]) == {2745.0}
    assert found["feed_d_flow"] == (None,) * len(found["feed_d_flow"])
    assert found["feed_a_flow"][0] == 0.3


def test_the_last_hours_of_many_tags_take_three_queries(twin, fake, monkeypatch):
    asked, real = [], twin.historian.series

    def series(tags, span, **more):
        asked.append(more["fill"])
        return real(tags, span, **more)

    monkeypatch.setattr(twin.historian, "series", series)
    names = [tag.name for tag in fake.PLANT.tags]
    assert list(recent_values(twin, names, Span(fake.NOW - timedelta(hours=8), fake.NOW))) == names
    assert asked == [Fill.NULL, Fill.LAST, Fill.NULL]


def test_an_analyser_whose_values_are_rarer_than_the_rows_has_no_holes(twin, fake):
    slow = max((tag for tag in fake.PLANT.tags if tag.cadence), key=lambda tag: tag.cadence)
    found = recent_values(twin, [slow.name], Span(fake.NOW - timedelta(hours=8), fake.NOW))[slow.name]
    assert slow.cadence > timedelta(hours=8) / 100
    assert None not in found[:-1]
