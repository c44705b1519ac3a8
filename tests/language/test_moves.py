import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language.moves import parse_move
from api.language.old_moves import find_moves
from api.language.vocabulary import Vocabulary
from twin.errors import AmbiguousTag, InvalidInput, OutsideLimits, UnitMismatch, UnknownTag
from twin.operations.levels import level
from twin.scenario import Change


@pytest.mark.parametrize(
    ("text", "change", "amount", "unit"),
    [
        ("sp.reactor_pressure=+40 kPa", Change.BY, 40, "kPa"),
        ("sp.reactor_pressure=2745 kPa", Change.TO, 2745, "kPa"),
        ("sp.reactor_pressure=-10 %", Change.TIMES, 0.9, None),
        ("bias.a_feed=x0.9", Change.TIMES, 0.9, None),
        ("bias.a_feed = ×0.9", Change.TIMES, 0.9, None),
        ("sp.reactor_level=+5", Change.BY, 5, None),
        ("sp.reactor_level=70 %", Change.TO, 70, "%"),
        ("sp.reactor_temperature=to 120 degC", Change.TO, 120, "degC"),
        ("sp.reactor_temperature=by 1.5 degC", Change.BY, 1.5, "degC"),
        ("sp.reactor_level=+5 percentage points", Change.BY, 5, None),
        ("feed_a_flow=-10 %", Change.TIMES, 0.9, None),
    ],
)
def test_the_short_form(twin, text, change, amount, unit):
    move = parse_move(text, twin.plant)
    assert (move.change, move.amount, move.unit) == (change, pytest.approx(amount), unit)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("sp.reactor_pressure", InvalidInput),
        ("sp.reactor_pressure=", InvalidInput),
        ("sp.reactor_pressure=high", InvalidInput),
        ("sp.reactor_pressure=nan", InvalidInput),
        ("sp.reactor_pressure=+40 degC", UnitMismatch),
        ("sp.reactor_pressure=+40 bananas", UnitMismatch),
        ("sp.furnace=+40", UnknownTag),
        ("sp.reactor_level=-10 %", AmbiguousTag),
        ("bias.a_feed=x0.9 kPa", InvalidInput),
    ],
)
def test_what_is_no_move_is_refused(twin, text, error):
    with pytest.raises(error):
        parse_move(text, twin.plant)


def test_a_change_in_per_cent_of_a_tag_in_per_cent_is_asked_back_with_both_readings(twin):
    with pytest.raises(AmbiguousTag) as raised:
        parse_move("sp.reactor_level=-10 %", twin.plant)
    readings = [parse_move(candidate, twin.plant) for candidate in raised.value.candidates]
    assert [(move.change, move.amount) for move in readings] == [(Change.BY, -10), (Change.TIMES, 0.9)]


@given(amount=st.floats(-100, 100).filter(lambda value: abs(value) > 1e-3))
def test_a_signed_number_is_a_difference_and_keeps_its_value(twin, amount):
    move = parse_move(f"sp.reactor_pressure={amount:+.6f} kPa", twin.plant)
    assert move.change is Change.BY
    assert move.amount == pytest.approx(amount, abs=1e-6)


def found(twin, text):
    return find_moves(text, Vocabulary(twin.plant))


def test_a_controlled_variable_is_moved_through_its_handle_and_said_so(twin):
    moves = found(twin, "raise reactor pressure by 40 kPa")
    assert [(move.tag, move.change, move.amount) for move in moves.moves] == [("sp.reactor_pressure", Change.BY, 40)]
    assert "sp.reactor_pressure" in moves.notes[0]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cut the A feed by 0.02 kscmh", UnitMismatch),
        ("raise the separator pressure by 10 kPa", InvalidInput),
        ("raise the furnace temperature by 10 degC", UnknownTag),
        ("raise the reactor level by 10 %", AmbiguousTag),
        ("raise the reactor pressure setpoint by 10 degC", UnitMismatch),
    ],
)
def test_a_move_that_cannot_be_meant_is_refused(twin, text, error):
    with pytest.raises(error):
        found(twin, text)


def test_stopping_means_zero_and_zero_is_outside_the_limits(twin):
    move = found(twin, "what if we stop the agitator").moves[0]
    assert (move.tag, move.change, move.amount) == ("mv.agitator", Change.TO, 0)
    with pytest.raises(OutsideLimits):
        level(move, twin.plant.tag("mv.agitator"), 50)


@pytest.mark.parametrize("verb", ["cut", "reduce", "lower", "decrease", "drop", "trim"])
def test_every_verb_downward_is_downward(twin, verb):
    assert found(twin, f"what if we {verb} the reactor pressure setpoint by 20 kPa").moves[0].amount == -20


@pytest.mark.parametrize("verb", ["raise", "increase", "lift", "bump up", "boost"])
def test_every_verb_upward_is_upward(twin, verb):
    assert found(twin, f"what if we {verb} the reactor pressure setpoint by 20 kPa").moves[0].amount == 20


def test_from_one_value_to_another_goes_to_the_other(twin):
    move = found(twin, "what if we move the reactor pressure setpoint from 2700 to 2745 kPa").moves[0]
    assert (move.change, move.amount) == (Change.TO, 2745)
