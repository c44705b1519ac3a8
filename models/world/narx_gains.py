"""Gains that the plant file states, as constraints on the regressions of a NARX."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.normalizer import ScaledGain
from models.world.narx import Narx

NOTHING = 1e-3
"""Gain, in scales, that has no sign yet."""


@dataclass(frozen=True, eq=False, slots=True)
class Constraint:
    """Rows (row, feature) whose product with the weights of `tag` is to be `values` (row,)."""

    tag: int
    rows: Tensor
    values: Tensor

    def met(self, weights: Tensor, system: Tensor) -> Tensor:
        """(feature,) the nearest weights that meet it; `system` (feature, feature) is the measure."""
        along = torch.linalg.solve(system, self.rows.T)
        missing = self.values - self.rows @ weights
        found: Tensor = weights + along @ torch.linalg.lstsq(self.rows @ along, missing[:, None]).solution[:, 0]
        return found


def constraints(model: Narx, gains: Sequence[ScaledGain]) -> tuple[Constraint, ...]:
    """What the stated gains ask of each tag's equation, given how the first member moves the other tags.

    At steady state all means over lags are the levels themselves, so an equation that holds there is linear in its
    weights. A stated value is met; a stated sign is left alone where it is right, and otherwise makes the gain 0.
    """
    found = []
    for tag in sorted({gain.tag for gain in gains}):
        own = [gain for gain in gains if gain.tag == tag]
        pairs = [pair for gain in own if (pair := _row(model, gain)) is not None]
        if pairs:
            rows, values = zip(*pairs, strict=True)
            found.append(Constraint(tag, torch.stack(rows), torch.stack(values)))
    return tuple(found)


def steady_response(model: Narx, move: int) -> Tensor:
    """(tag,) float64 change of every tag at steady state for one scale of a move, about the training mean."""
    tags, moves = len(model.config.tag_blocks), len(model.config.move_blocks)
    lags = model.tag_weights[0].double().reshape(tags, model.tags, model.tags).sum(0)
    push = model.move_weights[0].double().reshape(moves, model.move_count, model.tags).sum(0)[move]
    still = torch.eye(model.tags, dtype=torch.float64) - lags.T
    response: Tensor = torch.linalg.lstsq(still, push[:, None]).solution[:, 0]
    return response


def _row(model: Narx, gain: ScaledGain) -> tuple[Tensor, Tensor] | None:
    """Features of the plant's steady response to the move, and the tag's own; None where nothing is to be done."""
    response = steady_response(model, gain.move)
    if gain.value is None and gain.sign * response[gain.tag] > NOTHING:
        return None
    response[gain.tag] = gain.value or 0.0
    config = model.config
    pushed = torch.zeros(model.move_count, dtype=torch.float64)
    pushed[gain.move] = 1.0
    rest = torch.zeros(config.products(model.move_count) + 1, dtype=torch.float64)
    row = torch.cat([response.repeat(len(config.tag_blocks)), pushed.repeat(len(config.move_blocks)), rest])
    return row, response[gain.tag]
