"""How far a person's judgement moves a threshold."""

from datetime import timedelta

import pytest

from models.adjustment import Adjustments
from twin.clock import from_datetime64
from twin.event import Feedback
from twin.lifecycle import undo

from .conftest import START, frame

NOW = from_datetime64(START)
EVENT = frame("e", NOW - timedelta(hours=3), NOW - timedelta(hours=2))
BASE = {"T2 30 min": 10.0, "T2 150 min": 20.0}


def said(label, days=0.0, event_id="e"):
    return Feedback(event_id=event_id, time=NOW + timedelta(days=days), label=label, author="M. Weber")


def raised(peaks, changes=(), label="false_alarm", days=0.0, event=EVENT):
    return Adjustments(changes, "gain-1").raised(event, peaks, BASE, said(label, days))


def test_a_false_alarm_lifts_what_fired_just_above_its_peak_and_nothing_else():
    [change] = raised({"T2 30 min": 14.0, "T2 150 min": 19.9})
    assert (change.statistic, change.old, change.base) == ("T2 30 min", 10.0, 10.0)
    assert change.new == pytest.approx(14.28)
    assert (change.who, change.event_id, change.time) == ("M. Weber", "e", NOW)
    assert Adjustments([change], "gain-1").factors(NOW) == {"T2 30 min": pytest.approx(1.428)}


@pytest.mark.parametrize("label", ["true", "known"])
def test_no_other_judgement_raises_anything(label):
    assert raised({"T2 30 min": 14.0}, label=label) == ()


def test_no_threshold_goes_beyond_twice_the_budgets():
    [change] = raised({"T2 30 min": 90.0})
    assert change.new == 20.0
    assert "no more than 2 times" in change.reason
    assert raised({"T2 30 min": 90.0}, [change]) == ()


def test_a_change_fades_by_half_in_thirty_days():
    [change] = raised({"T2 30 min": 90.0})
    factors = [Adjustments([change], "gain-1").factors(NOW + timedelta(days=days)) for days in (0, 30, 60, 300)]
    assert [f.get("T2 30 min") for f in factors] == [2.0, 1.5, 1.25, None]


def test_a_second_false_alarm_starts_from_what_is_left_of_the_first():
    [first] = raised({"T2 30 min": 14.0})
    assert raised({"T2 30 min": 13.0}, [first]) == ()
    [second] = raised({"T2 30 min": 13.0}, [first], days=30)
    assert second.old == pytest.approx(12.14)
    both = Adjustments([first, second], "gain-1").factors(NOW + timedelta(days=30))
    assert both["T2 30 min"] == pytest.approx(1.326)


def test_an_undone_change_counts_no_more():
    [change] = raised({"T2 30 min": 14.0})
    assert Adjustments([undo(change, change.id, "w", NOW)], "gain-1").factors(NOW) == {}


def test_another_judgement_of_the_same_event_takes_the_change_back():
    [change] = raised({"T2 30 min": 14.0})
    adjustments = Adjustments([change], "gain-1")
    assert adjustments.withdrawn_by(said("true")) == (change.id,)
    assert adjustments.withdrawn_by(said("known")) == (change.id,)
    assert adjustments.withdrawn_by(said("false_alarm")) == ()
    assert adjustments.withdrawn_by(said("true", event_id="other")) == ()


def test_changes_belong_to_one_model_version():
    [change] = raised({"T2 30 min": 14.0})
    assert Adjustments([change], "gain-2").factors(NOW) == {}
    assert raised({"T2 30 min": 14.0}, event=EVENT.model_copy(update={"model_version": "silence-rule"})) == ()
