"""What a tag that is missing or bad should show."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from twin.errors import InvalidInput, ModelNotReady, OutsideData, OutsideRetention, UnknownTag
from twin.historian.memory import MemoryHistorian
from twin.operations.estimate import estimate
from twin.sample import Quality, SampleBatch

PRESSURE, TWIN = "reactor_pressure", "separator_pressure"


class Mirror:
    """Every tag holds its last value, except that PRESSURE is TWIN plus an offset whenever TWIN is measured."""

    offset, error = 100.0, 0.0

    def __init__(self, fake):
        self.inner = fake.ProportionalModel()
        self.card = self.inner.card
        self.seen = []

    def observe(self, window, belief=None):
        self.seen.append(window)
        belief, residual = self.inner.observe(window, belief)
        one, other = (self.card.tags.index(tag) for tag in (PRESSURE, TWIN))
        rng = np.random.default_rng(len(self.seen))
        predicted = residual.predicted.copy()
        predicted[:, one] = predicted[:, other] + self.offset + self.error * rng.normal(size=len(predicted))
        return belief, replace(residual, predicted=predicted, noise=np.ones_like(predicted))


def column(fake, tag, value):
    moments = np.arange(
        np.datetime64(fake.START.replace(tzinfo=None), "us"),
        np.datetime64(fake.NOW.replace(tzinfo=None), "us"),
        np.timedelta64(60, "s"),
    )
    return SampleBatch(
        (tag,), np.zeros(len(moments), np.int32), moments, value(moments), np.full(len(moments), 2, np.int8)
    )


@pytest.fixture
def plant(fake):
    """A twin in which TWIN rises by 60 an hour and PRESSURE is 100 above it."""

    def build(silent_for=timedelta(0), quality=None, error=0.0):
        def rising(moments):
            return (moments - moments[0]) / np.timedelta64(60, "s") * 1.0

        historian = MemoryHistorian(fake.PLANT)
        for batch in fake.batches():
            if batch.tags not in ((PRESSURE,), (TWIN,)):
                historian.write(batch)
        historian.write(column(fake, TWIN, rising))
        pressure = column(fake, PRESSURE, lambda moments: rising(moments) + 100)
        late = pressure.time >= np.datetime64((fake.NOW - silent_for).replace(tzinfo=None), "us")
        if quality is None:
            pressure = SampleBatch(
                (PRESSURE,), pressure.tag[~late], pressure.time[~late], pressure.value[~late], pressure.quality[~late]
            )
        else:
            pressure.value[late], pressure.quality[late] = 0.0, quality
        historian.write(pressure)
        model = Mirror(fake)
        model.error = error
        return replace(fake.build(model=model), historian=historian)

    return build


@pytest.mark.parametrize("quality", [None, Quality.BAD])
def test_a_missing_or_bad_tag_is_what_the_others_say(plant, fake, quality):
    twin = plant(timedelta(hours=2), quality)
    found = estimate(twin, PRESSURE)
    truth = (found.time - fake.START) / timedelta(minutes=1) + 100
    assert found.value == pytest.approx(truth, abs=1.5)
    assert found.measured is None
    assert timedelta(hours=1, minutes=50) < found.time - found.since <= timedelta(hours=2, minutes=6)
    assert len(found.rows) == len(found.band.mean) == (found.time - found.since) // fake.STEP
    assert found.rows[-1] == found.time


def test_a_tag_that_is_well_is_held_against_an_estimate_without_its_last_hour(plant, fake):
    found = estimate(plant(), PRESSURE)
    assert found.time - found.since == timedelta(hours=1)
    assert found.measured == pytest.approx(found.value, abs=1.5)


def test_the_values_that_are_left_out_are_never_shown_to_the_model(plant, fake):
    twin = plant()
    found = estimate(twin, PRESSURE, since=fake.NOW - timedelta(hours=3))
    shown = twin.model.seen[0]
    assert np.isnan(shown.column(PRESSURE)[-len(found.rows) :]).all()
    assert np.isfinite(shown.column(PRESSURE)[: -len(found.rows)]).all()
    for rehearsal in twin.model.seen[1:]:
        assert rehearsal.end <= found.since
        assert np.isnan(rehearsal.column(PRESSURE)[-len(found.rows) :]).all()


def test_the_band_is_as_wide_as_such_estimates_were_wrong(plant):
    found = estimate(plant(error=4.0), PRESSURE)
    assert found.errors > 100
    assert (found.p95 - found.p05) / 2 == pytest.approx(1.645 * 4.0, rel=0.25)
    exact = estimate(plant(), PRESSURE)
    assert exact.p95 - exact.p05 < 3


def test_without_a_past_to_rehearse_in_the_models_own_deviation_widens(plant, fake):
    twin = plant()
    found = estimate(twin, PRESSURE, at=fake.START + timedelta(hours=4), since=fake.START + timedelta(hours=3))
    assert found.errors == 0
    assert (found.p95 - found.p05) / 2 == pytest.approx(1.645 * np.sqrt(20))


@pytest.mark.parametrize(
    ("tag", "options", "error", "said"),
    [
        ("sp.reactor_pressure", {}, InvalidInput, "set by operators"),
        ("reactor_presure", {}, UnknownTag, PRESSURE),
        (PRESSURE, {"at": timedelta(hours=1)}, OutsideData, "future"),
        (PRESSURE, {"at": timedelta(days=-60)}, OutsideRetention, "before the first sample"),
        (PRESSURE, {"since": timedelta(0)}, InvalidInput, "left out from"),
        (PRESSURE, {"since": timedelta(days=-8)}, InvalidInput, "168 h"),
    ],
)
def test_what_cannot_be_estimated_is_refused(plant, fake, tag, options, error, said):
    with pytest.raises(error, match=said):
        estimate(plant(), tag, **{name: fake.NOW + offset for name, offset in options.items()})


def test_a_tag_that_never_was_well_has_nothing_to_start_from(plant):
    with pytest.raises(OutsideData, match="no good value in the 168 h"):
        estimate(plant(timedelta(hours=40)), PRESSURE)


def test_without_a_model_there_is_no_estimate(plant):
    with pytest.raises(ModelNotReady):
        estimate(replace(plant(), model=None), PRESSURE)
