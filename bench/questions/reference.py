"""What a right answer says: computed from plan and planted truth alone, not by the twin's operations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bench.questions.signals import Signals
from bench.questions.worlds import Truth, World
from twin.answer import Status
from twin.clock import to_datetime64
from twin.event import EventFrame, Kind, Severity
from twin.plant import Plant, Tag
from twin.query import (
    AboutPlan,
    Aggregation,
    ComparePlan,
    CounterfactualPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    Limit,
    LogPlan,
    MovesPlan,
    OutOfScopePlan,
    Plan,
    TrendPlan,
    WhatIfPlan,
    Window,
)
from twin.scenario import Change
from twin.units import convert

Values = NDArray[np.float64]
NAMED = 5
"""Contributions of an event that it is about."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Expected:
    """A number that the evidence has to hold, in the tag's unit; `tag` None for a count."""

    name: str
    value: float
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Statuses that are right, numbers and ids that an answer needs."""

    statuses: frozenset[Status]
    numbers: tuple[Expected, ...] = ()
    ids: tuple[str, ...] = ()


def expected(plans: Sequence[Plan], world: World) -> Reference:
    """Of all parts of a question together; one that is answered makes the whole answered."""
    parts = [_part(plan, world.truth) for plan in plans]
    statuses = frozenset[Status]().union(*(part.statuses for part in parts))
    if len(parts) > 1:
        statuses |= {Status.ANSWERED}
    numbers = tuple(number for part in parts for number in part.numbers)
    return Reference(statuses, numbers, tuple(found for part in parts for found in part.ids))


def _part(plan: Plan, truth: Truth) -> Reference:  # noqa: C901 - one case an intent
    window = getattr(plan, "window", None)
    if isinstance(window, Window) and window.end <= truth.start and not isinstance(plan, LogPlan):
        return _only(Status.OUTSIDE_RETENTION)
    match plan:
        case EventsPlan():
            return _events(plan, truth)
        case ExplainPlan():
            return _explain(plan, truth)
        case DescribePlan():
            return _describe(plan, truth)
        case TrendPlan():
            return _only(
                Status.ANSWERED if any(len(_during(tag, plan.window, truth)) for tag in plan.tags) else _NONE
            )
        case ComparePlan():
            return _compare(plan, truth)
        case MovesPlan():
            return _moves(plan, truth)
        case LogPlan():
            return _log(plan, truth)
        case ForecastPlan():
            return _forecast(plan, truth)
        case WhatIfPlan() | CounterfactualPlan():
            return _imagined(plan, truth)
        case AboutPlan():
            return _about(plan, truth)
        case OutOfScopePlan():
            known = plan.reason in {"other_topic", "unreadable"}
            return _only(Status.NOT_UNDERSTOOD if known else Status.REFUSED)
        case _:
            return _only(Status.ANSWERED)


_NONE = Status.NO_DATA


def _only(*statuses: Status) -> Reference:
    return Reference(frozenset(statuses))


def _events(plan: EventsPlan, truth: Truth) -> Reference:
    least = Severity(plan.severity).rank if plan.severity else 0
    frames = [frame for frame in _anomalies(plan.window, _around(plan, truth), truth) if frame.severity.rank >= least]
    if not frames:
        return _only(Status.NO_EVENTS)
    ids = () if plan.count_only or len(frames) > NAMED else tuple(frame.id for frame in frames)
    return Reference(frozenset({Status.ANSWERED}), (Expected("events", len(frames)),), ids)


def _explain(plan: ExplainPlan, truth: Truth) -> Reference:
    if plan.event_id is not None:
        known = plan.event_id in {frame.id for frame in truth.frames}
        return Reference(frozenset({Status.ANSWERED}), ids=(plan.event_id,)) if known else _only(Status.REFUSED)
    around = _around(plan, truth)
    frames = _anomalies(plan.window, around, truth) or _overlapping(plan.window, around, truth)
    which = plan.which
    if which is not None and frames:
        frames = [frames[-1]] if which == -1 else frames[which - 1 : which]
    if not frames:
        return _only(Status.NO_EVENTS)
    found = max(frames, key=lambda frame: (frame.severity.rank, frame.score))
    return Reference(frozenset({Status.ANSWERED}), ids=(found.id,))


def _describe(plan: DescribePlan, truth: Truth) -> Reference:
    numbers = []
    for name in plan.tags:
        values = _during(name, plan.window, truth)
        if len(values) and (value := _aggregated(values, plan, name, truth)) is not None:
            numbers.append(Expected(plan.aggregation, value, name))
    known = any(len(_during(name, plan.window, truth)) for name in plan.tags)
    return Reference(frozenset({Status.ANSWERED if known else Status.NO_DATA}), tuple(numbers))


def _compare(plan: ComparePlan, truth: Truth) -> Reference:
    windows = [plan.window, *([plan.other] if plan.other else [])]
    if plan.what == "events":
        counts = [len(_anomalies(window, _around(plan, truth), truth)) for window in windows]
        return Reference(frozenset({Status.ANSWERED}), tuple(Expected("events", count) for count in counts))
    numbers = [
        Expected(plan.aggregation, value, name)
        for name in plan.tags
        for window in windows
        if len(values := _during(name, window, truth))
        and (value := _simple(values, plan.aggregation, name, truth)) is not None
    ]
    return Reference(frozenset({Status.ANSWERED if numbers else Status.NO_DATA}), tuple(numbers))


def _moves(plan: MovesPlan, truth: Truth) -> Reference:
    plant = truth.signals.plant
    handles = {plant.tag(name).handle or name for name in plan.tags}
    inside = {name for asset in plan.assets for name in _tags_of(plant, asset)}
    made = [
        move
        for move in truth.moves
        if plan.window.start <= move.time < plan.window.end
        and (not handles or move.tag in handles)
        and (not inside or move.tag in inside)
    ]
    if not made:
        return _only(Status.NO_EVENTS)
    return Reference(frozenset({Status.ANSWERED}), (Expected("moves", len(made)),))


def _log(plan: LogPlan, truth: Truth) -> Reference:
    """Whether anything is found; how many fit, only where no words are looked for (searching may be lenient)."""
    texts = {
        "entries": [(entry.time, entry.text) for entry in truth.entries],
        "answers": [(answer.time, answer.question) for answer in truth.answers],
        "scenarios": [(tried.created_at, "") for tried in truth.scenarios],
    }
    chosen = texts if plan.where == "all" else {plan.where: texts[plan.where]}
    inside = [text for kind in chosen.values() for time, text in kind if plan.window.start <= time < plan.window.end]
    words = plan.text.casefold().split()
    found = [text for text in inside if all(word in text.casefold() for word in words)]
    if not found:
        return _only(Status.NO_EVENTS, Status.NO_DATA, *([Status.ANSWERED] if inside and words else []))
    return Reference(frozenset({Status.ANSWERED}), () if words else (Expected("entries", len(found)),))


def _forecast(plan: ForecastPlan, truth: Truth) -> Reference:
    """The mean at the horizon's end: the last value, and what is still to come of earlier moves."""
    begin, rows = _begin(truth.now, truth), _rows(plan.horizon.delta, truth)
    quiet = np.zeros((len(truth.signals.plant.movable), rows))
    numbers = [
        Expected("forecast", last + float(_answers(name, quiet, begin, truth)[-1]), name)
        for name in plan.tags
        if (last := _last(name, begin, truth)) is not None and not truth.signals.plant.tag(name).movable
    ]
    return Reference(frozenset({Status.ANSWERED}), tuple(numbers))


