"""Answers about events, their causes, and what was moved."""

from collections.abc import Sequence

from api.language.old_facts import Draft, shown_unit
from api.language.plans import EventsPlan, ExplainPlan, MovesPlan
from twin.answer import Status
from twin.clock import Span
from twin.event import EventFrame, Kind
from twin.operations.describe import describe_tag, history
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import Explanation, explain_event
from twin.operations.moves import logged_moves
from twin.operations.similar import SimilarEvent
from twin.protocols import Twin
from twin.scenario import LoggedMove

LISTED = 5
FULL = 0.99


def say_events(plan: EventsPlan, twin: Twin) -> Draft:
    """Unusual events of a window; "none" only of what was scored."""
    found = find_events(twin, plan.span)
    draft = Draft(twin.plant, "find_events", model_version=twin.model.card.version if twin.model else None)
    draft.ran("find_events", found, start=found.window.start, end=found.window.end)
    window = draft.over(plan.span if plan.end == found.window.end else found_span(found))
    around = _around(plan, twin)
    anomalies = [frame for frame in found.anomalies if concerns(frame, around)]
    explained = [frame for frame in found.explained if concerns(frame, around)]
    where = f" around {plan.asset or ', '.join(plan.tags)}" if around is not None else ""
    if not found.scored_rows and not anomalies:
        return _unscored(draft, found, window)
    if anomalies:
        count = draft.count("unusual events", len(anomalies))
        draft.say(f"Yes: {count} unusual event{'s' if len(anomalies) > 1 else ''}{where}, {window}.")
        _listed(draft, anomalies)
    else:
        draft.status = Status.NO_EVENTS
        draft.say(f"No unusual events{where}, {window}.")
    _not_counted(draft, explained)
    _withdrawn(draft, [frame for frame in found.withdrawn if concerns(frame, around)])
    _scored(draft, found)
    draft.notes(plan.notes)
    return draft


def found_span(found: EventsFound) -> Span:
    """The window that was really looked at."""
    return Span(found.window.start, found.window.end)


def concerns(frame: EventFrame, tags: frozenset[str] | None) -> bool:
    """Whether an event is about one of these tags; None is any."""
    named = frame.contributions if frame.kind is Kind.SILENCE else frame.contributions[:LISTED]
    return tags is None or any(item.tag in tags for item in named)


def say_moves(plan: MovesPlan, twin: Twin) -> Draft:
    """The operators' moves in a window."""
    draft = Draft(twin.plant, "logged_moves")
    moves = [move for move in logged_moves(twin, plan.span) if not plan.tags or move.tag in _moved_by(plan, twin)]
    draft.ran("logged_moves", start=plan.start, end=plan.end)
    draft.result["logged_moves"] = [move.model_dump(mode="json") for move in moves]
    window = draft.over(plan.span)
    if twin.historian.extent() is None:
        draft.status = Status.NO_DATA
        draft.say("The historian holds no data yet.")
    elif not moves:
        draft.status = Status.NO_EVENTS
        draft.say(f"No moves were logged{' on ' + ', '.join(plan.tags) if plan.tags else ''}, {window}.")
    else:
        count = draft.count("moves", len(moves))
        draft.say(f"{count} move{'s were' if len(moves) > 1 else ' was'} logged, {window}.")
        shown = moves[-2 * LISTED :]
        if len(shown) < len(moves):
            draft.say(f"The last {draft.count('moves shown', len(shown))}:")
        draft.say("; ".join(_move(draft, move, day=True) for move in shown) + ".")
    draft.notes(plan.notes)
    return draft


def say_explanation(plan: ExplainPlan, twin: Twin, recent: Sequence[str] = ()) -> Draft:
    """Why an event happened; `recent` holds the events that were last spoken of, for "why?"."""
    event_id = plan.event_id or _chosen(plan, twin, recent)
    if event_id is None:
        return _nothing_to_explain(plan, twin)
    found = explain_event(twin, event_id)
    draft = Draft(twin.plant, f"explain_event {event_id}", model_version=found.event.model_version)
    draft.ran("explain_event", found, event_id=event_id)
    event = found.event
    draft.say(f"{_when(draft, event)}: {draft.quote('message', event.message)}{_backfilled(draft, event)}")
    if event.kind is Kind.SILENCE:
        _last_heard(draft, event)
    else:
        draft.say(_first_mover(draft, found))
        _contributions(draft, found)
        _way(draft, event)
        _moves_around(draft, found)
    for like in found.similar[:1]:
        share = draft.percent("similarity", like.similarity)
        draft.say(f"It looks like the event of {draft.time('similar event', like.event.start, day=True)} ({share}).")
        _done_then(draft, like)
    draft.series = [line for item in found.contributions[:3] for line in (item.measured, item.predicted)]
    draft.notes(plan.notes)
    return draft


