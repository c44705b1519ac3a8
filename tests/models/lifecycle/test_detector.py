"""A detector's thresholds can be told, moved, and moved just so far that a false alarm would not have been one."""

import numpy as np
import pytest


@pytest.fixture
def loud(lab):
    """A window whose last third holds a fault that the detector finds, with its residuals."""
    window = lab.normal(90, 480, fault=(330, "cooling", 1.0))
    return window, lab.model.observe(window)[1]


def anomalies(detector, loud):
    return [frame for frame in detector.anew().watch(*loud)[1] if frame.anomalous]


def test_only_the_named_thresholds_are_multiplied_and_the_detector_itself_stays(lab):
    detector = lab.detector("foretell")
    before = detector.thresholds
    name = next(iter(before))
    moved = detector.adjusted({name: 1.5, "unknown": 9.0}).thresholds
    assert moved.pop(name) == pytest.approx(1.5 * before[name])
    assert moved == {other: value for other, value in before.items() if other != name}
    assert detector.thresholds == before


def test_thresholds_just_above_the_peaks_would_have_kept_silent(lab, loud):
    detector = lab.detector("foretell")
    [event] = anomalies(detector, loud)
    since = np.datetime64(event.start.replace(tzinfo=None), "us")
    peaks, base = detector.peaks(*loud, since), detector.thresholds
    fired = {name for name in base if peaks[name] >= base[name]}
    assert fired
    factors = {name: 1.02 * peaks[name] / base[name] for name in fired}
    assert anomalies(detector.adjusted(factors), loud) == []
    assert anomalies(detector.adjusted({name: 0.5 * factor for name, factor in factors.items()}), loud)
