"""Bands that follow live coverage: a factor a tag, moved by how often what came lay outside the band.

Adaptive conformal inference (Gibbs & Candès 2021): after every rollout over new operation a tag's factor grows with
the share of values outside its band and shrinks with that inside, so that over time MISS of them lie outside whatever
the plant does. The step is small, so that chance moves little; evidence that a band has become too narrow (a
cumulative sum, Page 1954) sets the factor anew, and from there steps shrink as 1/n (Robbins & Monro 1951).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp

import numpy as np
from numpy.typing import NDArray

from models.rollouts import Rolled, RolloutConfig, rolled
from twin.clock import from_datetime64
from twin.lifecycle import BandChange, BandReport, TagBand
from twin.protocols import WorldModel
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ModelCard, Residual

MISS = 0.1
"""Share of the values that should lie outside a 90 % band."""


@dataclass(frozen=True, slots=True)
class AdaptationConfig:
    """How far and how fast factors move.

    Attributes:
        rate: step of the logarithm of a factor, for a share outside that is off by 1.
        allowance: a share outside so far beyond MISS is ordinary in a single rollout.
        limit: of the cumulative sum of what goes beyond it.
        jump: by how much the logarithm of a factor is set anew, for a share outside that was off by 1.
        settle: after that the step is this over the number of rollouts, until it is `rate` again.
        smallest, largest: bounds of a factor.
        told: a factor that has moved by so much since it was last put on record is put on record.
        memory: rollouts over which coverage is averaged.
        kept: changes on record at most; the oldest are forgotten.
        window: newest data that is rolled out.
        rollout: how it is cut.
    """

    rate: float = 0.02
    allowance: float = 0.1
    limit: float = 1.0
    jump: float = 2.0
    settle: float = 2.5
    smallest: float = 0.5
    largest: float = 4.0
    told: float = 0.05
    memory: int = 40
    kept: int = 1000
    window: timedelta = timedelta(hours=72)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)


def follow(
    before: BandReport | None,
    model: WorldModel,
    windows: Sequence[Window],
    now: datetime,
    config: AdaptationConfig | None = None,
) -> BandReport:
    """Score every rollout over `windows` that was not scored yet, and move the factors.

    `windows` are normal operation, without open and confirmed events; `model` is the one with the bands of its
    calibration. A report of another version is not gone on with: its factors were another model's.
    """
    config, card = config or AdaptationConfig(), model.card
    if before is None or before.version != card.version:
        tags = tuple(TagBand(tag=tag) for tag in card.tags)
        before = BandReport(version=card.version, time=now, until=now - config.window, tags=tags)
    cut = replace(config.rollout, horizon=min(config.rollout.horizon, card.horizon))
    bands, changes, until = before.tags, list(before.changes), before.until
    for roll in rolled(model, windows, before.until, card.context, cut):
        start = from_datetime64(roll.start)
        bands, made = _after(bands, roll, config, start + cut.horizon)
        changes += made
        until = start + cut.stride
    kept = tuple(changes[-config.kept :])
    return BandReport(version=card.version, time=now, until=until, tags=bands, changes=kept)


def _after(
    bands: tuple[TagBand, ...], roll: Rolled, config: AdaptationConfig, time: datetime
) -> tuple[tuple[TagBand, ...], list[BandChange]]:
    """What one rollout makes of the bands, and what of it goes on record."""
    after, changes = [], []
    for i, old in enumerate(bands):
        new = _moved(old, roll.reach[:, i], config)
        anew = new.steps is not None and (old.steps is None or new.steps <= old.steps) and new != old
        if anew or abs(new.factor / old.recorded - 1) >= config.told:
            changes.append(_change(old, new, time, anew=anew))
            new = new.model_copy(update={"recorded": new.factor})
        after.append(new)
    return tuple(after), changes


def _moved(band: TagBand, reach: NDArray[np.float64], config: AdaptationConfig) -> TagBand:
    known = reach[np.isfinite(reach)]
    if not len(known):
        return band
    outside = float((known > band.factor).mean())
    count = band.rollouts + 1
    covered = 1 - MISS if band.coverage is None else band.coverage
    covered += (1 - outside - covered) / min(count, config.memory)
    seen = band.model_copy(update={"rollouts": count, "coverage": covered})
    excess = max(0.0, band.excess + outside - MISS - config.allowance)
    run = band.run + 1 if excess else 0
    if excess > config.limit:
        off = excess / run + config.allowance
        factor = _bounded(band.factor * exp(config.jump * off), config)
        return seen.model_copy(update={"factor": factor, "excess": 0.0, "run": 0, "steps": run})
    rate = config.rate if band.steps is None else max(config.rate, config.settle / (band.steps + 1))
    factor = _bounded(band.factor * exp(rate * (outside - MISS)), config)
    steps = None if band.steps is None else band.steps + 1
    return seen.model_copy(update={"factor": factor, "excess": excess, "run": run, "steps": steps})


def _bounded(factor: float, config: AdaptationConfig) -> float:
    return min(max(factor, config.smallest), config.largest)


def _change(old: TagBand, new: TagBand, time: datetime, *, anew: bool) -> BandChange:
    return BandChange(
        tag=new.tag,
        time=time,
        old=old.recorded,
        new=new.factor,
        coverage=new.coverage,
        reason="too narrow for what came: set anew" if anew else "moved with live coverage",
    )


class Adapted:
    """A world model with bands as wide as live coverage asks; what it expects stays, and so do effects."""

    def __init__(self, model: WorldModel, factors: Mapping[str, float]) -> None:
        """`factors` by tag on the paths' distance from the mean; tags that are absent stay as they are."""
        self._model = model
        self._card = model.card.model_copy(update={"band_factors": dict(factors)})
        self._factors = np.array([factors.get(tag, 1.0) for tag in model.card.tags])

    @property
    def card(self) -> ModelCard:
        """The model's, which says how its bands were changed."""
        return self._card

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[Belief, Residual]:
        """As the model does it."""
        return self._model.observe(window, belief)

    def imagine(self, belief: Belief, moves: NDArray[np.float64], *, samples: int = 64, seed: int = 0) -> Imagination:
        """As the model does it, with other bands."""
        return self._widened(self._model.imagine(belief, moves, samples=samples, seed=seed))

    def compare(
        self,
        belief: Belief,
        baseline: NDArray[np.float64],
        scenario: NDArray[np.float64],
        *,
        samples: int = 64,
        seed: int = 0,
    ) -> Comparison:
        """As the model does it, with other bands of both futures; the effect and its interval stay."""
        found = self._model.compare(belief, baseline, scenario, samples=samples, seed=seed)
        return Comparison(self._widened(found.baseline), self._widened(found.scenario), found.effect)

    def _widened(self, future: Imagination) -> Imagination:
        paths = future.mean + self._factors * (future.paths - future.mean)
        return replace(future, paths=paths.astype(np.float32), noise=future.noise * self._factors)
