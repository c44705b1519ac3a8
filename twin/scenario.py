"""Scenarios and what the twin makes of them: moves, rollouts, effects, verdicts."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class LoggedMove(BaseModel):
    """A change that an operator made, as the historian recorded it."""

    model_config = ConfigDict(frozen=True)

    tag: str
    time: AwareDatetime
    before: float
    after: float
    unit: str


class Change(StrEnum):
    """How a move's amount is meant."""

    TO = "to"
    BY = "by"
    TIMES = "times"


class Move(BaseModel):
    """A change that somebody asks about, in the words of the request.

    `amount` is in `unit` (None: the tag's engineering unit): an absolute value (`to`), a difference (`by`),
    or a factor on the value in force at the start (`times`, without unit). `after` is the delay from the
    scenario's start; the move lasts `duration`, or to the horizon's end.
    """

    model_config = ConfigDict(frozen=True)

    tag: str
    change: Change
    amount: float = Field(allow_inf_nan=False)
    unit: str | None = None
    after: timedelta = timedelta(0)
    duration: timedelta | None = None


class Scenario(BaseModel):
    """Moves from an instant on: `start` None means now; in the past it asks for a counterfactual."""

    model_config = ConfigDict(frozen=True)

    moves: tuple[Move, ...] = Field(min_length=1, max_length=20)
    start: AwareDatetime | None = None
    horizon: timedelta = timedelta(hours=8)


class AppliedMove(BaseModel):
    """A move as it enters the rollout: the level in the tag's engineering unit and when it holds."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    before: float
    after: float
    start: AwareDatetime
    end: AwareDatetime


class Band(BaseModel):
    """One tag's future, a value per step: mean and the 5, 50 and 95 % quantiles, in `unit`."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    mean: tuple[float, ...]
    p05: tuple[float, ...]
    p50: tuple[float, ...]
    p95: tuple[float, ...]


class Rollout(BaseModel):
    """An imagined future under given moves; `bands` share the instants `time`."""

    model_config = ConfigDict(frozen=True)

    time: tuple[datetime, ...]
    bands: tuple[Band, ...]

    def band(self, tag: str) -> Band:
        """The band of one tag; raises KeyError when the rollout does not carry it."""
        for band in self.bands:
            if band.tag == tag:
                return band
        raise KeyError(tag)


class Effect(BaseModel):
    """Scenario minus baseline for one tag, averaged over the last hour (or the whole horizon if shorter)."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    mean: float
    p05: float
    p95: float
    sigma: float = Field(description="The mean effect in standard deviations of the tag's ordinary movement")


class Hazard(BaseModel):
    """When a limit is passed for the first time, over all futures that were drawn.

    The chance to pass it within the horizon is 1 minus the product of (1 - hazard) over all steps.
    """

    model_config = ConfigDict(frozen=True)

    per_step: tuple[float, ...] = Field(description="Chance to pass it in a step when it was not passed before")
    p05: timedelta | None = Field(description="Within so long it is passed in 5 % of the futures; null: in fewer")
    p50: timedelta | None
    p95: timedelta | None


class LimitRisk(BaseModel):
    """How likely one limit is passed within the horizon, and when; no hazard where it is never passed."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    limit: str = Field(description="lolo, lo, hi, hihi, trip_lo or trip_hi")
    value: float
    baseline: float = Field(ge=0, le=1)
    scenario: float = Field(ge=0, le=1)
    baseline_hazard: Hazard | None = None
    scenario_hazard: Hazard | None = None


class KpiEffect(BaseModel):
    """A key figure of the plant, averaged over the horizon, without and with the moves, and the difference."""

    model_config = ConfigDict(frozen=True)

    name: str
    unit: str
    description: str
    baseline: float
    scenario: float
    effect: float
    p05: float
    p95: float


class Support(StrEnum):
    """Whether the twin stands behind a rollout."""

    SUPPORTED = "supported"
    EXTRAPOLATING = "extrapolating"
    REFUSED = "refused"


class Verdict(BaseModel):
    """The twin's own judgement of a rollout, with every reason that counted."""

    model_config = ConfigDict(frozen=True)

    support: Support
    reasons: tuple[str, ...]
    doubt: float = Field(
        default=0.0, ge=0, le=1, description="0: nothing counts against it; supported below 1/2; refused above 2/3"
    )


class Method(StrEnum):
    """Where a what-if's baseline comes from: imagined from the start on, or what really happened."""

    FORECAST = "forecast"
    ABDUCTION = "abduction"


class WhatIf(BaseModel):
    """The outcome of a scenario: two rollouts, their difference, the risks and the verdict.

    By abduction the baseline is what was measured (estimated between values, forecast behind the present) and the
    scenario keeps the disturbances that happened. `actual` is what was measured over the same instants when the
    scenario starts in the past (None per step where nothing was measured). A refused scenario has no rollouts.
    """

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    moves: tuple[AppliedMove, ...]
    method: Method = Method.FORECAST
    baseline: Rollout | None
    scenario: Rollout | None
    difference: Rollout | None = Field(
        default=None, description="Scenario minus baseline step by step, with the interval of the effect itself"
    )
    actual: dict[str, tuple[float | None, ...]] = {}
    effects: tuple[Effect, ...] = Field(description="Largest |sigma| first")
    risks: tuple[LimitRisk, ...]
    kpis: tuple[KpiEffect, ...] = ()
    verdict: Verdict
    band_factors: dict[str, float] = Field(
        default={}, description="Tags whose bands live coverage has changed since calibration, and by how much"
    )
    model_version: str
