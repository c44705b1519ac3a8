"""What the historian on a server keeps to beyond its protocol: nothing half done, nothing twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, text

from twin.clock import Span
from twin.errors import StoreUnavailable
from twin.historian import books, latest, partitions, writing
from twin.historian.bulk import driver
from twin.historian.server import Kind, server_kind
from twin.historian.tables import METADATA
from twin.historian.timescale import PostgresHistorian
from twin.historian.units import WIDEST
from twin.plant import Asset, Plant, Tag, TagRole
from twin.protocols import WriteResult
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TAGS = ("level", "flow", "purity", "sp.level", "mv.valve")


def sample(tag: str, minutes: float, value: float, quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, NOON + minutes * MINUTE, value, quality)


def batch(*samples: Sample) -> SampleBatch:
    return SampleBatch.of(samples)


def minutes(*numbers: float) -> np.ndarray:
    return np.array([(NOON + number * MINUTE).replace(tzinfo=None) for number in numbers], "M8[us]")


def whole(*numbers: float, tags: tuple[str, ...] = TAGS) -> SnapshotBatch:
    value = np.repeat(np.array(numbers, np.float64)[:, None], len(tags), axis=1)
    return SnapshotBatch(tags, minutes(*numbers), value)


def rows(engine: Engine, query: str) -> list[tuple]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def contents(engine: Engine) -> dict[str, list[tuple]]:
    kept = [table.name for table in METADATA.sorted_tables if table.name != "tag"]
    return {name: sorted(rows(engine, f"SELECT * FROM {name}"), key=str) for name in kept}


def is_timescale(engine: Engine) -> bool:
    with engine.connect() as connection:
        return server_kind(connection) is Kind.TIMESCALE


STEPS = {
    "lock_latest": writing,
    "insert_samples": writing,
    "merge_snapshots": writing,
    "update_latest": books,
    "mark_dirty": books,
    "keep_moves": books,
    "note_backfill": books,
}


@pytest.mark.parametrize("step", STEPS)
def test_a_write_that_is_cut_off_anywhere_leaves_nothing_half_done(native_engine, small_plant, monkeypatch, step):
    historian = PostgresHistorian(native_engine, small_plant)
    historian.write(batch(sample("sp.level", -2, 1.0)))
    historian.write_snapshots(whole(1.0, 5.0))
    mixed = batch(
        sample("level", 6, 6.0), sample("flow", 5, 9.0), sample("sp.level", 3, 3.0), sample("level", -9000, 0.0)
    )
    before = contents(native_engine)
    original = getattr(STEPS[step], step)

    def cut_off(connection, *arguments):
        original(connection, *arguments)
        below = driver(connection) if isinstance(connection, Connection) else connection
        below.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patched:
        patched.setattr(STEPS[step], step, cut_off)
        with pytest.raises(StoreUnavailable):
            historian.write(mixed)
    assert contents(native_engine) == before
    assert historian.write(mixed) == WriteResult(3, 0, 1)


def test_a_write_that_lost_a_deadlock_is_run_again(native_engine, small_plant, monkeypatch):
    historian = PostgresHistorian(native_engine, small_plant)
    historian.write(batch(sample("level", 1, 1.0), sample("flow", 1, 1.0)))
    reached, may_go_on, original = threading.Event(), threading.Event(), writing.insert_samples

    def late(connection, *arguments):
        if not reached.is_set():
            reached.set()
            may_go_on.wait(60)
            connection.execute(text("LOCK TABLE feedback"))
        return original(connection, *arguments)

    monkeypatch.setattr(writing, "insert_samples", late)
    with ThreadPoolExecutor(1) as pool, native_engine.begin() as other:
        written = pool.submit(historian.write, batch(sample("level", 2, 2.0)))
        assert reached.wait(60)
        other.execute(text("LOCK TABLE feedback"))
        may_go_on.set()
        while not rows(native_engine, "SELECT 1 FROM pg_locks WHERE NOT granted"):
            pass
        other.execute(text("SELECT * FROM latest FOR UPDATE"))  # who waits first finds the deadlock and gives way
        other.rollback()
    assert written.result() == WriteResult(1, 0)


def test_what_a_correction_replaced_is_remembered_with_the_times_it_was_known(any_engine, small_plant):
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write(batch(sample("level", 1, 1.0), sample("level", 2, float("nan"))))
    historian.write_snapshots(whole(5.0))
    stored = dict(rows(any_engine, "SELECT time, stored_at FROM reading"))
    historian.write(batch(sample("level", 1, 7.0), sample("level", 2, 8.0), sample("level", 5, 9.0)))
    corrected = dict(rows(any_engine, "SELECT time, stored_at FROM reading WHERE value IN (7, 8, 9)"))
    remembered = rows(any_engine, "SELECT time, value, quality, stored_at, replaced_at FROM correction ORDER BY time")
    assert [(time, value, quality) for time, value, quality, _, _ in remembered] == [
        (NOON + 1 * MINUTE, 1.0, 2),
        (NOON + 2 * MINUTE, None, 0),
        (NOON + 5 * MINUTE, 5.0, 2),
    ]
    for time, _, _, stored_at, replaced_at in remembered:
        assert stored_at == stored[time] < replaced_at == corrected[time]


def test_a_sample_that_joins_a_unit_later_was_not_known_before(any_engine, small_plant):
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write_snapshots(whole(1.0))
    historian.write(batch(sample("flow", 2, 2.0)))
    historian.write(batch(sample("level", 2, 3.0)))
    known = dict(rows(any_engine, "SELECT value, stored_at FROM reading WHERE value > 1"))
    assert known[2.0] < known[3.0]


def test_no_key_is_in_both_tables(any_engine, small_plant):
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write(batch(sample("level", 3, 3.0), sample("flow", 9, 9.0)))
    historian.write_snapshots(whole(1.0, 3.0, 8.0, 9.0, 10.0))
    historian.write(batch(*(sample(tag, minute, minute) for tag in TAGS for minute in range(12))))
    twice = "SELECT tag_id, time FROM reading GROUP BY 1, 2 HAVING count(*) > 1"
    assert rows(any_engine, twice) == []
    assert rows(any_engine, "SELECT count(*) FROM reading") == [(12 * 5,)]
    assert rows(any_engine, "SELECT count(*) FROM snapshot WHERE time > '2026-03-01T12:09Z'") == [(2,)]


def test_writers_of_the_same_tags_wait_for_one_another(native_engine, small_plant):
    historians = [PostgresHistorian(native_engine, small_plant) for _ in range(4)]

    def write(number: int) -> list[WriteResult]:
        mine = [
            batch(*(sample(tag, minute, 10 * (minute // 3) + number) for tag in TAGS[:: 1 if number % 2 else -1]))
            for minute in range(12)
        ]
        every = [historians[number].write(part) for part in mine[number:] + mine[:number]]
        return [*every, historians[number].write_snapshots(whole(20.0 + number, 21.0))]

    with ThreadPoolExecutor(4) as pool:
        results = [result for part in pool.map(write, range(4)) for result in part]
    assert sum(result.written for result in results) == (12 + 4) * 5
    assert sum(result.written + result.duplicates + result.corrected for result in results) == 4 * 14 * 5
    assert rows(native_engine, "SELECT tag_id, time FROM reading GROUP BY 1, 2 HAVING count(*) > 1") == []
    last = "SELECT DISTINCT ON (tag_id) tag_id, time, value FROM reading ORDER BY tag_id, time DESC"
    assert rows(native_engine, "SELECT tag_id, time, value FROM latest ORDER BY tag_id") == rows(native_engine, last)
    assert rows(native_engine, "SELECT * FROM grafana.move ORDER BY tag, time") == rows(
        native_engine,
        """SELECT time, tag, before, after, unit FROM (
            SELECT r.time, t.name AS tag, r.value AS after, t.unit,
                lag(r.value) OVER (PARTITION BY r.tag_id ORDER BY r.time) AS before
            FROM reading r JOIN tag t ON t.id = r.tag_id WHERE t.movable AND r.quality = 2) g
        WHERE before <> after ORDER BY tag, time""",
    )


WAITS = {
    "of the same tag": ("insert_samples", writing, [sample("sp.level", 5, 60.0)], [sample("sp.level", 3, 55.0)]),
    "of very many tags": ("insert_samples", writing, [sample("sp.level", 5, 60.0)], [sample("sp.level", 3, 55.0)]),
    "of the same unit": ("merge_snapshots", writing, [sample("level", 10, 1.0)], [sample("flow", 10, 2.0)]),
    "of the past": ("note_backfill", books, [sample("purity", -5, 1.0)], [sample("mv.valve", -5, 2.0)]),
}


@pytest.mark.parametrize("case", WAITS)
def test_a_second_writer_waits_for_the_first(native_engine, small_plant, monkeypatch, case):
    step, module, first_rows, second_rows = WAITS[case]
    historians = [PostgresHistorian(native_engine, small_plant) for _ in range(2)]
    historians[0].write(batch(*(sample(tag, 0, 50.0) for tag in TAGS)))
    if case == "of the same unit":
        historians[0].write_snapshots(whole(10.0))
    if case == "of very many tags":
        monkeypatch.setattr(latest, "_MANY", 0)
    arrived, may_go_on, original = threading.Event(), threading.Event(), getattr(module, step)

    def pause(*arguments):
        result = original(*arguments)
        if not arrived.is_set():
            arrived.set()
            may_go_on.wait(60)
        return result

    monkeypatch.setattr(module, step, pause)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(historians[0].write, batch(*first_rows))
        assert arrived.wait(60)
        second = pool.submit(historians[1].write, batch(*second_rows))
        while not second.done() and not rows(native_engine, "SELECT 1 FROM pg_locks WHERE NOT granted"):
            pass
        went_ahead = second.done()
        may_go_on.set()
    assert not went_ahead
    if case == "of the same unit":
        assert first.result() == second.result() == WriteResult(0, 0, 1)
        assert [historians[0].latest()[tag].value for tag in TAGS] == [1.0, 2.0, 10.0, 10.0, 10.0]
        assert rows(native_engine, "SELECT count(*) FROM reading WHERE value IN (1, 2)") == [(2,)]
        return
    assert first.result() == second.result() == WriteResult(1, 0)
    assert rows(native_engine, "SELECT count(*), count(DISTINCT (tag_id, time)) FROM reading") == [(7, 7)]
    moves = [
        (before, move.value) for move, before in historians[0].changes(["sp.level"], Span(NOON, NOON + 9 * MINUTE))
    ]
    assert moves == ([] if case == "of the past" else [(50.0, 55.0), (55.0, 60.0)])


def test_a_unit_that_another_process_made_is_known(native_engine, small_plant):
    one, other = (PostgresHistorian(native_engine, small_plant) for _ in range(2))
    other.write(batch(sample("level", 0, 0.0)))
    one.write_snapshots(whole(1.0))
    assert other.write(batch(sample("level", 2, 2.0))) == WriteResult(1, 0)
    assert rows(native_engine, "SELECT count(*) FROM sample") == [(1,)]
    assert one.write_snapshots(whole(2.0)) == WriteResult(4, 1)


def test_late_and_corrected_samples_reach_the_columnstore(any_engine, small_plant):
    if not is_timescale(any_engine):
        pytest.skip("only TimescaleDB has a columnstore")
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write(batch(*(sample(tag, minute, minute) for tag in ("level", "flow") for minute in range(0, 600, 2))))
    historian.write_snapshots(whole(*range(601, 700), tags=TAGS))
    for table in ("sample", "snapshot"):
        assert rows(any_engine, f"SELECT compress_chunk(c) FROM show_chunks('{table}') c")
    late = batch(sample("level", 2, 2.0), sample("level", 4, -4.0), sample("level", 5, 5.0), sample("purity", 5, 1.0))
    assert historian.write(late) == WriteResult(2, 1, 1)
    assert historian.write(batch(sample("flow", 650, -650.0), sample("flow", 650.5, 1.0))) == WriteResult(1, 0, 1)
    assert historian.write(batch(sample("sp.level", 650, -650.0))) == WriteResult(0, 0, 1)
    assert historian.write_snapshots(whole(*range(601, 701))) == WriteResult(5, 99 * 5 - 2, 2)
    assert rows(any_engine, "SELECT count(*), count(DISTINCT (tag_id, time)) FROM reading") == [
        (600 + 99 * 5 + 8,) * 2
    ]
    assert rows(any_engine, "SELECT value FROM correction ORDER BY value") == [
        (-650.0,),
        (-650.0,),
        (4.0,),
        (650.0,),
        (650.0,),
    ]
    ordered = rows(any_engine, "SELECT * FROM reading ORDER BY tag_id, time")
    assert ordered == sorted(ordered, key=lambda row: (row[1], row[0]))
    span = Span(NOON + 3 * MINUTE, NOON + 7 * MINUTE)
    assert [row.value for row in historian.samples("level", span)] == [-4.0, 5.0, 6.0]


def test_samples_newer_than_the_latest_value_says_are_found_all_the_same(any_engine, small_plant):
    historian = PostgresHistorian(any_engine, small_plant)
    historian.write(batch(sample("level", 1, 1.0), sample("level", 5, 5.0)))
    with any_engine.begin() as connection:
        connection.execute(text("UPDATE latest SET time = time - INTERVAL '3 minutes'"))
    assert historian.write(batch(sample("level", 5, 6.0), sample("level", 6, 6.0))) == WriteResult(1, 0, 1)
    assert historian.latest()["level"] == sample("level", 6, 6.0)


def test_more_days_than_one_transaction_takes_are_stored_all_the_same(emptied_engine, small_plant, monkeypatch):
    monkeypatch.setattr(partitions, "LOCKED_AT_ONCE", 20)
    historian = PostgresHistorian(emptied_engine, small_plant)
    days = [Sample("level", NOON - timedelta(days=day), float(day)) for day in range(70)]
    assert historian.write(SampleBatch.of(days)) == WriteResult(70, 0)
    assert historian.write(SampleBatch.of(days[::-1])) == WriteResult(0, 70)
    assert rows(emptied_engine, "SELECT count(*), count(DISTINCT tableoid) FROM sample") == [(70, 70)]
    assert len(rows(emptied_engine, "SELECT DISTINCT stored_at FROM sample")) == 4


def test_a_partition_that_was_dropped_is_made_again(emptied_engine, small_plant):
    historian = PostgresHistorian(emptied_engine, small_plant)
    historian.write(batch(sample("level", 1, 1.0)))
    with emptied_engine.begin() as connection:
        connection.execute(text("DROP TABLE partition.sample_20260301"))
    assert historian.write(batch(sample("level", 2, 2.0))) == WriteResult(1, 0)


def test_processes_that_need_the_same_days_make_them_once(emptied_engine, small_plant):
    moments = [NOON - timedelta(days=9000 + day) for day in range(30)]

    def write(tag: str) -> WriteResult:
        return PostgresHistorian(emptied_engine, small_plant).write(
            SampleBatch.of([Sample(tag, moment, 1.0) for moment in moments])
        )

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, TAGS[:4])) == [WriteResult(30, 0)] * 4


def test_a_wide_unit_is_split_so_that_its_rows_stay_in_line(emptied_engine):
    width = 3 * WIDEST - 1
    tags = tuple(Tag(f"T{i}", "site", TagRole.MEASURED, "%", "one of many", 0.0, 1e9, MINUTE) for i in range(width))
    wide = Plant("wide", "", ZoneInfo("UTC"), MINUTE, "night", (), (Asset("site", "all", None),), tags)
    historian = PostgresHistorian(emptied_engine, wide)
    values = np.arange(2.0 * width).reshape(2, width)
    quality = np.full((2, width), Quality.UNCERTAIN, np.int8)
    batch = SnapshotBatch(tuple(tag.name for tag in tags), minutes(1, 2), values, quality)
    assert historian.write_snapshots(batch) == WriteResult(2 * width, 0)
    assert [historian.latest()[f"T{i}"].value for i in (0, 200, width - 1)] == [width, width + 200, 2 * width - 1]
    (largest,) = rows(emptied_engine, "SELECT max(pg_column_size(s.*)) FROM snapshot s")
    assert largest[0] < 2000
