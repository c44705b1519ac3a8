"""Answers in finer detail: along the horizon, level by level, move by move, worked by hand."""

import numpy as np
import pytest

from bench.answers import LEVELS, Answer
from bench.diagnosis import Diagnosis
from bench.folder import Folder, read_arrays, read_folder
from bench.scoring.units import scale_of

from .kiln import Kiln


@pytest.fixture
def folder(kiln: Kiln) -> Folder:
    return read_folder(kiln.write())


def perfect(folder: Folder, shift: float = 0.0, *, effect: bool = True) -> list[Answer]:
    """The truth, B `shift` scales off; every quantile lies (level − ½) scales from it."""
    truth = read_arrays(folder.path, "whatif_truth", ("obs_A", "obs_B"))
    a, b = (truth[name].astype(float) for name in ("obs_A", "obs_B"))
    scale = scale_of(folder.path, folder.meta)
    away = (LEVELS - 0.5)[:, None, None] * scale
    b = b + shift * scale
    return [Answer(one, two, two + away, two - one + away if effect else None) for one, two in zip(a, b, strict=True)]


def test_a_curve_is_the_error_in_scales_at_each_hour(folder: Folder) -> None:
    answers = perfect(folder)
    row = folder.meta.rows(1.0) - 1
    for answer in answers:
        answer.b[row] += 2.0 * scale_of(folder.path, folder.meta)
    curves = Diagnosis.of(folder, answers).curves()
    at = dict(zip(curves["hours"], zip(curves["a"], curves["b"], curves["effect"], strict=True), strict=True))
    assert at[1.0] == pytest.approx((0.0, 2.0, 2.0))
    assert at[2.0] == pytest.approx((0.0, 0.0, 0.0))
    assert curves["hours"][-1] <= 40 * 4 / 60


def test_pairs_out_of_range_do_not_count(folder: Folder) -> None:
    answers = perfect(folder)
    for answer, pair in zip(answers, folder.what_ifs, strict=True):
        if pair.out_of_range:
            answer.b[:] += 100.0
    found = Diagnosis.of(folder, answers)
    assert max(found.curves()["b"]) == 0.0
    assert sum(kind["pairs"] for kind in found.by_kind().values()) == 6


def test_reliability_is_the_share_below_each_quantile(folder: Folder) -> None:
    honest = Diagnosis.of(folder, perfect(folder)).reliability()
    assert honest["level"] == pytest.approx((LEVELS >= 0.5).astype(float))
    assert honest["effect"] == pytest.approx((LEVELS >= 0.5).astype(float))
    low = Diagnosis.of(folder, perfect(folder, shift=-0.2)).reliability()
    assert low["level"] == pytest.approx((LEVELS > 0.7 - 1e-9).astype(float)), "what is answered too low"


def test_without_quantiles_of_the_effect_nothing_is_said_of_it(folder: Folder) -> None:
    found = Diagnosis.of(folder, perfect(folder, effect=False))
    assert found.reliability()["effect"] is None
    assert all("effect_cover90" not in kind for kind in found.by_kind().values())


def test_every_kind_of_move_has_scores_of_its_own(folder: Folder) -> None:
    answers = perfect(folder)
    for answer, pair in zip(answers, folder.what_ifs, strict=True):
        if pair.kind == "set.fan":
            answer.b[:] = answer.a
            answer.effect[:] -= 1000.0
    found = Diagnosis.of(folder, answers).by_kind()
    assert found["set.gas"]["effect_r2"] == 1.0
    assert found["set.fan"]["effect_r2"] == 0.0, "no effect answered"
    assert (found["set.gas"]["effect_cover90"], found["set.fan"]["effect_cover90"]) == (1.0, 0.0)


def test_points_are_the_same_cells_for_every_model(folder: Folder) -> None:
    one = Diagnosis.of(folder, perfect(folder)).points(count=5)
    other = Diagnosis.of(folder, perfect(folder, shift=0.5)).points(count=5)
    assert one["true"] == other["true"] == one["answered"]
    assert len(one["true"]) == 5
    assert np.subtract(other["answered"], other["true"]) == pytest.approx([0.5] * 5, abs=2e-3)
