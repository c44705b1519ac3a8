"""The move that a counterfactual takes back: the twin has one, reactor pressure 2700 to 2745 kPa at 01:30."""

from datetime import UTC, datetime, timedelta

import pytest

from twin.clock import Span
from twin.errors import OutsideData, UnknownTag
from twin.operations.undo import undone
from twin.operations.whatif import what_if
from twin.sample import Sample, SampleBatch
from twin.scenario import Method

NIGHT = Span(datetime(2026, 11, 21, 21, tzinfo=UTC), datetime(2026, 11, 22, 5, tzinfo=UTC))
MOVED_AT = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


def test_the_scenario_keeps_the_level_before_the_move_from_just_before_it(twin):
    found = undone(twin, NIGHT)
    (move,) = found.scenario.moves
    assert (move.tag, move.change, move.amount) == ("sp.reactor_pressure", "to", 2700)
    assert MOVED_AT - twin.model.card.step <= found.scenario.start < MOVED_AT
    assert found.move.time == MOVED_AT


def test_the_counterfactual_without_the_move_lowers_what_it_raised(twin):
    result = what_if(twin, undone(twin, NIGHT).scenario, max_horizon=timedelta(hours=24))
    pressure = next(effect for effect in result.effects if effect.tag == "reactor_pressure")
    assert result.method is Method.ABDUCTION
    assert pressure.mean == pytest.approx(-45, abs=1)


def test_a_controlled_variable_means_its_handle(twin):
    found = undone(twin, NIGHT, ["reactor_pressure"])
    assert found.tags == ("sp.reactor_pressure",)
    assert found.move is not None


@pytest.mark.parametrize("tags", [["feed_a_flow"], ["sp.reactor_temperature"]])
def test_a_tag_that_was_not_moved_has_nothing_to_take_back(twin, tags):
    found = undone(twin, NIGHT, tags)
    assert (found.move, found.scenario, found.others) == (None, None, ())


def test_the_last_of_several_moves_is_taken_back_and_the_others_are_told(fake):
    twin = fake.build()
    later = MOVED_AT + timedelta(hours=1)
    twin.historian.write(SampleBatch.of([Sample("sp.reactor_pressure", later, 2760.0)]))
    found = undone(twin, NIGHT)
    assert (found.move.time, found.move.before) == (later, 2745)
    assert [move.time for move in found.others] == [MOVED_AT]


def test_the_horizon_is_the_one_asked_for(twin):
    assert undone(twin, NIGHT, (), timedelta(hours=3)).scenario.horizon == timedelta(hours=3)


def test_an_unknown_tag_and_the_future_are_refused(twin):
    with pytest.raises(UnknownTag):
        undone(twin, NIGHT, ["nowhere"])
    now = twin.clock.now()
    with pytest.raises(OutsideData):
        undone(twin, Span(now + timedelta(hours=1), now + timedelta(hours=2)))
