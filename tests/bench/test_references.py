"""The references: they see what a model sees, and a linear plant is no riddle to the ridge."""

from pathlib import Path

import numpy as np
import pytest

from bench.answers import LEVELS
from bench.counterfactual import prepare, run
from bench.folder import Folder, read_folder
from bench.references import ARX, _regressors, errors, held, segments
from bench.scoring.file import score_file
from twin.errors import EmptyWindow, InvalidInput

from .kiln import GAINS, Kiln

CONTEXT, HORIZON = 50, 40


@pytest.fixture
def folder(kiln: Kiln) -> Folder:
    return read_folder(kiln.write())


def test_held_values_are_those_of_the_file(folder: Folder, kiln: Kiln) -> None:
    obs, act = held(folder.train[0], folder.meta)
    assert np.array_equal(obs, kiln.files["normal"]["obs"][0])
    assert np.array_equal(act, kiln.files["normal"]["act"][0])


def test_a_gap_is_held_over(kiln: Kiln) -> None:
    kiln.files["normal"]["obs"][0, 5:8, 0] = np.nan
    kiln.files["normal"]["obs"][0, :2, 1] = np.nan
    folder = read_folder(kiln.write())
    obs, _ = held(folder.train[0], folder.meta)
    assert (obs[5:8, 0] == obs[4, 0]).all()
    assert (obs[:2, 1] == obs[2, 1]).all()


def test_hold_repeats_the_last_row_whatever_is_asked(folder: Folder, kiln: Kiln) -> None:
    ask, _ = prepare(folder, "hold", lambda done: None)
    answer = ask(folder.what_ifs[2])
    last = kiln.files["whatif"]["obs_ctx"][2, -1]
    assert (answer.a == last).all()
    assert (answer.b == last).all()
    assert answer.effect is None


def test_the_ridge_knows_the_gains_of_a_linear_plant(folder: Folder) -> None:
    ask, _ = prepare(folder, "arx", lambda done: None)
    for pair in folder.what_ifs:
        answer = ask(pair)
        gain = GAINS[:, ["set.gas", "set.fan"].index(pair.kind)] * pair.step
        assert (answer.b - answer.a)[-1] == pytest.approx(gain, abs=0.15 * abs(pair.step))


def test_a_row_follows_from_earlier_rows_and_from_levels_up_to_its_own() -> None:
    rows, levels = np.arange(100.0)[:, None], 1000 + np.arange(100.0)[:, None]
    found = _regressors(rows, levels, np.array([60]))[0].tolist()
    assert found == [59, 58, 57, 55, 50, 40, 1060, 1059, 1058, 1055, 1050, 1040, 1020, 1]


def test_quantiles_are_those_of_held_back_errors(folder: Folder) -> None:
    ask, _ = prepare(folder, "arx", lambda done: None)
    answer = ask(folder.what_ifs[0])
    cases = segments(folder.held_back, folder.meta, CONTEXT, HORIZON, 20)
    usual = np.quantile(errors(ask.roller, cases), LEVELS, axis=0)
    assert answer.quantiles == pytest.approx(answer.b + usual)
    assert usual.shape == (19, HORIZON, 5)


def test_the_ridge_does_not_look_at_the_questions(folder: Folder, kiln: Kiln) -> None:
    weights = ARX.fit(folder, CONTEXT, HORIZON).weights
    kiln.files["whatif"]["obs_ctx"] += 100.0
    assert np.array_equal(ARX.fit(read_folder(kiln.write()), CONTEXT, HORIZON).weights, weights)


def test_a_context_shorter_than_the_lags_is_lengthened(folder: Folder) -> None:
    arx = ARX.fit(folder, CONTEXT, HORIZON)
    obs, act, future, _ = segments(folder.held_back, folder.meta, CONTEXT, HORIZON, 40)
    short = arx.roll(obs[:, -5:], act[:, -5:], future)
    first = np.repeat(obs[:, -5:-4], 40, axis=1), np.repeat(act[:, -5:-4], 40, axis=1)
    longer = [np.concatenate([pad, past[:, -5:]], axis=1) for pad, past in zip(first, (obs, act), strict=True)]
    assert short == pytest.approx(arx.roll(*longer, future))


def test_held_back_runs_shorter_than_a_question_are_refused(folder: Folder) -> None:
    with pytest.raises(EmptyWindow, match="no held-back run has the 250 rows"):
        segments(folder.held_back, folder.meta, 50, 200, 20)


def test_hold_is_the_zero_of_skill_and_the_ridge_beats_it(kiln: Kiln, tmp_path: Path) -> None:
    kiln.write()
    found = {}
    for name in ("hold", "arx"):
        report = run(kiln.path, tmp_path / f"{name}.npz", name)
        assert (report["model"], report["pairs"]) == (name, 7)
        found[name] = score_file("whatif", kiln.path, tmp_path / f"{name}.npz")
    assert found["hold"]["in_range"]["skill"] == pytest.approx(0.0, abs=1e-6)
    assert found["hold"]["in_range"]["effect_r2"] == 0.0
    assert found["arx"]["in_range"]["effect_r2"] > 0.9
    assert found["arx"]["out_of_range"]["effect_r2"] > 0.9
    assert "effect_cover90" not in found["arx"]["in_range"]


def test_a_folder_without_questions_has_nothing_to_answer(kiln: Kiln, tmp_path: Path) -> None:
    del kiln.files["whatif"]
    with pytest.raises(InvalidInput, match="holds no whatif"):
        run(kiln.write(), tmp_path / "out.npz", "hold")