def _around(plan: EventsPlan, twin: Twin) -> frozenset[str] | None:
    if plan.tags:
        return frozenset(plan.tags)
    return frozenset(tag.name for tag in twin.plant.tags_of(plan.asset)) if plan.asset else None


def _unscored(draft: Draft, found: EventsFound, window: str) -> Draft:
    draft.status = Status.NO_DATA
    draft.say(f"I cannot say: nothing was scored, {window}.")
    if found.moves:
        draft.say(f"{draft.count('moves', len(found.moves))} moves were logged in it.")
    return draft


def _listed(draft: Draft, frames: Sequence[EventFrame]) -> None:
    ranked = sorted(frames, key=lambda frame: (-frame.severity.rank, frame.start))[:LISTED]
    for frame in sorted(ranked, key=lambda frame: frame.start):
        said = f"{_when(draft, frame)}, {frame.severity} severity: {draft.quote('message', frame.message)}"
        draft.line(f"{said}{_backfilled(draft, frame)}")
    if len(ranked) < len(frames):
        draft.line(f"{draft.count('further events', len(frames) - len(ranked))} more of lower severity.")


def _backfilled(draft: Draft, frame: EventFrame) -> str:
    """That the event was not told like this at first, and since when it is."""
    if frame.backfilled_at is None:
        return ""
    came = draft.time("late samples came", frame.backfilled_at, day=True)
    if frame.withdrawn:
        return f" It was withdrawn when late samples came at {came}."
    return f" It appeared or changed after late samples came at {came}."


def _when(draft: Draft, frame: EventFrame) -> str:
    start = draft.time(f"start of {frame.id}", frame.start, day=True)
    if frame.end is None:
        return f"Since {start}, still going on"
    return f"{start} to {draft.time(f'end of {frame.id}', frame.end)}"


def _not_counted(draft: Draft, explained: Sequence[EventFrame]) -> None:
    if not explained:
        return
    moves = list(dict.fromkeys(frame.explained_by for frame in explained if frame.explained_by is not None))
    count = draft.count("responses to moves", len(explained))
    said = "; ".join(_move(draft, move) for move in moves[:LISTED])
    draft.line(f"Not counted: {count} response{'s' if len(explained) > 1 else ''} to logged moves ({said}).")


def _withdrawn(draft: Draft, frames: Sequence[EventFrame]) -> None:
    if not frames:
        return
    came = max(frame.backfilled_at or frame.detected_at for frame in frames)
    count = draft.count("withdrawn events", len(frames))
    said = draft.time("late samples came", came, day=True)
    draft.line(f"Not counted: {count} event{'s' if len(frames) > 1 else ''} that late samples explained ({said}).")


def _scored(draft: Draft, found: EventsFound) -> None:
    if found.scored < FULL:
        draft.say(f"Only {draft.percent('share scored', found.scored)} of the window was scored.")
    elif found.highest_score is not None and not found.anomalies:
        score = draft.number("highest score", found.highest_score, digits=2)
        threshold = draft.number("threshold", 1.0)
        draft.say(f"All of it was scored; the highest score is {score}, the threshold {threshold}.")


def _move(draft: Draft, move: LoggedMove, *, day: bool = False) -> str:
    before = draft.bare(f"{move.tag} before", move.before, move.unit, tag=move.tag)
    after = draft.bare(f"{move.tag} after", move.after, move.unit, tag=move.tag)
    moment = draft.time("move", move.time, day=day)
    return f"{move.tag} from {before} to {after}{shown_unit(move.unit)} at {moment}"


def _moved_by(plan: MovesPlan, twin: Twin) -> set[str]:
    """The tags themselves and the handles that an operator reaches for."""
    handles = {twin.plant.tag(tag).handle for tag in plan.tags}
    return {*plan.tags, *(handle for handle in handles if handle is not None)}


def _chosen(plan: ExplainPlan, twin: Twin, recent: Sequence[str]) -> str | None:
    if recent and not plan.tags:
        return _nth(recent, plan.which) if plan.which is not None else _gravest(twin, recent)
    found = find_events(twin, plan.span)
    tags = frozenset(plan.tags) or None
    frames = [frame for frame in found.anomalies if concerns(frame, tags)]
    if plan.which is not None or not frames:
        return _nth([frame.id for frame in frames or found.explained if concerns(frame, tags)], plan.which)
    return _gravest(twin, [frame.id for frame in frames])


