"""Counterfactuals that keep what really happened: abduction, action, prediction (Pearl 2009, section 7.1).

Abduction: what came beyond what the model imagines under the moves that were really made is disturbances. Action:
the moves are others. Prediction: the disturbances stay and the effect of the moves comes on top, so that only the
effect is uncertain: `counterfactual = measured + (imagined under asked moves - imagined under moves made)`.
"""

import numpy as np
from numpy.typing import NDArray

from twin.protocols import WorldModel
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, Residual


def counterfactual(
    model: WorldModel,
    belief: Belief,
    after: Window,
    made: NDArray[np.float64],
    asked: NDArray[np.float64],
    *,
    samples: int = 64,
    seed: int = 0,
) -> Comparison:
    """The past as it was, and as it would have been; behind the present, both as they will be.

    `belief` is the posterior at the start; `after` holds the model's tags from the row after it up to the present,
    at most `horizon` rows. `made` and `asked` are (horizon, move) levels; `made` those really in force, and behind
    the present those expected to hold.

    The baseline is what was measured, without doubt or noise. Between two values of a tag it is what the model
    expected knowing all that came before, with the band of a forecast over the steps since the last value. Behind
    the present it is a forecast from there: disturbances last as long as the model has learned that they last.
    How a disturbance changes the effect itself is not modelled.
    """
    forecast = model.compare(belief, made, asked, samples=samples, seed=seed)
    measured = after.select(model.card.tags)
    present, residual = model.observe(_under(measured, model.card.moves, made[: len(after)]), belief)
    baseline = _as_it_was(measured, residual, forecast.baseline)
    if len(after) < len(made):
        baseline = _followed(baseline, model.imagine(present, made[len(after) :], samples=samples, seed=seed))
    effect = forecast.effect
    scenario = Imagination(
        tags=baseline.tags,
        time=baseline.time,
        paths=(baseline.paths + effect.paths).astype(np.float32),
        mean=baseline.mean + effect.mean,
        disagreement=np.hypot(baseline.disagreement, effect.disagreement),
        noise=baseline.noise,
    )
    return Comparison(baseline, scenario, effect)


def _under(measured: Window, moves: tuple[str, ...], levels: NDArray[np.float64]) -> Window:
    """The measured values with the levels of the moves beside them."""
    return Window(
        tags=(*measured.tags, *moves),
        time=measured.time,
        values=np.concatenate([measured.values, levels], axis=1),
        valid=np.concatenate([measured.valid, np.isfinite(levels)], axis=1),
        step=measured.step,
    )


def _as_it_was(measured: Window, residual: Residual, forecast: Imagination) -> Imagination:
    """Measured values, and estimates where there is none, spread as `forecast` spreads from its start."""
    steps = _steps_since_a_value(measured.valid)
    mean = np.where(measured.valid, measured.values, residual.predicted)
    return Imagination(
        tags=measured.tags,
        time=measured.time,
        paths=(mean + _after(steps, forecast.paths - forecast.mean)).astype(np.float32),
        mean=mean,
        disagreement=_after(steps, forecast.disagreement),
        noise=_after(steps, forecast.noise),
    )


def _steps_since_a_value(valid: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(time, tag) 0 where there is a value, otherwise rows since the last one, or since the row before the first."""
    rows = np.arange(len(valid))[:, None]
    last = np.maximum.accumulate(np.where(valid, rows, -1), axis=0)
    steps: NDArray[np.intp] = rows - last
    return steps


def _after(steps: NDArray[np.intp], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, time, tag) the row of `along` (…, horizon, tag) so many steps ahead; 0 where it is no step."""
    tags = np.arange(along.shape[-1])
    return np.where(steps > 0, along[..., np.maximum(steps, 1) - 1, tags], 0.0)


def _followed(past: Imagination, future: Imagination) -> Imagination:
    return Imagination(
        tags=past.tags,
        time=np.concatenate([past.time, future.time]),
        paths=np.concatenate([past.paths, future.paths], axis=1),
        mean=np.concatenate([past.mean, future.mean]),
        disagreement=np.concatenate([past.disagreement, future.disagreement]),
        noise=np.concatenate([past.noise, future.noise]),
    )
