"""Pictures and tables of docs/world-model.md are those of the reports, and say what the reports say."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench import panels_detection, panels_whatif, tables_world
from bench.markdown import RESULTS, renewed
from bench.pictures_world import CLAIMS, DOCUMENT, draw, stale, updated

HOURS = [0.5, 2.0, 8.0]
KINDS = {kind: {"pairs": 5, "nrmse": 0.2, "cover90": 0.9, "effect_r2": 0.95, "effect_cover90": 0.8} for kind in "ab"}
SCORES = {"nrmse": 0.25, "effect_r2": 0.98, "sign_acc": 0.96, "cover90": 0.9, "effect_cover90": 0.9}
CURVES = {"hours": HOURS, "b": [0.1, 0.2, 0.3], "effect": [0.01, 0.02, 0.03], "true_effect": [0.1, 0.1, 0.1]}
LEVELS = {"levels": [0.1, 0.5, 0.9], "level": [0.12, 0.5, 0.88], "effect": [0.11, 0.5, 0.89], "by_kind": KINDS}
PAIRS = {"out_of_range": [False, True], "doubt": [0.1, 0.7], "effect_error": [0.02, 0.2]}
VERDICT = {
    "auroc_out_of_range": 0.93,
    "rank_correlation": {"effect": {"all": 0.5}},
    "verdicts": {"in_range": {"supported": {"pairs": 7, "effect_error": 0.02}}, "out_of_range": {}},
    "pairs": PAIRS,
}
CELLS = {
    "cells": 4,
    "forecast": 0.4,
    "abduction": 0.2,
    "ratio": 0.5,
    "forecast_cover90": 0.9,
    "abduction_cover90": 0.9,
}
FOUND = {mode: {"fdr": {"1": 1.0, "3": 0.25}, "mean_fdr": 0.625} for mode in ("steady", "moving")}


def by_track(**models: Any) -> dict[str, Any]:
    heading = {"date": "2026-01-01", "cpus": 2, "versions": {"foretell": "0"}, "budget_seconds": 120}
    return {**heading, "tracks": {"lab": models}}


@pytest.fixture
def reports() -> dict[str, dict[str, Any]]:
    family = {"in_range": SCORES, "out_of_range": {"nrmse": 0.3}, "by_kind": KINDS, "train_cpu_seconds": 3.0}
    return {
        "tracks": by_track(champion={"in_range": SCORES}, arx={"in_range": SCORES}),
        "horizon": by_track(champion=CURVES, arx=CURVES),
        "reliability": by_track(champion=LEVELS, arx={**LEVELS, "effect": None}),
        "effects": by_track(champion={"true": [0.1, -1.0], "answered": [0.1, -0.9]}),
        "verdict": by_track(champion=VERDICT),
        "abduction": by_track(
            champion={"noise_floor": 0.1, "disturbed": CELLS, "in_range": CELLS, "out_of_range": {"cells": 0}}
        ),
        "faults_tep": by_track(foretell=FOUND, pca=FOUND),
        "families": {**by_track(), "results": {"arx": family, "linear": family, "linear@1": family}},
    }


@pytest.fixture
def results(tmp_path: Path, reports: dict[str, dict[str, Any]]) -> Path:
    for name, report in reports.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(report))
    return tmp_path


def test_the_documents_tables_are_those_of_the_reports() -> None:
    document = DOCUMENT.read_text()
    assert updated(document) == document, "stale: run `make pictures-world`"


def test_the_documents_pictures_are_those_of_the_reports() -> None:
    assert stale() == [], "stale: run `make pictures-world`"


def test_the_document_shows_every_picture() -> None:
    for name in CLAIMS:
        assert f"](images/world/{name}.svg)" in DOCUMENT.read_text()


def test_every_claim_is_drawn_small(results: Path, tmp_path: Path) -> None:
    drawn = draw(results, tmp_path / "pictures")
    assert {file.stem for file in drawn} == set(CLAIMS)
    for file in drawn:
        ElementTree.fromstring(file.read_text())
        assert file.stat().st_size < 60_000
    assert stale(results, tmp_path / "pictures") == []


def test_a_picture_of_other_numbers_is_stale(results: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    draw(results, pictures)
    (results / "verdict.json").write_text(json.dumps(by_track(champion={**VERDICT, "auroc_out_of_range": 0.5})))
    assert stale(results, pictures) == ["verdict"]
    (pictures / "horizon.svg").unlink()
    assert stale(results, pictures) == ["horizon", "verdict"]


def test_what_was_not_measured_is_neither_drawn_nor_stale(results: Path, tmp_path: Path) -> None:
    (results / "abduction.json").unlink()
    (results / "verdict.json").write_text(json.dumps({**by_track(), "tracks": {"lab": {}}}))
    drawn = {file.stem for file in draw(results, tmp_path / "pictures")}
    assert drawn == set(CLAIMS) - {"abduction", "verdict"}
    assert stale(results, tmp_path / "pictures") == []


def test_a_score_has_the_height_of_its_bar(reports: dict[str, Any]) -> None:
    panel = panels_whatif.accuracy(reports["tracks"]).axes[0]
    assert [bar.get_height() for bar in panel.patches] == [0.25, 0.25]


def test_the_effects_error_is_a_share_of_the_true_effect(reports: dict[str, Any]) -> None:
    panels = panels_whatif.horizon(reports["horizon"]).axes
    shares = [line.get_ydata() for panel in panels if "effect" in panel.get_ylabel() for line in panel.lines]
    assert shares[0] == pytest.approx([0.1, 0.2, 0.3])


def test_a_strip_has_a_cell_for_each_detector_and_fault(reports: dict[str, Any]) -> None:
    panel = panels_detection.faults(reports["faults_tep"]).axes[0]
    assert panel.images[0].get_array().tolist() == [[1.0, 0.25], [1.0, 0.25]]
    assert [text.get_text() for text in panel.get_yticklabels()] == ["Foretell  0.62", "PCA  0.62"]


def test_the_best_family_of_a_move_is_bold(reports: dict[str, Any]) -> None:
    worse = {**KINDS, "a": {**KINDS["a"], "effect_r2": 0.5}}
    reports["families"]["results"]["arx"] = {**reports["families"]["results"]["arx"], "by_kind": worse}
    told = tables_world.families(reports["families"])
    assert "| `a` | 5 | 0.500 | **0.950** |" in told
    assert "| `b` | 5 | **0.950** | **0.950** |" in told
    assert any(line.startswith("| `linear`, 1 member | 0.250 |") for line in told)


def test_tables_hold_the_numbers(reports: dict[str, Any]) -> None:
    assert "| lab | 0.93 | 0.50 | 0.020 (7) / – / – | – / – / – |" in tables_world.verdict(reports["verdict"])
    assert "| lab | 4 | 0.400 | 0.200 | 0.500 | 0.100 | 0.90 | 0.90 |" in tables_world.abduction(reports["abduction"])
    assert "| mean | 0.62 | 0.62 | 0.62 | 0.62 |" in tables_world.faults(reports["faults_tep"])
    told = tables_world.horizon(reports["horizon"])
    assert "| lab | Foretell | 0.100 | 0.200 | 0.300 | 0.010 | 0.020 | 0.030 |" in told
    assert "| lab | `a` | 0.200 | 0.200 | 0.950 | 0.950 | 0.80 |" in tables_world.kinds(reports["reliability"])


def test_only_what_stands_between_the_markers_is_renewed() -> None:
    document = "a\n<!-- x -->\nold\n<!-- /x -->\nb <!-- y --> c"
    assert renewed(document, {"x": "new"}) == "a\n<!-- x -->\nnew\n<!-- /x -->\nb <!-- y --> c"
    with pytest.raises(ValueError, match="not enough values"):
        renewed(document, {"z": "new"})


def test_the_reports_lie_where_the_benches_write_them() -> None:
    assert (RESULTS / "tracks.json").exists()
