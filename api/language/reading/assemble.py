"""From an intent and slots to a plan: the one place where defaults are taken, for every engine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from api.language.asking import Asking
from api.language.reading.limits import turned
from api.language.reading.missing import Incomplete
from api.language.slots import Slots
from twin.calendar import PlantCalendar, describe_span
from twin.clock import Span
from twin.errors import AmbiguousTag, ForetellError, HorizonTooLong, InvalidInput, UnknownTag
from twin.plant import Plant, TagRole
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
    Length,
    LogPlan,
    MovesPlan,
    OutOfScopePlan,
    Plan,
    StatusPlan,
    TrendPlan,
    WhatIfPlan,
    Window,
)

DEFAULTS = {"events": 24, "explain": 24, "moves": 24, "log": 24, "describe": 8, "trend": 8, "compare": 8}
"""Hours back where no window is said."""
LATEST = timedelta(hours=72)
"""In which "the last event" is looked for."""
AROUND = timedelta(minutes=30)
VALUE_BACK = timedelta(hours=1)
PAST = timedelta(minutes=15)
"""From so long ago on a scenario is a counterfactual."""
FARTHEST = timedelta(days=30)
HORIZON = Length(amount=8, unit="h")
_SCENARIO = ("what_if", "counterfactual")
_TIMELESS = ("status", "about", "help", "out_of_scope")
_TAGLESS = ("help", "out_of_scope", "log")


def assemble(intent: str, slots: Slots, asking: Asking) -> Plan:
    """The plan that a clause stands for.

    A what-if from an instant of the past is a counterfactual, and the other way about; one tag's status is its value
    now. Raises the first problem that the plan stands on, Incomplete for what is left out, OutsideData for a past
    that lies ahead.
    """
    plant = asking.vocabulary.plant
    intent = _settled(intent, slots, asking.calendar)
    slots = _apart(slots, plant) if intent in _SCENARIO else slots
    slots = slots if intent == "plan" else _turned(slots)
    for problem in slots.problems:
        if _stands_on(problem, intent):
            raise problem
    return _BUILDERS[intent](slots, asking.calendar, plant)


def _apart(slots: Slots, plant: Plant) -> Slots:
    """Where the reader saw no scenario, the tags that are moved are still among those asked about."""
    if not _marked(slots, "together"):
        return slots
    moved = {move.tag for move in slots.moves}
    return replace(slots, tags=tuple(name for name in slots.tags if reached(name, plant) not in moved))


def _turned(slots: Slots) -> Slots:
    """“Will it stay below 2800” asks whether it passes above."""
    if not _marked(slots, "stays"):
        return slots
    return replace(slots, limits=tuple(turned(limit) if limit.value is not None else limit for limit in slots.limits))


def _marked(slots: Slots, name: str) -> bool:
    return any(found == name for found, _, _ in slots.wordings)


def _settled(intent: str, slots: Slots, calendar: PlantCalendar) -> str:
    if intent == "status" and slots.tags:
        return "describe"
    if intent in _SCENARIO:
        if slots.undone and not slots.moves:
            return "counterfactual"
        start = _start(slots, calendar)
        return "counterfactual" if slots.past or (start and start <= calendar.now - PAST) else "what_if"
    return intent


def _stands_on(problem: ForetellError, intent: str) -> bool:
    if intent in {"help", "out_of_scope"}:
        return False
    if problem.field in {"moves", "amount", "unit", "horizon"} and not isinstance(problem, UnknownTag):
        return intent in _SCENARIO
    if problem.field == "target":
        return intent == "plan"
    if problem.field == "limit":
        return intent in {"describe", "forecast", "what_if", "plan"}
    if problem.field == "time":
        return intent not in _TIMELESS
    if isinstance(problem, AmbiguousTag | UnknownTag):
        return intent not in _TAGLESS
    return True


# The past


def _window(intent: str, slots: Slots, calendar: PlantCalendar) -> Window:
    """The window said, half an hour around an instant, or the intent's own default."""
    if slots.instant is not None:
        around = calendar.past(Span(slots.instant - AROUND, slots.instant + AROUND))
        return Window(start=around.start, end=around.end)
    if slots.windows:
        return slots.windows[0]
    if slots.ahead is not None:
        raise calendar.future(slots.ahead.end)
    return _back(timedelta(hours=DEFAULTS[intent]), calendar)


