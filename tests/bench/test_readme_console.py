"""The timings in docs/console.md are those of the bench."""

import json

from bench.readme_console import DOCUMENT, NOT_MEASURED, updated

FOUND = {"median": 200, "lowest": 150, "highest": 300}
REPORT = {
    "date": "2026-03-03",
    "versions": {"nicegui": "3"},
    "cpus": 2,
    "chromium": "150",
    "rounds": 10,
    "first_paint_ms": {"home": {"empty_cache": {**FOUND, "median": 800}, "full_cache": FOUND}},
    "chart": {"tags": 4, "hours": 24, "points": 5744, "ms": FOUND},
}
PAGE = "before\n<!-- timings -->\nold\n<!-- /timings -->\nafter\n"


def test_every_page_has_its_first_paint_with_and_without_a_cache(tmp_path):
    (tmp_path / "console.json").write_text(json.dumps(REPORT))
    written = updated(PAGE, tmp_path)
    assert "| home | 200 (150 to 300) | 800 (150 to 300) |" in written
    assert "24 h for each of 4 tags (5,744 points in all) is drawn in 200 (150 to 300) ms" in written
    assert "old" not in written


def test_what_was_not_measured_is_said_to_be(tmp_path):
    assert NOT_MEASURED in updated(PAGE, tmp_path)


def test_the_guide_shows_what_was_measured():
    page = DOCUMENT.read_text()
    assert updated(page) == page, "stale: run `python -m bench.readme_console`"
