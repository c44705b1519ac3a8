"""Liveness, readiness, metrics."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.dependencies import AppState, State
from api.openapi import problems
from api.readiness import Readiness, Report, newest_sample, newest_score, report
from api.security import authorised
from twin.errors import StoreUnavailable

router = APIRouter(tags=["health"])

UNAVAILABLE: dict[int | str, dict[str, Any]] = {503: {"model": Report, "description": "Cannot answer"}}


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process lives. Needs no key."""
    return {"status": "alive"}


@router.get("/readyz", responses=UNAVAILABLE)
def readyz(state: State, request: Request, response: Response) -> Report:
    """Whether the twin can answer (503 when it cannot); the details only with the key."""
    found = report(state)
    if found.status is Readiness.UNAVAILABLE:
        response.status_code = 503
    return found if authorised(request.headers, state.api_key) else Report(status=found.status)


@router.get("/metrics", response_class=Response, responses=problems())
def metrics(state: State) -> Response:
    """Counts and gauges as Prometheus reads them."""
    measure(state)
    return Response(state.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def measure(state: AppState) -> None:
    """Set the gauges: ages are NaN when there is nothing, or when the store is away."""
    now = state.twin.clock.now()
    try:
        times = {state.metrics.data_age: newest_sample(state), state.metrics.scoring_lag: newest_score(state)}
    except StoreUnavailable:
        times = {state.metrics.data_age: None, state.metrics.scoring_lag: None}
    for gauge, newest in times.items():
        gauge.set(float("nan") if newest is None else (now - newest).total_seconds())
    for worker in state.workers:
        state.metrics.worker_up.labels(worker.name).set(worker.running)
