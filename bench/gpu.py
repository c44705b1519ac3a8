"""Latent steps a second on a GPU, their share of the roofline, and how long a what-if takes there.

A latent step is one row of one path of one member. Every batch size is prepared once (`models.world.rollout`: one
CUDA graph); measured is what a rollout then takes with new noise: copy in, draw, replay. The roofline (Williams et
al. 2009) is that of this very device: the bandwidth of a large copy and the rate of a large matrix product, measured
in the same run. Work is counted, not guessed: FLOPs by torch's counter; bytes as state, moves, noise and weights
read once and rows written once, which is the least there can be; and beside it what the kernels really read and
write, since a step's state goes through memory.

Every number is written as soon as it is there, and what fails (a batch too large for the memory) is written as a
sentence in its place. `python -m bench.gpu --device cpu` rehearses all of it, in small, without writing anything.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from bench.campaign import PLANT_FILE, ROOT, SHIPPED
from models.checkpoint import load
from models.world.dynamics import Dynamics, Noise
from models.world.ensemble import Ensemble
from models.world.rollout import DeviceConfig, OnDevice, Prepared, placed
from models.world.sampling import sample_each
from twin.plantfile import load_plant
from twin.window import Window

RESULTS = ROOT / "bench" / "results" / "gpu.json"
SAMPLES = 64
DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}
STEPS_PER_S, WHAT_IF_MS = 50e6, 20.0
"""What is asked for (issue 4, bar 6)."""

_REPEATS = 10

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        batches: paths a member imagines at once.
        side: of the square matrices that the roofline is measured with; the default is far beyond any cache.
        questions: what-ifs whose times are taken.
        horizon: rows of every rollout.
        scenarios: futures asked for at once.
    """

    batches: tuple[int, ...] = (64, 256, 1_024, 4_096, 16_384)
    side: int = 16_384
    questions: int = 50
    horizon: int = 160
    scenarios: int = 16


REHEARSAL = Effort((2, 4), 256, 3, 12, 2)


@dataclass(frozen=True, slots=True)
class Work:
    """What one rollout computes, what it must at least read and write, and what its kernels do read and write."""

    flops: int
    least_bytes: int
    kernel_bytes: int


@dataclass(frozen=True, slots=True)
class Roofline:
    """What the device can do a second."""

    bytes: float
    flops: float

    def seconds(self, work: Work) -> float:
        """The least time for the work."""
        return max(work.least_bytes / self.bytes, work.flops / self.flops)


@dataclass(frozen=True, slots=True)
class Throughput:
    """One batch size: paths a member imagines at once.

    Attributes:
        steps_per_s: latent steps a second.
        roofline_share: least time for the work, as a part of the time it took.
        bandwidth_share: what the kernels read and write a second, as a part of the bandwidth.
    """

    batch: int
    milliseconds: float
    steps_per_s: float
    roofline_share: float
    bandwidth_share: float
    work: Work


