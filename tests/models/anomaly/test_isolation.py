"""What the twin's own detector says about an event: what it is, which tag, since when, and why."""

from datetime import timedelta

import numpy as np
import pytest

from models.anomaly.frozen import FrozenLimits, FrozenWatch
from twin.event import Kind, Severity


def minutes(moment, time):
    return (np.datetime64(moment.replace(tzinfo=None)) - time) / np.timedelta64(1, "m")


def test_a_drifting_transmitter_is_a_sensor_event_with_its_own_tag_first(lab, change):
    window = lab.normal(60)
    drift = window.column("heat")[200:280] - np.arange(80) * 0.15
    _, [event] = lab.watch(lab.detector("foretell"), change(window, "heat", slice(200, 280), drift))
    assert event.kind is Kind.SENSOR
    assert event.contributions[0].tag == "heat"
    assert event.contributions[0].peak_sigma < 0
    assert abs(minutes(event.start, window.time[200])) <= 30
    assert "below what the rest of the plant implies" in event.message
    assert event.severity is not Severity.HIGH


def test_a_transmitter_that_repeats_itself_is_found_from_its_first_value_on(lab, change):
    window = lab.normal(61)
    stuck = change(window, "feed", slice(200, 230), window.column("feed")[199])
    _, [event] = lab.watch(lab.detector("foretell"), stuck)
    assert event.kind is Kind.SENSOR
    assert event.contributions[0].tag == "feed"
    assert event.contributions[0].share == 1.0
    assert minutes(event.start, window.time[199]) == 0
    assert minutes(event.detected_at, window.time[199]) == 9
    assert event.end is not None
    assert "repeated the same value" in event.message


def test_an_analyser_is_frozen_by_its_news_not_by_rows(lab, change):
    window = lab.normal(62)
    twice = change(window, "purity", [200, 202, 204], window.column("purity")[200])
    assert lab.watch(lab.detector("foretell"), twice)[1] == []
    often = change(window, "purity", np.arange(200, 240, 2), window.column("purity")[200])
    [event] = lab.watch(lab.detector("foretell"), often)[1]
    assert event.contributions[0].tag == "purity"


def test_a_value_at_the_end_of_its_range_is_saturated_not_frozen(lab):
    tags = lab.model.card.tags
    watch = FrozenWatch(FrozenLimits(tags, np.full(8, 4.0), np.full(8, -50.0), np.full(8, 50.0)))
    values = np.array([50.0, -50.0, 3.0, *range(5)])
    ratios = [watch.enter(np.datetime64(minute, "m"), values) for minute in range(6)]
    assert (ratios[-1] >= 1.0).tolist() == [False, False, *[True] * 6]


def test_a_tag_that_often_stands_still_is_not_watched_for_it(lab, change):
    still = change(lab.normal(63), "vapour", slice(0, 200), 1.0)
    limits = FrozenLimits.learn(lab.plant, lab.model.card.tags, [still])
    watched = dict(zip(limits.tags, limits.limit > 0, strict=True))
    assert not watched["vapour"]
    assert watched["heat"]


def test_a_process_fault_is_a_process_event_although_moves_were_made(lab):
    faulty = lab.normal(64, moves_per_row=0.02, fault=(300, "cooling", 3.0))
    _, frames = lab.watch(lab.detector("foretell"), faulty)
    [event] = [frame for frame in frames if frame.anomalous]
    assert event.kind is Kind.PROCESS
    assert event.first_mover == "cooling"
    assert abs(minutes(event.start, faulty.time[300])) <= 30
    assert event.explained_by is None
    assert event.message.endswith("no logged move explains this.")


def test_a_response_larger_than_modelled_is_explained_by_its_move(lab):
    window = lab.normal(65, moves_per_row=0.0, gain=1.9, push=(240, "sp.heat", 5.0))
    _, frames = lab.watch(lab.detector("foretell"), window)
    [event] = frames
    assert event.explained_by is not None
    assert (event.explained_by.tag, event.explained_by.before, event.explained_by.after) == ("sp.heat", 0.0, 5.0)
    assert minutes(event.explained_by.time, window.time[240]) == 0
    assert event.severity is Severity.LOW
    assert event.message.endswith("explained by setpoint change sp.heat from 0 kPa to 5 kPa.")


def test_the_same_response_without_a_logged_move_is_an_anomaly(lab, change):
    window = lab.normal(65, moves_per_row=0.0, gain=1.9, push=(240, "sp.heat", 5.0))
    _, frames = lab.watch(lab.detector("foretell"), change(window, "sp.heat", slice(0, 480), 0.0))
    [event] = frames
    assert event.anomalous


def test_a_fault_is_not_explained_by_a_move_that_has_nothing_to_do_with_it(lab):
    window = lab.normal(66, moves_per_row=0.0, fault=(240, "feed", 4.0), push=(238, "sp.heat", 0.5))
    _, frames = lab.watch(lab.detector("foretell"), window)
    [event] = [frame for frame in frames if frame.anomalous]
    assert event.first_mover == "feed"


def test_two_faults_at_once_are_two_events(lab, change):
    faulty = lab.normal(67, 600, fault=(200, "cooling", 3.0))
    drift = faulty.column("pressure")[330:400] + np.arange(70) * 0.3
    _, frames = lab.watch(lab.detector("foretell"), change(faulty, "pressure", slice(330, 400), drift))
    anomalies = [frame for frame in frames if frame.anomalous]
    assert {frame.kind for frame in anomalies} == {Kind.PROCESS, Kind.SENSOR}
    [sensor] = [frame for frame in anomalies if frame.kind is Kind.SENSOR]
    assert sensor.contributions[0].tag == "pressure"
    assert abs(minutes(sensor.start, faulty.time[330])) <= 60


def test_beyond_an_alarm_limit_a_lasting_event_is_high(lab):
    within = lab.normal(68, fault=(240, "pressure", 1.5))
    beyond = lab.normal(68, fault=(240, "pressure", 12.0))
    levels = []
    for window in (within, beyond):
        _, frames = lab.watch(lab.detector("foretell"), window)
        levels.append(max(frame.severity.rank for frame in frames if frame.anomalous))
    assert levels[0] < levels[1] == Severity.HIGH.rank


def test_four_days_are_watched_in_less_than_three_seconds_of_processor_time(lab):
    import time

    window = lab.normal(69, 1920)
    detector = lab.detector("foretell")
    begin = time.process_time()
    lab.watch(detector, window)
    assert time.process_time() - begin < 3.0
    assert window.step == timedelta(minutes=3)


@pytest.mark.parametrize("seed", [70, 71, 72])
def test_every_event_has_a_sentence_and_a_first_mover_among_its_contributors(lab, seed):
    window = lab.normal(seed, fault=(200, "vapour", 2.0))
    _, frames = lab.watch(lab.detector("foretell"), window)
    for frame in frames:
        tags = [contribution.tag for contribution in frame.contributions]
        assert frame.first_mover in tags
        assert len(set(tags)) == len(tags)
        assert frame.start <= frame.detected_at
        assert frame.message.count(".") >= 1
        assert frame.message.endswith(".")
