"""A small linear plant and folders of it in the benchmark's format."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROW_MINUTES = 4.0
SLOW = 3
"""Column of `obs` that has a new value in every second row only."""

META: dict[str, Any] = {
    "plant": "a kiln",
    "row_minutes": ROW_MINUTES,
    "obs": [
        {"name": "gas", "unit": "t/h", "noise": 0.1, "scale": 2.0, "update_minutes": 4},
        {"name": "draught", "unit": "Pa", "noise": 0.1, "scale": 1.0},
        {"name": "shell", "unit": "degC", "noise": None, "scale": 1.0, "update_minutes": 4},
        {"name": "lime", "unit": "mol%", "noise": 0.1, "scale": 1.0, "update_minutes": 8},
        {"name": "fan", "unit": "%", "noise": 0.1, "scale": 4.0, "update_minutes": 4},
    ],
    "act": [
        {"name": "set.gas", "unit": "t/h", "nominal": 0.0, "lo": -1.0, "hi": 1.0},
        {"name": "set.fan", "unit": "%", "nominal": 50.0, "lo": 48.0, "hi": 52.0},
    ],
}
GAINS = np.array([[1.0, 0.0], [0.5, -0.5], [0.0, 1.0], [-1.0, 0.5], [0.2, 0.8]])


@dataclass
class Kiln:
    """A linear plant of five tags and two moves, and a folder of it that a test may spoil before it is written."""

    path: Path
    meta: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(META)))
    files: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)

    def write(self) -> Path:
        self.path.mkdir(exist_ok=True)
        (self.path / "meta.json").write_text(json.dumps(self.meta))
        for name, arrays in self.files.items():
            np.savez(self.path / f"{name}.npz", **arrays)
        return self.path


def levels(rng: np.random.Generator, rows: int, moves: float = 0.08) -> np.ndarray:
    level, out = np.array([0.0, 50.0]), np.empty((rows, 2))
    for row in range(rows):
        if rng.random() < moves:
            column = int(rng.integers(2))
            level[column] = (0.0, 50.0)[column] + (1.0, 2.0)[column] * rng.uniform(-1, 1)
        out[row] = level
    return out


def respond(act: np.ndarray, noise: np.ndarray, state: np.ndarray) -> np.ndarray:
    """(time, 5) a first-order lag from levels to tags, `state` carried on in place; the slow tag is held."""
    out = np.empty((len(act), 5))
    for row, level in enumerate(act):
        state += 0.2 * (GAINS @ (level - [0.0, 50.0]) - state)
        out[row] = 20.0 + state + noise[row]
        if row % 2 == 0:
            out[row, SLOW] = out[row - 1, SLOW] if row else 20.0
    return out


def episodes(rng: np.random.Generator, count: int, rows: int, moves: float = 0.08) -> dict[str, np.ndarray]:
    act = np.stack([levels(rng, rows, moves) for _ in range(count)])
    obs = np.stack([respond(a, 0.1 * rng.standard_normal((rows, 5)), np.zeros(5)) for a in act])
    return {"obs": obs.astype(np.float32), "act": act.astype(np.float32)}


def questions(rng: np.random.Generator, count: int, context: int, horizon: int) -> list[dict[str, np.ndarray]]:
    """[questions, truth] as in whatif.npz and whatif_truth.npz; the last question lies out of range."""
    asked: dict[str, list[Any]] = {name: [] for name in ("obs_ctx", "act_ctx", "act_A", "act_B", "kind", "step")}
    truth: dict[str, list[Any]] = {"obs_A": [], "obs_B": []}
    for number in range(count):
        state, past = np.zeros(5), levels(rng, context)
        obs = respond(past, 0.1 * rng.standard_normal((context, 5)), state)
        a = np.repeat(past[-1:], horizon, 0)
        b, kind = a.copy(), number % 2
        b[:, kind] += 1.0 if number < count - 1 else 5.0
        noise = 0.1 * rng.standard_normal((horizon, 5))
        for name, value in zip(asked, (obs, past, a, b, kind, b[0, kind] - a[0, kind]), strict=True):
            asked[name].append(value)
        truth["obs_A"].append(respond(a, noise, state.copy()))
        truth["obs_B"].append(respond(b, noise, state.copy()))
    ood = np.arange(count) == count - 1
    stacked = {name: np.array(value) for name, value in asked.items()}
    return [{**stacked, "ood": ood}, {name: np.array(value, np.float32) for name, value in truth.items()}]


def make_kiln(path: Path) -> Kiln:
    """Three training runs, two held back, one steady, seven questions, four watched runs."""
    rng = np.random.default_rng(5)
    asked, truth = questions(rng, 7, context=50, horizon=40)
    faults = episodes(rng, 4, 80, 0.0)
    labels = {"idv": np.array([0, 1, 0, 2]), "moving": np.array([False, False, True, True])}
    files = {
        "normal": episodes(rng, 3, 400),
        "val": episodes(rng, 2, 200),
        "steady": episodes(rng, 1, 200, 0.0),
        "whatif": asked,
        "whatif_truth": truth,
        "faults": {**faults, **labels, "onset_h": np.float32(2.0), "valid_len": np.array([80, 80, 80, 60])},
    }
    return Kiln(path, files=files)
