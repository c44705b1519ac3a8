"""Planted worlds: what they hold is known on paper."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bench.questions.planted import Library, instant, read_planted
from bench.questions.worlds import World, world
from twin.clock import Span, to_datetime64
from twin.operations.events import find_events
from twin.operations.whatif import what_if
from twin.scenario import Change, Move, Scenario

MAX = timedelta(hours=24)


@pytest.fixture(scope="module")
def dev() -> World:
    return world("tep-dev")


def test_a_world_is_the_same_each_time(dev: World) -> None:
    again = world.__wrapped__("tep-dev")
    for tag in ("reactor_pressure", "product_g", "sp.reactor_pressure"):
        assert np.array_equal(dev.truth.values[tag], again.truth.values[tag])


def test_a_tag_follows_its_setpoint(dev: World) -> None:
    tag = dev.twin.plant.tag("reactor_pressure")
    move = dev.truth.moves[-1]
    before, after = (
        dev.truth.signals.values(tag, np.array([to_datetime64(move.time + shift)]))[0]
        for shift in (timedelta(minutes=-1), timedelta(hours=4))
    )
    waves = 2 * 1.6 * 0.01 * 4 * 250
    assert after - before == pytest.approx(move.after - move.before, abs=waves)


@pytest.mark.parametrize(("start", "hours"), [(None, 8), (-5, 4)])
def test_the_effect_of_a_move_is_the_one_on_paper(dev: World, start: int | None, hours: int) -> None:
    begin = None if start is None else dev.truth.now + timedelta(hours=start)
    move = Move(tag="sp.separator_level", change=Change.BY, amount=-3)
    found = what_if(
        dev.twin, Scenario(moves=(move,), start=begin, horizon=timedelta(hours=hours)), max_horizon=MAX
    ).effects
    lag = dev.truth.signals.lag(dev.twin.plant.tag("separator_level"))
    last = np.arange(20 * (hours - 1) + 1, 20 * hours + 1) * 180
    on_paper = -3 * (1 - np.exp(-last / lag)).mean()
    assert next(item.mean for item in found if item.tag == "separator_level") == pytest.approx(on_paper, rel=1e-9)


def test_a_gap_holds_no_sample_and_events_are_found(dev: World) -> None:
    start = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    gap = Span(start, start + timedelta(hours=2))
    assert dev.twin.historian.statistics(["purge_flow", "recycle_flow"], gap)[0].count == 0
    assert dev.twin.historian.statistics(["recycle_flow"], gap)[0].count == 120
    night = Span(datetime(2026, 11, 23, 21, tzinfo=UTC), datetime(2026, 11, 24, 5, tzinfo=UTC))
    found = find_events(dev.twin, night)
    assert [frame.id for frame in found.anomalies] == ["evt-1124-a", "evt-1124-b"]
    assert [frame.id for frame in found.explained] == ["evt-1124-c"]
    assert found.scored == 1.0


def test_a_stuck_transmitter_shows_one_value(dev: World) -> None:
    tag, frame = dev.twin.plant.tag("separator_level"), dev.truth.frames[-1]
    minutes = [to_datetime64(frame.start) + np.timedelta64(minute, "m") for minute in (0, 10, 40, 45)]
    values = dev.truth.signals.values(tag, np.array(minutes))
    assert values[0] == values[1] == values[2] != values[3]


def test_local_time_is_the_plants() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant("2026-10-25T02:30", berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant("2026-10-25T02:30+01:00", berlin) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="skips 2026-03-29T02:30"):
        instant("2026-03-29T02:30", berlin)


def test_a_mistake_in_a_world_names_file_and_field(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "plant: tep\nseed: 1\nnow: 2026-03-30T07:30\nhistory: 2026-03-16T00:00\nmoves: [{tag: x, at: y}]\n"
    )
    with pytest.raises(ValueError, match=r"wrong\.yaml: moves\.0\.before: Field required"):
        read_planted(file)
    with pytest.raises(FileNotFoundError, match="no world 'nowhere'"):
        Library(tmp_path).planted("nowhere")


@pytest.mark.parametrize("file", sorted((Library().folder / "worlds").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_world_can_be_built(file: Path) -> None:
    built = world(file.stem)
    assert built.twin.historian.extent() is not None
    assert all(frame.start < built.truth.now for frame in built.truth.frames)
