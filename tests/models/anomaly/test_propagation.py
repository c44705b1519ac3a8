"""Where an event went through the plant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.anomaly.propagation import propagation
from twin.event import Contribution
from twin.plant import Asset

BEGIN = datetime(2026, 3, 3, 1, tzinfo=UTC)
WHERE = {"level": "tank", "pressure": "tank", "feed": "pump", "cooling": "cooler", "heat": "yard"}


@pytest.fixture
def line(lab):
    """A pump that feeds a tank, whose cooler is a part of it; a yard that nothing goes to."""
    assets = (
        Asset("pump", "", None, feeds=("tank",)),
        Asset("tank", "", None),
        Asset("cooler", "", "tank"),
        Asset("yard", "", None),
    )
    tags = tuple(replace(tag, asset=WHERE.get(tag.name, "yard")) for tag in lab.plant.tags)
    return replace(lab.plant, assets=assets, tags=tags)


def seen(**minutes):
    return [
        Contribution(tag=tag, share=0.2, peak_sigma=3.0, first_seen=BEGIN + timedelta(minutes=after))
        for tag, after in minutes.items()
    ]


def told(path):
    return [(step.asset, step.tag, step.after) for step in path]


def test_assets_come_in_the_order_in_which_they_left_their_prediction_after_a_neighbour(line):
    path = propagation(seen(cooling=12, level=6, pressure=3, feed=0), "feed", line)
    assert told(path) == [("pump", "feed", None), ("tank", "pressure", "pump"), ("cooler", "cooling", "tank")]
    assert [step.time for step in path] == [BEGIN + timedelta(minutes=after) for after in (0, 3, 12)]


def test_a_disturbance_goes_up_a_line_too(line):
    assert told(propagation(seen(level=0, feed=3), "level", line))[1] == ("pump", "feed", "tank")


def test_an_asset_without_a_neighbour_on_the_way_comes_after_none(line):
    assert told(propagation(seen(feed=0, heat=3, cooling=6), "feed", line)) == [
        ("pump", "feed", None),
        ("yard", "heat", None),
        ("cooler", "cooling", None),
    ]


def test_of_assets_seen_at_once_that_of_the_first_mover_comes_first(line):
    assert told(propagation(seen(level=0, feed=0), "feed", line))[0] == ("pump", "feed", None)
