"""The drift alarm: does the champion still describe the plant, by its newest normal operation?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models.recency import settled
from models.rollouts import RolloutConfig, coverage, pooled, rolled
from twin.clock import from_datetime64, to_datetime64
from twin.lifecycle import DriftReport
from twin.protocols import WorldModel
from twin.window import Window

NOMINAL, GAUSSIAN_90 = 0.9, 1.6449
HOUR = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """When a model has drifted.

    Attributes:
        window: newest data looked at, by rollouts and by the cumulative sum.
        day: newest data whose one-step errors must lie within their band.
        coverage: share within a 90 % band, at least; fewer rollouts must lie two standard errors below 90 % too.
        allowance: excess of an hour's root mean square one-step error over 1 that is ordinary.
        limit: of the cumulative sum of what goes beyond (Page 1954): 1.5 for a day passes it.
        largest: an hour counts at most so much; one bad hour is an event, no drift.
        least: normal operation that must be there.
        rollout: how the window is cut.
    """

    window: timedelta = timedelta(hours=72)
    day: timedelta = timedelta(hours=24)
    coverage: float = 0.8
    allowance: float = 0.25
    limit: float = 6.0
    largest: float = 3.0
    least: timedelta = timedelta(hours=6)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)


@dataclass(frozen=True, eq=False, slots=True)
class OneStep:
    """One-step errors of rows whose belief has settled: (time,) and (time, tag) in sigma, NaN without news."""

    time: NDArray[np.datetime64]
    sigma: NDArray[np.float64]


def examine(
    model: WorldModel, windows: Sequence[Window], now: datetime, config: DriftConfig | None = None
) -> DriftReport:
    """Compare one-step and rollout errors on the newest data with what calibration said they would be.

    `windows` are normal operation on the model's step, without open and confirmed events: a fault is no drift.
    """
    config = config or DriftConfig()
    one_step = _one_step(model, windows)
    day = to_datetime64(now - config.day)
    newest = one_step.sigma[one_step.time > day]
    known = newest[np.isfinite(newest)]
    within = float((np.abs(known) <= GAUSSIAN_90).mean()) if len(known) else None
    rollout = replace(config.rollout, horizon=min(config.rollout.horizon, model.card.horizon))
    errors = tuple(rolled(model, windows, now - config.window, model.card.context, rollout))
    error, _ = pooled(errors, np.array(model.card.scale))
    total, since = _cusum(one_step, config)
    hours = len(one_step.time) * model.card.step / timedelta(hours=1)
    covered = coverage(errors)
    reason = _reason(within, covered, total, since, hours, config)
    return DriftReport(
        version=model.card.version,
        time=now,
        start=now - config.window,
        end=now,
        hours=hours,
        one_step_coverage=within,
        rollout_coverage=covered[0] if covered else None,
        nrmse=error if np.isfinite(error) else None,
        cusum=total,
        limit=config.limit,
        since=since,
        drifting=bool(reason),
        reason=reason or _calm(hours, config),
    )


def _one_step(model: WorldModel, windows: Sequence[Window]) -> OneStep:
    warm = int(model.card.context / model.card.step)
    residuals = [residual for _, residual in settled(model, windows)]
    return OneStep(
        np.concatenate([np.empty(0, "M8[us]"), *(residual.time[warm:] for residual in residuals)]),
        np.concatenate([np.empty((0, len(model.card.tags))), *(residual.sigma[warm:] for residual in residuals)]),
    )


def _cusum(one_step: OneStep, config: DriftConfig) -> tuple[float, datetime | None]:
    """The cumulative sum of hourly excess at the end, and where its last rise began."""
    total, since = 0.0, None
    hours = one_step.time.astype("M8[h]")
    for hour in np.unique(hours):
        squares = one_step.sigma[hours == hour] ** 2
        if not np.isfinite(squares).any():
            continue
        size = min(float(np.sqrt(np.nanmean(squares))), config.largest)
        total = max(0.0, total + size - 1.0 - config.allowance)
        if total == 0.0:
            since = None
        elif since is None:
            since = from_datetime64(hour)
    return total, since


def _reason(
    within: float | None,
    covered: tuple[float, float] | None,
    total: float,
    since: datetime | None,
    hours: float,
    config: DriftConfig,
) -> str:
    """What speaks for drift; empty when nothing does, or when there is too little to tell."""
    told = []
    if hours < config.least / timedelta(hours=1):
        return ""
    if within is not None and within < config.coverage:
        told.append(f"{within:.0%} of the one-step predictions of {_hours(config.day)} lie within their 90 % band")
    if covered is not None and covered[0] < config.coverage and covered[0] + 2 * covered[1] < NOMINAL:
        told.append(f"{covered[0]:.0%} of the rollouts of {_hours(config.window)} lie within their 90 % band")
    if total > config.limit and since is not None:
        told.append(f"one-step errors have been larger than in calibration since {since:%Y-%m-%d %H:%M} UTC")
    return "; ".join(told)


def _hours(length: timedelta) -> str:
    return f"the last {length / timedelta(hours=1):.0f} h"


def _calm(hours: float, config: DriftConfig) -> str:
    least = config.least / timedelta(hours=1)
    if hours < least:
        return f"{hours:.1f} h of normal operation are too few to tell; {least:.0f} h are needed"
    return "the model describes the plant as well as in its calibration"
