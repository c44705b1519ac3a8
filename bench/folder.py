"""A folder of the counterfactual benchmark, of any plant: what a model may see of it, as plant and windows.

docs/benchmark.md describes the files. What a folder is scored on (whatif_truth.npz, the labels of faults.npz) is
read by the scorers alone.
"""

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin.clock import Shift, to_datetime64
from twin.errors import InvalidInput
from twin.plant import Asset, Plant, Tag, TagRole
from twin.window import Window

Arrays = Mapping[str, NDArray[Any]]

_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
_MARGIN = 1.0
"""Widths by which a range goes past what the folder states: questions may lie outside of what was ever set."""

_SPAN = 100.0
"""An instrument's range in scales of its tag, as the span of a transmitter is to what a plant usually does."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class ObservedTag(BaseModel):
    """A column of `obs`.

    `noise` is the standard deviation of the measurement's white noise, `scale` the unit of the scores, both in the
    tag's unit; None where nobody knows. `update_minutes` is how often there is a new value (None: every row);
    between two of them the file repeats the last one.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    noise: Positive | None = None
    scale: Positive | None = None
    update_minutes: Positive | None = None


class MovedTag(BaseModel):
    """A column of `act`: what an operator sets, and the range [lo, hi] of ordinary levels."""

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    nominal: Finite
    lo: Finite
    hi: Finite


