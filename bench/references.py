"""Reference forecasters that a world model has to beat: hold the last row, and a ridge ARX."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bench.answers import LEVELS, Answer
from bench.folder import Folder, Meta, Pair
from bench.scoring.units import scale_of
from twin.errors import EmptyWindow
from twin.window import Window

TAG_LAGS, MOVE_LAGS = (1, 2, 3, 5, 10, 20), (0, 1, 2, 5, 10, 20, 40)
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
_PAST = max(TAG_LAGS + MOVE_LAGS)
_CHOICE_STRIDE, _ERROR_STRIDE = 40, 20
_FARTHEST = 12.0
"""Scales at which a rollout is stopped from running away."""

Floats = NDArray[np.float64]


class Roller(Protocol):
    """Rolls many pasts out at once."""

    def roll(self, obs: Floats, act: Floats, future: Floats) -> Floats:
        """(case, horizon, tag) after (case, context, tag) and (case, context, move), under (case, horizon, move)."""
        ...


@dataclass(frozen=True, slots=True)
class Hold:
    """Every tag stays where it was last."""

    def roll(self, obs: Floats, act: Floats, future: Floats) -> Floats:
        """See Roller."""
        return np.repeat(obs[:, -1:], future.shape[1], axis=1)


@dataclass(frozen=True, eq=False, slots=True)
class ARX:
    """Ridge regression of a row on earlier rows and on present and earlier moves.

    Attributes:
        mean, scale: (tag,) of the tags.
        centre, half: (move,) of the moves.
        weights: (regressor, tag) on these scales, the constant last.
    """

    mean: Floats
    scale: Floats
    centre: Floats
    half: Floats
    weights: Floats

    @classmethod
    def fit(cls, folder: Folder, context: int, horizon: int) -> "ARX":
        """Fitted to the training runs; the penalty is the best one in open loop on the held-back runs."""
        meta = folder.meta
        runs = [held(window, meta) for window in folder.train]
        mean = np.concatenate([obs for obs, _ in runs]).mean(0)
        centre = np.array([move.nominal for move in meta.act])
        half = np.array([(move.hi - move.lo) / 2 for move in meta.act])
        scale = scale_of(folder.path, meta)
        inputs, outputs = (
            np.concatenate(part)
            for part in zip(
                *(_regression((obs - mean) / scale, (act - centre) / half) for obs, act in runs), strict=True
            )
        )
        square, product = inputs.T @ inputs, inputs.T @ outputs
        cases = segments(folder.held_back, meta, context, horizon, _CHOICE_STRIDE)

        def fitted(penalty: float) -> "ARX":
            weights = np.linalg.solve(square + penalty * np.eye(len(square)), product)
            return ARX(mean, scale, centre, half, weights)

        return min(map(fitted, PENALTIES), key=lambda model: float(np.mean((errors(model, cases) / scale) ** 2)))

    def innovations(self, window: Window, meta: Meta) -> Floats:
        """(time, tag) one-step errors, in scales; 0 for the first rows."""
        obs, act = held(window, meta)
        inputs, outputs = _regression((obs - self.mean) / self.scale, (act - self.centre) / self.half)
        return np.concatenate([np.zeros((_PAST, obs.shape[1])), outputs - inputs @ self.weights])

    def roll(self, obs: Floats, act: Floats, future: Floats) -> Floats:
        """See Roller; a context that is shorter than the lags is lengthened by its first row."""
        short = max(0, _PAST - obs.shape[1])
        known, moves = (np.pad(x, ((0, 0), (short, 0), (0, 0)), mode="edge")[:, -_PAST:] for x in (obs, act))
        levels = (np.concatenate([moves, future], axis=1) - self.centre) / self.half
        room = np.zeros((len(obs), future.shape[1], obs.shape[2]))
        rows = np.concatenate([(known - self.mean) / self.scale, room], axis=1)
        for row in range(_PAST, rows.shape[1]):
            step = _regressors(rows, levels, np.array([row]))[:, 0] @ self.weights
            rows[:, row] = np.clip(step, -_FARTHEST, _FARTHEST)
        return rows[:, _PAST:] * self.scale + self.mean


@dataclass(frozen=True, eq=False, slots=True)
class Reference:
    """A reference forecaster: its rollout, widened by the quantiles of its errors on held-back runs.

    Attributes:
        roller: gives the means.
        meta: names the columns.
        usual: (level, horizon, tag) quantiles of measured minus rolled out, at LEVELS.
    """

    roller: Roller
    meta: Meta
    usual: Floats

    @classmethod
    def of(cls, roller: Roller, folder: Folder, context: int, horizon: int) -> Self:
        """With the errors that the roller makes on the folder's held-back runs."""
        cases = segments(folder.held_back, folder.meta, context, horizon, _ERROR_STRIDE)
        return cls(roller, folder.meta, np.quantile(errors(roller, cases), LEVELS, axis=0))

    def __call__(self, pair: Pair) -> Answer:
        """See Forecaster; there is no interval of the effect."""
        obs, act = held(pair.context, self.meta)
        a, b = (self.roller.roll(obs[None], act[None], levels[None])[0] for levels in (pair.a, pair.b))
        return Answer(a, b, b + self.usual)


def held(window: Window, meta: Meta) -> tuple[Floats, Floats]:
    """(time, tag) and (time, move) with every missing value replaced by the last one, or by the tag's first."""
    row = np.where(window.valid, np.arange(len(window))[:, None], -1)
    latest = np.maximum.accumulate(row, axis=0)
    first = np.argmax(window.valid, axis=0)
    values = np.take_along_axis(window.values, np.where(latest < 0, first, latest), axis=0)
    return values[:, : len(meta.obs)], values[:, len(meta.obs) :]


def segments(
    windows: Sequence[Window], meta: Meta, context: int, horizon: int, stride: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """(case, context or horizon, tag or move): past tags, past moves, future moves, future tags.

    Raises EmptyWindow when no window is long enough.
    """
    runs = [held(window, meta) for window in windows]
    rows = context + horizon
    cuts = [(o[s : s + rows], a[s : s + rows]) for o, a in runs for s in range(0, len(o) - rows + 1, stride)]
    if not cuts:
        raise EmptyWindow(f"no held-back run has the {rows} rows of a question", field="val", limit=rows)
    obs, act = (np.stack(part) for part in zip(*cuts, strict=True))
    return obs[:, :context], act[:, :context], act[:, context:], obs[:, context:]


def errors(roller: Roller, cases: tuple[Floats, Floats, Floats, Floats]) -> Floats:
    """(case, horizon, tag) measured minus rolled out."""
    obs, act, future, came = cases
    return came - roller.roll(obs, act, future)


def _regression(rows: Floats, levels: Floats) -> tuple[Floats, Floats]:
    """(row, regressor) and (row, tag) of one run."""
    at = np.arange(_PAST, len(rows))
    return _regressors(rows, levels, at), rows[at]


def _regressors(rows: Floats, levels: Floats, at: NDArray[np.intp]) -> Floats:
    """(…, row, regressor) for the rows `at`."""
    parts = [rows[..., at - lag, :] for lag in TAG_LAGS] + [levels[..., at - lag, :] for lag in MOVE_LAGS]
    return np.concatenate([*parts, np.ones((*rows.shape[:-2], len(at), 1))], axis=-1)
