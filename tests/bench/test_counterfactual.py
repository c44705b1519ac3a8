"""What-ifs of a folder, asked of a world model: the right columns, the right levels, one file."""

import json
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import bench.report
import bench.tracks
from bench.answers import LEVELS, save
from bench.counterfactual import ByModel, ask, run, train
from bench.folder import Pair, read_folder
from bench.report import digest
from bench.scoring.file import score_file
from bench.tracks import CHAMPION, TRACKS, keep, on_folder, tracks
from models.training import TrainingConfig
from twin.errors import InvalidInput
from twin.window import Window
from twin.world import Comparison, Imagination, ModelCard

from .kiln import Kiln

TAGS = ("fan", "gas", "draught", "shell", "lime")
MOVES = ("set.fan", "set.gas")
"""Other orders than the folder's."""


@dataclass
class Oracle:
    """Says of every tag: its number in the card, plus the sum of the levels of the card's first move."""

    asked: list[np.ndarray] = field(default_factory=list)

    @property
    def card(self) -> ModelCard:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return ModelCard(
            version="oracle-1",
            family="oracle",
            plant="a kiln",
            tags=TAGS,
            moves=MOVES,
            step=timedelta(minutes=4),
            context=timedelta(hours=1),
            horizon=timedelta(hours=1),
            scale=(1.0,) * 5,
            envelope=(),
            disagreement_limit=0.0,
            data_start=moment,
            data_end=moment + timedelta(hours=1),
            data_hours=1.0,
            created=moment,
            seed=1,
            skill={},
        )

    def observe(self, window: Window, belief: Any = None) -> tuple[Any, Any]:
        return window, None

    def imagine(self, belief: Window, moves: np.ndarray, *, samples: int = 64, seed: int = 0) -> Imagination:
        mean = np.arange(5.0) + moves[:, :1]
        paths = (mean + np.linspace(-1, 1, samples)[:, None, None]).astype(np.float32)
        return Imagination(TAGS, belief.time, paths, mean, np.zeros_like(mean), np.zeros_like(mean))

    def compare(
        self, belief: Window, baseline: np.ndarray, scenario: np.ndarray, *, samples: int = 64, seed: int = 0
    ) -> Comparison:
        self.asked += [baseline, scenario]
        one, other = (self.imagine(belief, moves, samples=samples) for moves in (baseline, scenario))
        return Comparison.paired(one, other, np.zeros_like(one.mean))


@pytest.fixture
def pair(kiln: Kiln) -> Pair:
    """Its step is made with set.fan."""
    return read_folder(kiln.write()).what_ifs[1]


def test_the_model_is_asked_in_its_own_order_of_moves(pair: Pair) -> None:
    oracle = Oracle()
    ByModel(oracle)(pair)
    assert np.array_equal(oracle.asked[0], pair.a[:, ::-1])
    assert np.array_equal(oracle.asked[1], pair.b[:, ::-1])


def test_the_answer_has_the_folders_order_of_tags(pair: Pair) -> None:
    answer = ByModel(Oracle())(pair)
    assert answer.a[0] - pair.a[0, 1] == pytest.approx([1, 2, 3, 4, 0]), "gas draught shell lime fan"
    assert answer.b - answer.a == pytest.approx(np.ones((40, 5)))


def test_quantiles_and_the_effects_interval_come_from_the_paths(pair: Pair) -> None:
    answer = ByModel(Oracle(), samples=201)(pair)
    assert answer.quantiles.shape == (19, 40, 5)
    assert answer.quantiles[0] == pytest.approx(answer.b - 0.9, abs=0.01)
    assert answer.quantiles[9] == pytest.approx(answer.b, abs=1e-5)
    assert answer.effect is not None
    assert answer.effect == pytest.approx(np.ones((19, 40, 5)), abs=1e-5), "both futures share their noise"


def test_the_file_holds_what_is_scored(pair: Pair, tmp_path: Path) -> None:
    save(tmp_path / "deep" / "answers.npz", [ByModel(Oracle())(pair)] * 3)
    with np.load(tmp_path / "deep" / "answers.npz") as file:
        assert {name: (file[name].shape, file[name].dtype.name) for name in file} == {
            "A_mean": ((3, 40, 5), "float32"),
            "B_mean": ((3, 40, 5), "float32"),
            "B_quantiles": ((19, 3, 40, 5), "float32"),
            "eff_q05": ((3, 40, 5), "float32"),
            "eff_q95": ((3, 40, 5), "float32"),
            "levels": ((19,), "float64"),
        }
        assert file["levels"].tolist() == LEVELS.tolist()


