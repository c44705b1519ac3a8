"""Tables of docs/language.md are those of the results."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.readme_language import DOCUMENT, NOT_MEASURED, sections, updated

FIGURES = {
    "items": 4,
    "planned": 2,
    "intent": 0.5,
    "plan": 0.25,
    "right": 0.75,
    "exact": 1.0,
    "over_claims": 3,
    "unsupported": 2,
}
KIND = {"precision": 0.9, "recall": None, "of": 2}
FOUND: dict[str, Any] = {
    **FIGURES,
    "declined": KIND,
    "fields": {"window": {"right": 0.8, "of": 5}, "describe.window": {"right": 0.1, "of": 1}},
    **{group: {"one": FIGURES} for group in ("by_plant", "by_style", "by_intent", "by_language")},
    "calibration": {"ece": 0.0312, "bins": [{"stated": 0.95, "right": 0.9, "of": 7}]},
    "ms": {stage: {"p50": 20.4, "p99": 80.6} for stage in ("all", "read", "run", "word", "besides_run")},
}
REPORT = {"date": "2026-11-23", "cpus": 2, "versions": {"foretell": "0.1.0"}, "seconds": 9.0}


def written(folder: Path, name: str, **found: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps(REPORT | found))


def test_the_page_holds_the_numbers_of_the_results() -> None:
    page = DOCUMENT.read_text()
    assert updated(page) == page, "stale: run `python -m bench.readme_language`"


def test_a_row_a_set_and_engine_and_the_parts_of_the_held_back_set(tmp_path: Path) -> None:
    written(tmp_path, "questions_rules", sets={"dev": {**FOUND, "items": 5}, "test": FOUND})
    told = sections(tmp_path)["questions"]
    figures = "50.0 % | 25.0 % | 75.0 % | 100.0 % | 3 | 2"
    assert f"| held back | rules | 4 | {figures} | 90.0 % | – | 0.031 |" in told
    assert f"| development | rules | 5 | {figures} | 90.0 % | – | 0.031 |" in told
    assert f"| one | 4 | {figures} |" in told
    assert "**By kind**: held back questions, read by rules." in told
    assert "| window | 5 | 80.0 % |" in told
    assert "describe.window" not in told
    assert "| rules | 20 / 81 |" in told
    assert "2026-11-23, 2 cores, 9 s; foretell 0.1.0" in told


def test_corruptions_are_counted(tmp_path: Path) -> None:
    corruptions = {
        "all": {"planted": 100, "caught": 99, "share": 0.99},
        "unit": {"planted": 40, "caught": 39, "share": 0.975},
    }
    rejections = {"all": {"true": 200, "rejected": 1, "share": 0.005}}
    milliseconds = {"p50": 1.25, "p99": 9.5, "checks": 300}
    written(
        tmp_path,
        "grounding",
        corruptions=corruptions,
        false_rejections=rejections,
        milliseconds=milliseconds,
    )
    told = sections(tmp_path)["grounding"]
    assert "99 of 100 planted corruptions caught (99.0 %), 1 of 200 true sentences rejected (0.50 %)" in told
    assert "1.25 ms a check" in told
    assert "| unit | 40 | 97.5 % |" in told


def test_results_that_are_missing_are_told(tmp_path: Path) -> None:
    assert sections(tmp_path) == {"questions": NOT_MEASURED, "grounding": NOT_MEASURED}
    with pytest.raises(ValueError, match="not enough values"):
        updated("no markers", tmp_path)
