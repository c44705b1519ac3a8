import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.errors import (
    HorizonTooLong,
    InvalidInput,
    ModelNotReady,
    OutsideData,
    OutsideLimits,
    UnitMismatch,
    UnknownTag,
)
from twin.historian.memory import MemoryHistorian
from twin.operations.forecast import forecast
from twin.operations.whatif import what_if
from twin.protocols import Twin
from twin.sample import SampleBatch
from twin.scenario import Change, Method, Move, Scenario, Support

DAY = timedelta(hours=24)
AT_2 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
PRESSURE = "sp.reactor_pressure"


def run(twin, *moves, start=None, horizon=timedelta(hours=8), **more):
    return what_if(twin, Scenario(moves=moves, start=start, horizon=horizon), max_horizon=DAY, **more)


def by(amount, tag=PRESSURE, unit=None, **more):
    return Move(tag=tag, change=Change.BY, amount=amount, unit=unit, **more)


def effect(result, tag):
    return next(item for item in result.effects if item.tag == tag)


def test_the_effect_is_the_paired_difference_without_the_noise_of_either_rollout(twin):
    found = effect(run(twin, by(30)), "reactor_pressure")
    assert found.mean == pytest.approx(30, abs=1e-3)
    assert found.p05 == pytest.approx(30, abs=0.01)
    assert found.p95 == pytest.approx(30, abs=0.01)
    assert found.sigma == pytest.approx(30 / 12)


def test_the_largest_effect_in_sigma_comes_first_and_the_others_are_nothing(twin):
    effects = run(twin, by(30)).effects
    assert effects[0].tag == "reactor_pressure"
    assert all(abs(item.mean) < 1e-6 for item in effects[1:])


@pytest.mark.parametrize(
    ("move", "after"),
    [
        (Move(tag=PRESSURE, change=Change.TO, amount=2720, unit="kPa"), 2720),
        (Move(tag=PRESSURE, change=Change.TO, amount=27.2, unit="bar"), 2720),
        (by(0.3, unit="bar"), 2775),
        (by(-10, unit="kPa"), 2735),
        (by(-2, unit="%"), 2745 * 0.98),
        (Move(tag=PRESSURE, change=Change.TIMES, amount=0.99), 2745 * 0.99),
        (Move(tag="sp.reactor_temperature", change=Change.TO, amount=248, unit="degF"), 120),
        (by(1.8, "sp.reactor_temperature", "delta_degF"), 121.4),
        (Move(tag="mv.agitator", change=Change.BY, amount=5, unit="%"), 55),
    ],
)
def test_moves_are_taken_to_levels_in_the_tags_unit(twin, move, after):
    assert run(twin, move).moves[0].after == pytest.approx(after)


def test_a_factor_on_a_feed_is_the_same_factor_on_its_bias(twin):
    result = run(twin, Move(tag="feed_a_flow", change=Change.TIMES, amount=0.9))
    assert [(move.tag, move.before, move.after) for move in result.moves] == [("bias.a_feed", 1.0, 0.9)]
    assert effect(result, "feed_a_flow").mean < 0


def test_a_controlled_variable_is_refused_with_the_name_of_its_handle(twin):
    with pytest.raises(InvalidInput, match=r"move sp\.reactor_pressure"):
        run(twin, by(10, "reactor_pressure"))
    with pytest.raises(InvalidInput, match="not something an operator sets"):
        run(twin, by(10, "separator_pressure"))


@pytest.mark.parametrize(
    ("move", "error", "said"),
    [
        (
            Move(tag=PRESSURE, change=Change.TO, amount=3000),
            OutsideLimits,
            "sp.reactor_pressure = 3000 kPa is outside [2580, 2830] kPa",
        ),
        (by(10, unit="degC"), UnitMismatch, "degC"),
        (by(1, "sp.reactor_presure"), UnknownTag, "sp.reactor_pressure"),
        (by(1, after=timedelta(hours=9)), InvalidInput, "outside the horizon of 8 h"),
        (by(1, duration=timedelta(minutes=1)), InvalidInput, "less than the model's step of 3 min"),
    ],
)
def test_a_move_that_does_not_fit_says_what_why_and_the_limit(twin, move, error, said):
    with pytest.raises(error) as raised:
        run(twin, move)
    assert said in raised.value.detail


@pytest.mark.parametrize(
    ("start", "horizon", "error"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), DAY / 3, OutsideData),
        (datetime(2026, 10, 1, tzinfo=UTC), DAY / 3, OutsideData),
        (None, timedelta(hours=25), HorizonTooLong),
        (None, timedelta(minutes=1), InvalidInput),
    ],
)
def test_start_and_horizon_must_lie_where_there_is_something(twin, start, horizon, error):
    with pytest.raises(error):
        run(twin, by(10), start=start, horizon=horizon)