def _imagined(plan: WhatIfPlan | CounterfactualPlan, truth: Truth) -> Reference:
    if isinstance(plan, CounterfactualPlan) and plan.undone is not None:
        handles = {truth.signals.plant.tag(name).handle or name for name in plan.undone_tags}
        inside = [move for move in truth.moves if plan.undone.start <= move.time < plan.undone.end]
        made = [move for move in inside if not handles or move.tag in handles]
        return _only(Status.ANSWERED if made else Status.NO_EVENTS)
    start = plan.start if isinstance(plan, CounterfactualPlan) else None
    begin, rows = _begin(start or truth.now, truth), _rows(plan.horizon.delta, truth)
    changed = _changed(plan, begin, rows, truth)
    if changed is None:
        return _only(Status.REFUSED)
    last = max(1, _HOUR // truth.signals.plant.step)
    numbers = tuple(
        Expected("effect", float(_effect(name, changed, truth)[-last:].mean()), name)
        for name in plan.tags
        if not truth.signals.plant.tag(name).movable
    )
    return Reference(frozenset({Status.ANSWERED}), numbers)


def _about(plan: AboutPlan, truth: Truth) -> Reference:
    numbers: list[Expected] = []
    for name in plan.tags:
        tag = truth.signals.plant.tag(name)
        values = dict(tag.limits.items()).values() if plan.aspect == "limits" else (tag.low, tag.high)
        numbers += [Expected(plan.aspect, value, name) for value in values if plan.aspect in {"limits", "range"}]
    return Reference(frozenset({Status.ANSWERED}), tuple(numbers))


def _changed(
    plan: WhatIfPlan | CounterfactualPlan, begin: datetime, rows: int, truth: Truth
) -> dict[str, Values] | None:
    """By movable tag (rows,) asked minus real levels; None when one leaves the tag's range."""
    plant, step = truth.signals.plant, truth.signals.plant.step
    start = (plan.start or begin) if isinstance(plan, CounterfactualPlan) else truth.now
    real = {tag.name: _levels(tag, begin, rows, truth) for tag in plant.movable}
    asked = {name: levels.copy() for name, (_, levels) in real.items()}
    for move in plan.moves:
        tag = plant.tag(move.tag)
        first = max(0, (move.at - start) // step) if move.at else 0
        stop = rows if move.duration is None else min(rows, first + move.duration.delta // step)
        before = asked[tag.name][first - 1] if first else real[tag.name][0]
        after = _level(move.change, move.amount, move.unit, tag, float(before))
        if first >= rows or not tag.low <= after <= tag.high:
            return None
        asked[tag.name][first:stop] = after
    return {name: levels - real[name][1] for name, levels in asked.items()}


def _level(change: Change, amount: float, unit: str | None, tag: Tag, before: float) -> float:
    if change is Change.TIMES:
        return before * amount
    own = convert(amount, unit, tag, difference=change is Change.BY)
    return own if change is Change.TO else before + own


def _levels(tag: Tag, begin: datetime, rows: int, truth: Truth) -> tuple[float, Values]:
    """In force at the start, and in each row: what was logged up to now, then held."""
    step = truth.signals.plant.step
    ends = [min(begin + (row + 1) * step, _begin(truth.now, truth)) for row in range(rows)]
    time = np.array([to_datetime64(max(end, begin)) for end in [begin, *ends]])
    levels = truth.signals.values(tag, time)
    return float(levels[0]), levels[1:]


def _effect(name: str, changed: dict[str, Values], truth: Truth) -> Values:
    """(rows,) on a tag, by superposition of every change of level."""
    signals: Signals = truth.signals
    tag = signals.plant.tag(name)
    rows = len(next(iter(changed.values())))
    total = np.zeros(rows)
    for move, difference in changed.items():
        gain = signals.gain.get((move, name), 0.0)
        for row in np.flatnonzero(jumps := np.diff(difference, prepend=0.0)):
            since = (np.arange(rows) - row + 1) * signals.plant.step.total_seconds()
            answer = np.where(since > 0, -np.expm1(-np.maximum(since, 0) / signals.lag(tag)), 0.0)
            total = total + gain * jumps[row] * answer
    return total


def _answers(name: str, quiet: Values, begin: datetime, truth: Truth) -> Values:
    """(rows,) what a tag still does in answer to the moves of the model's context before `begin`."""
    signals, step = truth.signals, truth.signals.plant.step
    tag = signals.plant.tag(name)
    total = np.zeros(quiet.shape[1])
    for move in truth.moves:
        row = -((to_datetime64(begin) - to_datetime64(move.time)) // np.timedelta64(step))
        passed = (1 - int(row)) * step.total_seconds()
        if move.time > begin or begin - move.time >= timedelta(hours=6):
            continue
        size = signals.gain.get((move.tag, name), 0.0) * (move.after - move.before)
        ahead = np.arange(1, len(total) + 1) * step.total_seconds()
        total = total + size * np.exp(-passed / signals.lag(tag)) * -np.expm1(-ahead / signals.lag(tag))
    return total


def _last(name: str, begin: datetime, truth: Truth) -> float | None:
    """The last sample at or before the start."""
    before = truth.time[name] <= to_datetime64(begin)
    return float(truth.values[name][before][-1]) if before.any() else None


def _begin(moment: datetime, truth: Truth) -> datetime:
    """The last whole step at or before an instant."""
    step = truth.signals.plant.step.total_seconds()
    return datetime.fromtimestamp(moment.timestamp() // step * step, UTC)


def _rows(horizon: timedelta, truth: Truth) -> int:
    return -(-horizon // truth.signals.plant.step)


def _during(name: str, window: Window, truth: Truth) -> Values:
    """Samples in [start, end) up to now; of a tag that is logged on change, the levels held in it as well."""
    time, values = truth.time[name], truth.values[name]
    start, end = to_datetime64(window.start), to_datetime64(min(window.end, truth.now))
    inside: Values = values[(time >= start) & (time < end)]
    if truth.signals.plant.tag(name).cadence is None and start < end:
        return np.concatenate([values[time < start][-1:], inside])
    return inside


def _aggregated(values: Values, plan: DescribePlan, name: str, truth: Truth) -> float | None:
    if plan.aggregation is Aggregation.SHARE:
        return None if plan.limit is None else _share(values, plan.limit, truth.signals.plant)
    return _simple(values, plan.aggregation, name, truth)


def _share(values: Values, limit: Limit, plant: Plant) -> float:
    value = limit_value(limit, plant)
    return float((values > value if limit.side == "above" else values < value).mean())


def limit_value(limit: Limit, plant: Plant) -> float:
    """In the tag's unit; raises KeyError for a limit that the tag does not have."""
    if limit.value is not None:
        return limit.value
    return dict(plant.tag(limit.tag).limits.items())[str(limit.name)]


_OF: dict[Aggregation, Callable[[Values], float]] = {
    Aggregation.MEAN: lambda values: float(values.sum() / len(values)),
    Aggregation.SUMMARY: lambda values: float(values.sum() / len(values)),
    Aggregation.MAX: lambda values: float(values.max()),
    Aggregation.MIN: lambda values: float(values.min()),
    Aggregation.STD: lambda values: float(np.sqrt(((values - values.mean()) ** 2).mean())),
    Aggregation.RANGE: lambda values: float(values.max()),
    Aggregation.COUNT: lambda values: float(len(values)),
    Aggregation.FIRST: lambda values: float(values[0]),
    Aggregation.LAST: lambda values: float(values[-1]),
    Aggregation.AT: lambda values: float(values[-1]),
    Aggregation.NOW: lambda values: float(values[-1]),
}


def _simple(values: Values, aggregation: Aggregation, name: str, truth: Truth) -> float | None:
    """None where a tag that is logged on change has no such number of its own (means go by time held)."""
    held = truth.signals.plant.tag(name).cadence is None
    by_time = {Aggregation.MEAN, Aggregation.SUMMARY, Aggregation.STD, Aggregation.COUNT}
    return None if held and aggregation in by_time else _OF[aggregation](values)


def _anomalies(window: Window, around: frozenset[str] | None, truth: Truth) -> list[EventFrame]:
    return [frame for frame in _overlapping(window, around, truth) if frame.explained_by is None]


def _overlapping(window: Window, around: frozenset[str] | None, truth: Truth) -> list[EventFrame]:
    """Oldest first."""
    frames = [
        frame
        for frame in truth.frames
        if frame.start < min(window.end, truth.now) and (frame.end is None or frame.end > window.start)
    ]
    return [frame for frame in frames if around is None or around & _named(frame)]


def _named(frame: EventFrame) -> set[str]:
    items = frame.contributions if frame.kind is Kind.SILENCE else frame.contributions[:NAMED]
    return {item.tag for item in items}


def _around(plan: EventsPlan | ExplainPlan | ComparePlan, truth: Truth) -> frozenset[str] | None:
    below = {name for asset in plan.assets for name in _tags_of(truth.signals.plant, asset)}
    return frozenset({*plan.tags, *below}) if plan.tags or plan.assets else None


def _tags_of(plant: Plant, asset: str) -> set[str]:
    inside = {asset}
    while more := {item.name for item in plant.assets if item.parent in inside} - inside:
        inside |= more
    return {tag.name for tag in plant.tags if tag.asset in inside}
