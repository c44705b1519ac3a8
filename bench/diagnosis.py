"""Answers to a folder's what-ifs in finer detail than the scores: along the horizon, level by level, move by move.

Pairs in range count. Errors are in units of scale; effects (B minus A) count in the (pair, tag) cells that the step
moved: root mean square of the true effect above the noise, as in the scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bench.answers import LEVELS, Answer
from bench.folder import Folder, read_arrays
from bench.scoring.units import noise_of, scale_of
from bench.scoring.whatif import END_HOURS

HOURS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
"""Points of a curve along the horizon, as far as the folder's questions go."""

POINTS = 300
"""Cells of a scatter of effects."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Answers beside the truth.

    Attributes:
        hours: (horizon,) after the start.
        kind: (pair,) the move that steps.
        a, b, true_a, true_b: (pair, horizon, tag) in units of scale.
        quantiles: (level, pair, horizon, tag) of B at LEVELS.
        effects: the same of B minus A, or None.
        moved: (pair, tag) whether the step moved the tag.
        noise: (tag,) of the measurement.
    """

    hours: Floats
    kind: NDArray[np.str_]
    a: Floats
    b: Floats
    true_a: Floats
    true_b: Floats
    quantiles: Floats
    effects: Floats | None
    moved: Bools
    noise: Floats

    @classmethod
    def of(cls, folder: Folder, answers: Sequence[Answer]) -> Self:
        """Of the answers to all questions of the folder, in their order."""
        inside = [i for i, pair in enumerate(folder.what_ifs) if not pair.out_of_range]
        scale, noise = scale_of(folder.path, folder.meta), noise_of(folder.path, folder.meta)
        arrays = read_arrays(folder.path, "whatif_truth", ("obs_A", "obs_B"))
        true_a, true_b = (arrays[name].astype(float)[inside] / scale for name in ("obs_A", "obs_B"))
        given = [answers[i] for i in inside]
        effects = [answer.effect / scale for answer in given if answer.effect is not None]
        return cls(
            hours=np.arange(1, true_b.shape[1] + 1) * folder.meta.row_minutes / 60,
            kind=np.array([folder.what_ifs[i].kind for i in inside]),
            a=np.stack([answer.a for answer in given]) / scale,
            b=np.stack([answer.b for answer in given]) / scale,
            true_a=true_a,
            true_b=true_b,
            quantiles=np.stack([answer.quantiles for answer in given], axis=1) / scale,
            effects=np.stack(effects, axis=1) if effects else None,
            moved=np.sqrt(((true_b - true_a) ** 2).mean(1)) > noise / scale,
            noise=noise / scale,
        )

    @cached_property
    def effect(self) -> Floats:
        """(pair, horizon, tag) answered."""
        return self.b - self.a

    @cached_property
    def true_effect(self) -> Floats:
        """(pair, horizon, tag)."""
        return self.true_b - self.true_a

    def curves(self) -> dict[str, Any]:
        """Root mean square errors of A, of B and of the effect at HOURS, and the true effect's root mean square."""
        rows = [int(np.argmin(abs(self.hours - hours))) for hours in HOURS if hours <= self.hours[-1]]
        errors = {"a": self.a - self.true_a, "b": self.b - self.true_b}
        of_effect = {"effect": self.effect - self.true_effect, "true_effect": self.true_effect}
        return {
            "hours": [round(float(self.hours[row]), 3) for row in rows],
            **{name: [_rms(error[:, row]) for row in rows] for name, error in errors.items()},
            **{name: [_rms(error[:, row][self.moved]) for row in rows] for name, error in of_effect.items()},
        }

    def reliability(self) -> dict[str, Any]:
        """Share of the true values below each quantile of LEVELS, and of the effects; None without such quantiles."""
        level = [_share(self.true_b <= quantile) for quantile in self.quantiles]
        effect = None
        if self.effects is not None:
            effect = [_share(_cells(self.true_effect <= quantile, self.moved)) for quantile in self.effects]
        return {"levels": LEVELS.tolist(), "level": level, "effect": effect}

    def by_kind(self) -> dict[str, dict[str, float]]:
        """Of each kind of move: `nrmse` and `cover90` of B, `effect_r2`, and `effect_cover90` where it is known."""
        return {str(kind): self._of_kind(self.kind == kind) for kind in dict.fromkeys(self.kind)}

    def _of_kind(self, chosen: Bools) -> dict[str, float]:
        found = {
            "pairs": int(chosen.sum()),
            "nrmse": _rms((self.b - self.true_b)[chosen]),
            "cover90": _share(_within(self.quantiles, self.true_b)[chosen]),
        }
        cells = self.moved & chosen[:, None]
        if not cells.any():
            return found
        true, answered = (_cells(effect, cells) for effect in (self.true_effect, self.effect))
        found["effect_r2"] = round(float(1 - ((true - answered) ** 2).sum() / (true**2).sum()), 4)
        if self.effects is not None:
            found["effect_cover90"] = _share(_cells(_within(self.effects, self.true_effect), cells))
        return found

    def points(self, count: int = POINTS) -> dict[str, list[float]]:
        """True and answered effects, means over the last two hours, of so many cells above the noise, at random.

        The same cells for every model that is asked the same.
        """
        last = self.hours > self.hours[-1] - END_HOURS
        true, answered = (effect[:, last].mean(1) for effect in (self.true_effect, self.effect))
        cells = np.argwhere(abs(true) > self.noise)
        chosen = np.sort(np.random.default_rng(0).permutation(len(cells))[:count])
        pair, tag = cells[chosen].T
        return {
            "true": np.round(true[pair, tag], 3).tolist(),
            "answered": np.round(answered[pair, tag], 3).tolist(),
        }


def _within(quantiles: Floats, truth: Floats) -> Bools:
    inside: Bools = (truth >= quantiles[0]) & (truth <= quantiles[-1])
    return inside


def _cells(values: NDArray[Any], cells: Bools) -> NDArray[Any]:
    """(cell, horizon) of (pair, horizon, tag)."""
    return values.transpose(0, 2, 1)[cells]


def _rms(errors: Floats) -> float:
    return round(float(np.sqrt(np.mean(errors**2))), 4) if errors.size else 0.0


def _share(hits: NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4)
