"""What would be: scenarios, forecasts, advice."""

from datetime import timedelta

from api.language.run.findings import Advised, Foreseen, Imagined, NothingToUndo
from api.language.run.steps import Found, Steps
from api.language.run.tags import limit_value
from twin.answer import Status
from twin.clock import Span
from twin.operations.advise import advise, goal_of
from twin.operations.forecast import forecast
from twin.operations.undo import Undone, undone
from twin.operations.whatif import what_if
from twin.query import AdvisePlan, CounterfactualPlan, ForecastPlan, Limit, WhatIfPlan, scenario_of
from twin.scenario import Scenario, Support, Verdict

PRESENT = timedelta(minutes=15)
"""A scenario that starts so long ago is told as one of the past."""


def imagined(plan: WhatIfPlan, steps: Steps) -> Found:
    """A scenario from now on."""
    return _imagined(scenario_of(plan, steps.twin.clock.now()), steps, plan.limit)


def counterfactual(plan: CounterfactualPlan, steps: Steps) -> Found:
    """A scenario from a past instant, or a logged move imagined away."""
    if plan.undone is None:
        return _imagined(scenario_of(plan, steps.twin.clock.now()), steps)
    span = plan.undone.span
    looked = steps.run(
        "undone",
        lambda: undone(steps.twin, span, plan.undone_tags, plan.horizon.delta),
        start=span.start,
        end=span.end,
        tags=plan.undone_tags,
    )
    if looked.scenario is None:
        window = Span(looked.window.start, looked.window.end)
        return Found(NothingToUndo(looked), Status.NO_EVENTS, window)
    return _imagined(looked.scenario, steps, undone_move=looked)


def foreseen(plan: ForecastPlan, steps: Steps) -> Found:
    """The future if nothing is moved."""
    length, twin = plan.horizon.delta, steps.twin
    limit = limit_value(twin.plant, plan.limit) if plan.limit else None
    outcome = steps.run(
        "forecast",
        lambda: forecast(twin, length, max_horizon=steps.limits.max_horizon),
        horizon=length.total_seconds(),
    )
    return Found(
        Foreseen(outcome, limit),
        _status(outcome.verdict),
        Span(outcome.start, outcome.end),
        model_version=outcome.model_version,
    )


def advised(plan: AdvisePlan, steps: Steps) -> Found:
    """What to move to reach a goal."""
    twin = steps.twin
    goal = goal_of(twin, plan)
    advice = steps.run(
        "advise",
        lambda: advise(twin, goal, plan.handles, plan.horizon.delta, max_horizon=steps.limits.max_horizon),
        goal=goal.model_dump(mode="json"),
        handles=plan.handles,
        horizon=plan.horizon.delta.total_seconds(),
    )
    return Found(Advised(advice), window=Span(advice.start, advice.end), model_version=advice.model_version)


def _imagined(
    scenario: Scenario, steps: Steps, limit: Limit | None = None, undone_move: Undone | None = None
) -> Found:
    twin = steps.twin
    value = limit_value(twin.plant, limit) if limit else None
    outcome = steps.run(
        "what_if",
        lambda: what_if(twin, scenario, max_horizon=steps.limits.max_horizon),
        **scenario.model_dump(mode="json"),
    )
    past = outcome.start < twin.clock.now() - PRESENT
    return Found(
        Imagined(outcome, past, value, undone_move),
        _status(outcome.verdict),
        Span(outcome.start, outcome.end),
        model_version=outcome.model_version,
    )


def _status(verdict: Verdict) -> Status:
    return Status.REFUSED if verdict.support is Support.REFUSED else Status.ANSWERED
