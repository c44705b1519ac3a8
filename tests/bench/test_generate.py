"""The generator: repeatable, the same numbers for ever, and questions whose truth is one plant's."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.folder import read_folder
from bench.tep.generate import Sizes, generate
from bench.tep.runs import Fault, Regime, control_steps, run, walk
from ingest.demo.process import MOVABLE, OBSERVED, Process
from ingest.demo.schedule import ORDINARY

REGIME = Regime(family="frozen", context=0.3, horizon=0.3, gap=0.1, warm_up=0.3, moves=6.0, background=0.1)
SIZES = Sizes(
    hours=0.5,
    episode=0.5,
    pairs=2,
    ood_pairs=1,
    faults=(4,),
    fault_free=1,
    fault_moves=4.0,
    fault_hours=0.5,
    onset=0.25,
)
ONLY_LOGS = replace(SIZES, pairs=0, ood_pairs=0, faults=(), fault_free=0)
NAMES = ("normal", "val", "steady", "whatif", "whatif_truth", "faults")
FILES = (("normal", ""), ("faults", ""), ("whatif_truth", "_B"))
SHOWN = ("feed_a_flow", "reactor_pressure", "reactor_temperature", "reactor_feed_a", "xmv.purge_valve")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made")
    generate(path, REGIME, SIZES)
    return path


def shown(row: np.ndarray) -> list[float]:
    return [float(row[OBSERVED.index(tag)]) for tag in SHOWN]


def test_family_and_seed_give_these_numbers(made: Path) -> None:
    """Values of the generator that the benchmark's published numbers were made with."""
    normal, faults, truth = (np.load(made / f"{name}.npz")["obs" + end] for name, end in FILES)
    assert shown(normal[0, -1]) == pytest.approx([0.2582248, 2694.2197, 120.47323, 32.212223, 16.054499], rel=1e-6)
    assert shown(faults[3, -1]) == pytest.approx([0.2277812, 2702.9353, 120.47955, 32.286411, 36.776489], rel=1e-6)
    assert shown(truth[1, -1]) == pytest.approx([0.2580821, 2722.1155, 120.39270, 32.730682, 43.487328], rel=1e-6)
    assert np.load(made / "whatif.npz")["step"] == pytest.approx([-0.63599517, 3.55442303, -1.68486586])


def test_all_files_and_their_types_are_there(made: Path) -> None:
    found = {name: {k: (a.shape, a.dtype.name) for k, a in np.load(made / f"{name}.npz").items()} for name in NAMES}
    assert found["normal"] == {"obs": ((1, 10, 50), "float32"), "act": ((1, 10, 13), "float32")}
    assert found["val"] == found["steady"] == found["normal"]
    assert found["whatif"] == {
        "obs_ctx": ((3, 6, 50), "float32"),
        "act_ctx": ((3, 6, 13), "float32"),
        "act_A": ((3, 6, 13), "float32"),
        "act_B": ((3, 6, 13), "float32"),
        "kind": ((3,), "int64"),
        "step": ((3,), "float64"),
        "ood": ((3,), "bool"),
    }
    assert found["whatif_truth"] == {"obs_A": ((3, 6, 50), "float32"), "obs_B": ((3, 6, 50), "float32")}
    assert found["faults"] == {
        "obs": ((4, 10, 50), "float32"),
        "act": ((4, 10, 13), "float32"),
        "idv": ((4,), "int64"),
        "moving": ((4,), "bool"),
        "onset_h": ((), "float32"),
        "valid_len": ((4,), "int64"),
    }


def test_a_generated_folder_reads_as_one(made: Path) -> None:
    folder = read_folder(made)
    assert [tag.name.lower() for tag in folder.plant.observed] == list(OBSERVED)
    assert [tag.name for tag in folder.plant.movable] == list(MOVABLE)
    assert (len(folder.train), len(folder.held_back), len(folder.steady), len(folder.fault_runs)) == (1, 1, 1, 4)
    assert [pair.out_of_range for pair in folder.what_ifs] == [False, False, True]


