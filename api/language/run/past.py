"""What was: events and why, moves, the log."""

from collections.abc import Sequence

from api.language.run.common import around_of, concerns, measured, span_of, summary_of, version_of
from api.language.run.findings import (
    EventsSeen,
    Explained,
    Moved,
    Recorded,
    Unexplained,
)
from api.language.run.steps import Found, Steps
from twin.answer import Status
from twin.clock import Span
from twin.event import Severity
from twin.operations.bounds import past
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import explain_event
from twin.operations.moves import logged_moves
from twin.operations.records import search_log
from twin.protocols import Twin
from twin.query import (
    Basis,
    EventsPlan,
    ExplainPlan,
    LogPlan,
    MovesPlan,
)


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
        span_of(found.window),
        model_version=version_of(twin),
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
    return Found(Recorded(found), Status.ANSWERED if found.records else Status.NO_EVENTS, span_of(found.window))


def _find(steps: Steps, span: Span) -> EventsFound:
    return steps.run("find_events", lambda: find_events(steps.twin, span), start=span.start, end=span.end)


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
    twin, span = steps.twin, span_of(seen.window)
    tags = plan.tags[:2]
    return Found(
        Unexplained(tuple(summary_of(steps, tag, span) for tag in tags), seen.moves, seen.scored),
        Status.NO_EVENTS if seen.scored_rows else Status.NO_DATA,
        span,
        measured(twin, tags, span),
        version_of(twin),
    )
