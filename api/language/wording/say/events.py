"""Answers about events and about what was moved."""

from collections.abc import Sequence

from api.language.grounding.families import Family
from api.language.run.findings import EventsSeen, Findings, Moved
from api.language.wording.facts import Count, Draft, Id, Instant, Number, Over, Quote, Share, Worded
from api.language.wording.say.common import NOTHING, around, looked_at, moves, span_of
from twin.answer import Status
from twin.event import EventFrame
from twin.operations.events import EventsFound
from twin.query import EventsPlan

LISTED = 5
SHOWN_MOVES = 10
FULL = 0.99
"""Share of a window from which it counts as looked at in full."""


def say_events(draft: Draft, findings: Findings, seen: EventsSeen) -> None:
    """Unusual events of a window; "none" only of what was scored."""
    found, plan = seen.found, findings.plan
    window = Over(span_of(found.window))
    if findings.status is Status.NO_DATA:
        draft.say("events.unscored", window=window)
        if found.moves:
            draft.say("events.moves", count=Count("moves", len(found.moves)))
        return
    where = around(draft, "events.around", plan.tags, plan.assets)
    severity = plan.severity if isinstance(plan, EventsPlan) else None
    severe = draft.part("events.severe", severity=draft.part(f"severity.{severity}")) if severity else NOTHING
    count = Count("unusual events", len(seen.anomalies))
    if seen.anomalies:
        counted = isinstance(plan, EventsPlan) and plan.count_only
        draft.say(
            "events.counted" if counted else "events.found", count=count, severe=severe, around=where, window=window
        )
        _listed(draft, seen.anomalies)
    else:
        draft.shown(count)
        draft.say("events.none", severe=severe, around=where, window=window)
    _not_counted(draft, seen)
    _scored(draft, found, quiet=not found.anomalies)


def say_moves(draft: Draft, findings: Findings, moved: Moved) -> None:
    """The operators' moves."""
    plan = findings.plan
    if not moved.known:
        draft.say("status.empty")
        return
    where = around(draft, "moves.on", plan.tags, plan.assets)
    window = looked_at(findings)
    count = Count("moves", len(moved.moves))
    if not moved.moves:
        draft.shown(count)
        draft.say("moves.none", around=where, window=window)
        return
    draft.say("moves.found", count=count, around=where, window=window)
    shown = moved.moves[-SHOWN_MOVES:]
    if len(shown) < len(moved.moves):
        draft.say("moves.last", count=Count("moves shown", len(shown)))
    draft.say("moves.list", moves=moves(draft, shown, day=True))


def when(draft: Draft, frame: EventFrame) -> Worded:
    """From when to when an event lasted."""
    start = Instant(f"start of {frame.id}", frame.start)
    if frame.end is None:
        return draft.part("event.open", start=start)
    return draft.part("event.closed", start=start, end=Instant(f"end of {frame.id}", frame.end, day=False))


def late(draft: Draft, frame: EventFrame) -> None:
    """That the event was not told like this at first, and since when it is."""
    if frame.backfilled_at is not None:
        key = "event.gone" if frame.withdrawn else "event.late"
        draft.say(key, time=Instant("late samples came", frame.backfilled_at))


def severity_of(draft: Draft, frame: EventFrame) -> Worded:
    """How much an event matters."""
    draft.claim(Family.SEVERITY, frame.severity.value)
    return draft.part(f"severity.{frame.severity.value}")


def message_of(frame: EventFrame) -> Quote:
    """The detector's own sentence; its full stop is the answer's."""
    return Quote("message", frame.message.rstrip("."))


def _listed(draft: Draft, frames: Sequence[EventFrame]) -> None:
    ranked = sorted(frames, key=lambda frame: (-frame.severity.rank, frame.start))[:LISTED]
    for frame in sorted(ranked, key=lambda frame: frame.start):
        draft.line(
            "events.line",
            when=when(draft, frame),
            severity=severity_of(draft, frame),
            message=message_of(frame),
            event=Id(frame.id),
        )
        late(draft, frame)
    if len(ranked) < len(frames):
        draft.line("events.further", count=Count("further events", len(frames) - len(ranked)))


def _not_counted(draft: Draft, seen: EventsSeen) -> None:
    if seen.explained:
        made = dict.fromkeys(frame.explained_by for frame in seen.explained if frame.explained_by is not None)
        draft.line(
            "events.explained",
            count=Count("responses to moves", len(seen.explained)),
            moves=moves(draft, list(made)[:LISTED]),
        )
    if seen.withdrawn:
        came = max(frame.backfilled_at or frame.detected_at for frame in seen.withdrawn)
        draft.line(
            "events.withdrawn",
            count=Count("withdrawn events", len(seen.withdrawn)),
            time=Instant("late samples came", came),
        )


def _scored(draft: Draft, found: EventsFound, *, quiet: bool) -> None:
    if found.scored < FULL:
        if found.scored_rows:
            draft.line("events.partly", share=Share("share scored", found.scored))
        else:
            draft.line("events.blind")
        draft.left_out("unchecked.unscored", share=Share("share not scored", 1.0 - found.scored))
        return
    draft.claim(Family.QUANTIFIER, "no_other")
    if quiet and found.highest_score is not None:
        draft.line(
            "events.quiet",
            score=Number("highest score", found.highest_score, digits=2),
            threshold=Number("threshold", 1.0),
        )
    else:
        draft.line("events.scored")
