"""What every detector does, whatever it scores with."""

import numpy as np
import pytest

from twin.event import Severity


def test_quiet_operation_raises_nothing(lab, name):
    for seed in (50, 51):
        _, frames = lab.watch(lab.detector(name), lab.normal(seed, 960))
        assert [frame for frame in frames if frame.anomalous] == []


def test_a_step_in_one_tag_is_one_event_with_that_tag_first(lab, finder, change):
    window = lab.normal(52)
    stepped = change(window, "feed", slice(240, 300), window.column("feed")[240:300] + 15.0)
    _, frames = lab.watch(lab.detector(finder), stepped)
    [event] = frames
    assert event.contributions[0].tag == "feed"
    assert event.first_mover in {contribution.tag for contribution in event.contributions}
    assert abs((np.datetime64(event.start.replace(tzinfo=None)) - window.time[240]) / np.timedelta64(1, "m")) <= 30
    assert event.score > 1
    assert event.asset == "vessel"
    assert sum(contribution.share for contribution in event.contributions) <= 1.0 + 1e-9


def test_an_event_opens_once_and_closes_once(lab, finder, change):
    window = lab.normal(53, 700)
    stepped = change(window, "cooling", slice(240, 300), window.column("cooling")[240:300] + 15.0)
    detector = lab.detector(finder)
    states = []
    _, residual = lab.model.observe(stepped)
    for begin in range(0, 700, 10):
        part = slice(begin, begin + 10)
        arrays = (residual.time, residual.predicted, residual.noise, residual.sigma)
        _, frames = detector.watch(stepped.rows(part), type(residual)(residual.tags, *(a[part] for a in arrays)))
        states += [(frame.id, frame.open) for frame in frames if frame.start >= stepped.start and begin >= 230]
    ids = {identity for identity, _ in states}
    assert len(ids) == 1
    opens = [is_open for _, is_open in states]
    assert opens[0]
    assert not opens[-1]
    assert opens == sorted(opens, reverse=True)


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_in_chunks_is_the_same_as_whole(lab, name, change, chunk):
    window = lab.normal(54)
    stepped = change(window, "heat", slice(200, 260), window.column("heat")[200:260] + 12.0)
    whole_scores, whole = lab.watch(lab.detector(name), stepped)
    scores, frames = lab.watch(lab.detector(name), stepped, chunk)
    assert frames == whole
    np.testing.assert_array_equal(np.concatenate([s.time for s in scores]), whole_scores[0].time)
    np.testing.assert_allclose(np.concatenate([s.score for s in scores]), whole_scores[0].score, rtol=1e-9)


def test_a_gap_raises_nothing_and_has_no_scores(lab, name, change):
    window = lab.normal(55)
    values = window.values.copy()
    values[200:240, :8] = np.nan
    gap = type(window)(window.tags, window.time, values, np.isfinite(values), window.step)
    [scores], frames = lab.watch(lab.detector(name), gap)
    assert frames == []
    assert not set(window.time[202:240].tolist()) & set(scores.time[np.isfinite(scores.score)].tolist())
    assert window.time[300] in scores.time


def test_missing_values_never_become_scores_that_are_no_numbers(lab, name):
    window = lab.normal(56)
    values = window.values.copy()
    holes = np.random.default_rng(0).random((len(window), 8)) < 0.4
    values[:, :8][holes] = np.nan
    values[:, 2] = np.nan
    thin = type(window)(window.tags, window.time, values, np.isfinite(values), window.step)
    [scores], frames = lab.watch(lab.detector(name), thin)
    assert np.isfinite(scores.score).all()
    assert len(scores.score) > 400
    assert all(np.isfinite(frame.score) for frame in frames)


def test_a_smaller_budget_means_a_higher_threshold(lab, name):
    window = lab.normal(57)
    seldom, often = (lab.watch(lab.detector(name, budget), window)[0][0] for budget in (0.1, 10.0))
    assert (seldom.score < often.score).all()
    assert lab.detector(name, 0.1).false_alarms_per_week == 0.1


def test_rows_from_before_start_it_anew_with_the_same_ids(lab, finder, change):
    window = lab.normal(58)
    stepped = change(window, "feed", slice(240, 300), window.column("feed")[240:300] + 15.0)
    detector = lab.detector(finder)
    first = lab.watch(detector, stepped)[1]
    again = lab.watch(detector, stepped)[1]
    assert first == again
    assert len(first) == 1


def test_a_step_near_the_threshold_is_no_high_event(lab, name, change):
    window = lab.normal(59)
    stepped = change(window, "vapour", slice(240, 250), window.column("vapour")[240:250] + 4.0)
    _, frames = lab.watch(lab.detector(name), stepped)
    assert all(frame.severity is not Severity.HIGH for frame in frames)