def _back(length: timedelta, calendar: PlantCalendar) -> Window:
    return Window(start=calendar.now - length, end=calendar.now, basis=Basis.DEFAULT)


def _notes(slots: Slots, used: int, calendar: PlantCalendar) -> tuple[str, ...]:
    """The slots' notes, and which of the windows said are left out."""
    left = [describe_span(window.span, calendar.zone) for window in slots.windows[used:]]
    return (*slots.notes, *(f"{window} is not looked at: ask for it apart" for window in left))


def _events(slots: Slots, calendar: PlantCalendar, _: Plant) -> Plan:
    return EventsPlan(
        window=_window("events", slots, calendar),
        tags=slots.tags,
        assets=slots.assets,
        severity=slots.severity,
        count_only=slots.count_only,
        notes=_notes(slots, 1, calendar),
    )


def _explain(slots: Slots, calendar: PlantCalendar, _: Plant) -> Plan:
    timed = slots.instant or slots.windows or slots.ahead
    latest = slots.which == -1 and not timed
    return ExplainPlan(
        window=_back(LATEST, calendar) if latest else _window("explain", slots, calendar),
        tags=slots.tags,
        assets=slots.assets,
        event_id=slots.event_id,
        which=None if slots.event_id else slots.which,
        notes=_notes(slots, 1, calendar),
    )