class Meta(BaseModel):
    """What meta.json says of the plant."""

    model_config = ConfigDict(frozen=True)

    plant: str = "benchmark plant"
    row_minutes: Positive
    obs: tuple[ObservedTag, ...] = Field(min_length=1)
    act: tuple[MovedTag, ...] = Field(min_length=1)

    @property
    def step(self) -> timedelta:
        """Distance of the rows."""
        return timedelta(minutes=self.row_minutes)

    @property
    def names(self) -> tuple[str, ...]:
        """Observed tags, then moves: the columns of every window."""
        return (*(tag.name for tag in self.obs), *(move.name for move in self.act))

    def rows(self, hours: float) -> int:
        """How many rows make so many hours."""
        return round(hours * 60 / self.row_minutes)

    def cadence(self, tag: ObservedTag) -> float:
        """Rows between two new values."""
        return max(1.0, (tag.update_minutes or self.row_minutes) / self.row_minutes)


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A what-if question: a past, and what is set after it without and with a step.

    Attributes:
        context: the past, observed tags and moves.
        a, b: (horizon, move) levels without and with the step, in engineering units; row h is in force during
            the interval that ends h + 1 rows after the context.
        kind: the movable tag that makes the step.
        step: its size.
        out_of_range: whether the level lies outside of what was ever set.
    """

    context: Window
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    kind: str
    step: float
    out_of_range: bool


@dataclass(frozen=True, eq=False, slots=True)
class FaultRun:
    """A run in which something may go wrong; `moving` says whether operators move setpoints in it."""

    window: Window
    moving: bool


@dataclass(frozen=True)
class Folder:
    """What a model may see of a folder; each part is read when it is asked for.

    In a window a value is valid in the row in which it is new: what the files repeat between two values of an
    analyser is nothing measured. The first row of a run counts as new. Runs do not overlap in time.
    """

    path: Path
    meta: Meta

    @cached_property
    def plant(self) -> Plant:
        """The plant as meta.json and the training runs describe it; ranges are wide enough for any question."""
        values = np.concatenate([window.values for window in self.train])
        if not (known := np.isfinite(values).any(axis=0)).all():
            name = self.meta.names[int(np.argmin(known))]
            raise InvalidInput(f"normal.npz holds no value of {name}", field="normal", value=name)
        return _plant(self.meta, np.nanmin(values, axis=0).tolist(), np.nanmax(values, axis=0).tolist())

    @cached_property
    def train(self) -> tuple[Window, ...]:
        """Runs of normal operation with operators' moves, to fit to."""
        return self._runs("normal", 0)

    @cached_property
    def held_back(self) -> tuple[Window, ...]:
        """The same with other seeds, to choose and to calibrate by."""
        return self._runs("val", 1)

    @cached_property
    def steady(self) -> tuple[Window, ...]:
        """The same without moves; empty where the folder has none."""
        return self._runs("steady", 2) if self.holds("steady") else ()

    @cached_property
    def what_ifs(self) -> tuple[Pair, ...]:
        """Questions; empty where the folder has none."""
        if not self.holds("whatif"):
            return ()
        file = read_arrays(self.path, "whatif", ("obs_ctx", "act_ctx", "act_A", "act_B", "kind", "step", "ood"))
        contexts = self._windows("whatif", file["obs_ctx"], file["act_ctx"], 3)
        levels = (np.asarray(file[name], dtype=np.float64) for name in ("act_A", "act_B"))
        kinds = [self.meta.act[int(kind)].name for kind in file["kind"]]
        labels = zip(kinds, file["step"].tolist(), file["ood"].tolist(), strict=True)
        return tuple(
            Pair(context, a, b, *label) for context, a, b, label in zip(contexts, *levels, labels, strict=True)
        )

    @cached_property
    def fault_runs(self) -> tuple[FaultRun, ...]:
        """Runs to be watched; empty where the folder has none."""
        if not self.holds("faults"):
            return ()
        file = read_arrays(self.path, "faults", ("obs", "act", "moving"))
        windows = self._windows("faults", file["obs"], file["act"], 4)
        return tuple(FaultRun(w, bool(moving)) for w, moving in zip(windows, file["moving"], strict=True))

    def holds(self, name: str) -> bool:
        """Whether the folder has such a file."""
        return (self.path / f"{name}.npz").exists()

    def _runs(self, name: str, era: int) -> tuple[Window, ...]:
        file = read_arrays(self.path, name, ("obs", "act"))
        return self._windows(name, file["obs"], file["act"], era)

    def _windows(self, name: str, obs: NDArray[Any], act: NDArray[Any], era: int) -> tuple[Window, ...]:
        """(run, time, tag) and (run, time, move) as windows, one after another from 100 `era` years on."""
        self._check(name, obs, act)
        rows = np.arange(1, obs.shape[1] + 1) * np.timedelta64(self.meta.step, "us")
        apart = -(-(len(rows) + 1) * self.meta.step // timedelta(hours=1)) * timedelta(hours=1)
        begin = to_datetime64(_BEGIN.replace(year=_BEGIN.year + 100 * era))
        return tuple(
            self._window(begin + i * np.timedelta64(apart, "us") + rows, o, a)
            for i, (o, a) in enumerate(zip(obs.astype(np.float64), act.astype(np.float64), strict=True))
        )

    def _window(self, moments: NDArray[np.datetime64], obs: NDArray[np.float64], act: NDArray[np.float64]) -> Window:
        valid = np.concatenate([self._new(obs) & np.isfinite(obs), np.ones(act.shape, dtype=bool)], axis=1)
        values = np.where(valid, np.concatenate([obs, act], axis=1), np.nan)
        return Window(self.meta.names, moments, values, valid, self.meta.step)

    def _new(self, obs: NDArray[np.float64]) -> NDArray[np.bool_]:
        columns = zip(self.meta.obs, obs.T, strict=True)
        return np.stack([news(values, self.meta.cadence(tag)) for tag, values in columns], axis=1)

    def _check(self, name: str, obs: NDArray[Any], act: NDArray[Any]) -> None:
        expected = (*obs.shape[:2], len(self.meta.act))
        if obs.ndim != 3 or obs.shape[2] != len(self.meta.obs) or act.shape != expected:
            raise InvalidInput(
                f"{name}.npz has obs of shape {obs.shape} and act of {act.shape}; meta.json names "
                f"{len(self.meta.obs)} observed tags and {len(self.meta.act)} moves",
                field=name,
                value=[obs.shape, act.shape],
            )
        if not np.isfinite(act).all():
            run, row, move = (int(i) for i in np.argwhere(~np.isfinite(act))[0])
            raise InvalidInput(
                f"{name}.npz does not say where {self.meta.act[move].name} stood in run {run}, row {row}",
                field=name,
                value=self.meta.act[move].name,
            )


def read_folder(path: Path) -> Folder:
    """The folder at that place. Raises InvalidInput when a file is missing or does not fit."""
    return Folder(path, read_meta(path))


def read_meta(path: Path) -> Meta:
    """What meta.json says; raises InvalidInput with the file and the field."""
    file = path / "meta.json"
    try:
        meta = Meta.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}", field="data", value=str(file)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{file}: {place}: {first['msg']}", field=place) from error
    twice = {name for name in meta.names if meta.names.count(name) > 1}
    if twice:
        raise InvalidInput(f"{file} names {', '.join(sorted(twice))} twice", field="name", value=sorted(twice))
    return meta