class Traffic(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes that operations read and write; views cost nothing."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bytes = 0

    def __torch_dispatch__(
        self,
        func: OpOverload[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        """Run the operation, then count."""
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.bytes += sum(map(size, _tensors((args, kwargs, result))))
        return result


def size(tensor: Tensor) -> int:
    """Bytes; an expanded tensor counts once."""
    return min(tensor.numel() * tensor.element_size(), tensor.untyped_storage().nbytes())


def seconds(work: Callable[[], object], device: torch.device, repeats: int = _REPEATS) -> list[float]:
    """Times from start to end on the device, after two runs that warm up."""
    taken = []
    for _ in range(repeats + 2):
        _finish(device)
        began = time.perf_counter()
        work()
        _finish(device)
        taken.append(time.perf_counter() - began)
    return taken[2:]


def measure_roofline(device: torch.device, dtype: torch.dtype, side: int) -> Roofline:
    """From a copy of a square matrix and a product of two."""
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    copy, product = (median(seconds(work, device)) for work in (lambda: b.copy_(a), lambda: torch.mm(a, a)))
    return Roofline(2 * size(a) / copy, 2 * side**3 / product)


def count(prepared: Prepared[Any], weights: Sequence[Tensor]) -> Work:
    """The work of one prepared rollout, from one eager run."""
    with FlopCounterMode(display=False) as flops, Traffic() as traffic:
        rows = prepared.eager()
    least = sum(map(size, (*prepared.inputs(), *weights, rows)))
    return Work(flops.get_total_flops(), least, traffic.bytes)


def measure(dynamics: Dynamics[Any], roofline: Roofline, moves: Tensor, batch: int) -> Throughput:
    """Rollouts of `batch` paths under `moves` (1, horizon, move), whose device and dtype are those of `dynamics`."""
    noise, state, levels = Noise.seeded(1), dynamics.start(batch), moves.expand(batch, -1, -1)
    prepared = Prepared(dynamics, state, levels, noise)
    taken = median(seconds(lambda: prepared.run(state, levels, noise), moves.device))
    work = count(prepared, list(dynamics.state_dict().values()) if isinstance(dynamics, nn.Module) else [])
    return Throughput(
        batch=batch,
        milliseconds=1000 * taken,
        steps_per_s=dynamics.members * batch * moves.shape[1] / taken,
        roofline_share=roofline.seconds(work) / taken,
        bandwidth_share=work.kernel_bytes / taken / roofline.bytes,
        work=work,
    )


def sweep(dynamics: Dynamics[Any], moves: Tensor, roofline: Roofline, batches: Sequence[int]) -> list[Throughput]:
    """All batch sizes on the device and in the dtype of `moves`."""
    there = placed(dynamics, moves.device, moves.dtype)
    return [measure(there, roofline, moves, batch) for batch in batches]


@torch.no_grad()
def rounding(dynamics: Dynamics[Any], moves: Tensor) -> float:
    """Root mean square of what the dtype of `moves` changes in a noise-free rollout, in training deviations."""
    exact = dynamics.imagine(dynamics.start(1), moves.float().cpu())
    rough = OnDevice(dynamics, DeviceConfig(str(moves.device), moves.dtype)).imagine(
        dynamics.start(1), moves.float().cpu()
    )
    return float((rough - exact).pow(2).mean().sqrt())


def asked(model: Ensemble[Any], device: torch.device, dtype: torch.dtype, effort: Effort) -> dict[str, float]:
    """Milliseconds of rollouts of SAMPLES paths from a belief at hand.

    One future, a what-if (two futures and their effect) and, on the model's scale, several futures at once.
    """
    there = OnDevice(model.dynamics, DeviceConfig(str(device), dtype))
    ensemble = Ensemble(there, model.normalizer, model.calibration, model.card)
    belief, _ = ensemble.observe(_ordinary(model))
    levels = np.tile(model.normalizer.move_mean, (effort.horizon, 1))
    moved = levels + model.normalizer.move_scale
    many = torch.zeros(effort.scenarios, effort.horizon, len(model.card.moves))
    one = seconds(lambda: ensemble.imagine(belief, levels, samples=SAMPLES), device, effort.questions)
    both = seconds(lambda: ensemble.compare(belief, levels, moved, samples=SAMPLES), device, effort.questions)
    each = seconds(
        lambda: sample_each(there, belief.state, many, SAMPLES, Noise.seeded(0, quiet=1)), device, effort.questions
    )
    return {
        "rollout_p50_ms": 1000 * median(one),
        "p50_ms": 1000 * median(both),
        "p95_ms": 1000 * quantiles(both, n=20)[-1],
        "scenarios_p50_ms": 1000 * median(each),
    }


def run(
    device: torch.device,
    checkpoint: Path = SHIPPED,
    results: Path | None = RESULTS,
    effort: Effort | None = None,
) -> Found:
    """Measure on that device, and write `results` after every number."""
    began, effort = time.perf_counter(), effort or Effort()
    model = one_model(checkpoint)
    report: Found = {
        "bench": "gpu",
        "date": datetime.now(UTC).date().isoformat(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "versions": {name: _version(name) for name in ("foretell", "torch", "numpy")},
        "cpus": os.cpu_count(),
        "model": model.card.version,
        "horizon": effort.horizon,
        "members": model.dynamics.members,
        "results": {name: {} for name in DTYPES},
    }
    for name, dtype in DTYPES.items():
        found: Found = report["results"][name]
        for key, part in parts(model, device, dtype, effort).items():
            found[key] = told(part, found)
            report["seconds"] = round(time.perf_counter() - began, 1)
            report["bars"] = bars(report["results"])
            if results is not None:
                results.write_text(json.dumps(report, indent=1) + "\n")
    return report


Part = Callable[[Found], object]


def parts(model: Ensemble[Any], device: torch.device, dtype: torch.dtype, effort: Effort) -> dict[str, Part]:
    """What is measured in one precision, by name; each is given what was found before it."""
    moves = torch.zeros(1, effort.horizon, len(model.card.moves), device=device, dtype=dtype)
    moves[:, effort.horizon // 8 :, 0] = 1.0

    def throughput(batch: int, found: Found) -> object:
        (only,) = sweep(model.dynamics, moves, Roofline(**found["roofline"]), [batch])
        return asdict(only)

    return {
        "roofline": lambda found: asdict(measure_roofline(device, dtype, effort.side)),
        "rounding": lambda found: rounding(model.dynamics, moves),
        "what_if": lambda found: asked(model, device, dtype, effort),
        **{f"batch_{batch}": partial(throughput, batch) for batch in effort.batches},
    }


def told(part: Part, found: Found) -> object:
    """What the part gives, or a sentence about why it gives nothing."""
    try:
        return part(found)
    except (RuntimeError, KeyError, TypeError, ValueError) as error:  # torch says CUDA's errors with RuntimeError
        return f"not measured: {type(error).__name__}: {str(error).splitlines()[0]}"


def bars(results: Found) -> Found:
    """What is asked for, in bfloat16, and whether it holds; None while it is not measured."""
    found = results["bfloat16"]
    rates = [part["steps_per_s"] for name, part in found.items() if name.startswith("batch_") and _is_measured(part)]
    best = max(rates, default=None)
    p50 = found["what_if"]["p50_ms"] if _is_measured(found.get("what_if")) else None
    return {
        "steps_per_s": {"found": best, "limit": STEPS_PER_S, "holds": best and best >= STEPS_PER_S},
        "what_if_p50_ms": {"found": p50, "limit": WHAT_IF_MS, "holds": p50 and p50 <= WHAT_IF_MS},
    }


def _is_measured(part: object) -> bool:
    return isinstance(part, dict)


def one_model(checkpoint: Path) -> Ensemble[Any]:
    """The demo plant's model in that file, which must be one of the whole plant."""
    model = load(checkpoint, load_plant(PLANT_FILE))
    if not isinstance(model, Ensemble):
        raise TypeError(f"{checkpoint} holds a model a unit; one of the whole plant is measured")
    return model


def main() -> None:
    """Measure and print; without a GPU say so."""
    options = argparse.ArgumentParser(description=run.__doc__)
    options.add_argument("--device", default="cuda", choices=["cuda", "cpu"], help="cpu: rehearse, write nothing")
    options.add_argument("--checkpoint", type=Path, default=SHIPPED)
    given = options.parse_args()
    if given.device == "cpu":
        found = run(torch.device("cpu"), given.checkpoint, None, REHEARSAL)
    elif torch.cuda.is_available():
        found = run(torch.device("cuda"), given.checkpoint)
    else:
        print("No CUDA device here: nothing was measured.")
        return
    print(json.dumps(found, indent=1))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _ordinary(model: Ensemble[Any]) -> Window:
    """The model's context with every tag at its training mean."""
    card, scales = model.card, model.normalizer
    rows = card.context // card.step
    values = np.tile(np.concatenate([scales.tag_mean, scales.move_mean]), (rows, 1))
    time = np.datetime64("2026-01-05", "us") + np.arange(rows) * np.timedelta64(card.step, "us")
    return Window((*card.tags, *card.moves), time, values, np.ones(values.shape, dtype=bool), card.step)


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _tensors(given: object) -> Iterator[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, dict):
        yield from _tensors(tuple(given.values()))
    elif isinstance(given, tuple | list):
        for part in given:
            yield from _tensors(part)


if __name__ == "__main__":
    main()