def _describe(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    tags = _needed(slots, plant)
    aggregation = _aggregation(slots)
    limit = slots.limits[0] if slots.limits else None
    if aggregation is Aggregation.SHARE and limit is None:
        raise Incomplete("say above or below what value", field="limit")
    return DescribePlan(
        window=_described(aggregation, slots, calendar),
        tags=tags,
        assets=() if slots.tags else slots.assets,
        aggregation=aggregation,
        limit=limit if limit is None or limit.tag in tags else None,
        notes=_notes(slots, 1, calendar),
    )


def _aggregation(slots: Slots) -> Aggregation:
    said = slots.aggregation
    timed = slots.windows or slots.ahead
    if said is Aggregation.SHARE:
        return said
    if slots.instant is not None:
        return Aggregation.AT
    if slots.limits and said in {None, Aggregation.SUMMARY}:
        return Aggregation.MAX if slots.limits[0].side == "above" else Aggregation.MIN
    if said is Aggregation.NOW and slots.windows and slots.windows[0].basis is not Basis.SESSION:
        return Aggregation.SUMMARY
    return said or (Aggregation.SUMMARY if timed else Aggregation.NOW)


def _described(aggregation: Aggregation, slots: Slots, calendar: PlantCalendar) -> Window:
    if aggregation is Aggregation.AT and slots.instant is not None:
        return Window(start=slots.instant - VALUE_BACK, end=slots.instant)
    if aggregation is Aggregation.NOW and slots.ahead is None:
        return _back(VALUE_BACK, calendar)
    return _window("describe", slots, calendar)


def _needed(slots: Slots, plant: Plant) -> tuple[str, ...]:
    if slots.tags:
        return slots.tags
    near = [tag.name for asset in slots.assets for tag in plant.tags_of(asset) if tag.role is TagRole.MEASURED]
    raise Incomplete("say which tag is meant", field="tag", candidates=near[:8])


def _trend(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    return TrendPlan(
        window=_window("trend", slots, calendar), tags=_needed(slots, plant), notes=_notes(slots, 1, calendar)
    )


def _compare(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    if len(slots.tags) > 1 and len(slots.windows) < 2:
        window, other = _window("compare", slots, calendar), None
    elif len(slots.windows) > 1:
        window, other = slots.windows[0], slots.windows[1]
    else:
        window, other = _counterpart(slots, calendar)
    said = slots.aggregation
    plain = said in {None, Aggregation.SUMMARY, Aggregation.NOW, Aggregation.AT}
    return ComparePlan(
        what="tags" if slots.tags else "events",
        window=window,
        other=other,
        tags=slots.tags,
        assets=slots.assets,
        aggregation=said if said and not plain else Aggregation.MEAN,
        notes=_notes(slots, 2, calendar),
    )


def _counterpart(slots: Slots, calendar: PlantCalendar) -> tuple[Window, Window]:
    """With one window said, the stretch from its end to now; the one before it when it runs up to now."""
    if not slots.windows:
        if slots.ahead is not None:
            raise calendar.future(slots.ahead.end)
        raise Incomplete("say what to compare it with: another tag or another window", field="window")
    said = slots.windows[0]
    if said.end < calendar.now:
        return Window(start=said.end, end=calendar.now, basis=Basis.DEFAULT), said
    return said, Window(start=said.start - (said.end - said.start), end=said.start, basis=Basis.DEFAULT)


def _moves(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    return MovesPlan(
        window=_window("moves", slots, calendar),
        tags=tuple(dict.fromkeys(reached(name, plant) or name for name in slots.tags)),
        assets=slots.assets,
        notes=_notes(slots, 1, calendar),
    )


def _log(slots: Slots, calendar: PlantCalendar, _: Plant) -> Plan:
    return LogPlan(
        window=_window("log", slots, calendar),
        text=slots.text[:200],
        where=slots.where or "entries",
        notes=_notes(slots, 1, calendar),
    )


def reached(name: str, plant: Plant) -> str | None:
    """The movable tag through which an operator moves this one."""
    tag = plant.tag(name)
    return tag.name if tag.movable else tag.handle


# What will be, what would be


def _horizon(slots: Slots, calendar: PlantCalendar) -> Length:
    if slots.horizon is not None:
        horizon = slots.horizon
    elif slots.ahead is not None:
        horizon = as_length(slots.ahead.end - calendar.now)
    else:
        return HORIZON
    if horizon.delta > FARTHEST:
        raise HorizonTooLong(
            f"{horizon.amount:g} {horizon.unit} ahead is too far",
            field="horizon",
            value=horizon.delta.total_seconds() / 3600,
            limit=FARTHEST.total_seconds() / 3600,
            unit="h",
        )
    return horizon


def as_length(delta: timedelta) -> Length:
    """A length in whole hours where it is, else in minutes or seconds; raises InvalidInput for nothing."""
    seconds = delta.total_seconds()
    if seconds <= 0:
        raise InvalidInput("that lies in the past: say how far ahead", field="time", value=seconds)
    if seconds % 3600 == 0:
        return Length(amount=seconds / 3600, unit="h")
    return Length(amount=seconds / 60, unit="min") if seconds % 60 == 0 else Length(amount=seconds, unit="s")


def _forecast(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    said = [window for window in slots.windows if window.basis is not Basis.SESSION]
    if slots.ahead is None and slots.horizon is None and (said or slots.instant):
        raise InvalidInput("a forecast begins now: say how far ahead, for example in the next 4 hours", field="time")
    if not slots.tags and not slots.assets and slots.limits:
        slots = replace(slots, tags=(slots.limits[0].tag,))
    limit = slots.limits[0] if slots.limits else None
    return ForecastPlan(
        tags=slots.tags or _needed(slots, plant) if slots.assets or not slots.limits else slots.tags,
        assets=() if slots.tags else slots.assets,
        horizon=_horizon(slots, calendar),
        limit=limit,
        notes=slots.notes,
    )


def _start(slots: Slots, calendar: PlantCalendar) -> datetime | None:
    """The instant of the first move; a window speaks of one only where it is over or the past is asked about."""
    own = [move.at for move in slots.moves if move.at is not None]
    if own:
        return min(own)
    if slots.instant is not None:
        return slots.instant
    said = [window for window in slots.windows if slots.past or window.end < calendar.now]
    said = [window for window in said if slots.past or window.basis is not Basis.SESSION]
    return said[0].start if said else None


def _what_if(slots: Slots, calendar: PlantCalendar, _: Plant) -> Plan:
    return WhatIfPlan(
        moves=tuple(_at(move, calendar.now) for move in _moved(slots)),
        tags=slots.tags,
        assets=slots.assets,
        horizon=_horizon(slots, calendar),
        order=slots.order,
        limit=slots.limits[0] if slots.limits else None,
        notes=slots.notes,
    )


def _counterfactual(slots: Slots, calendar: PlantCalendar, _: Plant) -> Plan:
    if slots.undone and not slots.moves:
        return CounterfactualPlan(
            undone=_window("moves", slots, calendar),
            undone_tags=slots.undone_tags,
            tags=slots.tags,
            assets=slots.assets,
            horizon=slots.horizon or HORIZON,
            notes=slots.notes,
        )
    moves = _moved(slots)
    start = _start(slots, calendar)
    if start is None:
        raise Incomplete("say from when on, for example at 02:00", field="start")
    if start > calendar.now:
        raise calendar.future(start)
    return CounterfactualPlan(
        start=start,
        moves=tuple(_at(move, start) for move in moves),
        tags=slots.tags,
        assets=slots.assets,
        horizon=slots.horizon or HORIZON,
        notes=slots.notes,
    )


def _moved(slots: Slots) -> tuple[AskedMove, ...]:
    if not slots.moves:
        raise Incomplete("say what to move, and by how much or to what value: by 10 %, to 2745 kPa", field="moves")
    return slots.moves


def _at(move: AskedMove, start: datetime) -> AskedMove:
    """A move at the scenario's start, or before it, needs no instant of its own."""
    return move.model_copy(update={"at": None}) if move.at is not None and move.at <= start else move


def _advise(slots: Slots, calendar: PlantCalendar, plant: Plant) -> Plan:
    tags = slots.tags or tuple(limit.tag for limit in slots.limits[:1]) or _needed(slots, plant)
    goal = next((limit for limit in slots.limits if limit.tag in tags), None)
    if goal is not None and goal.name is not None:
        goal = turned(goal)
    target = slots.target if goal is None else None
    direction = slots.direction if goal is None and target is None else None
    if goal is None and target is None and direction is None:
        raise Incomplete("say where it should go: below, above or to a value, higher, lower or steady", field="goal")
    return AdvisePlan(
        tags=tags,
        goal=goal,
        target=target,
        direction=direction,
        handles=slots.handles,
        horizon=_horizon(slots, calendar),
        notes=slots.notes,
    )


# What is


def _status(slots: Slots, _: PlantCalendar, __: Plant) -> Plan:
    return StatusPlan(assets=slots.assets, notes=slots.notes)


def _about(slots: Slots, _: PlantCalendar, __: Plant) -> Plan:
    aspect = slots.aspect if slots.aspect != "members" or not slots.tags else "meaning"
    return AboutPlan(tags=slots.tags, assets=slots.assets, aspect=aspect or "meaning", notes=slots.notes)


def _help(_: Slots, __: PlantCalendar, ___: Plant) -> Plan:
    return HelpPlan()


def _out_of_scope(slots: Slots, _: PlantCalendar, __: Plant) -> Plan:
    return OutOfScopePlan(reason=slots.reason or "other_topic")


_BUILDERS: dict[str, Callable[[Slots, PlantCalendar, Plant], Plan]] = {
    "events": _events,
    "explain": _explain,
    "describe": _describe,
    "trend": _trend,
    "compare": _compare,
    "forecast": _forecast,
    "what_if": _what_if,
    "counterfactual": _counterfactual,
    "plan": _advise,
    "status": _status,
    "moves": _moves,
    "log": _log,
    "about": _about,
    "help": _help,
    "out_of_scope": _out_of_scope,
}
