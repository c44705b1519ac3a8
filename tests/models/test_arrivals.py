"""Which rows samples change that came after their rows were scored."""

from datetime import UTC, datetime, timedelta

from models.arrivals import Arrivals, Change, changed_rows, first_good, heard_in, joined
from twin.clock import Span
from twin.historian.memory import MemoryEventLog, MemoryHistorian
from twin.sample import Quality, Sample, SampleBatch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STEP = timedelta(minutes=3)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def historian_of(plant, *samples):
    historian = MemoryHistorian(plant)
    historian.write(SampleBatch.of([Sample(tag, at(minute), 1.0, *quality) for tag, minute, *quality in samples]))
    return historian


def rows(historian, plant, tag, start, end, until=600):
    return changed_rows(historian, plant, [tag], Span(at(start), at(end)), STEP, at(until))


def test_a_sample_changes_the_row_that_it_is_read_in(small_plant):
    historian = historian_of(small_plant)
    assert rows(historian, small_plant, "level", 1, 1.001) == (at(3), at(3))
    assert rows(historian, small_plant, "level", 3, 3 + 1e-8) == (at(3), at(3))
    assert rows(historian, small_plant, "level", 3.5, 9.5) == (at(6), at(12))


def test_a_held_sample_changes_all_rows_up_to_the_next_good_one(small_plant):
    samples = [("sp.level", 60, Quality.BAD), ("sp.level", 100), ("sp.level", 200)]
    historian = historian_of(small_plant, *samples)
    assert rows(historian, small_plant, "sp.level", 1, 1.001) == (at(3), at(102))
    assert rows(historian, small_plant, "sp.level", 300, 300.001) == (at(300), at(600))


def test_rows_that_were_not_scored_yet_need_no_repair(small_plant):
    historian = historian_of(small_plant)
    assert rows(historian, small_plant, "level", 30, 31, until=27) is None
    assert rows(historian, small_plant, "level", 20, 40, until=27) == (at(21), at(27))


def test_changes_whose_reach_overlaps_are_one_stretch():
    one, near, far = (Change(at(a), at(b), at(c)) for a, b, c in ((0, 9, 900), (60, 63, 700), (600, 603, 800)))
    assert joined([far, near, one], timedelta(hours=1)) == [Change(at(0), at(63), at(900)), far]


def test_a_late_tag_is_found_and_a_punctual_one_is_not(small_plant):
    historian = historian_of(small_plant, ("level", 10), ("flow", 30))
    arrivals = Arrivals(historian, ("level", "flow"), {})
    historian.write(SampleBatch.of([Sample("level", at(12), 1.0), Sample("flow", at(31), 1.0)]))
    [(span, tag)] = arrivals.late(at(30))
    assert tag == "level"
    assert span.start == at(12)
    assert arrivals.late(at(30)) == []


def test_a_slow_tag_whose_sample_is_newer_than_the_scored_rows_is_not_late(small_plant):
    historian = historian_of(small_plant, ("purity", 6))
    arrivals = Arrivals(historian, ("purity",), {})
    historian.write(SampleBatch.of([Sample("purity", at(12), 1.0)]))
    assert arrivals.late(at(9)) == []


def test_the_first_samples_of_a_tag_may_be_late_too(small_plant):
    historian = historian_of(small_plant, ("flow", 0))
    arrivals = Arrivals(historian, ("level", "flow"), {})
    historian.write(SampleBatch.of([Sample("level", at(12), 1.0)]))
    assert [tag for _, tag in arrivals.late(at(30))] == ["level"]


def test_a_good_sample_is_found_behind_many_bad_ones(small_plant):
    bad = [("level", minute / 60, Quality.BAD) for minute in range(1500)]
    historian = historian_of(small_plant, *bad, ("level", 30))
    assert first_good(historian, "level", Span(at(0), at(60))) == at(30)
    assert first_good(historian, "level", Span(at(0), at(30))) is None


def test_a_tag_without_predictions_was_not_heard():
    assert heard_in(MemoryEventLog(), ["level"], Span(at(0), at(60))) == {"level": at(0)}
