"""What was: events and why, tags, trends, comparisons, moves, the log."""

from collections.abc import Sequence

from api.language.findings import (
    Compared,
    Described,
    EventsSeen,
    Explained,
    Moved,
    Recorded,
    Trended,
    Unexplained,
)
from api.language.steps import Found, Steps
from twin.answer import Series, Status, TimeWindow
from twin.clock import Span
from twin.errors import InvalidInput
from twin.event import EventFrame, Kind, Severity
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
from twin.operations.describe import TagSummary, describe_tag, history, latest, predicted
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import explain_event
from twin.operations.moves import logged_moves
from twin.operations.records import search_log
from twin.operations.trend import Trend, trend
from twin.plant import Plant
from twin.protocols import Twin
from twin.query import (
    Aggregation,
    Basis,
    ComparePlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    Limit,
    LogPlan,
    MovesPlan,
    TrendPlan,
)

CHARTED = 4
NAMED = 5
"""Contributions of an event that it is about."""


def events_seen(plan: EventsPlan, steps: Steps) -> Found:
    """Events of the window that concern the tags, the assets and the severity asked for."""
    twin = steps.twin
    found = _find(steps, plan.window.span)
    around = around_of(twin.plant, plan.tags, plan.assets)
    least = Severity(plan.severity).rank if plan.severity else 0
    anomalies, explained, withdrawn = (
        tuple(frame for frame in frames if concerns(frame, around) and frame.severity.rank >= least)
        for frames in (found.anomalies, found.explained, found.withdrawn)
    )
    status = Status.ANSWERED if anomalies else Status.NO_EVENTS if found.scored_rows else Status.NO_DATA
    return Found(
        EventsSeen(found, anomalies, explained, withdrawn),
        status,
        _span(found.window),
        model_version=_version(twin),
    )


def explained(plan: ExplainPlan, steps: Steps, recent: Sequence[str]) -> Found:
    """The event asked for: by its id, among those just spoken of, or of the window; else what there is instead."""
    twin = steps.twin
    event = plan.event_id or (_spoken_of(plan, twin, recent) if _leans_on(plan, recent) else None)
    seen: EventsFound | None = None
    if event is None:
        seen = _find(steps, plan.window.span)
        event = _chosen(plan, twin, seen)
    if event is None and seen is not None:
        return _unexplained(plan, steps, seen)
    identity = event or ""
    known = steps.run("explain_event", lambda: explain_event(twin, identity), event_id=identity)
    lines = tuple(line for item in known.contributions[:3] for line in (item.measured, item.predicted))
    return Found(
        Explained(known),
        window=Span(known.event.start, known.event.end or twin.clock.now()),
        series=lines,
        model_version=known.event.model_version,
    )


def described(plan: DescribePlan, steps: Steps) -> Found:
    """Statistics of each tag, and what the aggregation or the limit asks for besides."""
    twin, span = steps.twin, plan.window.span
    summaries = tuple(_summary(steps, tag, span) for tag in plan.tags)
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
        _span(summaries[0].window) if summaries else span,
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
        _span(trends[0].window) if trends else span,
        chart(twin, plan.tags, span),
    )


def compared(plan: ComparePlan, steps: Steps) -> Found:
    """Events or tags over two windows, or tags over one."""
    twin, first = steps.twin, plan.window.span
    second = plan.other.span if plan.other else None
    if plan.what == "events":
        events = _events_compared(plan, steps, first, second)
        looked = events.first.scored > 0 and events.second.scored > 0
        return Found(Compared(events), Status.ANSWERED if looked else Status.NO_DATA, _span(events.first.window))
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
    lines = tuple(line for span in spans for line in _measured(twin, plan.tags, span))
    return Found(Compared(tags), Status.ANSWERED if _holds(tags) else Status.NO_DATA, past(twin, first), lines)


def moved(plan: MovesPlan, steps: Steps) -> Found:
    """The operators' moves, on the tags asked for or on the handles of these."""
    twin, span = steps.twin, past(steps.twin, plan.window.span)
    moves = steps.run("logged_moves", lambda: logged_moves(twin, span), start=span.start, end=span.end)
    tags = around_of(twin.plant, plan.tags, plan.assets)
    handled = {twin.plant.tag(tag).handle or tag for tag in tags or ()} | (tags or frozenset())
    chosen = tuple(move for move in moves if tags is None or move.tag in handled)
    known = twin.historian.extent() is not None
    status = Status.ANSWERED if chosen else Status.NO_EVENTS if known else Status.NO_DATA
    return Found(Moved(chosen, known), status, span)


