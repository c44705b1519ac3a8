"""Thinning: what is stored never tells another story than what came, and every sample is stored or counted."""

import itertools
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.deadband import Band, Deadband
from twin.sample import Quality, Sample, SampleBatch

from .ledgers import NOW, batch

SECOND = np.timedelta64(1, "s")
BAND = Band(1.0, 60 * SECOND)


def at(seconds: float, value: float, tag: str = "level", quality: Quality = Quality.GOOD) -> Sample:
    return Sample(tag, NOW + timedelta(seconds=seconds), value, quality)


def sent(deadband: Deadband, *batches: SampleBatch, flush: bool = False) -> list[tuple[str, float, float]]:
    """(tag, second, value) of what passes, in order of time."""
    out = [*(deadband.thin(one) for one in batches), *([deadband.flush()] if flush else [])]
    rows = [(s.tag, (s.time - NOW).total_seconds(), s.value) for one in out for s in one]
    return sorted(rows, key=lambda row: (row[0], row[1]))


def level(rows: list[tuple[str, float, float]]) -> list[tuple[float, float]]:
    return [(second, value) for tag, second, value in rows if tag == "level"]


def test_small_changes_are_held_back_and_the_last_is_sent_before_a_jump() -> None:
    given = batch(at(0, 5), at(1, 5.5), at(2, 5.9), at(3, 9), at(4, 9.2))
    assert level(sent(Deadband({"level": BAND}), given)) == [(0, 5), (2, 5.9), (3, 9)]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_it_does_not_matter_how_samples_are_batched(size: int) -> None:
    rng = np.random.default_rng(3)
    samples = [at(i, v) for i, v in enumerate(np.cumsum(rng.normal(scale=0.6, size=200)))]
    parts = [batch(*samples[i : i + size]) for i in range(0, 200, size)]
    whole = sent(Deadband({"level": BAND}), batch(*samples), flush=True)
    assert sent(Deadband({"level": BAND}), *parts, flush=True) == whole
    assert 10 < len(whole) < 190


def test_a_tag_without_a_band_passes_untouched() -> None:
    given = batch(at(0, 5, "flow"), at(1, 5, "flow"), at(0, 5), at(1, 5))
    assert sent(Deadband({"level": BAND}), given) == [("flow", 0, 5), ("flow", 1, 5), ("level", 0, 5)]


def test_silence_has_a_maximum() -> None:
    given = batch(*(at(10 * i, 5.0) for i in range(20)))
    assert level(sent(Deadband({"level": BAND}), given)) == [(0, 5), (60, 5), (120, 5), (180, 5)]


def test_a_change_of_quality_always_passes() -> None:
    given = batch(
        at(0, 5), at(1, 5), at(2, 5, quality=Quality.UNCERTAIN), at(3, 5, quality=Quality.UNCERTAIN), at(4, 5)
    )
    assert level(sent(Deadband({"level": BAND}), given)) == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5)]


def test_a_value_that_is_lost_and_found_passes() -> None:
    bad = Quality.BAD
    given = batch(at(0, 5), at(1, np.nan, quality=bad), at(2, np.nan, quality=bad), at(3, 5), at(4, 5))
    assert [second for second, _ in level(sent(Deadband({"level": BAND}), given))] == [0, 1, 2, 3]


def test_what_is_held_is_given_at_the_end() -> None:
    deadband = Deadband({"level": BAND})
    assert level(sent(deadband, batch(at(0, 5), at(1, 5.5)), flush=True)) == [(0, 5), (1, 5.5)]
    assert deadband.held == 0


def test_a_delivery_that_comes_twice_leaves_nothing_wrong() -> None:
    deadband = Deadband({"level": BAND})
    first = batch(at(0, 5), at(1, 5.5), at(2, 5.9))
    stored = dict(level(sent(deadband, first, first, batch(at(3, 6.8), at(4, 4.9)), flush=True)))
    assert stored[0] == 5
    assert stored[4] == 4.9
    truth = {0: 5, 1: 5.5, 2: 5.9, 3: 6.8, 4: 4.9}
    assert all(abs(_stair(stored, second) - value) <= 1 for second, value in truth.items())


