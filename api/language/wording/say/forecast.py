"""Answers about what comes next."""

from collections.abc import Sequence

from api.language.run.findings import Findings, Foreseen
from api.language.wording.facts import Chance, Draft, Instant, Name, Worded
from api.language.wording.say.common import band, bare, limit_of, looked_at, names, reasons, say_verdict, valued
from api.language.wording.say.curves import band_line
from api.language.wording.say.limits import LISTED, TELLING_RISK, say_limit
from twin.operations.forecast import Forecast
from twin.plant import TagRole
from twin.query import ForecastPlan
from twin.scenario import Rollout

CHARTED = 4


def say_forecast(draft: Draft, findings: Findings, found: Foreseen) -> None:
    """Where the tags go if nothing is moved, and which limits they may pass."""
    outcome, plan = found.outcome, findings.plan
    draft.over(looked_at(findings).span)
    rollout = outcome.rollout
    if rollout is None:
        draft.say("forecast.refused", reasons=reasons(draft, outcome.verdict))
        return
    moment = Instant("end of the horizon", outcome.end)
    if isinstance(plan, ForecastPlan) and plan.limit and found.limit is not None:
        say_limit(draft, plan.limit, found.limit, rollout, outcome.risks)
    known = {band.tag for band in rollout.bands}
    asked = plan.tags or _of_assets(draft, plan.assets)
    shown = [tag for tag in asked if tag in known]
    for tag in shown:
        _expected(draft, rollout, tag, moment)
    held = [tag for tag in asked if tag not in known]
    if held:
        draft.say("forecast.held", names=names(draft, held))
    _risks(draft, outcome, shown, moment)
    say_verdict(draft, outcome.verdict)
    draft.left_out("unchecked.forecast")
    draft.series = tuple(
        band_line(draft, "curve.forecast", rollout.time, rollout.band(tag)) for tag in shown[:CHARTED]
    )


def _of_assets(draft: Draft, assets: Sequence[str]) -> tuple[str, ...]:
    tags = (tag for asset in assets for tag in draft.plant.tags_of(asset) if tag.role is TagRole.MEASURED)
    return tuple(tag.name for tag in tags)[:CHARTED]


def _expected(draft: Draft, rollout: Rollout, tag: str, moment: Instant) -> None:
    lines = rollout.band(tag)
    draft.say(
        "forecast.value",
        name=Name(tag, called=True),
        value=valued("forecast", lines.mean[-1], lines.unit, tag),
        time=moment,
        share=band(),
        low=bare("forecast, 5 %", lines.p05[-1], lines.unit, tag),
        high=valued("forecast, 95 %", lines.p95[-1], lines.unit, tag),
    )


def _risks(draft: Draft, outcome: Forecast, shown: Sequence[str], moment: Instant) -> None:
    risks = [risk for risk in outcome.risks if risk.scenario > TELLING_RISK and (not shown or risk.tag in shown)]
    for risk in sorted(risks, key=lambda risk: -risk.scenario)[:LISTED]:
        slots = limit_of(draft, risk)
        draft.say("limit.chance", time=moment, chance=Chance("risk", risk.scenario, risk.tag), **slots)
    if not risks:
        draft.say("forecast.no_risk_of" if shown else "forecast.no_risk", time=moment, **_them(draft, shown))


def _them(draft: Draft, shown: Sequence[str]) -> dict[str, Worded]:
    return {"names": names(draft, shown)} if shown else {}
