"""Shift reports: what they hold, in every form, and when they are written."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.dependencies import AppState
from api.report.shifts import ShiftReports
from twin.journal import LogEntry
from twin.protocols import Twin

from .conftest import an_event

HOSTILE = "<script>alert(1)</script> | **bold** [x](javascript:alert(1))"


@pytest.fixture(autouse=True)
def event_of_the_night(state: AppState) -> None:
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    seen = tuple(item.model_copy(update={"first_seen": start}) for item in an_event().contributions)
    times = {"start": start, "end": datetime(2026, 3, 2, 2, 0, tzinfo=UTC), "detected_at": start}
    state.twin.events.put([an_event().model_copy(update={"id": "ev-night", "contributions": seen, **times})])


@pytest.fixture
def night(state: AppState) -> dict[str, Any]:
    """Night shift, whose end is an hour before now; with a note that means no good."""
    state.notebook.journal.add_entry(
        LogEntry(time=datetime(2026, 3, 2, 1, 0, tzinfo=UTC), author="Meyer", text=HOSTILE, tag="level")
    )
    return {"shift": "night", "day": "2026-03-01"}


def test_the_last_completed_shift_is_reported(client: TestClient) -> None:
    report = client.get("/v1/reports/shift").json()
    assert report["shift"] == "night"
    assert report["found"]["anomalies"][0]["id"] == "ev-night"
    assert report["explanations"][0]["first_mover"] == "flow"


def test_the_means_are_against_the_shift_before(client: TestClient) -> None:
    level = client.get("/v1/reports/shift").json()["tags"][0]
    assert level["summary"]["tag"] == "level"
    assert level["before"] == pytest.approx(level["summary"]["mean"], abs=0.1)


def test_markdown_leads_with_the_checked_answer(client: TestClient, night: dict[str, Any]) -> None:
    text = client.get("/v1/reports/shift/md", params=night).text
    assert text.index("Yes: 1 unusual event") < text.index("## Unusual events")
    assert "flow left its prediction" in text


def test_what_people_wrote_is_never_markup(client: TestClient, state: AppState, night: dict[str, Any]) -> None:
    twin: Twin = state.twin
    twin.journal = state.notebook.journal
    page = client.get("/v1/reports/shift/html", params=night).text
    assert "<script" not in page
    assert "javascript:alert" in page
    assert "href" not in page
    assert "<strong>" not in page


def test_a_hostile_event_message_is_never_markup(client: TestClient, state: AppState, night: dict[str, Any]) -> None:
    event = state.twin.events.get("ev-night")
    state.twin.events.put([event.model_copy(update={"message": HOSTILE})])
    page = client.get("/v1/reports/shift/html", params=night).text
    assert "alert(1)" in page
    assert "<script" not in page
    assert "href" not in page
    assert "<strong>" not in page


def test_a_page_has_the_chart_of_the_event(client: TestClient, night: dict[str, Any]) -> None:
    page = client.get("/v1/reports/shift/html", params=night).text
    assert '<polyline class="measured"' in page
    assert '<rect class="event"' in page


def test_a_pdf_is_a_pdf(client: TestClient, night: dict[str, Any]) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError)
    response = client.get("/v1/reports/shift/pdf", params=night)
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("asked", [{"shift": "siesta"}, {"day": "2026-03-01"}])
def test_a_shift_that_is_not_there_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    problem = client.get("/v1/reports/shift", params=asked).json()
    assert problem["field"] == "shift"
    assert "night" in problem["candidates"]


def test_each_shift_is_written_once(state: AppState, tmp_path: Path) -> None:
    settings = state.settings.model_copy(update={"reports_dir": tmp_path / "reports"})
    reports = ShiftReports(state.twin, settings)
    assert [file.name for file in reports.write()] == ["2026-03-01-night.md", "2026-03-01-night.html"]
    assert reports.write() == ()
    (tmp_path / "reports" / "2026-03-01-night.html").unlink()
    assert [file.name for file in reports.write()] == ["2026-03-01-night.html"]
