"""A reading in plain words, to be chosen from: a sentence that reads as the plan it was made of."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from twin.query import (
    AboutPlan,
    AdvisePlan,
    Aggregation,
    AskedMove,
    Basis,
    ComparePlan,
    CounterfactualPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    HelpPlan,
    Limit,
    LogPlan,
    MovesPlan,
    OutOfScopePlan,
    Plan,
    StatusPlan,
    TrendPlan,
    WhatIfPlan,
    Window,
)
from twin.scenario import Change

_AGGREGATIONS = {
    Aggregation.MEAN: "the average",
    Aggregation.MAX: "the maximum",
    Aggregation.MIN: "the minimum",
    Aggregation.STD: "the standard deviation",
    Aggregation.RANGE: "the range",
    Aggregation.COUNT: "the number of samples",
    Aggregation.FIRST: "the first value",
    Aggregation.LAST: "the last value",
    Aggregation.AT: "the value",
    Aggregation.NOW: "the value now",
    Aggregation.SHARE: "the share of time",
    Aggregation.SUMMARY: "a summary",
}
_ORDINALS = {1: "first", 2: "second", 3: "third", -1: "last"}


def worded(plan: Plan, zone: ZoneInfo) -> str:
    """The plan as a short request in English."""
    return _WORDED[type(plan)](plan, zone)


def _names(plan: Plan, joint: str = " of ") -> str:
    named = " and ".join((*plan.tags, *(f"the {asset}" for asset in plan.assets)))
    return f"{joint}{named}" if named else ""


def _during(window: Window, zone: ZoneInfo) -> str:
    if window.basis is Basis.DEFAULT:
        return ""
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    return f" from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"


def _limit(limit: Limit | None) -> str:
    if limit is None:
        return ""
    return f" {limit.side} {limit.value:g}" if limit.value is not None else f" {limit.side} its {limit.name} limit"


def _move(move: AskedMove) -> str:
    if move.change is Change.TIMES:
        return f"multiply {move.tag} by {move.amount:g}"
    unit = f" {move.unit}" if move.unit else ""
    return f"change {move.tag} {move.change} {move.amount:g}{unit}"


def _events(plan: EventsPlan, zone: ZoneInfo) -> str:
    what = "how many unusual events" if plan.count_only else "unusual events"
    return f"{what}{_names(plan, ' around ')}{_during(plan.window, zone)}"


def _explain(plan: ExplainPlan, zone: ZoneInfo) -> str:
    if plan.event_id is not None:
        return f"explain event {plan.event_id}"
    which = f"{_ORDINALS.get(plan.which or 0, '')} event".strip()
    return f"explain the {which}{_names(plan, ' around ')}{_during(plan.window, zone)}"


def _describe(plan: DescribePlan, zone: ZoneInfo) -> str:
    if plan.aggregation is Aggregation.AT:
        return f"the value{_names(plan)} at {plan.window.end.astimezone(zone):%Y-%m-%d %H:%M}"
    if plan.aggregation is Aggregation.NOW:
        return f"the value{_names(plan)} now"
    return f"{_AGGREGATIONS[plan.aggregation]}{_names(plan)}{_limit(plan.limit)}{_during(plan.window, zone)}"


def _trend(plan: TrendPlan, zone: ZoneInfo) -> str:
    return f"the trend{_names(plan)}{_during(plan.window, zone)}"


def _compare(plan: ComparePlan, zone: ZoneInfo) -> str:
    what = "events" if plan.what == "events" else f"{_AGGREGATIONS[plan.aggregation]}{_names(plan)}"
    other = f" with{_during(plan.other, zone) or ' the stretch before'}" if plan.other else ""
    return f"compare {what}{_during(plan.window, zone)}{other}"


def _forecast(plan: ForecastPlan, _: ZoneInfo) -> str:
    return f"a forecast{_names(plan)} in the next {plan.horizon.amount:g} {plan.horizon.unit}{_limit(plan.limit)}"


def _what_if(plan: WhatIfPlan, _: ZoneInfo) -> str:
    return f"what happens{_names(plan, ' to ')} if we {' and '.join(map(_move, plan.moves))}"


def _counterfactual(plan: CounterfactualPlan, zone: ZoneInfo) -> str:
    if plan.undone is not None:
        moved = " and ".join(plan.undone_tags) or "anything"
        return f"what would have happened if nobody had changed {moved}{_during(plan.undone, zone)}"
    start = f" at {plan.start.astimezone(zone):%Y-%m-%d %H:%M}" if plan.start else ""
    return f"what would have happened{_names(plan, ' to ')} with {' and '.join(map(_move, plan.moves))}{start}"


def _advise(plan: AdvisePlan, _: ZoneInfo) -> str:
    target = f" to {plan.target:g}" if plan.target is not None else _limit(plan.goal)
    return f"how to {plan.direction or 'bring'}{_names(plan, ' ')}{target}"


def _status(plan: StatusPlan, _: ZoneInfo) -> str:
    return f"the status{_names(plan) or ' of the plant'}"


def _moves(plan: MovesPlan, zone: ZoneInfo) -> str:
    return f"what the operators changed{_names(plan, ' on ')}{_during(plan.window, zone)}"


def _log(plan: LogPlan, zone: ZoneInfo) -> str:
    about = f" about {plan.text}" if plan.text else ""
    what = {"answers": "earlier questions", "scenarios": "tried scenarios"}.get(plan.where, "log entries")
    return f"{what}{about}{_during(plan.window, zone)}"


def _about(plan: AboutPlan, _: ZoneInfo) -> str:
    return f"the {plan.aspect}{_names(plan)}" if plan.aspect != "movable" else "what can be moved"


def _help(_: HelpPlan, __: ZoneInfo) -> str:
    return "what can I ask"


def _out_of_scope(_: OutOfScopePlan, __: ZoneInfo) -> str:
    return "something else than this plant"


_WORDED: dict[type, Callable[..., str]] = {
    EventsPlan: _events,
    ExplainPlan: _explain,
    DescribePlan: _describe,
    TrendPlan: _trend,
    ComparePlan: _compare,
    ForecastPlan: _forecast,
    WhatIfPlan: _what_if,
    CounterfactualPlan: _counterfactual,
    AdvisePlan: _advise,
    StatusPlan: _status,
    MovesPlan: _moves,
    LogPlan: _log,
    AboutPlan: _about,
    HelpPlan: _help,
    OutOfScopePlan: _out_of_scope,
}
