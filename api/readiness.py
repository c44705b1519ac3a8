"""Whether the twin can do its work, dependency by dependency."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import AppState
from twin.clock import Span, from_datetime64
from twin.errors import ForetellError, StoreUnavailable
from twin.event import EventFrame, Kind

LOOK_BACK = timedelta(days=7)
STALE_STEPS = 4


class Readiness(StrEnum):
    """Ready; degraded: answers, but not about the present; unavailable: cannot answer."""

    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class Check(BaseModel):
    """One dependency."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    needed: bool = Field(description="Without it nothing can be answered")
    detail: str


class Report(BaseModel):
    """The state of the twin; `checks` is empty for a caller without the key."""

    model_config = ConfigDict(frozen=True)

    status: Readiness
    checks: tuple[Check, ...] = ()


def report(state: AppState) -> Report:
    """Every dependency's state and what follows from them."""
    checks = tuple(_checks(state))
    if any(check.needed and not check.ok for check in checks):
        return Report(status=Readiness.UNAVAILABLE, checks=checks)
    status = Readiness.READY if all(check.ok for check in checks) else Readiness.DEGRADED
    return Report(status=status, checks=checks)


def newest_sample(state: AppState) -> datetime | None:
    """Time of the newest sample of any tag."""
    return max((sample.time for sample in state.twin.historian.latest().values()), default=None)


def newest_score(state: AppState) -> datetime | None:
    """The newest row that was scored, within the last seven days."""
    now = state.twin.clock.now()
    times = state.twin.events.scores(Span(now - LOOK_BACK, now + timedelta(minutes=1))).time
    return from_datetime64(times[-1]) if len(times) else None


def silences(state: AppState) -> tuple[EventFrame, ...]:
    """The open events of tags that should send and do not; none while the store is away."""
    now = state.twin.clock.now()
    try:
        frames = state.twin.events.between(Span(now - timedelta(minutes=1), now))
    except StoreUnavailable:
        return ()
    return tuple(frame for frame in frames if frame.kind is Kind.SILENCE and frame.open)


def limit(state: AppState) -> timedelta:
    """The greatest age at which samples and scores count as live."""
    step = state.twin.model.card.step if state.twin.model else state.twin.plant.step
    return STALE_STEPS * step


def _checks(state: AppState) -> Iterator[Check]:
    store = _store(state)
    yield store
    if state.role.knows:
        yield _model(state)
        yield from _drift(state)
    yield from _workers(state)
    if store.ok and state.role.knows:
        yield _age(state, "live loop lag", "scored row", newest_score(state))
    if store.ok:
        yield _age(state, "data freshness", "sample", newest_sample(state))


def _store(state: AppState) -> Check:
    try:
        state.store.check()
    except ForetellError as error:
        return Check(name="store", ok=False, needed=True, detail=error.detail)
    return Check(name="store", ok=True, needed=True, detail="reachable, with the schema of this version")


def _model(state: AppState) -> Check:
    if state.twin.model is None:
        return Check(name="model", ok=False, needed=True, detail="no world model is loaded")
    return Check(name="model", ok=True, needed=True, detail=state.twin.model.card.version)


def _drift(state: AppState) -> Iterator[Check]:
    report = state.lifecycle.drift() if state.lifecycle is not None else None
    if report is not None:
        yield Check(name="model drift", ok=not report.drifting, needed=False, detail=report.reason)


def _workers(state: AppState) -> Iterator[Check]:
    for worker in state.workers:
        detail = worker.failure or ("at work" if worker.running else "stopped")
        ok = worker.running and worker.failure is None
        yield Check(name=worker.name, ok=ok, needed=False, detail=detail)


def _age(state: AppState, name: str, thing: str, newest: datetime | None) -> Check:
    if newest is None:
        return Check(name=name, ok=False, needed=False, detail=f"there is no {thing} yet")
    age = max(state.twin.clock.now() - newest, timedelta(0))
    greatest = limit(state)
    detail = f"the newest {thing} is {age.total_seconds():.0f} s old (limit {greatest.total_seconds():.0f} s)"
    return Check(name=name, ok=age <= greatest, needed=False, detail=detail)
