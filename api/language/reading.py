"""What was read out of a question, before it becomes a plan: the slots that a follow-up can change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.language.missing import Incomplete as Incomplete
from api.language.plans import (
    AboutPlan,
    DescribePlan,
    EventsPlan,
    ExplainPlan,
    ForecastPlan,
    HelpPlan,
    MovesPlan,
    Plan,
    Statistic,
    StatusPlan,
    UndoPlan,
    WhatIfPlan,
    default_window,
)
from twin.calendar import PlantCalendar
from twin.clock import Span
from twin.errors import HorizonTooLong, InvalidInput
from twin.operations.numbers import hours
from twin.scenario import Move, Scenario
from twin.timephrases import TimeFound

AROUND = timedelta(minutes=30)
HORIZON = timedelta(hours=8)
VALUE_BACK = timedelta(hours=1)
NO_TIME = TimeFound(None, None, None, "")


@dataclass(frozen=True, slots=True)
class Reading:
    """Slots of a question. `intent` is empty when only slots were said: a follow-up."""

    intent: str = ""
    tags: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    asset: str | None = None
    times: TimeFound = NO_TIME
    statistic: Statistic | None = None
    threshold: float | None = None
    below: bool = False
    moves: tuple[Move, ...] = ()
    which: int | None = None
    event_id: str | None = None
    horizon: timedelta | None = None
    past: bool = False
    imperative: bool = False
    movable: bool = False
    notes: tuple[str, ...] = ()


def plan(reading: Reading, calendar: PlantCalendar) -> Plan:
    """The plan that a reading asks for; raises OutsideData for a past that lies ahead, Incomplete for gaps in it."""
    builders = {
        "events": _events,
        "explain": _explain,
        "describe": _describe,
        "moves": _moves,
        "what_if": _what_if,
        "undo": _undo,
        "forecast": _forecast,
    }
    if reading.intent in builders:
        return builders[reading.intent](reading, calendar)
    if reading.intent == "about":
        return AboutPlan(tags=reading.tags, asset=reading.asset, movable=reading.movable, notes=reading.notes)
    return HelpPlan() if reading.intent == "help" else StatusPlan(asset=reading.asset, notes=reading.notes)


def window(reading: Reading, calendar: PlantCalendar) -> Span:
    """The window a reading speaks of, half an hour around an instant, or the intent's own default."""
    times = reading.times
    if times.ahead is not None:
        raise calendar.future(times.ahead.start)
    if times.instant is not None:
        return calendar.past(Span(times.instant - AROUND, times.instant + AROUND))
    if times.window is not None:
        return times.window
    return Span(*default_window(reading.intent, calendar.now))


def _events(reading: Reading, calendar: PlantCalendar) -> Plan:
    span = window(reading, calendar)
    return EventsPlan(start=span.start, end=span.end, tags=reading.tags, asset=reading.asset, notes=reading.notes)


def _explain(reading: Reading, calendar: PlantCalendar) -> Plan:
    span = window(reading, calendar)
    return ExplainPlan(
        start=span.start,
        end=span.end,
        event_id=reading.event_id,
        which=reading.which,
        tags=reading.tags,
        notes=reading.notes,
    )


def _describe(reading: Reading, calendar: PlantCalendar) -> Plan:
    statistic = reading.statistic or Statistic.NOW
    if not reading.tags:
        raise Incomplete("say which tag: for example the one you want the average of", field="tag")
    span = window(reading, calendar)
    if statistic is Statistic.AT and reading.times.instant is not None:
        span = Span(reading.times.instant - VALUE_BACK, reading.times.instant)
    elif statistic is Statistic.NOW:
        span = Span(calendar.now - VALUE_BACK, calendar.now)
    return DescribePlan(
        start=span.start,
        end=span.end,
        tags=reading.tags,
        statistic=statistic,
        threshold=reading.threshold,
        below=reading.below,
        notes=reading.notes,
    )


def _moves(reading: Reading, calendar: PlantCalendar) -> Plan:
    span = window(reading, calendar)
    return MovesPlan(start=span.start, end=span.end, tags=reading.tags, notes=reading.notes)


def _what_if(reading: Reading, calendar: PlantCalendar) -> Plan:
    if not reading.moves:
        raise Incomplete("say by how much or to what value, for example by 10 % or to 2745 kPa", field="moves")
    scenario = Scenario(moves=reading.moves, start=_start(reading, calendar), horizon=_horizon(reading, calendar))
    return WhatIfPlan(scenario=scenario, focus=reading.tags, imperative=reading.imperative, notes=reading.notes)


def _undo(reading: Reading, calendar: PlantCalendar) -> Plan:
    span = window(reading, calendar)
    return UndoPlan(start=span.start, end=span.end, tags=reading.tags, focus=reading.focus, notes=reading.notes)


def _start(reading: Reading, calendar: PlantCalendar) -> datetime | None:
    times = reading.times
    if times.instant is not None:
        return times.instant
    if times.window is not None:
        return times.window.start
    if times.ahead is not None and times.ahead.start > calendar.now:
        raise calendar.future(times.ahead.start)
    if reading.past:
        raise Incomplete("say from when on, for example at 02:00", field="start")
    return None


def _horizon(reading: Reading, calendar: PlantCalendar) -> timedelta:
    if reading.horizon is not None:
        return reading.horizon
    if reading.times.ahead is not None:
        return reading.times.ahead.end - calendar.now
    return HORIZON


def _forecast(reading: Reading, calendar: PlantCalendar) -> Plan:
    times = reading.times
    if times.ahead is None and not times.empty:
        raise InvalidInput("a forecast begins now: say how far ahead, for example in the next 4 hours", field="time")
    horizon = _horizon(reading, calendar)
    if horizon > timedelta(days=30):
        raise HorizonTooLong(
            f"{hours(horizon)} ahead is too far", field="horizon", value=horizon.total_seconds() / 3600
        )
    return ForecastPlan(tags=reading.tags, horizon=horizon, notes=reading.notes)
