"""Moves that nobody logged: told by the response they leave behind, and by nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from models.anomaly.smoothing import Smoother, SmoothingConfig
from models.anomaly.unlogged import UnloggedMoves, unsmoothed
from twin.event import Kind

ROWS, TAGS, LAGS = 60, 5, 20


def responses():
    """Two moves: one that pushes two tags for good, one that pushes another for five rows."""
    made = np.zeros((2, LAGS, TAGS))
    made[0, :, 0], made[0, 3:, 1] = 1.0, -1.0
    made[1, :5, 2] = 2.0
    return made


@pytest.fixture
def unlogged(lab):
    return UnloggedMoves(("a", "b"), responses(), np.eye(TAGS), np.array([[-9.0, 9.0]] * 2), lab.model.card.step)


def noise(seed=0):
    return np.random.default_rng(seed).standard_normal((ROWS, TAGS))


def test_the_likeliest_move_has_its_row_and_its_size(unlogged):
    innovations = noise()
    innovations[40:] += 6.0 * responses()[0, :20]
    found = unlogged.best(innovations, 30, 50)
    assert (found.column, found.row) == (0, 40)
    assert found.size == pytest.approx(6.0, abs=0.5)


def test_an_analyser_without_news_says_nothing_about_a_move(unlogged):
    innovations = noise()
    innovations[40:] += 6.0 * responses()[0, :20]
    innovations[:, 0] = np.nan
    found = unlogged.best(innovations, 40, 40)
    assert found.column == 0
    assert found.size == pytest.approx(6.0, abs=0.8)


def test_innovations_come_back_from_their_means(lab):
    step, cadence = lab.model.card.step, np.array([1, 1, 1, 1, 2])
    made = noise()
    made[1::2, 4] = np.nan
    made[0, 4] = 0.0
    still = SmoothingConfig(drift=step * 10**8)
    means = Smoother(still, step, cadence).advance(made)[1][:, 0]
    back = unsmoothed(means[None], still, step, cadence)[0]
    np.testing.assert_allclose(back[:, :4], made[:, :4], atol=1e-6)
    np.testing.assert_allclose(back[2::2, 4], made[2::2, 4], atol=1e-6)
    np.testing.assert_array_equal(back[3::2, 4], back[2::2, 4][: len(back[3::2, 4])])


def events(lab, window):
    return lab.watch(lab.detector("foretell"), window)[1]


@pytest.mark.parametrize(("tag", "level"), [("sp.heat", 5.0), ("sp.heat", -5.0), ("sp.level", 5.0)])
def test_a_move_that_nobody_logged_is_told_with_its_size_and_time(lab, change, tag, level):
    window = lab.normal(65, moves_per_row=0.0, push=(240, tag, level))
    [event] = events(lab, change(window, tag, slice(0, 480), 0.0))
    assert event.kind is Kind.UNLOGGED_MOVE
    assert event.anomalous
    move = event.suspected_move
    assert move is not None
    assert (move.tag, move.before, move.unit) == (tag, 0.0, "kPa")
    assert move.after == pytest.approx(level, rel=0.3)
    assert abs((np.datetime64(move.time.replace(tzinfo=None)) - window.time[240]) / np.timedelta64(3, "m")) <= 1
    way = "up" if level > 0 else "down"
    assert f"as if {tag} had been moved {way} by about" in event.message
    assert "no such move was logged" in event.message


def test_the_same_move_logged_is_none(lab):
    frames = events(lab, lab.normal(65, moves_per_row=0.0, gain=1.9, push=(240, "sp.heat", 5.0)))
    assert all(frame.suspected_move is None for frame in frames)


@pytest.mark.parametrize("tag", ["cooling", "feed", "vapour", "pressure"])
def test_a_process_fault_is_not_taken_for_a_move(lab, tag):
    frames = events(lab, lab.normal(66, moves_per_row=0.0, fault=(240, tag, 3.0)))
    assert [frame.kind for frame in frames if frame.anomalous][:1] == [Kind.PROCESS]


def test_a_move_beyond_the_range_of_its_tag_is_none(lab, change):
    window = change(lab.normal(65, moves_per_row=0.0, push=(240, "sp.heat", 5.0)), "sp.heat", slice(0, 480), 0.0)
    narrow = tuple(replace(tag, low=-1.0, high=1.0) if tag.name == "sp.heat" else tag for tag in lab.plant.tags)
    detector = lab.calibration.detector(replace(lab.plant, tags=narrow), 0.05)
    assert all(frame.kind is not Kind.UNLOGGED_MOVE for frame in lab.watch(detector, window)[1])
