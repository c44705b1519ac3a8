"""A folder of any plant becomes a plant and windows; what does not fit is refused by name."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.folder import Folder, news, read_folder
from models.normalizer import Normalizer
from twin.errors import InvalidInput
from twin.plant import TagRole

from .kiln import SLOW, Kiln


@pytest.fixture
def folder(kiln: Kiln) -> Folder:
    return read_folder(kiln.write())


def test_the_plant_has_the_folders_tags_units_and_cadences(folder: Folder) -> None:
    plant = folder.plant
    assert [tag.name for tag in plant.observed] == ["gas", "draught", "shell", "lime", "fan"]
    assert [(tag.name, tag.unit, tag.cadence) for tag in plant.movable] == [
        ("set.gas", "t/h", None),
        ("set.fan", "%", None),
    ]
    assert plant.step == timedelta(minutes=4)
    assert plant.tag("lime").cadence == timedelta(minutes=8)
    assert plant.tag("lime").role is TagRole.ANALYSER
    assert plant.tag("draught").cadence == timedelta(minutes=4), "a tag of no stated cadence is new in every row"


def test_ranges_hold_every_question_and_every_logged_value(folder: Folder) -> None:
    for pair in folder.what_ifs[:-1]:
        for move, level in zip(folder.plant.movable, pair.b[-1], strict=True):
            assert move.low < level < move.high
    for tag in folder.plant.observed:
        seen = folder.train[0].column(tag.name)
        assert tag.low < np.nanmin(seen)
        assert np.nanmax(seen) < tag.high


def test_a_move_logged_outside_its_ordinary_range_widens_it(kiln: Kiln) -> None:
    kiln.files["normal"]["act"][0, 5, 0] = 40.0
    assert read_folder(kiln.write()).plant.tag("set.gas").high > 40.0


def test_windows_hold_the_files_values_in_engineering_units(folder: Folder, kiln: Kiln) -> None:
    window = folder.train[1]
    assert window.tags == ("gas", "draught", "shell", "lime", "fan", "set.gas", "set.fan")
    assert np.array_equal(window.column("fan"), kiln.files["normal"]["obs"][1, :, 4].astype(float))
    assert np.array_equal(window.column("set.fan"), kiln.files["normal"]["act"][1, :, 1].astype(float))


def test_what_an_analyser_repeats_is_nothing_measured(folder: Folder, kiln: Kiln) -> None:
    window = folder.train[0]
    column = window.tags.index("lime")
    assert window.valid[1:, column].tolist() == [row % 2 == 1 for row in range(1, 400)]
    assert np.isnan(window.values[2, column])
    assert window.values[1, column] == kiln.files["normal"]["obs"][0, 1, SLOW]


def test_a_value_that_is_not_a_number_is_not_valid(kiln: Kiln) -> None:
    kiln.files["val"]["obs"][0, 3, 0] = np.nan
    window = read_folder(kiln.write()).held_back[0]
    assert not window.valid[3, 0]
    assert window.valid[4, 0]


def test_runs_do_not_overlap_in_time(folder: Folder) -> None:
    runs = [*folder.train, *folder.held_back, *folder.steady, *(run.window for run in folder.fault_runs)]
    spans = sorted((window.start, window.end) for window in runs)
    assert all(end < begin for (_, end), (begin, _) in pairwise(spans))


def test_a_question_says_what_is_set_and_when(folder: Folder, kiln: Kiln) -> None:
    pair, file = folder.what_ifs[6], kiln.files["whatif"]
    assert pair.kind == "set.gas"
    assert pair.out_of_range
    assert pair.step == pytest.approx(5.0)
    assert len(pair.context) == 50
    assert np.array_equal(pair.b, file["act_B"][6])
    assert np.array_equal(pair.a[0], pair.context.values[-1, 5:])


def test_a_watched_run_carries_no_label(folder: Folder) -> None:
    assert [run.moving for run in folder.fault_runs] == [False, False, True, True]
    assert {name for name in dir(folder.fault_runs[0]) if not name.startswith("_")} == {"moving", "window"}


def test_a_folder_without_steady_runs_questions_and_faults_is_one_to_train_on(kiln: Kiln) -> None:
    for name in ("steady", "whatif", "whatif_truth", "faults"):
        del kiln.files[name]
    folder = read_folder(kiln.write())
    assert (folder.steady, folder.what_ifs, folder.fault_runs) == ((), (), ())
    assert len(folder.train) == 3


def test_no_run_in_a_file_is_no_run(kiln: Kiln) -> None:
    kiln.files["steady"] = {name: array[:0] for name, array in kiln.files["steady"].items()}
    assert read_folder(kiln.write()).steady == ()


def test_a_training_window_fits_the_normaliser(folder: Folder) -> None:
    normalizer = Normalizer.fit(folder.plant, folder.train)
    assert normalizer.tag_mean == pytest.approx(20.0, abs=1.0)


@pytest.mark.parametrize(
    ("cadence", "values", "expected"),
    [
        (1.0, [5, 5, 5], [1, 1, 1]),
        (2.0, [5, 5, 6, 6, 7], [1, 0, 1, 0, 1]),
        (2.0, [5, 5, 5, 5, 5, 5, 5], [1, 0, 0, 1, 0, 0, 1]),
        (2.5, [1, 1, 1, 2, 2, 3, 3, 3, 4], [1, 0, 0, 1, 0, 1, 0, 0, 1]),
        (2.0, [1, 2, 3, 3], [1, 1, 1, 0]),
    ],
)
def test_a_row_is_new_when_it_differs_or_another_value_is_overdue(
    cadence: float, values: list[float], expected: list[int]
) -> None:
    assert news(np.array(values, float), cadence).astype(int).tolist() == expected


def _read_all(path: Path) -> None:
    folder = read_folder(path)
    assert folder.plant
    assert folder.held_back


def _drop_val(kiln: Kiln) -> None:
    del kiln.files["val"]


def _one_tag_less(kiln: Kiln) -> None:
    del kiln.meta["obs"][0]


def _unknown_level(kiln: Kiln) -> None:
    kiln.files["val"]["act"][1, 7, 1] = np.nan


def _name_twice(kiln: Kiln) -> None:
    kiln.meta["act"][0]["name"] = "gas"


def _no_unit(kiln: Kiln) -> None:
    del kiln.meta["obs"][2]["unit"]


def _silent_tag(kiln: Kiln) -> None:
    kiln.files["normal"]["obs"][:, :, 2] = np.nan


def _no_array(kiln: Kiln) -> None:
    del kiln.files["val"]["act"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_drop_val, r"val\.npz cannot be read"),
        (_one_tag_less, "names 4 observed tags and 2 moves"),
        (_unknown_level, "where set.fan stood in run 1, row 7"),
        (_name_twice, "names gas twice"),
        (_no_unit, r"obs\.2\.unit: Field required"),
        (_silent_tag, "no value of shell"),
        (_no_array, "act is not a file in the archive"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kiln: Kiln, spoil: Callable[[Kiln], None], sentence: str) -> None:
    spoil(kiln)
    path = kiln.write()
    with pytest.raises(InvalidInput, match=sentence):
        _read_all(path)


def test_a_folder_that_is_not_there_is_refused(kiln: Kiln) -> None:
    with pytest.raises(InvalidInput, match=r"meta\.json cannot be read"):
        read_folder(kiln.path / "nowhere")