def recorded(plan: LogPlan, steps: Steps) -> Found:
    """What people wrote down, asked or tried."""
    twin, span = steps.twin, plan.window.span
    found = steps.run(
        "search_log",
        lambda: search_log(twin, span, plan.text, plan.where),
        start=span.start,
        end=span.end,
        text=plan.text,
        where=plan.where,
    )
    return Found(Recorded(found), Status.ANSWERED if found.records else Status.NO_EVENTS, _span(found.window))


def around_of(plant: Plant, tags: Sequence[str], assets: Sequence[str]) -> frozenset[str] | None:
    """The tags that a question is about; None: all of them."""
    if not tags and not assets:
        return None
    return frozenset([*tags, *(tag.name for asset in assets for tag in plant.tags_of(asset))])


def concerns(frame: EventFrame, tags: frozenset[str] | None) -> bool:
    """Whether an event is about one of these tags; None is any."""
    named = frame.contributions if frame.kind is Kind.SILENCE else frame.contributions[:NAMED]
    return tags is None or any(item.tag in tags for item in named)


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
    return (*_measured(twin, tags, span), *(line for line in expected if line.time))


def _find(steps: Steps, span: Span) -> EventsFound:
    return steps.run("find_events", lambda: find_events(steps.twin, span), start=span.start, end=span.end)


def _summary(steps: Steps, tag: str, span: Span) -> TagSummary:
    return steps.run(
        "describe_tag", lambda: describe_tag(steps.twin, tag, span), tag=tag, start=span.start, end=span.end
    )


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


def _measured(twin: Twin, tags: Sequence[str], span: Span) -> tuple[Series, ...]:
    return tuple(history(twin, tag, span) for tag in tags[:CHARTED])


def _holds(outcome: TagsCompared | WindowsCompared) -> bool:
    if isinstance(outcome, WindowsCompared):
        return any(item.difference is not None for item in outcome.tags)
    return bool(outcome.ranked)


def _leans_on(plan: ExplainPlan, recent: Sequence[str]) -> bool:
    """Whether "why?" means the events just spoken of."""
    return bool(recent) and not plan.tags and not plan.assets and plan.window.basis in {Basis.DEFAULT, Basis.SESSION}


def _spoken_of(plan: ExplainPlan, twin: Twin, recent: Sequence[str]) -> str | None:
    return _nth(recent, plan.which) if plan.which is not None else _gravest(twin, recent)


def _chosen(plan: ExplainPlan, twin: Twin, found: EventsFound) -> str | None:
    tags = around_of(twin.plant, plan.tags, plan.assets)
    anomalies = [frame.id for frame in found.anomalies if concerns(frame, tags)]
    if anomalies and plan.which is None:
        return _gravest(twin, anomalies)
    return _nth(anomalies or [frame.id for frame in found.explained if concerns(frame, tags)], plan.which)


def _gravest(twin: Twin, ids: Sequence[str]) -> str:
    frames = [twin.events.get(identity) for identity in ids]
    return max(frames, key=lambda frame: (frame.severity.rank, frame.score)).id


def _nth(ids: Sequence[str], which: int | None) -> str | None:
    index = -1 if which in {None, -1} else (which or 1) - 1
    return ids[index] if ids and -1 <= index < len(ids) else None


def _unexplained(plan: ExplainPlan, steps: Steps, seen: EventsFound) -> Found:
    twin, span = steps.twin, _span(seen.window)
    tags = plan.tags[:2]
    return Found(
        Unexplained(tuple(_summary(steps, tag, span) for tag in tags), seen.moves, seen.scored),
        Status.NO_EVENTS if seen.scored_rows else Status.NO_DATA,
        span,
        _measured(twin, tags, span),
        _version(twin),
    )


def _version(twin: Twin) -> str | None:
    return twin.model.card.version if twin.model else None


def _span(window: TimeWindow) -> Span:
    return Span(window.start, window.end)
