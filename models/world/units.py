"""A plant of several units, each with a world model of its own: cost grows with the units, not with their cube."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.errors import InvalidInput
from twin.plant import Plant
from twin.protocols import WorldModel
from twin.window import Window
from twin.world import Belief, Comparison, Imagination, ImaginedEffect, ModelCard, Residual

Values = NDArray[np.float64]
Real = TypeVar("Real", bound=np.floating[Any])


@dataclass(frozen=True, eq=False, slots=True)
class UnitsBelief:
    """The beliefs of all units after the row at `time`."""

    time: datetime
    units: tuple[Belief, ...]


class UnitModels:
    """World models of units as one of the plant: every unit is observed and imagined on its own.

    What flows from one unit to another is to the receiver a disturbance, unless its tags hold it. Path s of the plant
    is path s of every unit; the units' noise is independent.
    """

    def __init__(self, plant: Plant, units: Sequence[WorldModel]) -> None:
        """`units` hold each observed tag and each move of the plant exactly once, and have its step."""
        self.units = tuple(units)
        cards = [unit.card for unit in self.units]
        self._card = merge(plant, cards)
        self._tags = _order([card.tags for card in cards], self._card.tags, "tag")
        column = {move: i for i, move in enumerate(self._card.moves)}
        self._moves = [[column[move] for move in card.moves] for card in cards]

    @property
    def card(self) -> ModelCard:
        """All units' cards in one."""
        return self._card

    def described(self, card: ModelCard) -> Self:
        """The same models with another card."""
        fresh = copy(self)
        fresh._card = card  # noqa: SLF001  the same class
        return fresh

    def changed(self, change: Callable[[WorldModel], WorldModel]) -> Self:
        """The same plant with every unit's model changed; the card stays."""
        fresh = copy(self)
        fresh.units = tuple(change(unit) for unit in self.units)
        return fresh

    def observe(self, window: Window, belief: Belief | None = None) -> tuple[UnitsBelief, Residual]:
        """Unit by unit; see WorldModel."""
        before = (None,) * len(self.units) if belief is None else self._own(belief).units
        found = [unit.observe(window, part) for unit, part in zip(self.units, before, strict=True)]
        residuals = [residual for _, residual in found]
        return UnitsBelief(window.end, tuple(part for part, _ in found)), Residual(
            tags=self._card.tags,
            time=window.time,
            predicted=self._joined(residual.predicted for residual in residuals),
            noise=self._joined(residual.noise for residual in residuals),
            sigma=self._joined(residual.sigma for residual in residuals),
        )

    def imagine(self, belief: Belief, moves: Values, *, samples: int = 64, seed: int = 0) -> Imagination:
        """Unit by unit; see WorldModel."""
        self._check(moves)
        return self._imagination(
            unit.imagine(part, moves[:, columns], samples=samples, seed=seed + i)
            for i, (unit, part, columns) in enumerate(self._parts(belief))
        )

    def compare(
        self, belief: Belief, baseline: Values, scenario: Values, *, samples: int = 64, seed: int = 0
    ) -> Comparison:
        """Unit by unit; see WorldModel."""
        self._check(baseline)
        self._check(scenario)
        found = [
            unit.compare(part, baseline[:, columns], scenario[:, columns], samples=samples, seed=seed + i)
            for i, (unit, part, columns) in enumerate(self._parts(belief))
        ]
        effects = [each.effect for each in found]
        return Comparison(
            self._imagination(each.baseline for each in found),
            self._imagination(each.scenario for each in found),
            ImaginedEffect(
                paths=self._joined(effect.paths for effect in effects),
                mean=self._joined(effect.mean for effect in effects),
                p05=self._joined(effect.p05 for effect in effects),
                p95=self._joined(effect.p95 for effect in effects),
                disagreement=self._joined(effect.disagreement for effect in effects),
            ),
        )

    def _imagination(self, parts: Iterable[Imagination]) -> Imagination:
        found = list(parts)
        return Imagination(
            tags=self._card.tags,
            time=found[0].time,
            paths=self._joined(part.paths for part in found),
            mean=self._joined(part.mean for part in found),
            disagreement=self._joined(part.disagreement for part in found),
            noise=self._joined(part.noise for part in found),
        )

    def _joined(self, parts: Iterable[NDArray[Real]]) -> NDArray[Real]:
        """(…, tag) of the units as (…, tag) of the plant."""
        return np.concatenate(list(parts), axis=-1)[..., self._tags]

    def _parts(self, belief: Belief) -> list[tuple[WorldModel, Belief, list[int]]]:
        return list(zip(self.units, self._own(belief).units, self._moves, strict=True))

    def _own(self, belief: Belief) -> UnitsBelief:
        if isinstance(belief, UnitsBelief) and len(belief.units) == len(self.units):
            return belief
        raise InvalidInput(f"a {type(belief).__name__} is no belief of this model", field="belief")

    def _check(self, moves: Values) -> None:
        if moves.ndim != 2 or moves.shape[1] != len(self._card.moves):
            raise InvalidInput(
                f"moves have the shape {moves.shape}, expected (horizon, {len(self._card.moves)})", field="moves"
            )


def merge(plant: Plant, cards: Sequence[ModelCard]) -> ModelCard:
    """One card for the plant: as cautious as the most cautious unit, with the mean of the units' skill.

    Raises InvalidInput when the units do not hold the plant's tags and moves once each, or differ in step.
    """
    tags, moves = (tuple(tag.name for tag in some) for some in (plant.observed, plant.movable))
    order = _order([card.tags for card in cards], tags, "tag")
    _order([card.moves for card in cards], moves, "move")
    if other := next((card for card in cards if card.step != plant.step), None):
        raise InvalidInput(f"{other.version} has a step of {other.step}, the plant one of {plant.step}", field="step")
    scale = [scale for card in cards for scale in card.scale]
    shared = set.intersection(*(set(card.skill) for card in cards))
    return ModelCard(
        version=f"units-{hashlib.sha256(' '.join(card.version for card in cards).encode()).hexdigest()[:8]}",
        family="units",
        plant=plant.name,
        tags=tags,
        moves=moves,
        step=plant.step,
        context=max(card.context for card in cards),
        horizon=min(card.horizon for card in cards),
        scale=tuple(scale[i] for i in order),
        envelope=tuple(part for card in cards for part in card.envelope),
        coverage=tuple(part for card in cards for part in card.coverage),
        operation=tuple(part for card in cards for part in card.operation),
        disagreement_limit=max(card.disagreement_limit for card in cards),
        data_start=min(card.data_start for card in cards),
        data_end=max(card.data_end for card in cards),
        data_hours=min(card.data_hours for card in cards),
        created=max(card.created for card in cards),
        seed=cards[0].seed,
        skill={name: fmean(card.skill[name] for card in cards) for name in sorted(shared)},
        excluded_hours=max(card.excluded_hours for card in cards),
        units=tuple(card.plant.removeprefix(f"{plant.name}/") for card in cards),
    )


def _order(parts: Sequence[Sequence[str]], wanted: Sequence[str], kind: str) -> list[int]:
    """Where each wanted name stands when the parts follow one another."""
    names = [name for part in parts for name in part]
    if sorted(names) != sorted(wanted):
        wrong = sorted(set(names) ^ set(wanted)) or sorted({name for name in names if names.count(name) > 1})
        raise InvalidInput(f"the units do not hold each {kind} once: {', '.join(wrong[:5])}", field=kind, value=wrong)
    place = {name: i for i, name in enumerate(names)}
    return [place[name] for name in wanted]
