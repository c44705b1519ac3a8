from datetime import timedelta

import numpy as np
import pytest

from models.coverage import coverage_of, operation_of
from twin.window import Window

STEP = timedelta(minutes=6)
MOVES = ("a", "b", "c")


def window(**columns):
    values = np.stack([np.asarray(column, float) for column in columns.values()], axis=1)
    time = np.datetime64("2026-01-01T00:00", "us") + np.arange(1, len(values) + 1) * np.timedelta64(STEP)
    return Window(tuple(columns), time, values, np.isfinite(values), STEP)


def stairs(*levels, rows=20):
    return np.repeat(np.array(levels, float), rows)


def covered(*windows, moves=MOVES):
    return {item.tag: item for item in coverage_of(windows, moves)}


def test_moves_are_counted_and_the_largest_is_kept_over_all_windows():
    one = window(a=stairs(0, 5, 3), b=stairs(1, 1, 1), c=stairs(2, 2, 2))
    other = window(a=stairs(3, 3, 10), b=stairs(1, 1, 1), c=stairs(2, 2, 4))
    found = covered(one, other)
    assert (found["a"].moves, found["a"].largest) == (3, 7)
    assert (found["b"].moves, found["b"].largest) == (0, 0)
    assert (found["c"].moves, found["c"].largest) == (1, 2)


def test_the_step_between_two_windows_is_no_move():
    flat = window(a=stairs(0, 0), b=stairs(0, 0), c=stairs(0, 0))
    high = window(a=stairs(9, 9), b=stairs(0, 0), c=stairs(0, 0))
    assert covered(flat, high)["a"].moves == 0


def test_a_ramp_is_one_move_of_its_whole_height():
    ramp = np.concatenate([stairs(0), np.linspace(0.5, 4, 8), stairs(4)])
    flat = np.zeros_like(ramp)
    found = covered(window(a=ramp, b=flat, c=flat))["a"]
    assert (found.moves, found.largest) == (1, 4)


def test_the_levels_are_quantiles_over_time():
    found = covered(window(a=stairs(0, 0, 0, 8), b=stairs(0, 0, 0, 0), c=stairs(0, 0, 0, 0)))["a"]
    assert (found.levels[0], found.levels[3], found.levels[-1]) == (0, 0, 8)


def test_moves_that_always_go_together_explain_one_another():
    found = covered(window(a=stairs(0, 5, 3, 3), b=stairs(0, 10, 6, 6), c=stairs(0, 0, 0, 1)))
    assert found["a"].explained == pytest.approx(1)
    assert (found["a"].companion, found["b"].companion) == ("b", "a")
    assert (found["c"].explained, found["c"].companion) == (0, None)


def test_a_move_that_was_sometimes_made_alone_is_explained_only_in_part():
    found = covered(window(a=stairs(0, 5, 0, 0), b=stairs(0, 5, 5, 0), c=stairs(0, 0, 0, 0)))
    assert found["a"].explained == pytest.approx(0.25)


def test_where_the_plant_stood_is_the_range_of_hourly_means():
    noisy = stairs(10, 20) + np.tile([5.0, -5.0], 20)
    found = operation_of([window(p=noisy, q=np.full(40, np.nan))], ("p", "q"))
    assert [(item.tag, item.low, item.high) for item in found] == [("p", 10, 20)]


def test_a_short_window_counts_as_a_whole():
    found = operation_of([window(p=[1.0, 3.0, np.nan])], ("p",))
    assert (found[0].low, found[0].high) == (2, 2)
