"""Plans carried out by the twin's operations; no word is said here."""

from collections.abc import Sequence

from api.language.run.ahead import advised, counterfactual, foreseen, imagined
from api.language.run.findings import Findings, Standing, Told
from api.language.run.past import events_seen, explained, moved, recorded
from api.language.run.steps import Cancelled, Found, Limits, Steps, Tell
from api.language.run.tags import compared, described, trended
from twin.answer import Status
from twin.errors import TooLarge
from twin.operations.describe import latest
from twin.operations.status import plant_status
from twin.protocols import Twin
from twin.query import (
    AboutPlan,
    AdvisePlan,
    ComparePlan,
    CounterfactualPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    HelpPlan,
    LogPlan,
    MovesPlan,
    OutOfScopePlan,
    Plan,
    StatusPlan,
    TrendPlan,
    WhatIfPlan,
)

__all__ = ["Cancelled", "Limits", "Tell", "run"]


def run(plan: Plan, twin: Twin, limits: Limits, recent: Sequence[str], tell: Tell) -> Findings:
    """Everything that an answer to the plan needs.

    `recent` are the events that the session last spoke of, oldest first; `tell` hears of every operation as it
    begins. Raises Cancelled, TooLarge, and what the operations raise.
    """
    twin = twin.at(twin.clock)
    _bounded(plan, limits)
    steps = Steps(twin, limits, tell)
    found = _found(plan, steps, recent)
    steps.check()
    return Findings(
        plan=plan,
        plant=twin.plant,
        now=twin.clock.now(),
        result=found.result,
        status=found.status,
        tools=tuple(steps.calls),
        raw=steps.raw,
        window=found.window,
        series=found.series,
        model_version=found.model_version,
        card=twin.model.card if twin.model else None,
    )


def _bounded(plan: Plan, limits: Limits) -> None:
    subjects = len(plan.tags) + len(plan.assets)
    if subjects > limits.steps:
        raise TooLarge(
            f"{subjects} tags and assets at once, at most {limits.steps} are looked at: ask about fewer",
            field="tags",
            value=subjects,
            limit=limits.steps,
        )


def _found(plan: Plan, steps: Steps, recent: Sequence[str]) -> Found:  # noqa: C901 - one case an intent
    match plan:
        case EventsPlan():
            return events_seen(plan, steps)
        case ExplainPlan():
            return explained(plan, steps, recent)
        case DescribePlan():
            return described(plan, steps)
        case TrendPlan():
            return trended(plan, steps)
        case ComparePlan():
            return compared(plan, steps)
        case MovesPlan():
            return moved(plan, steps)
        case LogPlan():
            return recorded(plan, steps)
        case ForecastPlan():
            return foreseen(plan, steps)
        case WhatIfPlan():
            return imagined(plan, steps)
        case CounterfactualPlan():
            return counterfactual(plan, steps)
        case AdvisePlan():
            return advised(plan, steps)
        case StatusPlan():
            return _standing(steps)
        case AboutPlan():
            return _told(plan, steps)
        case HelpPlan():
            return Found(None)
        case OutOfScopePlan():
            return Found(None, Status.NOT_UNDERSTOOD)


def _standing(steps: Steps) -> Found:
    twin = steps.twin
    status = steps.run("plant_status", lambda: plant_status(twin))
    newest = latest(twin)
    return Found(
        Standing(status, newest),
        Status.NO_DATA if status.newest is None else Status.ANSWERED,
        model_version=twin.model.card.version if twin.model else None,
    )


def _told(plan: AboutPlan, steps: Steps) -> Found:
    if not plan.tags:
        return Found(Told({}))
    values = steps.run("latest", lambda: latest(steps.twin))
    return Found(Told({value.tag: value for value in values if value.tag in plan.tags}))
