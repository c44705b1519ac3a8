"""The live loop: scores every row once, and again what samples that came late have changed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from models.anomaly.known import Known
from models.anomaly.logged import with_logged_move
from models.health import keep_scored
from models.mending import Mending
from models.passage import Passage, after, floor
from models.repair import RepairConfig, of_rows
from twin.clock import Clock, Span, from_datetime64
from twin.errors import StoreUnavailable
from twin.event import EventFrame
from twin.plant import Plant
from twin.protocols import Detector, EventLog, Historian, ScoreSeries, WorldModel
from twin.world import Residual

Progress = Callable[[float], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """How the loop reads the historian.

    Attributes:
        lag: how long after a row's time its samples may still arrive before it is scored; None: one step.
        warm_up: what is gone through again after a start, for the belief and the detector's means.
        chunk: rows read at a time.
        gap: silence of all tags after which the belief is inferred anew.
        repair: what is scored again when samples come later still.
    """

    lag: timedelta | None = None
    warm_up: timedelta = timedelta(hours=24)
    chunk: int = 240
    gap: timedelta = timedelta(hours=6)
    repair: RepairConfig = field(default_factory=RepairConfig)


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """Where the loop is.

    Attributes:
        until: the last row it went through; None before the first one.
        due: the newest row it could go through.
        skipped: rows since the start that it could not score because something went wrong.
        repairing: the row up to which late samples are taken up again at the moment; None while there are none.
        repaired: stretches since the start that were scored again because samples came late.
    """

    until: datetime | None
    due: datetime
    skipped: int
    repairing: datetime | None = None
    repaired: int = 0

    @property
    def behind(self) -> timedelta | None:
        """What it has still to go through; None before the first row."""
        return None if self.until is None else max(self.due - self.until, timedelta(0))


class LiveLoop:
    """Scores every row of the historian in order, and keeps the event log."""

    def __init__(
        self,
        plant: Plant,
        historian: Historian,
        events: EventLog,
        model: WorldModel,
        detector: Detector,
        clock: Clock,
        config: LiveConfig | None = None,
        drifted: Callable[[], bool | None] = lambda: None,
    ) -> None:
        """`drifted` tells whether the drift alarm is on, for the record; None: nobody has looked."""
        self._plant, self._historian, self._events = plant, historian, events
        self._model, self._detector, self._clock = model, detector, clock
        self._config, self._drifted = config or LiveConfig(), drifted
        self._step = model.card.step
        self._live: Passage | None = None
        self._known = Known((), datetime.min.replace(tzinfo=UTC))
        self._mending = Mending(plant, historian, events, model.card, self._passage, self._config.repair)
        self._skipped = 0

    @property
    def status(self) -> LoopStatus:
        """Where the loop is."""
        live, mending = self._live, self._mending
        skipped = self._skipped + (live.skipped if live is not None else 0)
        return LoopStatus(
            None if live is None else live.until, self._due(), skipped, mending.repairing, mending.repaired
        )

    def run(self, stop: threading.Event, poll_s: float = 5.0, outdated: Callable[[], bool] = lambda: False) -> None:
        """Score what arrives until `stop` is set; when the store is away, wait and try again.

        Returns too, between two rows, when `outdated` says that another loop takes over.
        """
        while not (stop.is_set() or outdated()):
            busy = False
            try:
                busy = self.turn()
            except StoreUnavailable as error:
                log.warning("store away, rows wait", detail=error.detail, retry_s=poll_s)
            if not busy:
                stop.wait(poll_s)

    def turn(self) -> bool:
        """Score the rows that are due, then a piece of what late samples changed; gives whether there is more."""
        self._follow(None, None)
        return self._mend()

    def catch_up(self, since: datetime | None, progress: Progress | None = None) -> datetime:
        """Score all rows up to now, and again all that late samples have changed; gives the time of the last one.

        `since` scores again from then on; without it the loop goes on where it, or the one before it, stopped. A
        loop that starts goes through the warm-up before without writing. `progress` is told the part done.
        """
        until = self._follow(since, progress)
        self._mending.hurry()
        while self._mend():
            pass
        return until

    def _due(self) -> datetime:
        lag = self._step if self._config.lag is None else self._config.lag
        return floor(self._clock.now() - lag, self._step)

    def _follow(self, since: datetime | None, progress: Progress | None) -> datetime:
        """Score the rows that are due."""
        due = self._due()
        if since is not None or self._live is None:
            self._start(since, due)
        live = self._live
        if live is None:
            return due
        try:
            self._mending.listen(self._scored(live), self._clock.now())
            begin = live.until
            while live.until < due:
                live.go_on(min(live.until + self._config.chunk * self._step, due), self._write)
                if progress is not None:
                    progress((live.until - begin) / (due - begin))
        except StoreUnavailable:
            self._leave(live)
            raise
        return live.until

    def _mend(self) -> bool:
        """Score again a piece of what late samples have changed; gives whether there is more to do."""
        live = self._live
        if live is None:
            return False
        try:
            taken = self._mending.go_on(self._scored(live), live.until, self._clock.now())
        except StoreUnavailable:
            self._leave(live)
            raise
        if taken is not None:
            self._skipped += live.skipped
            self._live, self._known = taken.passage, taken.known
        return self._mending.busy

    def _scored(self, live: Passage) -> datetime:
        """The last row whose samples are not read any more."""
        return max(live.heard, self._known.until)

    def _leave(self, live: Passage) -> None:
        """Give up a passage that was interrupted: the next one takes up the log where it ends."""
        self._skipped += live.skipped
        self._live = None

    def _start(self, since: datetime | None, due: datetime) -> None:
        """Take up the log where it ends: nothing before that is written again."""
        extent = self._historian.extent()
        self._live = None
        if extent is None or floor(extent.start, self._step) >= due:
            return
        first = floor(extent.start, self._step)
        newest = self._newest_score(first, due)
        resumed = newest if since is None else floor(since, self._step)
        resumed = max(first, min(resumed or first, due))
        self._live = self._passage(resumed)
        scored = None if newest is None else Span(self._passage(newest).until, newest + self._step)
        self._mending.begin(self._clock.now(), scored)
        logged = of_rows(self._events, Span(self._live.until, resumed + self._step)) if resumed > first else ()
        self._known = Known(logged, resumed)

    def _passage(self, row: datetime) -> Passage:
        """A passage that begins a warm-up before a row, but not before the historian."""
        extent = self._historian.extent()
        start = row - self._config.warm_up
        start = start if extent is None else max(floor(extent.start, self._step), start)
        return Passage(self._historian, self._model, self._detector.anew(), start, self._config.gap)

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

    def _write(self, scores: ScoreSeries, residual: Residual, frames: tuple[EventFrame, ...]) -> None:
        scores, residual = after(scores, residual, self._known.until)
        if not len(residual.time):
            return
        kept = [frame for frame in map(self._known.reconcile, frames) if frame is not None]
        kept = [with_logged_move(frame, self._historian, self._step) for frame in kept]
        kept += self._known.close_others(from_datetime64(residual.time[0]) - self._step)
        budget, drifted = self._detector.false_alarms_per_week, self._drifted()
        keep_scored(self._events, self._model.card, scores, residual, budget_per_week=budget, drifted=drifted)
        self._events.put(kept)