def test_the_held_out_family_is_not_named(made: Path) -> None:
    meta = json.loads((made / "meta.json").read_text())
    assert meta["family"] == "held-out"
    assert "frozen" not in (made / "meta.json").read_text()


def test_meta_says_what_was_simulated(made: Path) -> None:
    meta = json.loads((made / "meta.json").read_text())
    assert np.flatnonzero(meta["params"]["background"]).tolist() == [7, 9, 10, 11, 15], "IDV 8, 10, 11, 12, 16"
    assert (meta["params"]["moves"], meta["params"]["warmup_h"], meta["params"]["every"]) == (6.0, 0.3, 100)
    pressure = meta["obs"][6]
    assert pressure == {"name": "reactor_pressure", "unit": "kPa", "noise": 0.3, "scale": 31.6, "update_minutes": 3.0}
    assert meta["act"][2]["lo"] == 2655.0


def test_another_family_is_another_plant(tmp_path: Path, made: Path) -> None:
    generate(tmp_path, replace(REGIME, family="thawed"), ONLY_LOGS)
    assert not np.array_equal(np.load(tmp_path / "normal.npz")["obs"], np.load(made / "normal.npz")["obs"])


def test_a_part_of_the_data_is_the_same_without_the_rest(tmp_path: Path, made: Path) -> None:
    generate(tmp_path, REGIME, ONLY_LOGS)
    assert np.array_equal(np.load(tmp_path / "val.npz")["obs"], np.load(made / "val.npz")["obs"])
    assert not (tmp_path / "faults.npz").exists()
    assert read_folder(tmp_path).what_ifs == ()


def test_both_futures_of_a_pair_see_the_same_noise(made: Path) -> None:
    """A transmitter's noise is far larger than what the step does to it in its first row."""
    truth = np.load(made / "whatif_truth.npz")
    level = OBSERVED.index("stripper_level")
    assert np.abs(np.diff(truth["obs_A"][:, :, level])).max() > 0.5
    assert np.abs(truth["obs_B"][:, 0, level] - truth["obs_A"][:, 0, level]).max() < 0.1


def test_a_question_steps_one_level_and_holds_the_others(made: Path) -> None:
    file = np.load(made / "whatif.npz")
    for number, kind in enumerate(file["kind"]):
        differs = (file["act_A"][number] != file["act_B"][number]).any(0)
        assert np.flatnonzero(differs).tolist() == [kind]
        assert np.array_equal(file["act_A"][number, 0], file["act_ctx"][number, -1])


def test_out_of_range_lies_outside_of_what_is_ever_set(made: Path) -> None:
    file = np.load(made / "whatif.npz")
    for number, outside in enumerate(file["ood"]):
        centre, half = ORDINARY[MOVABLE[file["kind"][number]]]
        away = abs(float(file["act_B"][number, 0, file["kind"][number]]) - centre) / half
        assert (1.25 <= away <= 1.6) if outside else away <= 1.0


def test_rows_after_a_trip_repeat_the_last_one() -> None:
    regime = Regime()
    process = Process.start(4243534565)
    rows, live = run(process, walk(np.random.default_rng(0), 180, 0.0), regime, Fault(6, 0))
    assert 100 < live < 180
    assert (rows[live:] == rows[live]).all()
    assert not np.array_equal(rows[live], rows[live - 1])


def test_a_row_is_a_whole_number_of_control_steps() -> None:
    assert (control_steps(3.0), control_steps(1.0), control_steps(6.0)) == (100, 33, 200)


def test_a_steady_run_is_never_moved(made: Path) -> None:
    centres = np.float32([centre for centre, _ in ORDINARY.values()])
    assert (np.load(made / "steady.npz")["act"] == centres).all()


def test_processes_change_nothing(tmp_path: Path, made: Path) -> None:
    told: list[float] = []
    generate(tmp_path, REGIME, ONLY_LOGS, processes=2, progress=told.append)
    assert np.array_equal(np.load(tmp_path / "normal.npz")["obs"], np.load(made / "normal.npz")["obs"])
    assert told[-1] == 1.0
