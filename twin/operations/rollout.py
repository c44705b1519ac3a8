"""From a belief to bands: the context of a rollout, its quantiles and effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span, from_datetime64
from twin.errors import HorizonTooLong, InvalidInput, ModelNotReady, OutsideData, OutsideRetention
from twin.operations.bounds import floor
from twin.operations.numbers import hours
from twin.plant import Plant
from twin.protocols import Twin, WorldModel
from twin.scenario import Band, Effect, Rollout
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ImaginedEffect, ModelCard, quantiles

LAST = timedelta(hours=1)


@dataclass(frozen=True, eq=False, slots=True)
class Context:
    """What a rollout starts from.

    Attributes:
        model: the world model.
        start: the row of the belief; the rollout's first row is a step later.
        rows: number of steps to imagine.
        window: the history the belief was inferred from, with the model's tags and moves.
        belief: the posterior at `start`.
        coverage: share of the values expected by the tags' cadences that were measured.
    """

    model: WorldModel
    start: datetime
    rows: int
    window: Window
    belief: Belief
    coverage: float

    @property
    def present(self) -> NDArray[np.float64]:
        """(move,) levels in force at the start."""
        levels: NDArray[np.float64] = self.window.select(self.model.card.moves).values[-1]
        return levels

    def last_hour(self, tag: str) -> float:
        """Mean of what was measured of a tag in the last hour before the start; NaN where nothing was."""
        values = self.window.column(tag)[-max(1, LAST // self.window.step) :]
        known = values[np.isfinite(values)]
        return float(known.mean()) if len(known) else np.nan


def ready(twin: Twin) -> WorldModel:
    """The loaded world model; raises ModelNotReady."""
    if twin.model is None:
        raise ModelNotReady("no world model is loaded: train one with `foretell train`, or name a checkpoint")
    return twin.model


def context(twin: Twin, start: datetime | None, horizon: timedelta, max_horizon: timedelta) -> Context:
    """The belief at the last whole step at or before `start` (None: now), after the model's context of history.

    Raises ModelNotReady, InvalidInput and HorizonTooLong for the horizon, OutsideData and OutsideRetention for
    the start.
    """
    model = ready(twin)
    card = model.card
    rows = _rows(horizon, max_horizon, card.step)
    begin = floor(resolved_start(twin, start), card.step)
    window = twin.historian.window((*card.tags, *card.moves), Span(begin - card.context, begin), card.step)
    belief, _ = model.observe(window)
    return Context(model, begin, rows, window, belief, coverage(twin.plant, window.select(card.tags)))


def coverage(plant: Plant, window: Window) -> float:
    """Share of the values that the tags' cadences promise which the window really holds."""
    cadences = [plant.tag(tag).cadence or window.step for tag in window.tags]
    expected = sum(max(1.0, len(window) * min(1.0, window.step / cadence)) for cadence in cadences)
    return min(1.0, float(window.valid.sum()) / expected)


def rolled(imagination: Imagination, plant: Plant) -> Rollout:
    """Mean and quantiles per tag and step."""
    low, middle, high = quantiles(imagination.paths, (0.05, 0.5, 0.95))
    return _rollout(imagination.time, imagination.tags, plant, (imagination.mean, low, middle, high))


def difference(both: Comparison, plant: Plant) -> Rollout:
    """The effect per tag and step: its mean, its 90 % interval, and the middle of its paths."""
    effect = both.effect
    (middle,) = quantiles(effect.paths, (0.5,))
    parts = (effect.mean, effect.p05, middle, effect.p95)
    return _rollout(both.scenario.time, both.scenario.tags, plant, parts)


def _rollout(
    time: NDArray[np.datetime64], tags: Sequence[str], plant: Plant, parts: Sequence[NDArray[np.floating[Any]]]
) -> Rollout:
    """`parts` are mean, 5, 50 and 95 % quantile, (horizon, tag) each."""
    names = ("mean", "p05", "p50", "p95")
    return Rollout(
        time=tuple(from_datetime64(moment) for moment in time),
        bands=tuple(
            Band(
                tag=tag,
                unit=plant.tag(tag).unit,
                **{name: tuple(part[:, i].tolist()) for name, part in zip(names, parts, strict=True)},
            )
            for i, tag in enumerate(tags)
        ),
    )


def effects(effect: ImaginedEffect, card: ModelCard, plant: Plant) -> tuple[Effect, ...]:
    """Effects averaged over the last hour with their intervals; largest in sigma first.

    What is not known of an effect lasts from step to step, so the mean of the steps' bounds bounds the mean.
    """
    last = slice(-max(1, LAST // card.step), None)
    mean, low, high = (part[last].mean(axis=0) for part in (effect.mean, effect.p05, effect.p95))
    found = [
        Effect(
            tag=tag,
            unit=plant.tag(tag).unit,
            mean=float(mean[i]),
            p05=float(low[i]),
            p95=float(high[i]),
            sigma=float(mean[i] / scale),
        )
        for i, (tag, scale) in enumerate(zip(card.tags, card.scale, strict=True))
    ]
    return tuple(sorted(found, key=lambda effect: -abs(effect.sigma)))


def measured(twin: Twin, tags: Sequence[str], begin: datetime, rows: int, step: timedelta) -> Window | None:
    """What was measured at the rollout's rows up to now; None when the rollout lies in the future."""
    past = min(rows, (twin.clock.now() - begin) // step)
    return twin.historian.window(tags, Span(begin, begin + past * step), step) if past > 0 else None


def _rows(horizon: timedelta, max_horizon: timedelta, step: timedelta) -> int:
    if horizon > max_horizon:
        raise HorizonTooLong(
            f"the horizon of {hours(horizon)} is longer than the {hours(max_horizon)} accepted",
            field="horizon",
            value=horizon.total_seconds() / 3600,
            limit=max_horizon.total_seconds() / 3600,
            unit="h",
        )
    if horizon < step:
        raise InvalidInput(
            f"the horizon of {hours(horizon)} is shorter than the model's step of {hours(step)}",
            field="horizon",
            value=horizon.total_seconds() / 3600,
            limit=step.total_seconds() / 3600,
            unit="h",
        )
    return -(-horizon // step)


def resolved_start(twin: Twin, start: datetime | None) -> datetime:
    """`start`, or now for None; raises OutsideData for the future, OutsideRetention before the first sample."""
    now = twin.clock.now()
    zone = twin.plant.time_zone
    extent = twin.historian.extent()
    if extent is None:
        raise OutsideData("the historian holds no samples yet", field="start")
    if start is None:
        return now
    if start > now:
        raise OutsideData(
            f"{start.astimezone(zone):%Y-%m-%d %H:%M %Z} lies in the future (it is {now.astimezone(zone):%H:%M %Z})",
            field="start",
            value=start.isoformat(),
            limit=now.isoformat(),
        )
    if start < extent.start:
        raise OutsideRetention(
            f"{start.astimezone(zone):%Y-%m-%d %H:%M %Z} lies before the first sample "
            f"({extent.start.astimezone(zone):%Y-%m-%d %H:%M %Z})",
            field="start",
            value=start.isoformat(),
            limit=extent.start.isoformat(),
        )
    return start
