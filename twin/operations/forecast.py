"""What will be, if nobody moves anything: one rollout from now."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from twin.operations.hazard import risks
from twin.operations.numbers import hours
from twin.operations.rollout import context, rolled
from twin.operations.verdict import after_rollout, before_rollout, judged
from twin.operations.whatif import baseline_levels
from twin.protocols import Twin
from twin.scenario import LimitRisk, Rollout, Support, Verdict


class Forecast(BaseModel):
    """The future with every setpoint left where it is. A refused forecast has no rollout."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    rollout: Rollout | None
    risks: tuple[LimitRisk, ...] = Field(description="`scenario` equals `baseline`: nothing is moved")
    verdict: Verdict
    band_factors: dict[str, float] = Field(
        default={}, description="Tags whose bands live coverage has changed since calibration, and by how much"
    )
    model_version: str


def forecast(twin: Twin, horizon: timedelta, *, max_horizon: timedelta, samples: int = 64, seed: int = 0) -> Forecast:
    """A rollout from the live belief with the present levels held; raises as `what_if` does."""
    ground = context(twin, None, horizon, max_horizon)
    card = ground.model.card
    levels = baseline_levels(twin, ground)
    findings = before_rollout(ground, levels, twin.plant, twin.events)
    verdict = judged(findings, hours(card.horizon))
    future = None
    if verdict.support is not Support.REFUSED:
        future = ground.model.imagine(ground.belief, levels, samples=samples, seed=seed)
        verdict = judged([*findings, *after_rollout(ground, future)], hours(card.horizon))
    if verdict.support is Support.REFUSED:
        future = None
    return Forecast(
        start=ground.start,
        end=ground.start + ground.rows * card.step,
        rollout=rolled(future, twin.plant) if future else None,
        risks=risks(future, future, twin.plant, card.step) if future else (),
        verdict=verdict,
        band_factors=card.band_factors,
        model_version=card.version,
    )
