"""The database is looked after while it is in use, on every kind of server."""

import dataclasses
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, text

from twin.clock import FixedClock, Span
from twin.historian.connection import open_engine
from twin.historian.events import PostgresEventLog
from twin.historian.ingest_log import PostgresIngestLog
from twin.historian.journal import PostgresJournal
from twin.historian.maintenance import CHUNK_ROWS, Maintenance, chunk_width
from twin.historian.server import Kind, server_kind
from twin.historian.tables import MODEL_HEALTH
from twin.historian.timescale import PostgresHistorian
from twin.intake import IngestStatus
from twin.journal import AlertNotice
from twin.plant import Retention, TagRole
from twin.sample import Sample, SampleBatch, SnapshotBatch

NOW = datetime(2026, 6, 1, 10, 30, tzinfo=UTC)
DAY = timedelta(days=1)
EVER = Span(NOW - 400 * DAY, NOW + DAY)
MONTH = Retention(samples=30 * DAY, rollups=60 * DAY)


def write(engine, plant, days: float, *tags: str, value: float = 1.0) -> None:
    samples = [Sample(tag, NOW - timedelta(days=days), value) for tag in tags]
    PostgresHistorian(engine, plant).write(SampleBatch.of(samples))


def ages(engine, plant, tag: str) -> list[int]:
    """Days ago of its samples."""
    return [(NOW - sample.time) // DAY for sample in PostgresHistorian(engine, plant).samples(tag, EVER)]


def rolled_up(engine, plant, tag: str) -> dict[int, tuple[int, float]]:
    """Days ago, count and mean of its days."""
    series = PostgresHistorian(engine, plant).series([tag], EVER, resolution=DAY)
    ago = (NOW.date() - series.time.astype("M8[D]").astype(object)).tolist()
    rows = zip(ago, series.count[:, 0].tolist(), series.mean[:, 0].tolist(), strict=True)
    return {day.days: (count, mean) for day, count, mean in rows if count}


def maintain(engine, plant, now: datetime = NOW) -> None:
    assert Maintenance(engine, plant, FixedClock(now)).step()


@pytest.fixture
def plant(small_plant):
    """Keeps what is measured for a month, and its rollups for two; the rest for ever."""
    return dataclasses.replace(small_plant, retention={TagRole.MEASURED: MONTH})


@pytest.fixture
def short_plant(small_plant):
    """Keeps everything for a month."""
    return dataclasses.replace(small_plant, retention=dict.fromkeys(TagRole, MONTH))


def count(engine, query: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def test_what_is_marked_is_rolled_up(any_engine, small_plant):
    write(any_engine, small_plant, 3, "level")
    maintain(any_engine, small_plant)
    assert count(any_engine, "SELECT count(*) FROM rollup_dirty") == 0
    assert count(any_engine, "SELECT count(*) FROM kept_1d") == 1


def test_samples_past_their_roles_retention_go_and_others_stay(any_engine, plant):
    for days in (1, 29, 32, 59, 90):
        write(any_engine, plant, days, "level", "purity")
    maintain(any_engine, plant)
    assert ages(any_engine, plant, "level") == [29, 1]
    assert ages(any_engine, plant, "purity") == [90, 59, 32, 29, 1]


def test_rollups_outlive_their_samples(any_engine, plant):
    for days in (1, 32, 59, 90):
        write(any_engine, plant, days, "level", "purity")
    maintain(any_engine, plant)
    assert sorted(rolled_up(any_engine, plant, "level")) == [1, 32, 59]
    assert sorted(rolled_up(any_engine, plant, "purity")) == [1, 32, 59, 90]


def test_a_sample_that_comes_after_its_neighbours_have_gone_leaves_their_rollup_alone(any_engine, plant):
    write(any_engine, plant, 40, "level", value=5.0)
    maintain(any_engine, plant)
    write(any_engine, plant, 40.001, "level", value=9.0)
    maintain(any_engine, plant)
    assert rolled_up(any_engine, plant, "level") == {40: (1, 5.0)}


def test_whole_partitions_and_chunks_go_when_everything_in_them_is_past(any_engine, short_plant):
    for days in (1, 50, 51, 90):
        write(any_engine, short_plant, days, "level", "sp.level")
    stretches = "SELECT count(*) FROM pg_class WHERE relname ~ '^(sample_2026|_hyper_.*_chunk$)' AND relkind = 'r'"
    before = count(any_engine, stretches)
    maintain(any_engine, short_plant)
    assert ages(any_engine, short_plant, "sp.level") == [1]
    assert count(any_engine, stretches) <= before - 3 + (3 + 3)  # plain Postgres has made some ahead
    assert count(any_engine, "SELECT count(*) FROM sample") == 2
    write(any_engine, short_plant, 20, "level")
    assert ages(any_engine, short_plant, "level") == [20, 1]


def test_a_unit_is_kept_as_long_as_its_longest_kept_tag(any_engine, plant, short_plant):
    tags = tuple(tag.name for tag in plant.tags)
    time = SampleBatch.of([Sample("level", NOW - days * DAY, 0.0) for days in (90, 1)]).time
    PostgresHistorian(any_engine, plant).write_snapshots(SnapshotBatch(tags, time, np.ones((2, 5))))
    maintain(any_engine, plant)
    assert ages(any_engine, plant, "level") == [90, 1]
    maintain(any_engine, short_plant)
    assert ages(any_engine, plant, "level") == [1]


def test_corrections_go_with_their_samples(any_engine, plant):
    write(any_engine, plant, 40, "level", value=1.0)
    write(any_engine, plant, 40, "level", value=2.0)
    assert count(any_engine, "SELECT count(*) FROM correction") == 1
    maintain(any_engine, plant)
    assert count(any_engine, "SELECT count(*) FROM correction") == 0


def test_one_process_at_a_time(emptied_engine, small_plant):
    other = open_engine(emptied_engine.url.render_as_string(hide_password=False))
    maintenance = Maintenance(emptied_engine, small_plant, FixedClock(NOW))
    with other.connect() as connection, maintenance._alone() as alone:
        assert alone
        assert not Maintenance(other, small_plant, FixedClock(NOW)).step()
        connection.rollback()
    assert Maintenance(other, small_plant, FixedClock(NOW)).step()
    other.dispose()


def test_it_goes_on_until_it_is_stopped(any_engine, small_plant):
    stop = threading.Event()
    maintenance = Maintenance(any_engine, small_plant, FixedClock(NOW), pause=timedelta(milliseconds=1))
    thread = threading.Thread(target=maintenance.run, args=(stop,))
    thread.start()
    write(any_engine, small_plant, 1, "level")
    while count(any_engine, "SELECT count(*) FROM kept_1d") == 0:
        assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("per_day", "width"),
    [
        (0, 7 * DAY),
        (52 * 86_400, 4 * DAY),
        (520 * 86_400, timedelta(hours=12)),
        (50_000 * 86_400, timedelta(hours=1)),
    ],
)
def test_a_chunk_holds_what_fits(per_day, width):
    assert chunk_width(per_day) == width
    assert width == timedelta(hours=1) or per_day * (width / DAY) <= CHUNK_ROWS


def test_new_chunks_are_as_wide_as_the_measured_rate_wants(any_engine, small_plant):
    with any_engine.connect() as connection:
        if server_kind(connection) is not Kind.TIMESCALE:
            pytest.skip("plain Postgres has partitions by day")
    write(any_engine, small_plant, 0.3, "level")
    maintain(any_engine, small_plant)
    query = "SELECT time_interval FROM timescaledb_information.dimensions WHERE hypertable_name = 'sample'"
    assert count(any_engine, query) == 7 * DAY


def test_partitions_are_there_before_they_are_needed(emptied_engine, small_plant):
    maintain(emptied_engine, small_plant, NOW + 1000 * DAY)
    names = "SELECT count(*) FROM pg_class WHERE relname ~ '^(sample|snapshot)_2029022[56]$'"
    assert (NOW + 1000 * DAY).date().isoformat() == "2029-02-25"
    assert count(emptied_engine, names) == 4


def test_what_sources_models_and_alerts_were_like_is_forgotten_after_400_days(emptied_engine, small_plant):
    old, young = NOW - timedelta(days=401), NOW - timedelta(days=399)
    source = IngestStatus(old, "mqtt", 60.0, True, 0.4, 1, 1, 0, 0, 0, 0)
    ingest_log, journal, ever = PostgresIngestLog(emptied_engine), PostgresJournal(emptied_engine), Span(old, NOW)
    ingest_log.add_ingest([source, dataclasses.replace(source, time=young)])
    for name, moment in (("old", old), ("young", young)):
        told = {"id": name, "received_at": moment, "starts_at": moment}
        journal.add_notice(AlertNotice(**told, status="firing", name="Score", fingerprint="f1"))
    with emptied_engine.begin() as connection:
        connection.execute(
            insert(MODEL_HEALTH),
            [
                {"time": moment, "model_version": "m1", "rows": 1, "drifted": False, "budget_per_week": 1.0}
                for moment in (old, young)
            ],
        )
    maintain(emptied_engine, small_plant)
    assert [row.time for row in ingest_log.ingest(ever)] == [young]
    assert [notice.id for notice in journal.notices(ever)] == ["young"]
    assert [hour.time for hour in PostgresEventLog(emptied_engine).health(ever)] == [young]


def test_after_a_week_the_minutes_of_a_source_become_hours(emptied_engine, small_plant):
    hour = NOW.replace(minute=0) - timedelta(days=7)
    log, ever = PostgresIngestLog(emptied_engine), Span(hour - timedelta(days=1), NOW)
    minutes = [
        IngestStatus(hour + timedelta(minutes=i), "mqtt", 60.0, i != -5, float(abs(i)), 10, 9, 1, abs(i), 0, 0)
        for i in range(-89, 31)
    ]
    log.add_ingest([*minutes, dataclasses.replace(minutes[-1], source="opcua")])
    for _ in range(2):
        maintain(emptied_engine, small_plant)
        first, second, *rest = log.ingest(ever)
        assert [row.time for row in rest if row.source == "mqtt"] == [row.time for row in minutes[90:]]
        assert (first.time, first.seconds, first.read) == (hour - timedelta(hours=1), 30 * 60, 300)
        assert (second.time, second.seconds, second.connected) == (hour, 3600, False)
        assert (second.read, second.accepted, second.rejected, second.lag_s, second.waiting) == (600, 540, 60, 59, 59)
