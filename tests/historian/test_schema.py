"""The database schema and its migrations."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from twin.errors import SchemaMismatch
from twin.event import EventFrame, Kind, Severity
from twin.historian.events import PostgresEventLog
from twin.historian.migrations import check_schema, migrate
from twin.historian.tables import METADATA
from twin.historian.timescale import PostgresHistorian
from twin.protocols import ScoreSeries
from twin.sample import Quality, Sample, SampleBatch
from twin.scenario import LoggedMove
from twin.world import Residual

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def rows(engine, query: str) -> list[dict]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_migrations_make_exactly_the_tables_that_the_code_knows(engine):
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    check_schema(engine)


def test_migrating_again_keeps_what_is_stored(engine, small_plant):
    migrate(engine)
    historian = PostgresHistorian(engine, small_plant)
    historian.write(SampleBatch.of([Sample("level", NOON, 1.0)]))
    migrate(engine)
    assert historian.latest()["level"].value == 1.0


def test_several_processes_may_migrate_at_once(engine):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, engine) for _ in range(4)]:
            done.result()
    check_schema(engine)


@pytest.mark.parametrize("refuses", [migrate, check_schema])
def test_a_newer_schema_is_refused_and_both_revisions_named(engine, refuses):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match=r"revision 9999, newer than \d{4}"):
        refuses(engine)


def test_an_empty_database_is_not_taken_for_a_historian(engine):
    with pytest.raises(SchemaMismatch, match=r"revision none, this Foretell needs \d{4}"):
        check_schema(engine)


@pytest.fixture
def filled(engine, small_plant):
    """A database with samples, moves, scores, predictions and an event."""
    migrate(engine)
    historian, events = PostgresHistorian(engine, small_plant), PostgresEventLog(engine)
    samples = [
        Sample("level", NOON, 41.0),
        Sample("level", NOON + timedelta(minutes=1), float("nan")),
        Sample("level", NOON + timedelta(minutes=2), 43.0, Quality.UNCERTAIN),
        Sample("sp.level", NOON - timedelta(days=9), 40.0),
        Sample("sp.level", NOON, 45.0),
        Sample("sp.level", NOON + timedelta(minutes=1), 45.0),
    ]
    historian.write(SampleBatch.of(samples[:2]))
    historian.write(SampleBatch.of([*samples, Sample("level", NOON + timedelta(minutes=3), float("nan"))]))
    time = np.array(["2026-03-01T12:00"], "M8[us]")
    one = np.array([[40.0]])
    events.record("m1", ScoreSeries(time, np.array([1.25])), Residual(("level",), time, one, one / 20, one / 80))
    move = LoggedMove(tag="sp.level", time=NOON, before=40.0, after=45.0, unit="%")
    frame = EventFrame(
        id="e1",
        kind=Kind.PROCESS,
        severity=Severity.LOW,
        start=NOON,
        end=None,
        detected_at=NOON,
        score=1.25,
        contributions=(),
        first_mover="level",
        asset="tank",
        explained_by=move,
        model_version="m1",
        message="level moves",
    )
    events.put([frame])
    return engine


def test_the_sample_view_names_tag_unit_and_quality(filled):
    seen = rows(filled, "SELECT * FROM grafana.sample WHERE tag = 'level' ORDER BY time")
    assert [(row["value"], row["unit"], row["quality"]) for row in seen] == [
        (41.0, "%", "good"),
        (None, "%", "bad"),
        (43.0, "%", "uncertain"),
        (None, "%", "bad"),
    ]


def test_the_move_view_shows_changes_only(filled):
    assert rows(filled, "SELECT * FROM grafana.move") == [
        {"time": NOON, "tag": "sp.level", "before": 40.0, "after": 45.0, "unit": "%"}
    ]


def test_the_prediction_view_gives_the_90_percent_band(filled):
    (row,) = rows(filled, "SELECT tag, mean, low, high, sigma, unit FROM grafana.prediction")
    assert (row["tag"], row["mean"], row["sigma"], row["unit"]) == ("level", 40.0, 0.5, "%")
    assert (row["low"], row["high"]) == pytest.approx((40 - 1.645 * 2, 40 + 1.645 * 2))


def test_the_score_and_event_views_say_what_was_noticed(filled):
    assert rows(filled, "SELECT * FROM grafana.score") == [{"time": NOON, "score": 1.25, "model_version": "m1"}]
    (event,) = rows(filled, "SELECT id, time, end_time, severity, explained_by FROM grafana.event")
    assert event == {"id": "e1", "time": NOON, "end_time": None, "severity": "low", "explained_by": "sp.level"}


def test_the_tag_view_is_the_plant_file(filled):
    assert rows(filled, "SELECT tag, unit, high, movable FROM grafana.tag WHERE tag = 'flow'") == [
        {"tag": "flow", "unit": "m^3/h", "high": 50.0, "movable": False}
    ]
