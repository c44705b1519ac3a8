"""`foretell bench` on a folder, as a person types it."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from api.cli.app import app
from bench.folder import read_folder
from twin.errors import InvalidInput

from .kiln import Kiln


def foretell(*words: object) -> Result:
    return CliRunner().invoke(app, ["bench", *map(str, words)])


def test_answers_are_written_and_scored(kiln: Kiln, tmp_path: Path) -> None:
    data, out = kiln.write(), tmp_path / "answers.npz"
    asked = foretell("whatif", "--data", data, "--out", out, "--family", "arx", "--json")
    assert asked.exit_code == 0
    assert json.loads(asked.stdout)["model"] == "arx"
    scored = foretell("score", "whatif", "--data", data, "--pred", out)
    assert json.loads(scored.stdout)["in_range"]["effect_r2"] > 0.9


def test_scores_of_a_detector_are_scored(kiln: Kiln, tmp_path: Path) -> None:
    data = kiln.write()
    np.savez(tmp_path / "scores.npz", score=np.zeros((4, 80)), threshold_steady=1.0, threshold_moving=1.0)
    found = json.loads(foretell("score", "faults", "--data", data, "--pred", tmp_path / "scores.npz").stdout)
    assert found["steady"]["fdr"] == {"1": 0.0}
    assert found["moving"]["fdr"] == {"2": 0.0}


def test_a_folder_is_generated_by_the_options(tmp_path: Path) -> None:
    sizes = ["--hours", "1", "--pairs", "1", "--ood-pairs", "0", "--faults", "", "--fault-free", "0"]
    what = ["--family", "tiny", "--context", "1", "--horizon", "2", "--sample-min", "6", "--procs", "1"]
    made = foretell("generate", "--out", tmp_path / "made", *sizes, *what, "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["pairs"] == 1
    folder = read_folder(tmp_path / "made")
    assert folder.meta.row_minutes == pytest.approx(6.0)
    assert (len(folder.train[0]), len(folder.what_ifs[0].context), len(folder.what_ifs[0].a)) == (10, 10, 20)
    assert folder.fault_runs == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["whatif", "--data", "somewhere"], "--data and --out go together"),
        (["whatif", "--out", "answers.npz"], "--data and --out go together"),
        (["whatif", "--data", "nowhere", "--out", "answers.npz"], "nowhere/meta.json cannot be read"),
        (["generate", "--out", "made", "--faults", "1,x"], "'1,x' is no list of IDV numbers"),
        (["generate", "--out", "made", "--faults", "4,29"], "IDV 29 is not one of 1 to 28"),
        (["score", "whatif", "--data", "nowhere", "--pred", "nothing.npz"], "nothing.npz cannot be read"),
    ],
)
def test_wrong_options_are_named(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = foretell(*words)
    assert isinstance(ended.exception, InvalidInput)
    assert sentence in str(ended.exception)


def test_every_bench_has_its_name() -> None:
    told = foretell("--help").stdout
    for name in ("generate", "whatif", "faults", "score", "tracks", "night", "write", "http", "all"):
        assert f" {name} " in told
