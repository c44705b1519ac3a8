"""Claims about the GPU bench that hold on any device, here the CPU."""

import json
import sys
from pathlib import Path

import pytest
import torch

from bench import gpu
from bench.folder import read_folder
from bench.gpu import Effort, Roofline, Traffic, Work, count, measure, measure_roofline, rounding, size, sweep
from models.training import fit
from models.world.dynamics import Noise
from models.world.linear import LinearBackbone, LinearConfig
from models.world.rollout import Prepared

from .kiln import Kiln
from .test_scale import TINY

EFFORT = Effort((2, 4), side=64, questions=3, horizon=4, scenarios=2)
MEMBERS, TAGS, MOVES, ROWS = 2, 5, 2, 6


@pytest.fixture
def line() -> LinearBackbone:
    backbone = LinearBackbone(LinearConfig(tag_lags=(1, 2), move_lags=(0, 1)), MEMBERS, TAGS, MOVES)
    backbone.tag_weights += 0.05
    backbone.move_weights += 0.1
    return backbone


@pytest.fixture
def moves() -> torch.Tensor:
    return torch.ones(1, ROWS, MOVES)


def test_a_products_flops_and_bytes_are_counted() -> None:
    a, b = torch.ones(4, 8), torch.ones(8, 2)
    with Traffic() as traffic:
        (a @ b).T.expand(3, 2, 4)
    assert traffic.bytes == 4 * (4 * 8 + 8 * 2 + 4 * 2)


def test_an_expanded_tensor_counts_once() -> None:
    assert size(torch.ones(1, 5).expand(100, 5)) == 20


def test_a_rollouts_flops_are_those_of_its_matrices(line: LinearBackbone, moves: torch.Tensor) -> None:
    batch = 7
    levels = moves.expand(batch, -1, -1)
    work = count(Prepared(line, line.start(batch), levels, Noise.seeded(0)), list(line.buffers()))
    tags = 2 * MEMBERS * batch * (2 * TAGS) * TAGS
    drive = 2 * MEMBERS * (2 * MOVES) * TAGS
    noise = 2 * MEMBERS * batch * TAGS * TAGS
    assert work.flops == ROWS * (tags + drive + noise)
    rows = 4 * MEMBERS * batch * ROWS * TAGS
    assert 2 * rows < work.least_bytes < work.kernel_bytes


def test_the_roofline_is_the_slower_of_memory_and_arithmetic() -> None:
    roof = Roofline(bytes=100.0, flops=1000.0)
    assert roof.seconds(Work(flops=2000, least_bytes=100, kernel_bytes=0)) == 2.0
    assert roof.seconds(Work(flops=1000, least_bytes=300, kernel_bytes=0)) == 3.0


def test_a_sweep_counts_latent_steps(line: LinearBackbone, moves: torch.Tensor) -> None:
    few, many = sweep(line, moves, measure_roofline(moves.device, moves.dtype, 64), (4, 8))
    for found in (few, many):
        steps = MEMBERS * found.batch * ROWS
        assert found.steps_per_s == pytest.approx(1000 * steps / found.milliseconds)
        assert found.roofline_share > 0
    assert many.work.flops > few.work.flops


def test_what_the_dtype_changes_is_told(line: LinearBackbone, moves: torch.Tensor) -> None:
    assert rounding(line, moves) == 0.0
    assert 0 < rounding(line, moves.bfloat16()) < 0.05


def test_a_faster_device_does_not_change_the_work(line: LinearBackbone, moves: torch.Tensor) -> None:
    slow, fast = (measure(line, Roofline(speed, speed), moves, 4) for speed in (1e6, 1e12))
    assert slow.work == fast.work


def test_a_question_is_timed_on_its_device(kiln: Kiln) -> None:
    folder = read_folder(kiln.write())
    model = fit(folder.train[:1], folder.held_back[:1], folder.plant, TINY)
    found = gpu.asked(model, torch.device("cpu"), torch.float32, EFFORT)
    assert 0 < found["rollout_p50_ms"] <= found["p95_ms"]
    assert 0 < found["p50_ms"] <= found["p95_ms"]
    assert found["scenarios_p50_ms"] > 0


def test_without_a_gpu_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["gpu"])
    gpu.main()
    assert "nothing was measured" in capsys.readouterr().out


@pytest.fixture
def small(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = read_folder(kiln.write())
    model = fit(folder.train[:1], folder.held_back[:1], folder.plant, TINY)
    monkeypatch.setattr(gpu, "one_model", lambda checkpoint: model)


@pytest.mark.usefixtures("small")
def test_a_whole_run_is_rehearsed_on_the_cpu(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    report = gpu.run(torch.device("cpu"), results=path, effort=EFFORT)
    assert json.loads(path.read_text()) == report
    for found in report["results"].values():
        assert set(found) == {"roofline", "rounding", "what_if", "batch_2", "batch_4"}
        assert found["batch_4"]["work"]["flops"] > found["batch_2"]["work"]["flops"]
    rates = [report["results"]["bfloat16"][f"batch_{batch}"]["steps_per_s"] for batch in (2, 4)]
    assert report["bars"]["steps_per_s"] == {"found": max(rates), "limit": 50e6, "holds": False}
    assert report["bars"]["what_if_p50_ms"]["found"] > 0


@pytest.mark.usefixtures("small")
def test_what_fails_is_said_in_its_place_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = gpu.measure

    def short_of_memory(dynamics: object, roofline: Roofline, moves: torch.Tensor, batch: int) -> object:
        if batch == 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory\nTried to allocate")
        return measured(dynamics, roofline, moves, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(gpu, "measure", short_of_memory)
    report = gpu.run(torch.device("cpu"), results=tmp_path / "gpu.json", effort=EFFORT)
    found = report["results"]["bfloat16"]
    assert found["batch_2"] == "not measured: OutOfMemoryError: CUDA out of memory"
    assert report["bars"]["steps_per_s"]["found"] == found["batch_4"]["steps_per_s"]


@pytest.mark.usefixtures("small")
def test_without_a_roofline_the_latency_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(device: torch.device, dtype: torch.dtype, side: int) -> Roofline:
        raise RuntimeError("no such product")

    monkeypatch.setattr(gpu, "measure_roofline", broken)
    report = gpu.run(torch.device("cpu"), results=None, effort=EFFORT)
    assert report["results"]["float32"]["batch_2"].startswith("not measured: TypeError")
    assert report["bars"]["steps_per_s"] == {"found": None, "limit": 50e6, "holds": None}
    assert report["bars"]["what_if_p50_ms"]["found"] > 0
