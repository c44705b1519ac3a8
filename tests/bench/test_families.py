"""The bench of families: every one asked the same, under the same budget."""

import json
from pathlib import Path

import pytest

from bench.families import measure, run
from bench.folder import read_folder
from twin.errors import InvalidInput

from .kiln import Kiln


def test_a_family_is_told_by_scores_costs_and_curve(kiln: Kiln) -> None:
    found = measure(read_folder(kiln.write()), "linear", 1.0, lambda done: None)
    assert {"model", "train_seconds", "train_cpu_seconds", "in_range", "by_kind", "curves"} <= set(found)
    assert found["in_range"]["nrmse"] > 0


def test_the_report_holds_everyone_asked_for(kiln: Kiln, tmp_path: Path) -> None:
    told: list[float] = []
    report = run(kiln.write(), 1.0, ("hold", "arx"), tmp_path / "families.json", told.append)
    written = json.loads((tmp_path / "families.json").read_text())
    assert set(written["results"]) == {"hold", "arx"}
    assert written["results"]["hold"]["in_range"]["nrmse"] == report["results"]["hold"]["in_range"]["nrmse"]
    assert told == sorted(told)


def test_a_family_may_be_measured_alone(kiln: Kiln) -> None:
    folder = read_folder(kiln.write())
    alone, many = (measure(folder, name, 1.0, lambda done: None) for name in ("linear@1", "linear"))
    assert alone["model"] != many["model"]


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
