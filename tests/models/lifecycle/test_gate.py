"""What the gate lets through."""

from datetime import timedelta

import pytest

from models.exclusion import without
from models.gate import Contender, GateConfig, judge
from models.rollouts import RolloutConfig
from twin.clock import Span, from_datetime64
from twin.errors import InvalidInput

from .conftest import START, CountingDetector, GainModel

CONFIG = GateConfig(rollout=RolloutConfig(horizon=timedelta(hours=2), stride=timedelta(hours=2), samples=8))
SINCE = from_datetime64(START) + timedelta(hours=20)
NOW = from_datetime64(START) + timedelta(hours=60)


def decided(week, challenger, champion=None, alarms=(), config=CONFIG):
    best = Contender(champion or GainModel(0.8), CountingDetector())
    return judge(best, Contender(challenger, CountingDetector(alarms)), [week], SINCE, NOW, config)


def test_a_better_challenger_passes_and_the_numbers_are_kept(week):
    decision = decided(week, GainModel(1.0))
    assert decision.passed
    assert decision.reasons == ()
    assert decision.challenger.nrmse < 0.8 * decision.champion.nrmse
    assert decision.challenger.by_tag["level"] == pytest.approx(decision.challenger.nrmse)
    assert (decision.start, decision.rollouts) == (SINCE, 20)
    assert decision.hours == pytest.approx(40, abs=0.1)


def test_an_equal_challenger_passes(week):
    assert decided(week, GainModel(0.8, "twin")).passed


def test_a_worse_challenger_is_refused_with_the_reason(week):
    decision = decided(week, GainModel(0.6))
    assert not decision.passed
    assert decision.reasons[0].startswith("rollout error")
    assert any(reason.startswith("level:") for reason in decision.reasons)


def test_more_false_alarms_are_refused(week):
    assert decided(week, GainModel(1.0), alarms=(500,)).passed
    decision = decided(week, GainModel(1.0), alarms=(500, 700))
    assert decision.challenger.false_alarms == 2
    assert decision.reasons == ("2 false alarms against 0, at most 1 more",)


def test_alarms_of_the_warm_up_do_not_count(week):
    assert decided(week, GainModel(1.0), alarms=(100, 200, 300)).challenger.false_alarms == 0


def test_a_model_that_says_nothing_about_a_tag_is_refused(week):
    decision = decided(week, GainModel(float("nan"), "broken"))
    assert not decision.passed
    assert decision.reasons[0].startswith("rollout error nan")


def test_too_little_data_decides_nothing(week):
    with pytest.raises(InvalidInput, match="rollouts fit into the normal operation"):
        judge(
            Contender(GainModel(0.8), CountingDetector()),
            Contender(GainModel(1.0), CountingDetector()),
            [week],
            NOW - timedelta(hours=6),
            NOW,
            CONFIG,
        )


def test_no_rollout_reaches_into_what_was_left_out(week):
    wild = week.values.copy()
    fault = Span(SINCE + timedelta(hours=10), SINCE + timedelta(hours=14))
    inside = (week.time > START + 30 * 20 * 180_000_000) & (week.time <= START + 34 * 20 * 180_000_000)
    wild[inside, 0] += 100
    broken = type(week)(week.tags, week.time, wild, week.valid, week.step)
    pieces = without([broken], [fault])
    best, other = (Contender(GainModel(gain), CountingDetector()) for gain in (0.8, 1.0))
    assert judge(best, other, pieces, SINCE, NOW, CONFIG).challenger.nrmse < 2
    assert judge(best, other, [broken], SINCE, NOW, CONFIG).challenger.nrmse > 5