def test_a_jump_that_comes_late_does_not_hide_the_next_one() -> None:
    deadband = Deadband({"level": BAND})
    stored = dict(level(sent(deadband, batch(at(0, 5), at(10, 5.5)), batch(at(5, 9)), batch(at(20, 9.3)))))
    assert stored == {0: 5, 5: 9, 10: 5.5, 20: 9.3}


def test_after_a_reset_the_next_sample_passes() -> None:
    deadband = Deadband({"level": BAND})
    deadband.thin(batch(at(0, 5), at(1, 5)))
    deadband.reset()
    assert level(sent(deadband, batch(at(2, 5)))) == [(2, 5)]


def _stair(stored: dict[float, float], second: float) -> float:
    return stored[max(time for time in stored if time <= second)]


steps = st.lists(st.tuples(st.integers(1, 40), st.floats(-3, 3), st.sampled_from(["level", "flow"])), max_size=60)


@settings(max_examples=200, deadline=None)
@given(steps, st.integers(1, 20), st.booleans())
def test_the_staircase_stays_within_the_band_even_if_the_held_samples_are_lost(
    walk: list[tuple[int, float, str]], size: int, flush: bool
) -> None:
    second, value, samples = 0, 0.0, []
    for wait, change, tag in walk:
        second, value = second + wait, value + change
        samples.append(at(second, value, tag))
    deadband = Deadband({"level": BAND, "flow": Band(0.5, 30 * SECOND)})
    parts = [batch(*samples[i : i + size]) for i in range(0, len(samples), size)]
    rows = sent(deadband, *parts, flush=flush)
    for tag, width, silence in (("level", 1.0, 60), ("flow", 0.5, 30)):
        truth = [((s.time - NOW).total_seconds(), s.value) for s in samples if s.tag == tag]
        stored = {time: value for name, time, value in rows if name == tag}
        assert set(stored.items()) <= set(truth)
        for time, true in truth:
            assert abs(_stair(stored, time) - true) <= width + 1e-9
        for earlier, later in itertools.pairwise(truth):
            since = earlier[0] - max(time for time in stored if time <= earlier[0])
            assert since < silence or later[0] - earlier[0] >= silence


@settings(max_examples=100, deadline=None)
@given(steps, st.integers(1, 20))
def test_it_thins_as_one_that_looks_at_single_samples(walk: list[tuple[int, float, str]], size: int) -> None:
    second, value, samples = 0, 0.0, []
    for wait, change, _ in walk:
        second, value = second + wait, value + change
        samples.append(at(second, value))
    parts = [batch(*samples[i : i + size]) for i in range(0, len(samples), size)]
    assert level(sent(Deadband({"level": BAND}), *parts)) == _one_by_one(samples)


def _one_by_one(samples: list[Sample]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    last = held = None
    for sample in samples:
        now = ((sample.time - NOW).total_seconds(), sample.value)
        if last is not None and abs(now[1] - last[1]) > 1:
            out += [held, now] if held else [now]
        elif last is None or now[0] - last[0] >= 60:
            out.append(now)
        else:
            held = now
            continue
        last, held = now, None
    return out


def test_hundreds_of_tags_are_thinned_at_once() -> None:
    names = tuple(f"t{i}" for i in range(500))
    values = np.cumsum(np.random.default_rng(1).normal(scale=0.05, size=(40, 500)), axis=0)
    whole = SampleBatch(
        names,
        np.tile(np.arange(500, dtype=np.int32), 40),
        np.repeat(np.datetime64("2026-03-04", "us") + np.arange(40) * SECOND, 500),
        values.reshape(-1),
        np.full(20_000, 2, np.int8),
    )
    deadband = Deadband(dict.fromkeys(names, BAND))
    kept = deadband.thin(whole)
    assert 500 <= len(kept) < 1000
