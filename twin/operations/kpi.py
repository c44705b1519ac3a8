"""Key figures of the plant under two futures."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin.plant import Kpi, Plant
from twin.scenario import KpiEffect
from twin.world import Comparison, quantiles

Values = NDArray[np.float64]


def kpi_effects(
    both: Comparison, plant: Plant, moves: tuple[str, ...], made: Values, asked: Values
) -> tuple[KpiEffect, ...]:
    """Every key figure that the futures determine, averaged over the horizon; path by path, so noise cancels.

    `made` and `asked` are (horizon, move) levels. A path of the scenario is that of the baseline with the effect
    on top, so the interval is the effect's own. A key figure is left out when a tag of it is neither predicted nor
    moved, or when it is no number on some path.
    """
    known = {*both.baseline.tags, *moves}
    without = _columns(both.baseline.tags, both.baseline.paths.astype(np.float64), moves, made)
    with_moves = _columns(
        both.baseline.tags, both.baseline.paths.astype(np.float64) + both.effect.paths, moves, asked
    )
    found = (_effect(kpi, without, with_moves) for kpi in plant.kpis if known.issuperset(kpi.formula.tags))
    return tuple(effect for effect in found if np.isfinite([effect.baseline, effect.scenario]).all())


def _columns(tags: tuple[str, ...], paths: Values, moves: tuple[str, ...], levels: Values) -> Mapping[str, Values]:
    """(sample or 1, horizon) of every tag and move."""
    return {
        **{tag: paths[:, :, i] for i, tag in enumerate(tags)},
        **{move: levels[None, :, i] for i, move in enumerate(moves)},
    }


def _effect(kpi: Kpi, without: Mapping[str, Values], with_moves: Mapping[str, Values]) -> KpiEffect:
    baseline, scenario = (kpi.formula.value(columns).mean(axis=1) for columns in (without, with_moves))
    effect = scenario - baseline
    low, high = quantiles(effect, (0.05, 0.95))
    return KpiEffect(
        name=kpi.name,
        unit=kpi.unit,
        description=kpi.description,
        baseline=float(baseline.mean()),
        scenario=float(scenario.mean()),
        effect=float(effect.mean()),
        p05=float(low),
        p95=float(high),
    )
