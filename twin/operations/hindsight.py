"""How good a forecast would have been: a rollout from a past instant, under the moves really made, and the truth."""

from datetime import datetime, timedelta

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.operations.rollout import context, measured, rolled
from twin.operations.whatif import baseline_levels
from twin.protocols import Twin


class ForecastError(BaseModel):
    """How far a forecast of one tag was off, over the values that were measured."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    count: int = Field(gt=0, description="Measured values that it is told of")
    mean: float = Field(ge=0, description="Mean absolute error, in the tag's unit")
    inside: float = Field(ge=0, le=1, description="Share of the values inside the 90 % band")


class Hindsight(BaseModel):
    """A past forecast judged by what came: the tags that have measured values since."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    errors: tuple[ForecastError, ...]
    model_version: str

    def of(self, tag: str) -> ForecastError | None:
        """The error of one tag; None where nothing of it was measured."""
        return next((error for error in self.errors if error.tag == tag), None)


def hindsight(
    twin: Twin, start: datetime, horizon: timedelta, *, max_horizon: timedelta, samples: int = 64, seed: int = 0
) -> Hindsight | None:
    """The forecast from a past start that knows the moves made since and nothing else; None when nothing came since.

    Raises as `what_if` does.
    """
    ground = context(twin, start, horizon, max_horizon)
    card = ground.model.card
    after = measured(twin, card.tags, ground.start, ground.rows, card.step)
    if after is None or not after.valid.any():
        return None
    imagined = ground.model.imagine(ground.belief, baseline_levels(twin, ground), samples=samples, seed=seed)
    errors = []
    for band in rolled(imagined, twin.plant).bands:
        truth = after.column(band.tag)
        known = np.isfinite(truth)
        if known.any():
            mean, low, high = (np.array(part[: len(truth)])[known] for part in (band.mean, band.p05, band.p95))
            came = truth[known]
            errors.append(
                ForecastError(
                    tag=band.tag,
                    unit=band.unit,
                    count=int(known.sum()),
                    mean=float(np.abs(came - mean).mean()),
                    inside=float(((low <= came) & (came <= high)).mean()),
                )
            )
    return Hindsight(start=ground.start, errors=tuple(errors), model_version=card.version)
