"""What tags were: aggregations, trends, comparisons."""

from collections.abc import Sequence

from api.language.run.common import CHARTED, around_of, measured, span_of, summary_of
from api.language.run.findings import (
    Compared,
    Described,
    Trended,
)
from api.language.run.steps import Found, Steps
from twin.answer import Series, Status
from twin.clock import Span
from twin.errors import InvalidInput
from twin.operations.beyond import Beyond, beyond, extremes
from twin.operations.bounds import past
from twin.operations.compare import (
    EventsCompared,
    TagsCompared,
    WindowsCompared,
    compare_events,
    compare_tags,
    compare_windows,
)
from twin.operations.describe import latest, predicted
from twin.operations.trend import Trend, trend
from twin.plant import Plant
from twin.protocols import Twin
from twin.query import (
    Aggregation,
    ComparePlan,
    DescribePlan,
    Limit,
    TrendPlan,
)


def described(plan: DescribePlan, steps: Steps) -> Found:
    """Statistics of each tag, and what the aggregation or the limit asks for besides."""
    twin, span = steps.twin, plan.window.span
    summaries = tuple(summary_of(steps, tag, span) for tag in plan.tags)
    limit = limit_value(twin.plant, plan.limit) if plan.limit else None
    known = [item.tag for item in summaries if item.mean is not None]
    peaks = {}
    if plan.aggregation in {Aggregation.MAX, Aggregation.MIN} and limit is None:
        peaks = {tag: extremes(twin, tag, span) for tag in known}
    return Found(
        Described(
            summaries,
            {value.tag: value for value in latest(twin) if value.tag in plan.tags},
            peaks,
            _beyond(plan.limit, limit, steps, span) if plan.limit and plan.limit.tag in known else None,
            limit,
        ),
        Status.ANSWERED if known else Status.NO_DATA,
        span_of(summaries[0].window) if summaries else span,
        chart(twin, plan.tags, span),
    )


def trended(plan: TrendPlan, steps: Steps) -> Found:
    """The trend of each tag."""
    twin, span = steps.twin, plan.window.span
    trends = tuple(_trend(steps, tag, span) for tag in plan.tags)
    enough = any(item.enough for item in trends)
    return Found(
        Trended(trends),
        Status.ANSWERED if enough else Status.NO_DATA,
        span_of(trends[0].window) if trends else span,
        chart(twin, plan.tags, span),
    )


def compared(plan: ComparePlan, steps: Steps) -> Found:
    """Events or tags over two windows, or tags over one."""
    twin, first = steps.twin, plan.window.span
    second = plan.other.span if plan.other else None
    if plan.what == "events":
        events = _events_compared(plan, steps, first, second)
        looked = events.first.scored > 0 and events.second.scored > 0
        return Found(Compared(events), Status.ANSWERED if looked else Status.NO_DATA, span_of(events.first.window))
    if second is None:
        tags: TagsCompared | WindowsCompared = steps.run(
            "compare_tags",
            lambda: compare_tags(twin, plan.tags, first, plan.aggregation),
            tags=plan.tags,
            start=first.start,
            end=first.end,
            aggregation=plan.aggregation,
        )
    else:
        other = second
        tags = steps.run(
            "compare_windows",
            lambda: compare_windows(twin, plan.tags, first, other, plan.aggregation),
            tags=plan.tags,
            first=(first.start, first.end),
            second=(other.start, other.end),
            aggregation=plan.aggregation,
        )
    spans = [first, *([second] if second else [])]
    lines = tuple(line for span in spans for line in measured(twin, plan.tags, span))
    return Found(Compared(tags), Status.ANSWERED if _holds(tags) else Status.NO_DATA, past(twin, first), lines)


def limit_value(plant: Plant, limit: Limit) -> float:
    """The limit in its tag's unit; raises InvalidInput when the plant file has none of that name."""
    value = limit.value if limit.name is None else getattr(plant.tag(limit.tag).limits, limit.name)
    if value is None:
        raise InvalidInput(
            f"the plant file gives {limit.tag} no limit of the name {limit.name}",
            field="limit",
            value=limit.name,
            candidates=[name for name, _ in plant.tag(limit.tag).limits.items()],
        )
    return float(value)


def chart(twin: Twin, tags: Sequence[str], span: Span) -> tuple[Series, ...]:
    """Measured values and predictions of the first tags."""
    expected = (predicted(twin, tag, span) for tag in tags[:CHARTED])
    return (*measured(twin, tags, span), *(line for line in expected if line.time))


def _trend(steps: Steps, tag: str, span: Span) -> Trend:
    return steps.run("trend", lambda: trend(steps.twin, tag, span), tag=tag, start=span.start, end=span.end)


def _beyond(limit: Limit, value: float | None, steps: Steps, span: Span) -> Beyond | None:
    if value is None:
        return None
    twin = steps.twin
    return steps.run(
        "beyond",
        lambda: beyond(twin, limit.tag, span, limit.side, value),
        tag=limit.tag,
        start=span.start,
        end=span.end,
        side=limit.side,
        limit=value,
    )


def _events_compared(plan: ComparePlan, steps: Steps, first: Span, second: Span | None) -> EventsCompared:
    if second is None:
        raise InvalidInput("events are compared over two windows: with which other one?", field="window")
    around = around_of(steps.twin.plant, plan.tags, plan.assets)
    tags = None if around is None else sorted(around)
    return steps.run(
        "compare_events",
        lambda: compare_events(steps.twin, first, second, tags),
        first=(first.start, first.end),
        second=(second.start, second.end),
        tags=tags,
    )


def _holds(outcome: TagsCompared | WindowsCompared) -> bool:
    if isinstance(outcome, WindowsCompared):
        return any(item.difference is not None for item in outcome.tags)
    return bool(outcome.ranked)