def test_a_trained_family_answers_for_a_plant_it_has_never_heard_of(kiln: Kiln, tmp_path: Path) -> None:
    told: list[float] = []
    report = run(kiln.write(), tmp_path / "answers.npz", "linear", told.append)
    found = score_file("whatif", kiln.path, tmp_path / "answers.npz")["in_range"]
    assert str(report["model"]).startswith("linear-")
    assert found["effect_r2"] > 0.8
    assert 0.0 <= found["effect_cover90"] <= 1.0
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_training_takes_context_and_horizon_from_the_questions(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr("models.training.fit", lambda *arguments: given.extend(arguments))
    folder = read_folder(kiln.write())
    train(folder, "linear", lambda done: None)
    windows, held_back, plant, config, _ = given
    assert (windows, held_back, plant) == ((*folder.train, *folder.steady), folder.held_back, folder.plant)
    assert (config.family, config.context, config.horizon) == ("linear", 50, 40)
    assert config.imagined <= 40


def test_an_unknown_family_is_refused(kiln: Kiln, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nonesuch"):
        run(kiln.write(), tmp_path / "answers.npz", "nonesuch")


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the reports are written."""
    for module in (bench.tracks, bench.report):
        monkeypatch.setattr(module, "ROOT", tmp_path / "root")
    (tmp_path / "root" / "bench" / "results").mkdir(parents=True)
    return tmp_path / "root" / "bench" / "results"


def written(results: Path, name: str) -> dict[str, Any]:
    return json.loads((results / f"{name}.json").read_text())


def test_a_track_holds_every_score_of_every_model(kiln: Kiln) -> None:
    found = on_folder(read_folder(kiln.write()), ["hold", "arx"])["tracks"]
    assert list(found) == ["hold", "arx"]
    assert found["arx"]["in_range"]["crps"] < found["hold"]["in_range"]["crps"]
    assert found["arx"]["in_range"]["by_kind"].keys() == {"set.gas", "set.fan"}
    assert found["arx"]["train_seconds"] >= 0


def test_tracks_are_reported_by_name(kiln: Kiln, results: Path) -> None:
    path, told = kiln.write(), list[float]()
    tracks(dict.fromkeys(TRACKS, path), ["hold"], progress=told.append)
    found = written(results, "tracks")
    assert found["bench"] == "tracks"
    assert list(found["tracks"]) == ["lab", "field", "second", "second-field"]
    assert found["tracks"]["field"]["hold"]["in_range"]["pairs"] == 6
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert written(results, "horizon")["tracks"]["lab"]["hold"]["b"]
    assert written(results, "verdict")["tracks"]["lab"] == {}


def test_the_houses_own_model_is_asked_for_verdicts_and_counterfactuals_as_well(
    kiln: Kiln, monkeypatch: pytest.MonkeyPatch
) -> None:
    houses = TrainingConfig(family="linear")
    monkeypatch.setattr("models.training.TrainingConfig", lambda: houses)
    found = on_folder(read_folder(kiln.write()), [CHAMPION])
    assert len(found["verdict"][CHAMPION]["pairs"]["doubt"]) == 7
    assert found["abduction"][CHAMPION]["in_range"]["cells"] > 0
    assert {report[CHAMPION]["model"] for report in found.values()} == {found["tracks"][CHAMPION]["model"]}


def test_what_was_measured_before_is_kept_while_the_data_are_the_same(kiln: Kiln, results: Path) -> None:
    def models(path: Path, model: str) -> set[str]:
        data = read_folder(path)
        keep(time.perf_counter(), "lab", digest(data), on_folder(data, [model]))
        return set(written(results, "horizon")["tracks"]["lab"])

    path = kiln.write()
    assert models(path, "hold") == {"hold"}
    assert models(path, "arx") == {"hold", "arx"}
    kiln.files["normal"]["obs"][0, 0, 0] += 1.0
    assert models(kiln.write(), "hold") == {"hold"}


def test_a_rival_that_is_not_installed_is_named(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "latentplant", None)
    with pytest.raises(InvalidInput, match="needs latentplant, which the extra `bench` installs"):
        ask(read_folder(kiln.write()), "latentplant_ensemble", lambda done: None)


@dataclass
class FakeEnsemble:
    """Of latentplant's shape: stays where the tags were last, plus the first move's level, plus noise of its seed."""

    fitted: Any = None

    def fit(self, windows: Any, epochs: int, seed: int) -> None:
        self.fitted = windows

    def rollout(self, obs: Any, act: Any, _past: Any, levels: Any, _after: Any, n_samples: int, seed: int) -> Any:
        noise = np.random.default_rng(seed).standard_normal((n_samples, 1, levels.shape[1], obs.shape[2]))
        return SimpleNamespace(samples=obs[None, :, -1:] + levels[None, :, :, :1] + noise)


def test_a_rival_learns_the_logs_windows_and_answers_by_paths(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[FakeEnsemble] = []
    module = SimpleNamespace(
        WindowSet=lambda *arrays: arrays,
        ProbabilisticEnsemble=lambda *_, **__: made.append(FakeEnsemble()) or made[-1],
    )
    monkeypatch.setitem(sys.modules, "latentplant", module)
    folder = read_folder(kiln.write())
    asked = ask(folder, "latentplant_ensemble", lambda done: None)
    assert [part.shape[1:] for part in made[0].fitted[:2]] == [(50, 5), (50, 2)]
    answer, pair = asked.answers[0], folder.what_ifs[0]
    assert answer.b - answer.a == pytest.approx(np.repeat((pair.b - pair.a)[:, :1], 5, axis=1))
    assert answer.effect[0] == pytest.approx(answer.effect[-1]), "both futures share their noise"
    assert (answer.quantiles[0] < answer.quantiles[-1]).all()
