from datetime import timedelta

import numpy as np
import pytest

from models.anomaly.decision import Alarm, DecisionConfig
from models.anomaly.event import Dating, Event
from models.anomaly.frames import SeverityConfig, build_frame
from models.anomaly.reading import Finding

BEGIN = np.datetime64("2026-03-03T01:00", "us")


@pytest.mark.parametrize(
    ("sigma", "change", "said"),
    [
        (4.0, 2.0, "went above what the model expected; it has risen by 2 "),
        (-4.0, -2.0, "went below what the model expected; it has fallen by 2 "),
        (-4.0, 0.004, "went below what the model expected; no logged move"),
        (4.0, np.nan, "went above what the model expected; no logged move"),
    ],
)
def test_a_change_is_told_only_when_it_goes_the_way_of_the_residual(small_plant, sigma, change, said):
    tag = small_plant.observed[0].name
    event = Event(
        id="one",
        detected=BEGIN,
        alarm=Alarm(DecisionConfig(), timedelta(minutes=3)),
        finding=Finding(np.array([1.0]), np.array([sigma]), np.array([sigma])),
        dating=Dating(BEGIN, np.array([BEGIN]), np.array([change])),
        peak=2.0,
        last_high=BEGIN,
    )
    assert said in build_frame(event, small_plant, (tag,), "v1", SeverityConfig()).message
