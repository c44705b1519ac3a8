"""On-delay, off-delay, deadband."""

from datetime import timedelta

from models.anomaly.decision import Alarm, Change, DecisionConfig

STEP = timedelta(minutes=3)
CONFIG = DecisionConfig(on_delay=timedelta(minutes=6), off_delay=timedelta(minutes=9), deadband=0.9)


def changes(scores):
    alarm = Alarm(CONFIG, STEP)
    return [alarm.step(score).value[0] for score in scores]


def test_a_single_row_above_the_threshold_is_no_alarm():
    assert "o" not in changes([0.5, 5.0, 0.5, 5.0, 0.5])


def test_an_alarm_opens_after_its_on_delay_and_closes_after_its_off_delay():
    assert changes([1.2, 1.2, 0.5, 0.5, 0.5, 0.5]) == ["n", "o", "n", "n", "c", "n"]


def test_dips_shorter_than_the_off_delay_do_not_close_it():
    assert changes([1.2, 1.2, 0.5, 0.5, 1.2, 0.5, 0.5, 0.5]).count("c") == 1


def test_between_deadband_and_threshold_an_open_alarm_stays_open():
    assert "c" not in changes([1.2, 1.2, *[0.95] * 20])


def test_rows_without_a_score_change_nothing():
    nan = float("nan")
    assert changes([1.2, nan, 1.2, 0.5, nan, 0.5, nan, 0.5]) == ["n", "n", "o", "n", "n", "n", "n", "c"]
    assert Alarm(CONFIG, STEP).step(nan) is Change.NONE
