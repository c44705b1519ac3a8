from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language.reading.moves import parse_move
from api.language.reading.movewords import find_moves
from api.language.reading.vocabulary import Vocabulary
from twin.errors import AmbiguousTag, InvalidInput, UnitMismatch, UnknownTag
from twin.plantfile import load_plant
from twin.scenario import Change

DAIRY = Path(__file__).parents[2] / "bench/questions/plants/dairy.yaml"


@pytest.fixture(scope="module")
def demo(twin):
    return Vocabulary(twin.plant)


@pytest.fixture(scope="module")
def dairy():
    return Vocabulary(load_plant(DAIRY))


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


def told(found):
    return "; ".join(
        " ".join(
            filter(
                None,
                (
                    said.move.tag,
                    said.move.change,
                    f"{said.move.amount:.6g}",
                    said.move.unit,
                    said.move.duration and f"for {said.move.duration.amount:g} {said.move.duration.unit}",
                ),
            )
        )
        for said in found.moves
    )


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("raise the reactor pressure setpoint by 40 kPa", "sp.reactor_pressure by 40 kPa"),
        ("raise the reactor pressure to 2,745 kPa", "sp.reactor_pressure to 2745 kPa"),
        ("effect of a 10 % cut in A feed on reactor pressure", "bias.a_feed times 0.9"),
        ("10 % less A feed", "bias.a_feed times 0.9"),
        ("what if the A feed had been 10 % lower", "bias.a_feed times 0.9"),
        ("A feed -10 %", "bias.a_feed times 0.9"),
        ("cut the A feed by a third for 90 min", "bias.a_feed times 0.666667 for 90 min"),
        ("reduce A feed to 80 %", "bias.a_feed times 0.8"),
        ("multiply the A feed by 1.2", "bias.a_feed times 1.2"),
        ("halve the A feed", "bias.a_feed times 0.5"),
        ("what if the A feed were doubled for 2 hours", "bias.a_feed times 2 for 2 h"),
        ("cut the A feed in half", "bias.a_feed times 0.5"),
        ("put the agitator back to 50 %", "mv.agitator to 50 %"),
        ("with the agitator at 70 %, where does reactor temperature settle?", "mv.agitator to 70 %"),
        ("reactor temperature 2 degrees hotter", "sp.reactor_temperature by 2 degC"),
        ("raise the reactor temperature by 5 degrees Fahrenheit", "sp.reactor_temperature by 5 degF"),
        ("raise the reactor level by 10 percentage points", "sp.reactor_level by 10 %"),
        ("raise the reactor level by 10 % of its value", "sp.reactor_level times 1.1"),
        ("take 10 kPa off the reactor pressure", "sp.reactor_pressure by -10 kPa"),
        ("rx press sp +20 kPa", "sp.reactor_pressure by 20 kPa"),
        ("move the reactor pressure setpoint from 2700 to 2745 kPa", "sp.reactor_pressure to 2745 kPa"),
        ("close the steam valve", "mv.stripper_steam to 24 %"),
        ("open the recycle valve fully", "mv.compressor_recycle to 37 %"),
        (
            "raise reactor pressure by 20 kPa for 2 hours and lower separator level to 40 % for 30 min",
            "sp.reactor_pressure by 20 kPa for 2 h; sp.separator_level to 40 % for 30 min",
        ),
        (
            "raise reactor pressure and separator level setpoint by 5",
            "sp.reactor_pressure by 5; sp.separator_level by 5",
        ),
        (
            "raise reactor pressure by 20 and separator level to 45",
            "sp.reactor_pressure by 20; sp.separator_level to 45",
        ),
        ("does reactor pressure exceed 2850 kPa if we cut A feed by 10 %", "bias.a_feed times 0.9"),
    ],
)
def test_a_move_is_read_as_it_is_said(demo, text, moves):
    assert told(find_moves(text, demo)) == moves


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("raise the holding tube temperature by 5 degrees", "TIC204.SP by 5 degF"),
        ("raise TI204 by 2 °C", "TIC204.SP by 2 degC"),
        ("set FIC110 to 150 gpm", "FIC110.SP to 150 gal/min"),
        ("homogenizer pressure down 200 psi for 1 hour", "PIC301.SP by -200 psi for 1 h"),
        (
            "lower the ice water by 2 degrees and raise steam pressure to 95 psi",
            "TIC401.SP by -2 degF; PIC501.SP to 95 psi",
        ),
        ("run the vat stirrer at 20 rpm", "SC705 to 20 rpm"),
    ],
)
def test_moves_are_read_on_another_plant_in_its_own_units(dairy, text, moves):
    assert told(find_moves(text, dairy)) == moves


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("cut the A feed by 0.02 kscmh", UnitMismatch),
        ("raise the reactor level by 3 kPa", UnitMismatch),
        ("raise the reactor level by 3 bananas", UnitMismatch),
        ("raise the agitator by 5 degrees", UnitMismatch),
        ("raise the separator pressure by 10 kPa", InvalidInput),
        ("raise the furnace temperature by 10 degC", UnknownTag),
        ("raise the level by 5 points", AmbiguousTag),
        ("raise the reactor level by 10 %", AmbiguousTag),
    ],
)
def test_a_move_that_cannot_be_meant_is_a_problem_and_no_move(demo, text, error):
    found = find_moves(text, demo)
    assert found.moves == ()
    assert [type(problem) for problem in found.problems] == [error]


