"""Scores worked by hand on two tags and two pairs, and on three watched runs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.folder import read_meta
from bench.scoring.faults import score_faults
from bench.scoring.file import score_file
from bench.scoring.rules import crps_of_quantiles, crps_of_samples
from bench.scoring.units import noise_of, scale_of
from bench.scoring.whatif import score_what_ifs
from twin.errors import InvalidInput

HORIZON = 4
"""Rows of half an hour: the last two hours are all of them."""


def write(folder: Path, **files: dict[str, Any]) -> Path:
    meta = {
        "row_minutes": 30.0,
        "obs": [
            {"name": "p", "unit": "kPa", "noise": 0.5, "scale": 2.0},
            {"name": "q", "unit": "t/h", "noise": 0.5, "scale": 10.0},
        ],
        "act": [{"name": n, "unit": "1", "nominal": 0, "lo": -1, "hi": 1} for n in ("u", "v")],
    }
    (folder / "meta.json").write_text(json.dumps(meta))
    for name, arrays in files.items():
        np.savez(folder / f"{name}.npz", **arrays)
    return folder


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Pair 0: p rises by 4; pair 1, out of range: q falls by 20. The other tag moves by less than its noise."""
    a = np.zeros((2, HORIZON, 2))
    b = a.copy()
    b[0, :, 0], b[0, :, 1] = 4.0, 0.4
    b[1, :, 1], b[1, :, 0] = -20.0, 0.1
    asked = {"obs_ctx": np.zeros((2, 3, 2)), "kind": np.array([0, 1]), "ood": np.array([False, True])}
    return write(tmp_path, whatif=asked, whatif_truth={"obs_A": a, "obs_B": b})


def answer(b: np.ndarray, **more: np.ndarray) -> dict[str, np.ndarray]:
    return {"A_mean": np.zeros_like(b), "B_mean": b, **more}


def test_the_truth_scores_full_marks(pairs: Path) -> None:
    truth = np.load(pairs / "whatif_truth.npz")["obs_B"]
    found = score_what_ifs(pairs, answer(truth))["in_range"]
    assert (found["nrmse"], found["effect_r2"], found["sign_acc"], found["skill"]) == (0.0, 1.0, 1.0, 1.0)