def read_arrays(path: Path, name: str, keys: tuple[str, ...]) -> Arrays:
    """Arrays of the file NAME.npz; raises InvalidInput when it or one of them is missing."""
    file = path / f"{name}.npz"
    try:
        with np.load(file) as archive:
            return {key: archive[key] for key in keys}
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}", field="data", value=str(file)) from error
    except KeyError as error:
        raise InvalidInput(f"{file}: {error.args[0]}", field="data", value=str(file)) from error
    except (ValueError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{file} is no npz file: {error}", field="data", value=str(file)) from error


def news(values: NDArray[np.float64], cadence: float) -> NDArray[np.bool_]:
    """(time,) which rows hold a new value of a tag that has one every `cadence` rows and is held in between.

    A value that differs is new; so is an equal one where, a row of grace granted, another was due.
    """
    if cadence <= 1:
        return np.ones(len(values), dtype=np.bool_)
    changed = np.concatenate([[True], np.diff(values) != 0])
    new, last, due = changed.copy(), 0, math.ceil(cadence) + 1
    for row in range(1, len(values)):
        new[row] = changed[row] or row - last >= due
        if new[row]:
            last = row
    return new


def _plant(meta: Meta, low: list[float], high: list[float]) -> Plant:
    """The plant whose training runs lie between `low` and `high`, (tag,) each, observed tags and moves."""
    night = Shift("night", time(22), time(6))
    seen = dict(zip(meta.names, zip(low, high, strict=True), strict=True))
    tags = (
        *(_observed(meta, tag, *seen[tag.name]) for tag in meta.obs),
        *(_moved(m, *seen[m.name]) for m in meta.act),
    )
    assets = (Asset("plant", meta.plant, None),)
    return Plant(meta.plant, "", ZoneInfo("UTC"), meta.step, night.name, (night,), assets, tags)


def _observed(meta: Meta, tag: ObservedTag, low: float, high: float) -> Tag:
    role = TagRole.ANALYSER if meta.cadence(tag) > 1 else TagRole.MEASURED
    cadence = meta.cadence(tag) * meta.step
    bounds = _widened(low, high) if tag.scale is None else _around((low + high) / 2, tag.scale)
    return Tag(tag.name, "plant", role, tag.unit, tag.name, *bounds, cadence=cadence)


def _moved(move: MovedTag, low: float, high: float) -> Tag:
    bounds = _widened(min(low, move.lo), max(high, move.hi))
    return Tag(move.name, "plant", TagRole.SETPOINT, move.unit, move.name, *bounds, cadence=None, movable=True)


def _around(middle: float, scale: float) -> tuple[float, float]:
    return middle - _SPAN / 2 * scale, middle + _SPAN / 2 * scale


def _widened(low: float, high: float) -> tuple[float, float]:
    width = (high - low) or max(abs(high), 1.0)
    return low - _MARGIN * width, high + _MARGIN * width
