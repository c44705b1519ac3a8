"""When limits are passed: the chance within the horizon, the hazard of every step, the time to a limit."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.plant import Plant
from twin.scenario import Hazard, LimitRisk
from twin.world import Imagination


def risks(baseline: Imagination, scenario: Imagination, plant: Plant, step: timedelta) -> tuple[LimitRisk, ...]:
    """Every limit of every tag, without and with the moves: shares of the paths that pass it."""
    rows = len(scenario.time)
    found = []
    for i, tag in enumerate(scenario.tags):
        for name, value in plant.tag(tag).limits.items():
            without, with_moves = (_first(part.paths[:, :, i], name, value) for part in (baseline, scenario))
            found.append(
                LimitRisk(
                    tag=tag,
                    unit=plant.tag(tag).unit,
                    limit=name,
                    value=value,
                    baseline=float((without < rows).mean()),
                    scenario=float((with_moves < rows).mean()),
                    baseline_hazard=hazard(without, rows, step),
                    scenario_hazard=hazard(with_moves, rows, step),
                )
            )
    return tuple(found)


def hazard(first: NDArray[np.intp], rows: int, step: timedelta) -> Hazard | None:
    """From the row in which each path first passes a limit (`rows`: never); None when no path does.

    The hazard of a step is the share of the paths still inside before it that pass in it (Kaplan & Meier 1958).
    """
    passing = np.bincount(first, minlength=rows + 1)[:rows]
    if not passing.any():
        return None
    inside = len(first) - np.concatenate([[0], np.cumsum(passing)[:-1]])
    chance = np.divide(passing, inside, out=np.zeros(rows), where=inside > 0)
    share = np.cumsum(passing) / len(first)
    low, middle, high = (_reached(share, part, step) for part in (0.05, 0.5, 0.95))
    return Hazard(per_step=tuple(chance.tolist()), p05=low, p50=middle, p95=high)


def _first(paths: NDArray[np.float32], limit: str, value: float) -> NDArray[np.intp]:
    """(sample,) the first row of (sample, horizon) paths beyond the limit; the horizon where there is none."""
    beyond = paths < value if "lo" in limit else paths > value
    first: NDArray[np.intp] = np.where(beyond.any(axis=1), beyond.argmax(axis=1), paths.shape[1])
    return first


def _reached(share: NDArray[np.float64], part: float, step: timedelta) -> timedelta | None:
    rows = np.flatnonzero(share >= part - 1e-12)
    return (int(rows[0]) + 1) * step if len(rows) else None
