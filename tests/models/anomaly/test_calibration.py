"""Calibration: what is learned, what is saved, what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from models.anomaly.calibrate import calibrate
from models.anomaly.calibration import Calibration
from models.anomaly.smoothing import Smoother, SmoothingConfig
from models.anomaly.space import Directions, Space
from twin.errors import CheckpointError, InvalidInput


def test_saved_and_loaded_it_scores_the_same(lab):
    window = lab.normal(80)
    restored = Calibration.from_parts(lab.calibration.parts(), "toy-1")
    own, loaded = (lab.watch(c.detector(lab.plant, 1.0), window)[0][0] for c in (lab.calibration, restored))
    np.testing.assert_allclose(loaded.score, own.score, rtol=1e-4)


def test_all_saved_numbers_are_finite(lab):
    assert all(np.isfinite(part).all() for part in lab.calibration.parts().values())


def test_another_models_calibration_is_refused(lab):
    with pytest.raises(CheckpointError, match="calibrated for model toy-1"):
        Calibration.from_parts(lab.calibration.parts(), "toy-2")


@pytest.mark.parametrize("lost", ["about", "std", "move"])
def test_an_incomplete_calibration_is_refused(lab, lost):
    parts = {name: part for name, part in lab.calibration.parts().items() if name != lost}
    with pytest.raises(CheckpointError):
        Calibration.from_parts(parts, "toy-1")


def test_too_little_normal_operation_is_refused_with_what_is_needed(lab):
    with pytest.raises(InvalidInput, match=r"h of held-back operation are too little .* h are needed"):
        calibrate(lab.model, [lab.normal(81, 60)], lab.plant)


def test_one_long_stretch_will_do(lab):
    calibration = calibrate(lab.model, [lab.normal(82, 1600)], lab.plant)
    assert len(calibration.tails) == 9


def test_only_measured_tags_are_transmitters(lab):
    geometry = lab.calibration.geometry
    told = dict(zip(geometry.tags, geometry.transmitters, strict=True))
    assert not told["xmv.valve"]
    assert told["level"]
    assert told["purity"]


def test_the_signature_of_a_bias_is_read_off_the_model(lab):
    geometry = lab.calibration.geometry
    tag, answers = geometry.tags.index("cooling"), geometry.tags.index("heat")
    lasting = geometry.signatures.lasting[tag]
    assert lasting[tag] == pytest.approx((1 - 0.75) / 0.5, abs=1e-3)
    assert lasting[answers] == pytest.approx(-0.15 / 0.5, abs=1e-3)


def test_after_moves_more_is_usual(lab):
    unrest = lab.calibration.geometry.unrest
    made = np.zeros(unrest.excess.shape[1:])
    made[0, 0] = 1.0
    assert (unrest.factors(np.zeros_like(made)) == 1.0).all()
    assert (unrest.factors(made) >= 1.0).all()


def test_a_direction_that_does_not_count_leaves_no_trace():
    space = Space(np.ones(4), np.linalg.inv(0.5 * np.eye(4) + 0.5), np.eye(4))
    vector = np.array([[1.0, -2.0, 0.5, 3.0]])
    only_that = space.without(space.whiten(7.0 * vector[0]), Directions.free(vector))
    assert only_that.size == pytest.approx(0.0, abs=1e-2)
    assert only_that.amounts == pytest.approx([7.0], rel=1e-4)


def test_a_unit_vector_that_does_not_count_makes_its_tag_missing():
    correlation = 0.5 * np.eye(3) + 0.5
    space, seen = Space(np.ones(3), np.linalg.inv(correlation), np.eye(3)), np.array([2.0, -1.0, 5.0])
    rest = space.without(space.whiten(seen), Directions.free(np.eye(3)[[2]]))
    assert rest.size == pytest.approx(seen[:2] @ np.linalg.inv(correlation[:2, :2]) @ seen[:2], rel=1e-4)


def test_a_tag_that_speaks_seldom_is_averaged_over_the_same_time(lab):
    config = replace(SmoothingConfig(), drift=SmoothingConfig().drift * 1000)
    smoother = Smoother(config, lab.model.card.step, np.array([1, 5]))
    rows = np.ones((200, 2))
    rows[np.arange(200) % 5 != 0, 1] = np.nan
    _, means = smoother.advance(rows)
    np.testing.assert_allclose(means[195, 1:, 0], means[195, 1:, 1], atol=0.03)