def test_a_past_baseline_is_what_was_measured(twin, fake):
    result = run(twin, by(1, "mv.agitator"), start=fake.MOVED_AT - timedelta(hours=1), horizon=timedelta(hours=4))
    band = result.baseline.band("reactor_pressure")
    assert result.method is Method.ABDUCTION
    assert band.mean == result.actual["reactor_pressure"]
    assert np.allclose(band.p05, band.p95)


def test_a_scenario_from_now_is_a_forecast(twin):
    result = run(twin, by(10))
    assert result.method is Method.FORECAST
    band = result.baseline.band("reactor_pressure")
    assert band.p05[0] < band.p95[0]


def test_where_nothing_was_measured_the_past_is_forecast(twin, fake):
    historian = MemoryHistorian(fake.PLANT)
    for batch in fake.batches():
        keep = batch.time < np.datetime64(fake.NOW.replace(tzinfo=None)) - np.timedelta64(4, "h")
        historian.write(
            SampleBatch(batch.tags, *(part[keep] for part in (batch.tag, batch.time, batch.value, batch.quality)))
        )
    start = fake.NOW - timedelta(hours=4)
    result = run(replace(twin, historian=historian), by(10), start=start, horizon=timedelta(hours=3))
    assert result.method is Method.FORECAST


def test_past_the_present_the_baseline_is_a_forecast_from_there(twin, fake):
    result = run(twin, by(1, "mv.agitator"), start=fake.MOVED_AT - timedelta(hours=1), horizon=timedelta(hours=20))
    band = result.baseline.band("reactor_pressure")
    now = [moment > fake.NOW for moment in result.baseline.time].index(True)
    assert band.mean[now - 1] == result.actual["reactor_pressure"][now - 1]
    assert set(band.mean[now:]) == {band.mean[now - 1]}
    assert band.p05[now - 1] == pytest.approx(band.p95[now - 1])
    assert band.p05[now] < band.p95[now]


def test_a_move_overrides_the_logged_one_of_its_tag(twin, fake):
    held = Move(tag=PRESSURE, change=Change.TO, amount=2700)
    result = run(twin, held, start=fake.MOVED_AT - timedelta(hours=1), horizon=timedelta(hours=4))
    assert effect(result, "reactor_pressure").mean == pytest.approx(-45)


def test_what_was_measured_goes_with_a_counterfactual_up_to_now(twin):
    result = run(twin, by(10), start=twin.clock.now() - timedelta(hours=4))
    measured = result.actual["reactor_pressure"]
    assert len(measured) == len(result.baseline.time) == 160
    assert [value is not None for value in measured] == [True] * 80 + [False] * 80
    assert run(twin, by(10)).actual == {}


def test_a_move_ends_with_its_duration_and_the_baseline_comes_back(twin):
    result = run(twin, by(30, after=timedelta(hours=1), duration=timedelta(hours=2)))
    difference = np.subtract(
        result.scenario.band("reactor_pressure").mean, result.baseline.band("reactor_pressure").mean
    )
    assert [round(float(difference[row])) for row in (0, 19, 20, 59, 60, 159)] == [0, 0, 30, 30, 0, 0]
    assert (result.moves[0].end - result.moves[0].start) == timedelta(hours=2)


def test_a_second_move_starts_from_the_first(twin):
    result = run(twin, by(10), by(10, after=timedelta(hours=1)))
    assert [(move.before, move.after) for move in result.moves] == [(2745, 2755), (2755, 2765)]


def test_inside_the_envelope_it_is_supported(twin):
    verdict = run(twin, by(10)).verdict
    assert verdict.support is Support.SUPPORTED
    assert "8 h" in verdict.reasons[0]


@pytest.mark.parametrize(("to", "support"), [(2790, Support.EXTRAPOLATING), (2829, Support.REFUSED)])
def test_outside_the_envelope_the_reason_has_numbers_and_units(twin, to, support):
    result = run(twin, Move(tag=PRESSURE, change=Change.TO, amount=to))
    assert result.verdict.support is support
    assert f"{PRESSURE} = {to} kPa is outside the trained range [2655, 2755] kPa" in result.verdict.reasons
    assert (result.baseline is None) == (support is Support.REFUSED)


def test_past_the_validated_horizon_it_extrapolates(twin):
    result = run(twin, by(10), horizon=timedelta(hours=12))
    assert result.verdict.support is Support.EXTRAPOLATING
    assert "12 h goes past the 8 h" in result.verdict.reasons[0]


