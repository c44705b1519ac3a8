"""What the historian on Postgres says when the database is away or is somebody else's."""

import dataclasses
import socket
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from twin.clock import Span
from twin.errors import ConfigurationError, StoreUnavailable
from twin.event import Feedback
from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.migrations import check_schema, migrate
from twin.historian.timescale import PostgresHistorian
from twin.protocols import ScoreSeries
from twin.sample import Sample, SampleBatch
from twin.world import Residual

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPAN = Span(NOON, NOON + timedelta(hours=1))
STEP = timedelta(minutes=3)
NO_ROWS = np.empty((0, 0))
NO_TIME = np.empty(0, "M8[us]")

HISTORIAN_CALLS = {
    "write": lambda historian: historian.write(SampleBatch.of([Sample("level", NOON, 1.0)])),
    "window": lambda historian: historian.window(["level"], SPAN, STEP),
    "samples": lambda historian: historian.samples("level", SPAN),
    "latest": lambda historian: historian.latest(),
    "statistics": lambda historian: historian.statistics(["level"], SPAN),
    "extent": lambda historian: historian.extent(),
    "changes": lambda historian: historian.changes(["level"], SPAN),
}
LOG_CALLS = {
    "get": lambda log: log.get("e1"),
    "between": lambda log: log.between(SPAN),
    "record": lambda log: log.record(
        "m1", ScoreSeries(NO_TIME, NO_ROWS[:, 0:0].ravel()), Residual((), NO_TIME, NO_ROWS, NO_ROWS, NO_ROWS)
    ),
    "scores": lambda log: log.scores(SPAN),
    "predictions": lambda log: log.predictions("level", SPAN),
    "newest_predictions": lambda log: log.newest_predictions(SPAN),
    "add_feedback": lambda log: log.add_feedback(Feedback(event_id="e1", time=NOON, label="true")),
    "feedback": lambda log: log.feedback("e1"),
}


@pytest.fixture
def away():
    """An engine on a port where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        engine = open_engine(f"postgresql://somebody:hunter2@127.0.0.1:{taken.getsockname()[1]}/plant")
        yield engine
        engine.dispose()


@pytest.mark.parametrize("call", HISTORIAN_CALLS.values(), ids=HISTORIAN_CALLS)
def test_every_method_of_the_historian_says_that_the_store_is_away(away, small_plant, call):
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:\d+/plant"):
        call(PostgresHistorian(away, small_plant))


@pytest.mark.parametrize("call", LOG_CALLS.values(), ids=LOG_CALLS)
def test_every_method_of_the_event_log_says_that_the_store_is_away(away, call):
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:\d+/plant"):
        call(PostgresEventLog(away))


@pytest.mark.parametrize("call", [migrate, check_schema])
def test_the_password_is_never_in_the_text(away, call):
    with pytest.raises(StoreUnavailable) as raised:
        call(away)
    assert "hunter2" not in str(raised.value)
    assert "hunter2" not in repr(raised.value.__cause__)


@pytest.mark.integration
def test_a_wrong_password_is_not_repeated(postgres_url):
    engine = open_engine(postgres_url.replace("foretell:", "foretell:hunter2"))
    with pytest.raises(StoreUnavailable, match="password authentication failed") as raised:
        check_schema(engine)
    assert "hunter2" not in str(raised.value)


def test_a_url_of_another_database_is_refused():
    with pytest.raises(ConfigurationError, match="needs Postgres, not sqlite"):
        open_engine("sqlite:///plant.db")


def test_a_url_that_cannot_be_read_is_not_repeated():
    with pytest.raises(ConfigurationError, match="postgresql://user:password@host") as raised:
        open_engine("somebody:hunter2@plant")
    assert "hunter2" not in str(raised.value)


@pytest.mark.integration
def test_the_historian_goes_on_after_the_connection_was_cut(engine, small_plant):
    migrate(engine)
    historian = PostgresHistorian(engine, small_plant)
    historian.write(SampleBatch.of([Sample("level", NOON, 1.0)]))
    cutter = open_engine(engine.url.render_as_string(hide_password=False))
    with cutter.begin() as connection:
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = CURRENT_USER"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    cutter.dispose()
    assert historian.latest()["level"].value == 1.0


@pytest.mark.integration
def test_a_tag_that_is_stored_in_another_unit_is_refused(engine, small_plant):
    migrate(engine)
    PostgresHistorian(engine, small_plant).extent()
    first, *rest = small_plant.tags
    other = dataclasses.replace(small_plant, tags=(dataclasses.replace(first, unit="mm"), *rest))
    with pytest.raises(ConfigurationError, match="level is stored in %, but the plant file says mm"):
        PostgresHistorian(engine, other).extent()