def test_errors_are_counted_in_the_tags_scale(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    b[0] = [4.0, 10.4]
    found = score_what_ifs(pairs, answer(b))["in_range"]
    assert found["nrmse"] == pytest.approx(np.sqrt(1 / 2)), "one of two tags is off by one scale"
    assert found["nrmse_hold"] == pytest.approx(np.sqrt((2.0**2 + 0.04**2) / 2)), "a held row misses the effect"


def test_half_the_effect_leaves_a_quarter_of_its_square(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    b[0, :, 0] = 2.0
    found = score_what_ifs(pairs, answer(b))["in_range"]
    assert found["effect_r2"] == pytest.approx(0.75)
    assert (found["effect_cells"], found["sign_cells"]) == (1, 1), "q moved by less than its noise and does not count"
    assert found["by_kind"] == {"u": {"r2": 0.75, "rms_effect": 2.0}}


def test_the_last_hour_is_scored_by_itself(pairs: Path) -> None:
    b = np.load(pairs / "whatif_truth.npz")["obs_B"]
    b[0, :2] += [2.0, 10.0]
    found = score_what_ifs(pairs, answer(b))["in_range"]
    assert found["nrmse_last_hour"] == 0.0
    assert found["nrmse"] == pytest.approx(np.sqrt(0.5))


def test_the_wrong_direction_is_a_wrong_sign(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    b[1, :, 1] = 1.0
    assert score_what_ifs(pairs, answer(b))["out_of_range"]["sign_acc"] == 0.0


def test_in_range_and_out_of_range_are_told_apart(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    b[1] = [0.1, -20.0]
    found = score_what_ifs(pairs, answer(b))
    assert found["out_of_range"]["effect_r2"] == pytest.approx(1.0)
    assert found["in_range"]["effect_r2"] == pytest.approx(0.0)


def test_coverage_counts_the_truth_between_the_outer_quantiles(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    levels = np.array([0.05, 0.5, 0.95])
    quantiles = np.stack([b - 1.0, b, b + 1.0])
    found = score_what_ifs(pairs, answer(b, B_quantiles=quantiles, levels=levels))["in_range"]
    assert found["cover90"] == 0.5, "q = 0.4 lies inside, p = 4 outside"
    assert found["width90"] == pytest.approx((2.0 / 2 + 2.0 / 10) / 2)


def test_samples_serve_as_well_as_quantiles(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    samples = np.stack([b + offset for offset in np.linspace(-5, 5, 101)])
    found = score_what_ifs(pairs, answer(b, B_samples=samples))["in_range"]
    assert found["cover90"] == 1.0
    assert found["width90"] == pytest.approx(9.0 * (1 / 2 + 1 / 10) / 2)


def test_the_effects_interval_is_scored_where_tags_moved(pairs: Path) -> None:
    b = np.zeros((2, HORIZON, 2))
    low, high = np.zeros_like(b), np.full_like(b, 5.0)
    high[0, 0, 0] = 3.9
    found = score_what_ifs(pairs, answer(b, eff_q05=low, eff_q95=high))
    assert found["in_range"]["effect_cover90"] == 0.75
    assert found["out_of_range"]["effect_cover90"] == 0.0


@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        ({"B_mean": None}, "hold no B_mean"),
        ({"A_mean": np.zeros((2, 3, 2))}, r"A_mean has the shape \(2, 3, 2\), the truth has \(2, 4, 2\)"),
        ({"B_quantiles": np.zeros((1, 2, 4, 2)), "levels": np.array([0.5])}, r"levels holds no 0\.05"),
        ({"eff_q05": np.zeros((2, 4, 2))}, "hold no eff_q95"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(
    pairs: Path, spoiled: dict[str, np.ndarray | None], sentence: str
) -> None:
    whole = answer(np.zeros((2, HORIZON, 2))) | spoiled
    given = {name: array for name, array in whole.items() if array is not None}
    with pytest.raises(InvalidInput, match=sentence):
        score_what_ifs(pairs, given)


def test_what_is_no_file_of_predictions_is_refused(pairs: Path) -> None:
    (pairs / "text.npz").write_text("no archive")
    with pytest.raises(InvalidInput, match=r"text\.npz cannot be read"):
        score_file("whatif", pairs, pairs / "text.npz")


def test_crps_of_one_certain_value_is_its_distance() -> None:
    assert crps_of_samples(np.array([[2.0], [2.0]]), np.array([5.0])) == pytest.approx([3.0])
    assert crps_of_quantiles(np.full((19, 1), 2.0), np.array([5.0]), np.linspace(0.05, 0.95, 19)) == pytest.approx(
        [3.0]
    )


def test_crps_of_two_samples_is_what_it_is_by_hand() -> None:
    """|0 - 1| and |4 - 1| have the mean 2, of which half the samples' distance of 4 comes off."""
    assert crps_of_samples(np.array([[0.0], [4.0]]), np.array([1.0])) == pytest.approx([0.0])


def test_the_spread_that_is_true_scores_best() -> None:
    rng = np.random.default_rng(0)
    truth = rng.standard_normal(4000)
    levels = np.round(np.arange(0.05, 0.96, 0.05), 2)
    normal = np.quantile(rng.standard_normal(100_000), levels)[:, None]
    scores = [crps_of_quantiles(width * normal, truth, levels).mean() for width in (0.5, 1.0, 2.0)]
    assert scores[1] == min(scores)


def test_units_that_nobody_states_come_from_the_logs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    logs = {"obs": rng.normal(5.0, [[[0.3, 3.0]]], (2, 500, 2))}
    folder = write(tmp_path, normal=logs, val=logs)
    meta = json.loads((folder / "meta.json").read_text())
    del meta["obs"][1]["scale"], meta["obs"][1]["noise"]
    (folder / "meta.json").write_text(json.dumps(meta))
    assert scale_of(folder, read_meta(folder)) == pytest.approx([2.0, 3.0], rel=0.1)
    assert noise_of(folder, read_meta(folder)) == pytest.approx([0.5, 3.0], rel=0.1)


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """Steady: a fault-free run, a fault from row 4 on, and one that trips the plant at row 8. Moving: one without."""
    labels = {"idv": np.array([0, 1, 3, 0]), "moving": np.array([False, False, False, True])}
    ends = {"onset_h": np.float32(2.0), "valid_len": np.array([12, 12, 8, 12])}
    return write(tmp_path, faults={"obs": np.zeros((4, 12, 2)), **labels, **ends})


def scores(*alarms: tuple[int, int]) -> np.ndarray:
    """1 at these (run, row), 0 elsewhere."""
    score = np.zeros((4, 12))
    for run, row in alarms:
        score[run, row] = 1.0
    return score


THRESHOLDS = {"threshold_steady": np.float32(0.5), "threshold_moving": np.float32(0.5)}


def test_rate_counts_faulty_rows_before_a_trip(watched: Path) -> None:
    rows = [(1, row) for row in range(6, 12)] + [(2, row) for row in range(4, 12)]
    found = score_faults(watched, {"score": scores(*rows), **THRESHOLDS})["steady"]
    assert found["fdr"] == {1: 0.75, 3: 1.0}
    assert found["mean_fdr"] == 0.875
    assert found["mean_fdr_without_3_9_15"] == 0.75


def test_delay_runs_to_the_third_row_in_a_row(watched: Path) -> None:
    rows = [(1, 4), (1, 5), (1, 7), (1, 8), (1, 9), (2, 6), (2, 7), (2, 8)]
    found = score_faults(watched, {"score": scores(*rows), **THRESHOLDS})["steady"]
    assert found["delay"] == {1: 180.0, 3: None}, "rows 7, 8, 9; the other one's third is after its trip"


def test_false_alarms_are_those_before_onset_and_of_fault_free_runs(watched: Path) -> None:
    rows = [(0, 0), (0, 5), (0, 6), (1, 3), (3, 1)]
    found = score_faults(watched, {"score": scores(*rows), **THRESHOLDS})
    assert found["steady"]["far"] == 0.25
    assert found["steady"]["far_before_onset"] == 0.125
    assert found["moving"]["far"] == pytest.approx(1 / 12)
    assert found["moving"]["mean_fdr"] is None, "no moving run has a fault"


def test_without_a_threshold_an_oracle_sets_it_and_says_so(watched: Path) -> None:
    score = np.tile(np.arange(12.0), (4, 1))
    found = score_faults(watched, {"score": score})["steady"]
    normal = [*range(12), *range(4), *range(4)]
    assert found["oracle_threshold"]
    assert found["threshold"] == pytest.approx(np.quantile(normal, 0.99))


def test_scores_of_other_rows_are_refused(watched: Path) -> None:
    with pytest.raises(InvalidInput, match=r"score has the shape \(4, 11\), the runs have \(4, 12\)"):
        score_faults(watched, {"score": np.zeros((4, 11))})


def test_every_score_is_explained(pairs: Path, watched: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "benchmark.md").read_text()
    levels = np.array([0.05, 0.95])
    b = np.load(pairs / "whatif_truth.npz")["obs_B"]
    given = answer(b, B_quantiles=np.stack([b, b]), levels=levels, eff_q05=b, eff_q95=b)
    plain = {"pairs", "nrmse_hold", "effect_cells", "sign_cells", "threshold", "oracle_threshold"}
    names = (
        score_what_ifs(pairs, given)["in_range"].keys() | score_faults(watched, {"score": scores()})["steady"].keys()
    )
    assert not [name for name in names - plain if f"`{name}`" not in text]
