"""The bench of families: every one asked the same, under the same budget."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.families import horizon_curve, measure, run
from bench.folder import read_arrays, read_folder
from bench.scoring.units import scale_of
from twin.errors import InvalidInput

from .kiln import Kiln


def test_the_curve_is_the_error_in_scales_at_each_hour(kiln: Kiln) -> None:
    folder = read_folder(kiln.write())
    truth = read_arrays(kiln.path, "whatif_truth", ("obs_B",))["obs_B"].astype(float)
    off = np.zeros_like(truth)
    row = folder.meta.rows(1.0) - 1
    off[:, row] = 2.0 * scale_of(kiln.path, folder.meta)
    outside = [i for i, pair in enumerate(folder.what_ifs) if pair.out_of_range]
    off[outside] = 100.0
    curve = horizon_curve(folder, truth + off)
    assert curve["1"] == pytest.approx(2.0, abs=1e-3)
    assert curve["0.5"] == pytest.approx(0.0, abs=1e-6)


def test_a_family_is_told_by_scores_costs_and_curve(kiln: Kiln) -> None:
    found = measure(read_folder(kiln.write()), "linear", 1.0, lambda done: None)
    assert {"model", "held_back", "train_seconds", "train_cpu_seconds", "in_range", "nrmse_by_hours"} <= set(found)
    assert found["in_range"]["nrmse"] > 0


def test_the_report_holds_everyone_asked_for(kiln: Kiln, tmp_path: Path) -> None:
    told: list[float] = []
    report = run(kiln.write(), 1.0, ("hold", "arx"), tmp_path / "families.json", told.append)
    written = json.loads((tmp_path / "families.json").read_text())
    assert set(written["results"]) == {"hold", "arx"}
    assert written["results"]["hold"]["in_range"]["nrmse"] == report["results"]["hold"]["in_range"]["nrmse"]
    assert told == sorted(told)


def test_an_unknown_family_is_refused(kiln: Kiln, tmp_path: Path) -> None:
    told: list[float] = []
    with pytest.raises(InvalidInput, match="no dynamics family 'oracle'"):
        run(kiln.write(), 1.0, ("hold", "oracle"), tmp_path / "families.json", told.append)
    assert told == []


def test_others_are_kept_only_while_data_and_budget_are_the_same(kiln: Kiln, tmp_path: Path) -> None:
    out, path = tmp_path / "families.json", kiln.write()
    for seconds, name, expected in ((1.0, "hold", {"hold"}), (1.0, "arx", {"hold", "arx"}), (2.0, "arx", {"arx"})):
        assert set(run(path, seconds, (name,), out)["results"]) == expected
    kiln.files["normal"]["obs"][0, 0, 0] += 1.0
    assert set(run(kiln.write(), 2.0, ("hold",), out)["results"]) == {"hold"}
