"""Rollups say what the samples say, refreshed or not, on every kind of server."""

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from twin.historian.rollups import LEVELS, refresh
from twin.historian.tables import ROLLUP_DIRTY
from twin.historian.timescale import PostgresHistorian
from twin.sample import Quality, Sample, SampleBatch

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
START, END = MIDNIGHT, MIDNIGHT + timedelta(days=3)
NUMBERS = ("count", "bad", "uncertain", "total", "low", "high", "first", "first_time", "last", "last_time")


def at(minutes: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minutes)


def floor(moment: datetime, width: timedelta) -> datetime:
    return moment - (moment - MIDNIGHT) % width


def rolled_up(samples: list[Sample], width: timedelta) -> dict[tuple[str, datetime], tuple]:
    """What a rollup has to say about these samples, word for word."""
    buckets = defaultdict(list)
    for sample in sorted(samples, key=lambda sample: sample.time):
        buckets[sample.tag, floor(sample.time, width)].append(sample)
    found = {}
    for key, inside in buckets.items():
        good = [sample for sample in inside if sample.quality is Quality.GOOD]
        values = [sample.value for sample in good]
        counts = [sum(sample.quality is quality for sample in inside) for quality in reversed(Quality)]
        edges = (good[0].value, good[0].time, good[-1].value, good[-1].time) if good else (None,) * 4
        total = math.fsum(values) if good else None
        found[key] = (counts[0], counts[2], counts[1], total, min(values, default=None), max(values, default=None))
        found[key] += edges
    return found


def read(engine, relation: str) -> dict[tuple[str, datetime], tuple]:
    query = text(f"SELECT tag.name AS tag, r.* FROM {relation} r JOIN tag ON tag.id = r.tag_id")
    with engine.connect() as connection:
        rows = connection.execute(query, {"start": START, "end": END}).mappings().all()
    return {(row["tag"], row["bucket"]): tuple(row[name] for name in NUMBERS) for row in rows}


def assert_same(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    for key, numbers in expected.items():
        assert found[key] == tuple(
            pytest.approx(number, rel=1e-9, abs=1e-6) if name == "total" and number is not None else number
            for name, number in zip(NUMBERS, numbers, strict=True)
        )


def assert_exact(engine, historian) -> None:
    tags = ("level", "flow", "sp.level")
    everything = historian.extent()
    stored = [sample for tag in tags for sample in historian.samples(tag, everything)] if everything else []
    for level in LEVELS:
        expected = rolled_up(stored, level.width)
        assert_same(read(engine, f"rollup_{level.name}(:start, :end)"), expected)
        assert_same(read(engine, f"rollup_{level.name}"), expected)


def marks(engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM rollup_dirty")).scalar_one()


def kept(engine, level: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM kept_{level}")).scalar_one()


@pytest.fixture
def historian(any_engine, small_plant):
    return PostgresHistorian(any_engine, small_plant)


def ramp(tag: str, start: int, stop: int) -> SampleBatch:
    return SampleBatch.of(Sample(tag, at(minute), float(minute)) for minute in range(start, stop))


def test_what_was_refreshed_is_what_was_stored(any_engine, historian):
    historian.write(SampleBatch.concat([ramp("level", 0, 3000), ramp("flow", 100, 200)]))
    refresh(any_engine, END)
    assert_exact(any_engine, historian)
    assert marks(any_engine) == 0
    assert [kept(any_engine, level.name) for level in LEVELS] == [3100, 53, 4]


def test_nothing_needs_to_be_refreshed_to_be_right(any_engine, historian):
    historian.write(ramp("level", 0, 3000))
    assert kept(any_engine, "1m") == 0
    assert_exact(any_engine, historian)


def test_buckets_in_progress_are_left_for_later(any_engine, historian):
    historian.write(ramp("level", 0, 2 * 1440 + 90))
    refresh(any_engine, at(2 * 1440 + 80.5))
    assert [kept(any_engine, level.name) for level in LEVELS] == [2 * 1440 + 80, 49, 2]
    assert_exact(any_engine, historian)


def test_a_sample_that_comes_days_late_is_rolled_up(any_engine, historian):
    historian.write(ramp("level", 0, 3000))
    refresh(any_engine, END)
    historian.write(SampleBatch.of([Sample("level", at(100.5), 1e6), Sample("flow", at(7.5), 3.0)]))
    assert_exact(any_engine, historian)
    refresh(any_engine, END)
    assert_exact(any_engine, historian)
    assert marks(any_engine) == 0


def test_a_sample_that_becomes_bad_leaves_the_mean(any_engine, historian):
    historian.write(ramp("level", 0, 5))
    refresh(any_engine, END)
    historian.write(SampleBatch.of([Sample("level", at(3), math.nan, Quality.BAD)]))
    assert_exact(any_engine, historian)
    refresh(any_engine, END)
    assert_exact(any_engine, historian)


def test_a_refresh_that_is_broken_off_leaves_everything_right(any_engine, historian, monkeypatch):
    historian.write(ramp("level", 0, 600))
    done = []

    def fail_later(*arguments):
        done.append(arguments)
        if len(done) == 4:
            raise KeyboardInterrupt
        move_on(*arguments)

    from twin.historian import rollups

    move_on = rollups._move_on
    monkeypatch.setattr(rollups, "_move_on", fail_later)
    with pytest.raises(KeyboardInterrupt):
        refresh(any_engine, END)
    monkeypatch.undo()
    assert_exact(any_engine, historian)
    refresh(any_engine, END)
    assert_exact(any_engine, historian)
    assert marks(any_engine) == 0


def test_a_batch_far_apart_in_time_marks_no_more_than_it_touched(any_engine, historian):
    historian.write(SampleBatch.of([Sample("level", at(0), 1.0), Sample("level", at(4000), 1.0)]))
    with any_engine.connect() as connection:
        marked = connection.execute(ROLLUP_DIRTY.select().order_by(ROLLUP_DIRTY.c.start_time)).all()
    assert [(row.start_time, row.end_time) for row in marked] == [(at(0), at(1)), (at(4000), at(4001))]


WRITES = st.lists(
    st.builds(
        Sample,
        st.sampled_from(["level", "flow", "sp.level"]),
        st.integers(0, 2 * 3 * 1440 - 1).map(lambda half: at(half / 2)),
        st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)),
        st.sampled_from(Quality),
    ),
    min_size=1,
    max_size=12,
)
REFRESHES = st.integers(0, 3 * 1440).map(at)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(steps=st.lists(st.one_of(WRITES, REFRESHES), min_size=1, max_size=6))
def test_rollups_are_exact_whatever_comes_in_whatever_order(any_engine, historian, steps):
    for step in steps:
        if isinstance(step, datetime):
            refresh(any_engine, step)
        else:
            historian.write(SampleBatch.of(step))
    assert_exact(any_engine, historian)
