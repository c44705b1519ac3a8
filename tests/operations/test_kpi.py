"""Key figures of two futures, worked by hand."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from twin.formula import Formula
from twin.operations.kpi import kpi_effects
from twin.operations.whatif import what_if
from twin.plant import Kpi
from twin.scenario import Change, Move, Scenario
from twin.world import Comparison, Imagination, ImaginedEffect

ROWS, TAGS, MOVES = 4, ("flow", "share"), ("valve",)


def comparison(flow, effect):
    """Flow paths (sample,) held over the horizon, share 0.5, and the effect (sample,) on the flow."""
    paths = np.zeros((len(flow), ROWS, 2), np.float32)
    paths[:, :, 0], paths[:, :, 1] = np.asarray(flow)[:, None], 0.5
    change = np.zeros_like(paths)
    change[:, :, 0] = np.asarray(effect)[:, None]
    nothing = np.zeros((ROWS, 2))
    baseline = Imagination(TAGS, np.zeros(ROWS, "datetime64[us]"), paths, nothing, nothing, nothing)
    effect = ImaginedEffect(change, nothing, nothing, nothing, nothing)
    return Comparison(baseline, replace(baseline, paths=paths + change), effect)


def kpis(twin, *formulas):
    named = tuple(Kpi(f"k{i}", "$/h", "", Formula.parse(text)) for i, text in enumerate(formulas))
    return replace(twin.plant, kpis=named)


LEVELS = np.ones((ROWS, 1))


def test_it_is_averaged_and_the_noise_of_the_level_is_not_in_the_effect(twin):
    both = comparison(flow=[10, 20, 30], effect=[2, 2, 2])
    found = kpi_effects(both, kpis(twin, "3 * {flow}"), MOVES, LEVELS, LEVELS)[0]
    assert (found.baseline, found.scenario) == (60, 66)
    assert (found.p05, found.effect, found.p95) == pytest.approx((6, 6, 6))


def test_the_interval_is_that_of_the_effect(twin):
    both = comparison(flow=np.zeros(99), effect=np.arange(1, 100) / 10)
    found = kpi_effects(both, kpis(twin, "2 * {flow}"), MOVES, LEVELS, LEVELS)[0]
    assert (found.p05, found.effect, found.p95) == pytest.approx((1, 10, 19))


def test_products_of_tags_and_moves_count(twin):
    both = comparison(flow=[10, 10], effect=[2, 2])
    found = kpi_effects(both, kpis(twin, "{flow} * {share} + {valve}"), MOVES, LEVELS, LEVELS * 4)[0]
    assert (found.baseline, found.scenario, found.effect) == (6, 10, 4)


def test_what_is_not_known_or_no_number_is_left_out(twin):
    both = comparison(flow=[10], effect=[-10])
    found = kpi_effects(both, kpis(twin, "{level}", "1 / {flow}", "{flow}"), MOVES, LEVELS, LEVELS)
    assert [kpi.name for kpi in found] == ["k2"]


def test_the_demo_plants_operating_cost_is_that_of_the_paper_at_the_base_case(twin):
    base = {
        "purge_flow": 0.33712, "purge_a": 32.958, "purge_c": 23.978, "purge_d": 1.2565, "purge_e": 18.579,
        "purge_f": 2.2633, "purge_g": 4.8436, "purge_h": 2.2986, "stripper_underflow": 22.949, "product_d": 0.017866,
        "product_e": 0.8357, "product_f": 0.098577, "compressor_work": 341.43, "stripper_steam_flow": 230.31,
    }  # fmt: skip
    cost = next(kpi for kpi in twin.plant.kpis if kpi.name == "operating_cost")
    assert float(cost.formula.value({tag: np.array(value) for tag, value in base.items()})) == pytest.approx(
        170.6, abs=0.1
    )


def test_a_what_if_tells_what_it_costs(twin):
    move = Move(tag="bias.a_feed", change=Change.TIMES, amount=0.9)
    plant = replace(twin.plant, kpis=kpis(twin, "1000 * {feed_a_flow} + {bias.a_feed}").kpis)
    result = what_if(replace(twin, plant=plant), Scenario(moves=(move,)), max_horizon=timedelta(hours=24))
    found = result.kpis[0]
    effect = next(effect for effect in result.effects if effect.tag == "feed_a_flow")
    assert found.effect == pytest.approx(1000 * effect.mean - 0.1, abs=0.01)