def _gravest(twin: Twin, ids: Sequence[str]) -> str:
    frames = [twin.events.get(identity) for identity in ids]
    return max(frames, key=lambda frame: (frame.severity.rank, frame.score)).id


def _nth(ids: Sequence[str], which: int | None) -> str | None:
    index = -1 if which in {None, -1} else (which or 1) - 1
    return ids[index] if ids and -1 <= index < len(ids) else None


def _first_mover(draft: Draft, found: Explanation) -> str:
    first = next((item for item in found.event.contributions if item.tag == found.first_mover), None)
    if first is None:
        return f"{found.first_mover} left its prediction first."
    return f"{found.first_mover} left its prediction first, at {draft.time('first seen', first.first_seen)}."


def _contributions(draft: Draft, found: Explanation) -> None:
    shares = [
        f"{item.contribution.tag} {draft.percent('share', item.contribution.share, tag=item.contribution.tag)} "
        f"({draft.number('peak', item.contribution.peak_sigma, 'sigma', tag=item.contribution.tag, digits=2)})"
        for item in found.contributions[:3]
    ]
    draft.say(f"Largest contributions: {', '.join(shares)}.")


def _way(draft: Draft, event: EventFrame) -> None:
    """The assets that the event reached, in order."""
    if len(event.propagation) > 1:
        told = [f"{step.asset} at {draft.time(f'reached {step.asset}', step.time)}" for step in event.propagation]
        draft.say(f"It went through the plant: {', '.join(told)}.")


def _done_then(draft: Draft, like: SimilarEvent) -> None:
    """What people said about an earlier event, and what they did then."""
    if like.said is not None:
        draft.say(f"It was judged: {draft.quote('judgement', like.said.label.replace('_', ' '))}.")
    if like.moves:
        draft.say(f"Moved then: {'; '.join(_move(draft, move) for move in like.moves[-LISTED:])}.")


def _last_heard(draft: Draft, event: EventFrame) -> None:
    """What is known of a silence: the last of each tag. Why it is silent, the samples cannot say."""
    told = [
        f"{item.tag} at {draft.time('last heard', item.first_seen, day=True)}"
        for item in event.contributions[:LISTED]
    ]
    rest = len(event.contributions) - len(told)
    more = f", and {draft.count('further silent tags', rest)} more" if rest else ""
    draft.say(f"Last heard: {', '.join(told)}{more}.")
    draft.say("The samples cannot say why: look at the transmitters, the network and the source.")


def _moves_around(draft: Draft, found: Explanation) -> None:
    if found.event.explained_by is not None:
        draft.say(f"It is the response to a logged move: {_move(draft, found.event.explained_by)}.")
    elif found.event.suspected_move is not None:
        draft.say(f"It looks like a move that nobody logged: {_move(draft, found.event.suspected_move)}.")
    elif found.moves:
        said = "; ".join(_move(draft, move) for move in found.moves[-LISTED:])
        draft.say(f"No logged move explains it; moved around it were: {said}.")
    else:
        draft.say(f"No move was logged in the {draft.number('look-back', 2, 'h')} before it.")


def _nothing_to_explain(plan: ExplainPlan, twin: Twin) -> Draft:
    """No event there: what the tags did and what was moved, without a cause."""
    draft = Draft(twin.plant, "find_events", status=Status.NO_EVENTS)
    draft.ran("find_events", start=plan.start, end=plan.end)
    about = f" around {', '.join(plan.tags)}" if plan.tags else ""
    which = "" if plan.which in {None, -1, 1} else " of that number"
    draft.say(f"There is no event{which}{about} to explain, {draft.over(plan.span)}.")
    for tag in plan.tags[:2]:
        numbers = describe_tag(twin, tag, plan.span)
        if numbers.first is not None and numbers.last is not None:
            first = draft.bare("first value", numbers.first, numbers.unit, tag=tag)
            last = draft.number("last value", numbers.last, numbers.unit, tag=tag)
            draft.say(f"{draft.name(tag)} went from {first} to {last} in it.")
        draft.series.append(history(twin, tag, plan.span))
    moves = logged_moves(twin, plan.span)
    draft.say(
        f"Moved in it: {'; '.join(_move(draft, move) for move in moves[-LISTED:])}."
        if moves
        else "Nothing was moved in it."
    )
    return draft
