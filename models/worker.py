"""The live loop: window -> observe -> score -> events. It keeps the belief."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import structlog

from models.anomaly.known import Known
from twin.clock import Clock, Span, from_datetime64, to_datetime64
from twin.errors import StoreUnavailable
from twin.event import EventFrame
from twin.plant import Plant
from twin.protocols import Detector, EventLog, Historian, ScoreSeries, WorldModel
from twin.window import Window
from twin.world import Belief, Residual

Progress = Callable[[float], None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """How the loop reads the historian.

    Attributes:
        lag: how long after a row's time its samples may still arrive, since a row is scored once; None: one step.
        warm_up: what is gone through again after a start, for the belief and the detector's means.
        chunk: rows read at a time.
        gap: silence of all tags after which the belief is inferred anew.
    """

    lag: timedelta | None = None
    warm_up: timedelta = timedelta(hours=24)
    chunk: int = 240
    gap: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """Where the loop is.

    Attributes:
        until: the last row it went through; None before the first one.
        due: the newest row it could go through.
        skipped: rows since the start that it could not score because something went wrong.
    """

    until: datetime | None
    due: datetime
    skipped: int

    @property
    def behind(self) -> timedelta | None:
        """What it has still to go through; None before the first row."""
        return None if self.until is None else max(self.due - self.until, timedelta(0))


class LiveLoop:
    """Scores every row of the historian once, in order, and keeps the event log."""

    def __init__(
        self,
        plant: Plant,
        historian: Historian,
        events: EventLog,
        model: WorldModel,
        detector: Detector,
        clock: Clock,
        config: LiveConfig | None = None,
    ) -> None:
        self._plant, self._historian, self._events = plant, historian, events
        self._model, self._detector, self._clock = model, detector, clock
        self._config = config or LiveConfig()
        self._step = model.card.step
        self._tags = (*model.card.tags, *model.card.moves)
        self._belief: Belief | None = None
        self._inferring = 0
        self._until: datetime | None = None
        self._skipped = 0
        self._known = Known((), datetime.min.replace(tzinfo=UTC))

    @property
    def status(self) -> LoopStatus:
        """Where the loop is."""
        return LoopStatus(self._until, self._due(), self._skipped)

    def run(self, stop: threading.Event, poll_s: float = 5.0) -> None:
        """Score what arrives until `stop` is set; when the store is away, wait and try again."""
        while not stop.is_set():
            try:
                self.catch_up(None)
            except StoreUnavailable as error:
                log.warning("store away, rows wait", detail=error.detail, retry_s=poll_s)
            stop.wait(poll_s)

    def catch_up(self, since: datetime | None, progress: Progress | None = None) -> datetime:
        """Score all rows up to now; gives the time of the last one.

        `since` scores again from then on; without it the loop goes on where it, or the one before it, stopped. A
        loop that starts goes through the warm-up before without writing. `progress` is told the part done.
        """
        due = self._due()
        if since is not None or self._until is None:
            self._start(since, due)
        begin = self._until or due
        while self._until is not None and self._until < due:
            end = min(self._until + self._config.chunk * self._step, due)
            self._go_through(Span(self._until, end))
            self._until = end
            if progress is not None:
                progress((end - begin) / (due - begin))
        return self._until or due

    def _due(self) -> datetime:
        lag = self._step if self._config.lag is None else self._config.lag
        return floor(self._clock.now() - lag, self._step)

    def _start(self, since: datetime | None, due: datetime) -> None:
        """Take up the log where it ends: nothing before that is written again."""
        extent = self._historian.extent()
        self._belief, self._until = None, None
        if extent is None or floor(extent.start, self._step) >= due:
            return
        first = floor(extent.start, self._step)
        resumed = self._newest_score(first, due) if since is None else floor(since, self._step)
        resumed = max(first, min(resumed or first, due))
        self._until = max(first, resumed - self._config.warm_up)
        logged = self._events.between(Span(self._until, resumed + self._step)) if resumed > first else ()
        self._known = Known(logged, resumed)

    def _newest_score(self, first: datetime, due: datetime) -> datetime | None:
        """Time of the newest scored row; looks further and further back."""
        reach = timedelta(days=1)
        while True:
            start = max(first, due - reach)
            scores = self._events.scores(Span(start, due + self._step))
            if len(scores.time):
                return from_datetime64(scores.time[-1])
            if start == first:
                return None
            reach *= 8

    def _go_through(self, span: Span) -> None:
        last = self._belief.time if self._belief is not None else None
        joined = last is not None and span.start - last < self._config.gap
        window = self._historian.window(self._tags, Span(last, span.end) if last and joined else span, self._step)
        for part in split_at_gaps(window, len(self._model.card.tags), self._config.gap, joined=joined):
            try:
                self._score(part)
            except StoreUnavailable:
                self._until = None
                raise
            except Exception:
                self._belief = None
                self._skipped += len(part)
                log.exception("rows not scored", first=str(part.time[0]), rows=len(part))

    def _score(self, window: Window) -> None:
        follows = self._belief is not None and self._belief.time + self._step == from_datetime64(window.time[0])
        if not follows:
            self._belief, self._inferring = None, int(self._model.card.context / self._step)
        self._belief, residual = self._model.observe(window, self._belief)
        inferred = self._inferring
        self._inferring = max(0, inferred - len(window))
        scores, frames = self._detector.watch(window, without(residual, inferred))
        self._write(scores, residual, frames)

    def _write(self, scores: ScoreSeries, residual: Residual, frames: tuple[EventFrame, ...]) -> None:
        resumed = to_datetime64(self._known.until)
        new_scores, new_rows = scores.time > resumed, residual.time > resumed
        kept = [self._exact(frame) for frame in map(self._known.reconcile, frames) if frame is not None]
        if new_rows.any():
            kept += self._known.close_others(from_datetime64(residual.time[new_rows][0]) - self._step)
            self._events.record(
                self._model.card.version,
                ScoreSeries(scores.time[new_scores], scores.score[new_scores]),
                Residual(
                    residual.tags,
                    residual.time[new_rows],
                    residual.predicted[new_rows],
                    residual.noise[new_rows],
                    residual.sigma[new_rows],
                ),
            )
            self._events.put(kept)

    def _exact(self, frame: EventFrame) -> EventFrame:
        """The frame with the move's own time: the detector knows it to a row."""
        move = frame.explained_by
        if move is None:
            return frame
        span = Span(move.time - self._step, move.time + timedelta(microseconds=1))
        logged = [sample for sample, _ in self._historian.changes([move.tag], span) if sample.value == move.after]
        if not logged:
            return frame
        return frame.model_copy(update={"explained_by": move.model_copy(update={"time": logged[-1].time})})


def floor(moment: datetime, step: timedelta) -> datetime:
    """The last whole multiple of `step` since the epoch at or before a moment."""
    return moment - (moment - EPOCH) % step


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
