"""The way in, looked at over REST."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import AppState
from api.metrics import Metrics
from ingest.dead_letters import Refused
from ingest.pipeline import Pipeline
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.sample import Sample, SampleBatch

from .conftest import NOW


@pytest.fixture
def pipeline(state: AppState, tmp_path: Path) -> Iterator[Pipeline]:
    """A pipeline with a folder for what it refuses."""
    with Pipeline(state.twin.plant, state.twin.historian, clock=state.twin.clock, state=tmp_path / "in") as pipeline:
        yield pipeline


@pytest.fixture
def client(state: AppState, pipeline: Pipeline) -> TestClient:
    app = create_app(replace(state, pipeline=pipeline, metrics=Metrics()))
    return TestClient(app, headers={"Authorization": f"Bearer {state.api_key}"}, raise_server_exceptions=False)


def refused(tag: str, minute: int = 1) -> Refused:
    batch = SampleBatch.of([Sample(tag, NOW - timedelta(minutes=minute), 50.0)])
    return Refused("line", "unknown tag", f"there is no tag {tag}", batch)


def test_the_status_tells_of_sources_spool_and_dead_letters(client: TestClient, pipeline: Pipeline) -> None:
    pipeline.accept(SampleBatch.of([Sample("level", NOW - timedelta(seconds=30), 50.0)]), source="line")
    pipeline.dead_letters.add([refused("LT-9"), Refused("line", "not JSON", "it is not", payload=b"{")])
    status = client.get("/v1/ingest").json()
    [line] = status["sources"]
    assert (line["name"], line["accepted"], line["lag_s"], line["connected"]) == ("line", 1, 30.0, None)
    assert status["spool"] == {"samples": 0, "bytes": 0, "limit_bytes": pipeline.config.spool_limit}
    assert status["dead_letters"]["by_reason"] == {"unknown tag": 1, "not JSON": 1}
    assert status["silent"] == []


def test_a_silent_tag_is_in_the_status_and_in_the_metrics(client: TestClient, state: AppState) -> None:
    part = Contribution(tag="flow", share=1.0, peak_sigma=0.0, first_seen=NOW - timedelta(hours=1))
    silence = EventFrame(
        id="silence-1",
        kind=Kind.SILENCE,
        severity=Severity.MEDIUM,
        start=NOW - timedelta(hours=1),
        end=None,
        detected_at=NOW - timedelta(minutes=50),
        score=2.0,
        contributions=(part,),
        first_mover="flow",
        asset="tank",
        model_version="silence-rule",
        message="flow has been silent since 08:00",
    )
    state.twin.events.put([silence])
    assert client.get("/v1/ingest").json()["silent"][0]["tags"] == ["flow"]
    assert "foretell_silent_tags 1.0" in client.get("/metrics").text


def test_dead_letters_are_listed_tried_again_and_purged(client: TestClient, pipeline: Pipeline) -> None:
    pipeline.dead_letters.add([refused("level"), refused("LT-9"), Refused("x", "not JSON", "no", payload=b"\xff{")])
    listed = client.get("/v1/ingest/dead-letters", params={"limit": 2}).json()["letters"]
    assert [(letter["reason"], letter["samples"]) for letter in listed] == [("unknown tag", 1), ("unknown tag", 1)]
    rest = client.get("/v1/ingest/dead-letters", params={"after": listed[-1]["number"]}).json()["letters"]
    assert rest[0]["payload"] == "�{"
    again = client.post("/v1/ingest/dead-letters/replay").json()
    assert (again["stored"], again["refused"], again["unreadable"]) == (1, {"unknown tag": 1}, 1)
    assert client.delete("/v1/ingest/dead-letters", params={"source": "x"}).json() == {"letters": 1}
    assert client.get("/v1/ingest").json()["dead_letters"]["samples"] == 1


def test_the_metrics_are_told_source_by_source(client: TestClient, pipeline: Pipeline) -> None:
    pipeline.accept(SampleBatch.of([Sample("level", NOW - timedelta(seconds=30), 50.0)]), source="line")
    text = client.get("/metrics").text
    assert 'foretell_samples_accepted_total{source="line"} 1.0' in text
    assert 'foretell_source_lag_seconds{source="line"} 30.0' in text
    assert "foretell_source_connected{" not in text
