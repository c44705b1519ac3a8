"""Keeps what was scored, and sums up how well the predictions of its hours fitted."""

from datetime import timedelta

from twin.clock import Span, from_datetime64
from twin.protocols import EventLog, ScoreSeries
from twin.world import ModelCard, Residual

_MICROSECOND = timedelta(microseconds=1)


def keep_scored(
    events: EventLog,
    card: ModelCard,
    scores: ScoreSeries,
    residual: Residual,
    *,
    budget_per_week: float,
    drifted: bool | None = None,
) -> None:
    """Keep the rows, one at least, and bring the health of every hour that they touch in line with them."""
    events.record(card.version, scores, residual)
    span = Span(from_datetime64(residual.time[0]), from_datetime64(residual.time[-1]) + _MICROSECOND)
    scale = dict(zip(card.tags, card.scale, strict=True))
    events.sum_up(span, scale, budget_per_week=budget_per_week, drifted=drifted)
