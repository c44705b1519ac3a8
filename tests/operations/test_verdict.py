"""What takes the support away, on one scale with the doubt."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from twin.operations.verdict import Finding, judged
from twin.operations.whatif import what_if
from twin.scenario import Change, Move, Scenario, Support
from twin.world import Envelope, MoveCoverage

PRESSURE, STEAM = "sp.reactor_pressure", "mv.stripper_steam"


def verdict(fake, *moves, coverage=(), operation=(), **more):
    model = fake.ProportionalModel()
    model.card = model.card.model_copy(update={"coverage": coverage, "operation": operation, **more})
    scenario = Scenario(moves=moves, horizon=timedelta(hours=4))
    return what_if(fake.build(model=model), scenario, max_horizon=timedelta(hours=24)).verdict


def by(amount, tag=PRESSURE):
    return Move(tag=tag, change=Change.BY, amount=amount)


def covered(tag=PRESSURE, moves=20, largest=30.0, explained=0.0, companion=None):
    return MoveCoverage(
        tag=tag, moves=moves, largest=largest, levels=(2700.0,) * 7, explained=explained, companion=companion
    )


@pytest.mark.parametrize(
    ("ratios", "support", "doubt"),
    [
        ((), Support.SUPPORTED, 0.0),
        ((0.5,), Support.SUPPORTED, 1 / 3),
        ((1.0,), Support.EXTRAPOLATING, 0.5),
        ((1.2, 1.6), Support.EXTRAPOLATING, 2 / 3),
        ((3.0, 4.0), Support.REFUSED, 5 / 6),
        ((np.inf,), Support.REFUSED, 1.0),
    ],
)
def test_the_worst_finding_decides_and_all_give_the_doubt(ratios, support, doubt):
    found = judged([Finding(ratio, f"reason {ratio}") for ratio in ratios], "8 h")
    assert found.support is support
    assert found.doubt == pytest.approx(doubt)
    assert [reason for reason in found.reasons if reason.startswith("reason")] == [
        f"reason {ratio}" for ratio in ratios if ratio >= 1
    ]


def test_reasons_to_refuse_come_first():
    findings = [Finding(1.5, "caution"), Finding(2.5, "refusal"), Finding(0.5, "nothing")]
    assert judged(findings, "8 h").reasons == ("refusal", "caution")


def test_a_move_that_the_log_made_often_as_large_and_alone_is_supported(fake):
    found = verdict(fake, by(10), coverage=(covered(),))
    assert found.support is Support.SUPPORTED
    assert found.doubt == 0


@pytest.mark.parametrize(
    ("moves", "support", "said"),
    [(0, Support.REFUSED, "not once"), (1, Support.EXTRAPOLATING, "once"), (2, Support.EXTRAPOLATING, "twice")],
)
def test_a_setpoint_that_was_hardly_ever_moved_is_told(fake, moves, support, said):
    found = verdict(fake, by(10), coverage=(covered(moves=moves),))
    assert found.support is support
    assert f"the training log moves {PRESSURE} {said}" in found.reasons


def test_a_step_larger_than_any_in_the_log_is_told_with_both_sizes(fake):
    found = verdict(fake, by(-16), coverage=(covered(largest=10.0),))
    assert found.support is Support.EXTRAPOLATING
    assert any("moves by 16 kPa at once, the largest step of the training log is 10 kPa" in r for r in found.reasons)
    assert verdict(fake, by(-14), coverage=(covered(largest=10.0),)).support is Support.SUPPORTED


@pytest.mark.parametrize(
    ("explained", "support"), [(0.5, Support.SUPPORTED), (0.9, Support.EXTRAPOLATING), (1.0, Support.REFUSED)]
)
def test_a_move_that_was_never_made_alone_is_not_identified(fake, explained, support):
    found = verdict(fake, by(10), coverage=(covered(explained=explained, companion=STEAM),))
    assert found.support is support
    assert any(f"not identified: in the training log it moved together with {STEAM}" in r for r in found.reasons) == (
        support is not Support.SUPPORTED
    )


def test_made_together_with_its_companion_it_is_what_the_log_did(fake):
    coverage = (
        covered(explained=1.0, companion=STEAM),
        covered(STEAM, explained=1.0, companion=PRESSURE),
    )
    assert verdict(fake, by(10), by(5, STEAM), coverage=coverage).support is Support.SUPPORTED


def test_only_the_moves_of_the_scenario_are_judged(fake):
    assert verdict(fake, by(10), coverage=(covered(STEAM, moves=0),)).support is Support.SUPPORTED


@pytest.mark.parametrize(
    ("high", "support"), [(2700, Support.SUPPORTED), (2680, Support.EXTRAPOLATING), (2600, Support.REFUSED)]
)
def test_a_plant_that_stands_where_it_never_stood_is_told(fake, high, support):
    found = verdict(fake, by(10), operation=(Envelope(tag="reactor_pressure", low=2500, high=high),))
    assert found.support is support
    assert any("reactor_pressure stands at" in reason for reason in found.reasons) == (high < 2690)


def test_what_the_model_does_not_know_of_the_effect_is_the_doubt(fake):
    class Unsure(fake.ProportionalModel):
        def compare(self, belief, baseline, scenario, *, samples=64, seed=0):
            both = super().compare(belief, baseline, scenario, samples=samples, seed=seed)
            spread = np.full_like(both.effect.mean, self.unknown) * 0.1 * np.array(self.card.scale)
            return replace(both, effect=replace(both.effect, disagreement=spread))

    found = {}
    for unknown in (0.0, 0.5, 1.5, 2.5):
        model = Unsure()
        model.unknown = unknown
        scenario = Scenario(moves=(by(10),), horizon=timedelta(hours=4))
        found[unknown] = what_if(fake.build(model=model), scenario, max_horizon=timedelta(hours=24)).verdict
    assert [verdict.support.value for verdict in found.values()] == [
        "supported", "supported", "extrapolating", "refused",
    ]  # fmt: skip
    assert [verdict.doubt for verdict in found.values()] == pytest.approx([0, 1 / 3, 0.6, 2.5 / 3.5])
    assert any("disagree on the effect by 0.15 sigma" in reason for reason in found[1.5].reasons)
