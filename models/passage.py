"""One way through the rows of the historian: window -> observe -> score."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import structlog

from twin.clock import Span, from_datetime64
from twin.errors import StoreUnavailable
from twin.event import EventFrame
from twin.protocols import Detector, Historian, ScoreSeries, WorldModel
from twin.window import Window
from twin.world import Belief, Residual

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Sink = Callable[[ScoreSeries, Residual, tuple[EventFrame, ...]], None]
"""Takes scores, residuals and events of some rows; the events in their latest form."""

log = structlog.get_logger(__name__)


class Passage:
    """Goes through the rows in order, and keeps the belief and the detector between them.

    Attributes:
        until: the last row it went through.
        skipped: rows that it could not score because something went wrong.
    """

    def __init__(
        self, historian: Historian, model: WorldModel, detector: Detector, start: datetime, gap: timedelta
    ) -> None:
        """`detector` has seen no row; `gap` is the silence of all tags after which the belief is inferred anew."""
        self._historian, self._model, self._detector, self._gap = historian, model, detector, gap
        self._step = model.card.step
        self._tags = (*model.card.tags, *model.card.moves)
        self._belief: Belief | None = None
        self._inferring = 0
        self.until = start
        self.skipped = 0

    @property
    def heard(self) -> datetime:
        """The last row whose samples are not read again; rows after it were silent up to now."""
        belief = self._belief
        return belief.time if belief is not None and self.until - belief.time < self._gap else self.until

    @property
    def false_alarms_per_week(self) -> float:
        """The budget of its detector."""
        return self._detector.false_alarms_per_week

    def go_on(self, end: datetime, sink: Sink) -> None:
        """Go through the rows in (until, end]; raises StoreUnavailable, and then cannot go on."""
        start = self.heard
        window = self._historian.window(self._tags, Span(start, end), self._step)
        joined = self._belief is not None and start == self._belief.time
        for part in split_at_gaps(window, len(self._model.card.tags), self._gap, joined=joined):
            try:
                sink(*self._scored(part))
            except StoreUnavailable:
                raise
            except Exception:
                self._belief = None
                self.skipped += len(part)
                log.exception("rows not scored", first=str(part.time[0]), rows=len(part))
        self.until = end

    def _scored(self, window: Window) -> tuple[ScoreSeries, Residual, tuple[EventFrame, ...]]:
        follows = self._belief is not None and self._belief.time + self._step == from_datetime64(window.time[0])
        if not follows:
            self._belief, self._inferring = None, int(self._model.card.context / self._step)
        self._belief, residual = self._model.observe(window, self._belief)
        inferred = self._inferring
        self._inferring = max(0, inferred - len(window))
        scores, frames = self._detector.watch(window, without(residual, inferred))
        return scores, residual, frames


def floor(moment: datetime, step: timedelta) -> datetime:
    """The last whole multiple of `step` since the epoch at or before a moment."""
    return moment - (moment - EPOCH) % step


def ceil(moment: datetime, step: timedelta) -> datetime:
    """The first whole multiple of `step` since the epoch at or after a moment: the row that a sample is read in."""
    below = floor(moment, step)
    return below if below == moment else below + step


def split_at_gaps(window: Window, observed: int, gap: timedelta, *, joined: bool) -> list[Window]:
    """The stretches between silences of at least `gap`, from their first to their last row with news.

    The first `observed` columns are what may be silent. `joined` says that the row before the window had news: then
    a shorter silence at the beginning is part of the first stretch. One at the end waits for what follows.
    """
    heard = np.flatnonzero(window.valid[:, :observed].any(axis=1))
    if not len(heard):
        return []
    if joined:
        heard = np.concatenate([[-1], heard])
    silent = np.diff(heard) - 1 >= gap / window.step
    edges = [0, *(np.flatnonzero(silent) + 1).tolist(), len(heard)]
    stretches = [(max(int(heard[a]), 0), int(heard[b - 1]) + 1) for a, b in pairwise(edges)]
    return [window.rows(slice(first, end)) for first, end in stretches if end > first]


def without(residual: Residual, rows: int) -> Residual:
    """The residual with its first rows not compared: the belief was still being inferred."""
    sigma = residual.sigma.copy()
    sigma[:rows] = np.nan
    return replace(residual, sigma=sigma)


def after(scores: ScoreSeries, residual: Residual, row: datetime) -> tuple[ScoreSeries, Residual]:
    """The rows after `row`."""
    instant = np.datetime64(row.astimezone(UTC).replace(tzinfo=None), "us")
    scored, rows = scores.time > instant, residual.time > instant
    return ScoreSeries(scores.time[scored], scores.score[scored]), Residual(
        residual.tags, residual.time[rows], residual.predicted[rows], residual.noise[rows], residual.sigma[rows]
    )
