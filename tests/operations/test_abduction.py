"""A first-order plant whose truth is known: the counterfactual of a past that had a disturbance."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.clock import from_datetime64, to_datetime64
from twin.operations.abduction import counterfactual
from twin.window import Window
from twin.world import Comparison, Imagination, Residual

STEP = timedelta(minutes=3)
START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 60
TAGS, MOVES = ("flow", "level"), ("valve",)
KEEP, GAIN = np.array([0.9, 0.8]), np.array([0.5, -0.3])
CALM, ASKED = np.full((ROWS, 1), 2.0), np.full((ROWS, 1), 5.0)


@dataclass(frozen=True)
class Rest:
    time: datetime
    values: np.ndarray


class Card:
    tags, moves, step, scale = TAGS, MOVES, STEP, (1.0, 1.0)


class FirstOrder:
    """values[t] = KEEP * values[t-1] + GAIN * valve[t]; paths spread with the square root of the steps."""

    card = Card()

    def observe(self, window, belief=None):
        now, rows = belief.values, []
        for values, valve in zip(window.select(TAGS).values, window.select(MOVES).values, strict=True):
            expected = KEEP * now + GAIN * valve
            rows.append(expected)
            now = np.where(np.isfinite(values), values, expected)
        nothing = np.zeros((len(rows), 2))
        return Rest(window.end, now), Residual(TAGS, window.time, np.array(rows), nothing + 1, nothing)

    def imagine(self, belief, moves, *, samples=64, seed=0):
        mean = run(belief.values, moves)
        steps = np.sqrt(np.arange(1, len(moves) + 1))[:, None]
        paths = mean + np.random.default_rng(seed).normal(size=(samples, 1, 2)) * steps
        time = to_datetime64(belief.time) + np.arange(1, len(moves) + 1) * np.timedelta64(STEP)
        spread = np.broadcast_to(steps, mean.shape)
        return Imagination(TAGS, time, paths.astype(np.float32), mean, 0.1 * spread, spread)

    def compare(self, belief, baseline, scenario, *, samples=64, seed=0):
        one, other = (self.imagine(belief, moves, samples=samples, seed=seed) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.full_like(one.mean, 0.2))


def run(values, moves, disturbance=0.0):
    rows = []
    for t, valve in enumerate(moves):
        values = KEEP * values + GAIN * valve + (disturbance if t >= 10 else 0.0)
        rows.append(values)
    return np.array(rows)


def history(rows=ROWS, gaps=()):
    """What was measured under CALM with a disturbance from row 10 on, and the belief at its start."""
    values = run(np.zeros(2), CALM, 0.4)[:rows]
    for row, tag in gaps:
        values[row, tag] = np.nan
    time = to_datetime64(START) + np.arange(1, rows + 1) * np.timedelta64(STEP)
    return Rest(START, np.zeros(2)), Window(TAGS, time, values, np.isfinite(values), STEP)


def test_the_disturbance_that_happened_is_kept():
    belief, after = history()
    found = counterfactual(FirstOrder(), belief, after, CALM, ASKED)
    truth = run(np.zeros(2), ASKED, 0.4)
    assert np.allclose(found.scenario.mean, truth)
    forecast = FirstOrder().imagine(belief, ASKED).mean
    assert np.abs(forecast - truth).max() > 1


def test_what_was_measured_has_no_band_and_the_effect_keeps_its_own():
    belief, after = history()
    found = counterfactual(FirstOrder(), belief, after, CALM, ASKED)
    assert np.allclose(found.baseline.paths, after.values, atol=1e-5)
    assert not found.baseline.disagreement.any()
    assert np.allclose(found.scenario.disagreement, 0.2)
    assert np.allclose(found.scenario.paths - found.baseline.paths, found.effect.paths, atol=1e-4)


def test_a_gap_is_filled_with_what_was_expected_and_its_band_widens_with_every_row():
    gap = [(row, 0) for row in range(20, 25)]
    belief, after = history(gaps=gap)
    found = counterfactual(FirstOrder(), belief, after, CALM, ASKED, samples=400).baseline
    before = run(np.zeros(2), CALM, 0.4)[19, 0]
    expected = before
    for row in range(20, 25):
        expected = KEEP[0] * expected + GAIN[0] * 2.0
        assert found.mean[row, 0] == pytest.approx(expected)
        assert found.paths[:, row, 0].std() == pytest.approx(np.sqrt(row - 19), rel=0.2)
        assert found.noise[row, 0] == pytest.approx(np.sqrt(row - 19))
    assert np.ptp(found.paths[:, 25, 0]) < 1e-5
    assert np.ptp(found.paths[:, 22, 1]) < 1e-5


def test_a_tag_that_never_spoke_is_forecast_from_the_start():
    belief, after = history(gaps=[(row, 1) for row in range(ROWS)])
    found = counterfactual(FirstOrder(), belief, after, CALM, ASKED)
    imagined = FirstOrder().compare(belief, CALM, ASKED)
    assert np.allclose(found.baseline.mean[:, 1], imagined.baseline.mean[:, 1])
    assert np.allclose(found.scenario.paths[..., 1], imagined.scenario.paths[..., 1], atol=1e-4)


def test_behind_the_present_both_go_on_as_forecast_from_there():
    belief, after = history(rows=40)
    found = counterfactual(FirstOrder(), belief, after, CALM, ASKED)
    present, _ = FirstOrder().observe(under(after), belief)
    rest = FirstOrder().imagine(present, CALM[40:])
    assert [from_datetime64(found.baseline.time[row]) for row in (0, 40)] == [START + STEP, START + 41 * STEP]
    assert np.allclose(found.baseline.mean[40:], rest.mean)
    assert np.allclose(found.scenario.mean[40:], rest.mean + found.effect.mean[40:])
    assert np.allclose(found.baseline.paths[:, 40:], rest.paths, atol=1e-4)


def test_the_same_moves_give_back_the_past():
    belief, after = history(gaps=[(5, 0)])
    found = counterfactual(FirstOrder(), belief, after, CALM, CALM.copy())
    assert np.array_equal(found.scenario.paths, found.baseline.paths)


def under(after):
    levels = CALM[: len(after)]
    return Window(
        (*TAGS, *MOVES),
        after.time,
        np.concatenate([after.values, levels], axis=1),
        np.concatenate([after.valid, np.isfinite(levels)], axis=1),
        STEP,
    )
