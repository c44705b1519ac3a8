"""What every historian does with samples that come late, again, corrected or as whole units."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from twin.clock import Span
from twin.errors import InvalidInput, UnknownTag
from twin.historian.timescale import PostgresHistorian
from twin.plant import Plant
from twin.protocols import Historian, WriteResult
from twin.sample import Quality, Sample, SampleBatch, SnapshotBatch

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAGS = ("level", "flow", "purity", "sp.level", "mv.valve")
MOVABLE = ("mv.valve", "sp.level")
ALL = Span(NOON - timedelta(days=30), NOON + timedelta(days=30))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def sample(tag: str, minutes: float, value: float, quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, at(minutes), value, quality)


def batch(*samples: Sample) -> SampleBatch:
    return SampleBatch.of(samples)


def whole(
    minutes: list[float], values: list[list[float]], tags: tuple[str, ...] = TAGS, quality=None
) -> SnapshotBatch:
    time = np.array([at(minute).replace(tzinfo=None) for minute in minutes], dtype="M8[us]")
    value = np.array(values, dtype=np.float64)
    return SnapshotBatch(tags, time, value, None if quality is None else np.array(quality, np.int8))


def stored(historian: Historian, tag: str) -> list[Sample]:
    return list(historian.samples(tag, ALL))


def moves(historian: Historian) -> list[tuple[datetime, str, float, float]]:
    """Time, tag, before and after; the same from the historian and, on a server, from the moves that it keeps."""
    found = [(move.time, move.tag, before, move.value) for move, before in historian.changes(MOVABLE, ALL)]
    if isinstance(historian, PostgresHistorian):
        with historian._store.engine.connect() as connection:
            kept = connection.execute(text("SELECT time, tag, before, after FROM grafana.move ORDER BY time, tag"))
            assert [tuple(row) for row in kept] == found
    return found


def test_a_late_sample_is_stored_where_it_belongs(historian):
    historian.write(batch(sample("level", 1, 1.0), sample("level", 5, 5.0)))
    assert historian.write(batch(sample("level", 3, 3.0), sample("level", -9000, 0.0))) == WriteResult(2, 0, 0)
    assert [row.value for row in stored(historian, "level")] == [0.0, 1.0, 3.0, 5.0]
    assert historian.latest()["level"] == sample("level", 5, 5.0)


@pytest.mark.parametrize(
    "other",
    [
        sample("level", 1, 2.0),
        sample("level", 1, 1.0, Quality.UNCERTAIN),
        sample("level", 1, math.nan, Quality.BAD),
    ],
    ids=["value", "quality", "gone"],
)
def test_another_value_or_quality_corrects_what_is_there(historian, other):
    historian.write(batch(sample("level", 1, 1.0), sample("level", 2, 7.0)))
    assert historian.write(batch(other)) == WriteResult(0, 0, 1)
    assert str(stored(historian, "level")) == str([other, sample("level", 2, 7.0)])
    assert historian.write(batch(other)) == WriteResult(0, 1, 0)


def test_a_correction_of_the_newest_sample_is_the_latest_value(historian):
    historian.write(batch(sample("level", 1, 1.0)))
    historian.write(batch(sample("level", 1, 2.0, Quality.UNCERTAIN)))
    assert historian.latest()["level"] == sample("level", 1, 2.0, Quality.UNCERTAIN)


def test_a_bad_value_that_is_missing_twice_is_a_duplicate(historian):
    historian.write(batch(sample("level", 1, math.nan)))
    assert historian.write(batch(sample("level", 1, math.inf))) == WriteResult(0, 1, 0)


def test_the_three_numbers_add_up_to_the_batch(historian):
    historian.write(batch(sample("level", 1, 1.0), sample("level", 2, 2.0)))
    mixed = batch(
        sample("level", 1, 1.0),
        sample("level", 2, 9.0),
        sample("level", 2, 8.0),
        sample("level", 0, 0.0),
        sample("flow", 1, 1.0),
    )
    assert historian.write(mixed) == WriteResult(written=2, duplicates=2, corrected=1)
    assert historian.latest()["level"].value == 8.0


def test_samples_in_order_of_time_are_no_backfill(historian):
    historian.write(batch(sample("level", 1, 1.0), sample("flow", 3, 1.0)))
    historian.write(batch(sample("level", 2, 1.0), sample("flow", 4, 1.0), sample("purity", -500, 1.0)))
    historian.write(batch(sample("level", 1, 1.0), sample("level", 2, 1.0)))
    assert historian.backfills(0) == ()


def test_a_backfill_says_what_changed_and_no_more(historian):
    historian.write(batch(sample("level", 1, 1.0), sample("level", 5, 5.0), sample("flow", 5, 5.0)))
    historian.write(batch(sample("level", 3, 3.0), sample("level", 2, 2.0), sample("level", 9, 9.0)))
    historian.write(batch(sample("level", 1, 7.0), sample("flow", 4, 1.0), sample("flow", 5, 5.0)))
    late, corrected = historian.backfills(0)
    assert (late.tags, late.span) == (("level",), Span(at(2), at(3) + timedelta(microseconds=1)))
    assert (set(corrected.tags), corrected.span) == (
        {"level", "flow"},
        Span(at(1), at(4) + timedelta(microseconds=1)),
    )
    assert late.number < corrected.number
    assert late.stored_at <= corrected.stored_at <= datetime.now(UTC)
    assert historian.backfills(late.number) == (corrected,)


def test_a_late_move_splits_the_one_after_it(historian):
    historian.write(batch(sample("sp.level", 1, 50.0), sample("sp.level", 9, 60.0)))
    historian.write(batch(sample("sp.level", 5, 55.0)))
    assert moves(historian) == [(at(5), "sp.level", 50.0, 55.0), (at(9), "sp.level", 55.0, 60.0)]


def test_a_correction_takes_a_move_back(historian):
    historian.write(batch(sample("sp.level", 1, 50.0), sample("sp.level", 5, 55.0), sample("sp.level", 9, 55.0)))
    historian.write(batch(sample("sp.level", 5, 55.0, Quality.BAD)))
    assert moves(historian) == [(at(9), "sp.level", 50.0, 55.0)]
    historian.write(batch(sample("sp.level", 9, 50.0)))
    assert moves(historian) == []


def test_a_move_is_measured_over_bad_samples(historian):
    historian.write(batch(sample("sp.level", 1, 50.0)))
    historian.write(batch(sample("sp.level", 2, 0.0, Quality.BAD)))
    historian.write(batch(sample("sp.level", 3, 55.0)))
    assert moves(historian) == [(at(3), "sp.level", 50.0, 55.0)]


def test_whole_units_are_read_like_single_samples(historian):
    rows = whole([1, 2], [[1, 2, 3, 4, 5], [6, 7, math.nan, 9, 10]], quality=[[2, 2, 2, 2, 2], [2, 1, 2, 2, 0]])
    assert historian.write_snapshots(rows) == WriteResult(10, 0, 0)
    assert stored(historian, "level") == [sample("level", 1, 1.0), sample("level", 2, 6.0)]
    assert stored(historian, "flow") == [sample("flow", 1, 2.0), sample("flow", 2, 7.0, Quality.UNCERTAIN)]
    assert str(stored(historian, "purity")[1]) == str(sample("purity", 2, math.nan, Quality.BAD))
    assert historian.latest()["mv.valve"] == sample("mv.valve", 2, 10.0, Quality.BAD)
    assert moves(historian) == [(at(2), "sp.level", 4.0, 9.0)]
    assert historian.extent().start == at(1)


def test_moves_in_whole_units_are_those_of_good_samples(historian):
    historian.write_snapshots(whole([1], [[40] * 5]))
    bad_then_good = whole([2, 3, 4], [[50] * 5, [50] * 5, [60] * 5], quality=[[0] * 5, [2] * 5, [2] * 5])
    historian.write_snapshots(bad_then_good)
    steps = [(at(minute), tag, before, before + 10) for minute, before in ((3, 40.0), (4, 50.0)) for tag in MOVABLE]
    assert moves(historian) == steps


def test_whole_units_again_change_nothing_and_are_counted(historian):
    rows = whole([1, 2], [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]])
    historian.write_snapshots(rows)
    assert historian.write_snapshots(rows) == WriteResult(0, 10, 0)
    assert historian.write(rows.samples()) == WriteResult(0, 10, 0)
    assert historian.backfills(0) == ()


def test_the_last_of_two_rows_at_one_instant_counts(historian):
    rows = whole([1, 2, 1], [[1, 1, 1, 1, 1], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3]])
    assert historian.write_snapshots(rows) == WriteResult(10, 5, 0)
    assert [row.value for row in stored(historian, "level")] == [3.0, 2.0]


def test_a_whole_unit_comes_after_single_samples_and_before_others(historian):
    historian.write(batch(sample("level", 1, 1.0), sample("flow", 5, 5.0)))
    rows = whole([3, 4, 5, 6], [[minute] * 5 for minute in (3, 4, 5, 6)])
    assert historian.write_snapshots(rows) == WriteResult(19, 1, 0)
    assert historian.write(batch(sample("level", 7, 7.0), sample("level", 2, 2.0))) == WriteResult(2, 0, 0)
    assert [row.value for row in stored(historian, "level")] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert [row.value for row in stored(historian, "flow")] == [3.0, 4.0, 5.0, 6.0]


def test_a_sample_of_a_unit_may_come_alone_be_corrected_and_come_late(historian):
    historian.write_snapshots(whole([1, 3], [[1] * 5, [3] * 5]))
    assert historian.write(batch(sample("level", 2, 2.0), sample("flow", 3, 9.0))) == WriteResult(1, 0, 1)
    assert stored(historian, "level") == [sample("level", 1, 1.0), sample("level", 2, 2.0), sample("level", 3, 3.0)]
    assert stored(historian, "flow") == [sample("flow", 1, 1.0), sample("flow", 3, 9.0)]
    assert historian.latest()["flow"].value == 9.0
    (backfill,) = historian.backfills(0)
    assert set(backfill.tags) == {"level", "flow"}
    assert historian.write_snapshots(whole([2], [[2] * 5])) == WriteResult(4, 1, 0)


def test_a_unit_that_comes_in_parts_is_read_like_any_other(historian):
    historian.write_snapshots(whole([1], [[1] * 5]))
    part = whole([1, 2], [[7, 7], [8, 8]], ("purity", "level"))
    assert historian.write_snapshots(part) == WriteResult(2, 0, 2)
    assert [row.value for row in stored(historian, "purity")] == [7.0, 8.0]
    assert [row.value for row in stored(historian, "flow")] == [1.0]


def test_a_whole_unit_with_an_unknown_tag_or_without_a_time_is_refused(historian):
    with pytest.raises(UnknownTag, match="levle"):
        historian.write_snapshots(whole([1], [[1] * 5], ("levle", *TAGS[1:])))
    rows = whole([1, 2], [[1] * 5, [2] * 5])
    rows.time[1] = np.datetime64("NaT")
    with pytest.raises(InvalidInput, match="has no time"):
        historian.write_snapshots(rows)
    assert historian.extent() is None


def test_a_tag_that_is_twice_in_a_whole_unit_has_the_last_value(historian):
    rows = whole([1], [[1, 2, 3, 4, 5]], ("level", "flow", "purity", "sp.level", "level"))
    assert historian.write_snapshots(rows) == WriteResult(4, 1, 0)
    assert historian.latest()["level"].value == 5.0


SINGLE = st.lists(
    st.builds(
        sample,
        st.sampled_from(TAGS),
        st.integers(0, 6),
        st.sampled_from([1.0, 2.0, math.nan]),
        st.sampled_from(Quality),
    ),
    min_size=1,
    max_size=12,
).map(SampleBatch.of)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.lists(st.sampled_from([1.0, 2.0, math.nan]), min_size=5, max_size=5),
        st.lists(st.sampled_from(list(Quality)), min_size=5, max_size=5),
    ),
    min_size=1,
    max_size=4,
)


def whole_of(
    tags: tuple[str, ...], rows: list[tuple[int, list[float], list[Quality]]], all_good: bool
) -> SnapshotBatch:
    quality = None if all_good else [row[2][: len(tags)] for row in rows]
    return whole([row[0] for row in rows], [row[1][: len(tags)] for row in rows], tags, quality)


WHOLE = st.builds(whole_of, st.sampled_from([TAGS, TAGS[::-1], TAGS[1:], TAGS[:2]]), ROWS, st.booleans())
PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


class Model:
    """What a historian holds, word for word as the protocol says it."""

    def __init__(self, plant: Plant) -> None:
        self.held: dict[tuple[str, datetime], tuple[float, Quality]] = {}
        self.movable = [tag.name for tag in plant.movable]

    def write(self, samples: SampleBatch) -> WriteResult:
        last = {(row.tag, row.time): row for row in samples}
        rows = {
            key: (row.value, row.quality) if math.isfinite(row.value) else (math.nan, Quality.BAD)
            for key, row in last.items()
        }
        new = rows.keys() - self.held.keys()
        corrected = {key for key in rows.keys() & self.held.keys() if str(rows[key]) != str(self.held[key])}
        self.held |= rows
        return WriteResult(len(new), len(samples) - len(new) - len(corrected), len(corrected))

    def samples(self, tag: str) -> list[Sample]:
        return [Sample(*key, *held) for key, held in sorted(self.held.items()) if key[0] == tag]

    def moves(self) -> list[tuple[datetime, str, float, float]]:
        found = []
        for tag in self.movable:
            good = [row for row in self.samples(tag) if row.quality is Quality.GOOD]
            found += [(row.time, tag, old.value, row.value) for old, row in pairwise(good) if row.value != old.value]
        return sorted(found)


@PROPERTY
@given(batches=st.lists(st.one_of(SINGLE, WHOLE), min_size=1, max_size=5))
def test_whatever_comes_in_whatever_order_is_kept_as_described(
    new_historian: Callable[[], Historian], small_plant: Plant, batches: list[SampleBatch | SnapshotBatch]
):
    historian, model = new_historian(), Model(small_plant)
    for arrived in batches:
        single = arrived.samples() if isinstance(arrived, SnapshotBatch) else arrived
        write = historian.write_snapshots if isinstance(arrived, SnapshotBatch) else historian.write
        assert write(arrived) == model.write(single)
    for tag in TAGS:
        assert str(stored(historian, tag)) == str(model.samples(tag))
    newest = {tag: rows[-1] for tag in TAGS if (rows := model.samples(tag))}
    latest = historian.latest()
    assert {tag: str(row) for tag, row in latest.items()} == {tag: str(row) for tag, row in newest.items()}
    assert moves(historian) == model.moves()