def test_per_cent_of_a_tag_in_per_cent_offers_points_and_a_share_and_both_are_read(demo):
    (problem,) = find_moves("raise the reactor level by 10 %", demo).problems
    assert problem.field == "amount"
    moves = [find_moves(f"raise the reactor level by {choice}", demo).moves[0].move for choice in problem.candidates]
    assert [(move.change, move.amount) for move in moves] == [(Change.BY, 10), (Change.TIMES, pytest.approx(1.1))]


def test_a_controlled_variable_is_moved_through_its_handle_and_said_so(demo):
    (said,) = find_moves("raise reactor pressure by 40 kPa", demo).moves
    assert said.move.tag == "sp.reactor_pressure"
    assert "sp.reactor_pressure" in said.note


def test_the_place_of_a_move_holds_its_verb_name_amount_and_length(demo):
    text = "what happens to the separator if we cut the A feed by 10 % for 2 hours, please?"
    (said,) = find_moves(text, demo).moves
    assert text[said.start : said.end] == "cut the A feed by 10 % for 2 hours"


def test_a_change_without_its_tag_or_amount_is_loose(demo):
    (amount,) = find_moves("make it 20 %", demo).loose
    assert (amount.mention, amount.said.amount.value) == (None, 20)
    (verb,) = find_moves("raise the reactor pressure", demo).loose
    assert (verb.mention.tags[0], verb.direction, verb.said.amount) == ("reactor_pressure", 1, None)


@pytest.mark.parametrize(
    "text", ["keep reactor pressure below 2850 kPa", "reactor pressure over the last 6 hours", "why?"]
)
def test_what_moves_nothing_is_no_move(demo, text):
    found = find_moves(text, demo)
    assert (found.moves, found.problems) == ((), ())


@pytest.mark.parametrize("verb", ["cut", "reduce", "lower", "decrease", "drop", "trim", "bring down"])
def test_every_verb_downward_is_downward(demo, verb):
    assert (
        told(find_moves(f"what if we {verb} the reactor pressure by 20 kPa", demo))
        == "sp.reactor_pressure by -20 kPa"
    )


@pytest.mark.parametrize("verb", ["raise", "increase", "lift", "bump up", "boost"])
def test_every_verb_upward_is_upward(demo, verb):
    assert (
        told(find_moves(f"what if we {verb} the reactor pressure by 20 kPa", demo)) == "sp.reactor_pressure by 20 kPa"
    )


@given(st.text(max_size=200))
def test_finding_moves_never_raises(demo, text):
    find_moves(text, demo)