@pytest.mark.parametrize(("spread", "support"), [(1.5, Support.EXTRAPOLATING), (2.5, Support.REFUSED)])
def test_members_that_disagree_take_the_support_away(fake, spread, support):
    result = run(fake.build(model=fake.ProportionalModel(spread)), by(10))
    assert result.verdict.support is support
    assert f"{spread} sigma" in result.verdict.reasons[0]
    assert (result.effects == ()) == (support is Support.REFUSED)


def test_a_context_that_is_mostly_missing_is_refused(twin, fake):
    result = run(twin, by(10), start=fake.START + timedelta(minutes=30))
    assert result.verdict.support is Support.REFUSED
    assert "of the values in the 3 h before the start were measured" in result.verdict.reasons[0]


def test_levels_that_were_never_logged_are_refused(fake, twin):
    historian = MemoryHistorian(fake.PLANT)
    for batch in fake.batches():
        if batch.tags != ("mv.agitator",):
            historian.write(batch)
    result = run(replace(twin, historian=historian), by(10))
    assert any("mv.agitator" in reason for reason in result.verdict.reasons)
    assert result.verdict.support is Support.REFUSED


def test_an_open_process_fault_at_the_start_is_a_reason_for_caution(twin):
    result = run(twin, by(10), start=datetime(2026, 11, 21, 23, 0, tzinfo=UTC))
    assert result.verdict.support is Support.EXTRAPOLATING
    assert "fault" in result.verdict.reasons[0]


def test_risks_are_shares_of_paths_with_and_without(twin):
    found = {(risk.tag, risk.limit): risk for risk in run(twin, by(30)).risks}
    assert found["reactor_pressure", "hi"].baseline == 0
    assert found["reactor_pressure", "trip_hi"].scenario == 0
    near = run(replace(twin, plant=with_limit(twin.plant, 2735.0)), by(30))
    risk = next(risk for risk in near.risks if (risk.tag, risk.limit) == ("reactor_pressure", "hi"))
    assert (risk.baseline, risk.scenario) == (0.0, 1.0)


def with_limit(plant, value):
    tags = tuple(
        replace(tag, limits=replace(tag.limits, hi=value)) if tag.name == "reactor_pressure" else tag
        for tag in plant.tags
    )
    return replace(plant, tags=tags)


def test_no_model_is_not_ready(twin):
    with pytest.raises(ModelNotReady):
        run(replace(twin, model=None), by(10))


def test_an_empty_historian_has_nothing_to_start_from(twin, fake):
    with pytest.raises(OutsideData, match="no samples"):
        run(replace(twin, historian=MemoryHistorian(fake.PLANT)), by(10))


def test_the_same_seed_gives_the_same_answer(twin):
    assert run(twin, by(10), seed=3) == run(twin, by(10), seed=3)
    assert run(twin, by(10), seed=3).baseline != run(twin, by(10), seed=4).baseline


def test_a_what_if_takes_less_than_two_seconds(twin):
    began = time.perf_counter()
    run(twin, by(10), horizon=DAY)
    assert time.perf_counter() - began < 2


@given(amount=st.floats(-40, 20), minutes=st.integers(0, 400), lasting=st.integers(3, 400))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_outside_the_moves_time_the_scenario_is_the_baseline(twin, amount, minutes, lasting):
    move = by(amount, after=timedelta(minutes=minutes), duration=timedelta(minutes=lasting))
    result = run(twin, move)
    difference = np.subtract(
        result.scenario.band("reactor_pressure").mean, result.baseline.band("reactor_pressure").mean
    )
    applied = result.moves[0]
    inside = np.array([applied.start < moment <= applied.end for moment in result.baseline.time])
    assert np.allclose(difference[inside], amount, atol=1e-6)
    assert np.allclose(difference[~inside], 0, atol=1e-9)


def test_a_forecast_holds_what_is_in_force(twin):
    found = forecast(twin, timedelta(hours=4), max_horizon=DAY)
    band = found.rollout.band("reactor_pressure")
    assert len(band.mean) == 80
    assert np.ptp(band.mean) == 0
    assert band.p05[0] < band.p50[0] < band.p95[0]
    assert found.verdict.support is Support.SUPPORTED


def test_a_forecast_without_context_is_refused(fake, twin):
    empty = MemoryHistorian(fake.PLANT)
    empty.write(SampleBatch.of([*twin.historian.latest().values()]))
    found = forecast(Twin(twin.plant, empty, twin.events, twin.model, twin.clock), DAY / 6, max_horizon=DAY)
    assert found.verdict.support is Support.REFUSED
    assert found.rollout is None
