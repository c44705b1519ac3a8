"""Evidence: what it finds, what it leaves alone, and that it comes out the same however rows arrive."""

from datetime import timedelta

import numpy as np
import pytest

from models.anomaly.contributions import contributions
from models.anomaly.coverage import Coverage, CoverageConfig, Fading
from models.anomaly.evidence import EvidenceConfig, Stream, Watch
from models.anomaly.lagged import LaggedSubspace, stacked
from models.anomaly.learning import Frame, Run, conditional_quantile, learn_evidence

STEP = timedelta(minutes=3)
TAGS, MOVES, ROWS = 6, 2, 900
WRONG = np.array([1.0, -1.0, 0.0, 0.0, 0.0, 0.0])  # the direction in which the model errs after moves


def innovations(seed, levels, rows=ROWS):
    """White and correlated; after a move the model is wrong in one direction, for as long as the level stands."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((rows, TAGS)) @ np.linalg.cholesky(0.5 * np.eye(TAGS) + 0.5).T
    wrong = np.zeros(rows)
    for row in range(1, rows):  # new with every move of the first column
        same = levels[row, 0] == levels[row - 1, 0]
        wrong[row] = wrong[row - 1] if same else rng.choice([-1.0, 1.0]) * abs(levels[row, 0])
    sigma = mixed + wrong[:, None] * WRONG
    sigma[np.arange(rows) % 2 == 1, -1] = np.nan
    return sigma


def moved(seed, rows=ROWS):
    rng, levels = np.random.default_rng(1000 + seed), np.zeros((rows, MOVES))
    for row in np.flatnonzero(rng.random(rows) < 0.02):
        levels[row:, int(rng.integers(MOVES))] = rng.uniform(-1, 1)
    return levels


@pytest.fixture(scope="module")
def evidence():
    paths, still = [moved(i) for i in range(6)], np.zeros((ROWS, MOVES))
    coverage = Coverage.learn(paths, [still], np.full(MOVES, 4.0), STEP, CoverageConfig())
    features = [coverage.features(Fading(coverage).advance(levels)) for levels in paths]
    moving = [Run(innovations(i, levels), part) for i, (levels, part) in enumerate(zip(paths, features, strict=True))]
    rest = [Run(innovations(50 + i, still), np.zeros_like(features[0])) for i in range(4)]
    tags = tuple(f"tag{i}" for i in range(TAGS))
    cadence = np.array([1, 1, 1, 1, 1, 2])
    frame = Frame(tags, ("a", "b"), STEP, cadence, coverage, EvidenceConfig())
    return learn_evidence(frame, moving, rest)


def alarms(evidence, sigma, levels):
    return Watch(evidence).advance(sigma, levels) > 1


def test_false_alarms_stay_near_the_budget_whether_or_not_operators_move(evidence):
    still = [
        alarms(evidence, innovations(200 + i, np.zeros((ROWS, MOVES))), np.zeros((ROWS, MOVES))) for i in range(8)
    ]
    moving = [alarms(evidence, innovations(300 + i, moved(300 + i)), moved(300 + i)) for i in range(8)]
    assert np.mean(still) <= 0.03
    assert np.mean(moving) <= 0.03


def test_a_small_lasting_shift_is_found_that_no_single_row_shows(evidence):
    levels = np.zeros((ROWS, MOVES))
    sigma = innovations(400, levels)
    sigma[300:, 2] += 0.8
    found = alarms(evidence, sigma, levels)
    assert found[:300].mean() <= 0.05
    assert found[500:].mean() > 0.95
    assert np.abs(sigma[300:, 2]).mean() < 1.3


def test_a_tag_that_only_grows_noisier_is_found(evidence):
    levels = np.zeros((ROWS, MOVES))
    sigma = innovations(401, levels)
    sigma[300:, 3] *= 2.5
    assert alarms(evidence, sigma, levels)[450:].mean() > 0.9


def test_moves_blind_only_the_direction_in_which_the_model_errs(evidence):
    levels = np.zeros((ROWS, MOVES))
    levels[100:, 0] = 1.0
    quiet = innovations(402, np.zeros((ROWS, MOVES)))
    along, across = quiet.copy(), quiet.copy()
    along[300:] += 0.8 * WRONG
    across[300:, 2] += 0.8
    assert alarms(evidence, along, levels)[500:].mean() < 0.1
    assert alarms(evidence, across, levels)[500:].mean() > 0.9


def test_any_chunks_give_the_same(evidence):
    levels = moved(7)
    sigma = innovations(403, levels)
    whole = Watch(evidence).advance(sigma, levels)
    watch = Watch(evidence)
    parts = [watch.advance(sigma[i : i + 7], levels[i : i + 7]) for i in range(0, ROWS, 7)]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-9)


def test_rows_in_which_nothing_was_measured_have_no_evidence_and_leave_no_trace(evidence):
    levels = np.zeros((ROWS, MOVES))
    sigma = innovations(404, levels)
    sigma[200:203] = np.nan
    score = Watch(evidence).advance(sigma, levels)
    assert np.isnan(score[200:203]).all()
    assert np.isfinite(score[203:]).all()


def test_a_move_that_was_never_made_has_more_leverage_than_one_that_was_made_often():
    levels = np.zeros((400, MOVES))
    levels[:, 0] = np.sign(np.sin(np.arange(400) / 8.0))
    coverage = Coverage.learn([levels], [np.zeros((10, MOVES))], np.full(MOVES, 4.0), STEP, CoverageConfig())
    step = np.zeros((20, MOVES))
    often, never = step.copy(), step.copy()
    often[5:, 0], never[5:, 1] = 1.0, coverage.widths[1] / coverage.widths[0]
    leverage = [coverage.features(Fading(coverage).advance(made))[-1, :5] for made in (often, never)]
    assert (leverage[1] > 1.9 * leverage[0]).all()


def test_an_unknown_level_is_the_last_one_known():
    coverage = Coverage.learn([moved(1)], [], np.full(MOVES, 4.0), STEP, CoverageConfig())
    levels = moved(2)
    holes = levels.copy()
    holes[50:53] = np.nan
    holes[50:53] = np.where(levels[50:53] == levels[49], np.nan, levels[50:53])
    np.testing.assert_array_equal(Fading(coverage).advance(holes), Fading(coverage).advance(levels))


def test_without_still_operation_moving_operation_sets_the_limits(evidence):
    paths = [moved(i) for i in range(6)]
    coverage = Coverage.learn(paths, [], np.full(MOVES, 4.0), STEP, CoverageConfig())
    runs = [Run(innovations(i, p), coverage.features(Fading(coverage).advance(p))) for i, p in enumerate(paths)]
    frame = Frame(("t",) * TAGS, ("a", "b"), STEP, np.array([1, 1, 1, 1, 1, 2]), coverage, EvidenceConfig())
    learned = learn_evidence(frame, runs, [])
    false = [alarms(learned, innovations(500 + i, moved(500 + i)), moved(500 + i)) for i in range(6)]
    assert np.mean(false) <= 0.06


def test_variances_are_those_of_whitened_innovations(evidence):
    white = (
        Stream(evidence.whitening).advance(innovations(405, np.zeros((ROWS, MOVES))), np.zeros((ROWS, 10))).whitened
    )
    assert white[:, 0].std() == pytest.approx(1.0, abs=0.1)


def test_a_quantile_that_rises_with_unrest_is_found():
    rng = np.random.default_rng(0)
    given = rng.uniform(0, 1, 4000)
    level, slope = conditional_quantile(given, 2.0 * given + rng.standard_normal(4000), 0.9, np.arange(0, 4, 0.25))
    assert slope == pytest.approx(2.0, abs=0.5)
    assert level == pytest.approx(1.28, abs=0.3)


@pytest.mark.parametrize("make", ["pca", "dpca", "cva"])
def test_a_classical_detector_keeps_its_budget_and_finds_a_broken_relation(make):
    rng = np.random.default_rng(3)
    driver = np.sin(np.arange(600)[:, None] / np.array([9.0, 23.0])) + 0.1 * rng.standard_normal((600, 2))
    log = driver @ rng.standard_normal((2, 6)) + 0.1 * rng.standard_normal((600, 6))
    subspace = {
        "pca": lambda: LaggedSubspace.dynamic_pca([log], 0),
        "dpca": lambda: LaggedSubspace.dynamic_pca([log], 2),
        "cva": lambda: LaggedSubspace.canonical([log], 2, 4),
    }[make]()
    assert (subspace.score(log) > 1).mean() <= 0.021
    broken = log.copy()
    broken[300:, 0] += 3.0
    assert (subspace.score(broken)[305:] > 1).mean() > 0.5


def test_stacked_rows_hold_the_past_newest_first():
    values = np.arange(6.0).reshape(3, 2)
    assert stacked(values, 1).tolist() == [[0, 1, 0, 1], [2, 3, 0, 1], [4, 5, 2, 3]]


def test_the_tag_that_shifted_contributes_most(evidence):
    levels = np.zeros((ROWS, MOVES))
    sigma = innovations(406, levels)
    sigma[300:, 2] += 1.5
    statistics = Watch(evidence).statistics(sigma, levels)
    shares = contributions(evidence, statistics)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares[500:].argmax(axis=1) == 2).mean() > 0.95


def test_the_tag_that_grew_noisier_contributes_most(evidence):
    levels = np.zeros((ROWS, MOVES))
    sigma = innovations(407, levels)
    sigma[300:, 3] *= 2.5
    shares = contributions(evidence, Watch(evidence).statistics(sigma, levels))
    assert (shares[500:].argmax(axis=1) == 3).mean() > 0.9
