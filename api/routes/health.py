"""Liveness, readiness, metrics."""

import math
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.dependencies import AppState, State
from api.openapi import problems
from api.readiness import Readiness, Report, newest_sample, newest_score, report, silences
from api.security import authorised
from twin.clock import Span
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
    """Set the gauges: NaN when there is nothing, or when the store is away."""
    now, metrics = state.twin.clock.now(), state.metrics
    try:
        sample, score = newest_sample(state), newest_score(state)
        rows = float(len(state.twin.events.scores(Span(now - timedelta(days=1), now)).time))
    except StoreUnavailable:
        sample, score, rows = None, None, math.nan
    metrics.scored_rows.set(rows)
    metrics.silent_tags.set(sum(len(frame.contributions) for frame in silences(state)))
    for gauge, newest in ((metrics.data_age, sample), (metrics.scoring_lag, score)):
        gauge.set(math.nan if newest is None else (now - newest).total_seconds())
    drift = state.lifecycle.drift() if state.lifecycle is not None else None
    metrics.model_drift.set(math.nan if drift is None else drift.drifting)
    covered = None if drift is None else drift.one_step_coverage
    metrics.model_coverage.set(math.nan if covered is None else covered)
    for worker in state.workers:
        metrics.worker_up.labels(worker.name).set(worker.running)
