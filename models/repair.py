"""Rows that are scored again because samples came late or were corrected."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from models.anomaly.revision import Rescored
from models.arrivals import Change
from models.health import keep_scored
from models.passage import Passage, after
from twin.clock import Span, from_datetime64
from twin.event import EventFrame, Kind
from twin.protocols import EventLog, ScoreSeries
from twin.world import ModelCard, Residual


@dataclass(frozen=True, slots=True)
class RepairConfig:
    """How far a change of the past reaches.

    Attributes:
        reach: how long after its last row a change matters at most, except through an event that is still open. It is
            the live loop's warm-up: a loop that starts takes the state after that for the one that has seen all.
        piece: rows scored at a time; between two pieces new rows are scored.
        calm: the scores must have been the old ones for so long, and
        same: so closely, before the rest is left as it is.
        every: least time from one repair to the next, so that a source that is always late is repaired in batches.
    """

    reach: timedelta = timedelta(hours=24)
    piece: int = 60
    calm: timedelta = timedelta(hours=1)
    same: float = 0.05
    every: timedelta = timedelta(minutes=1)


class Repair:
    """Scores the rows of one change again, and on from there as far as it matters.

    The change matters for as long as the model's context at least: a belief forgets what is older. Then until the
    scores are the old ones again and no event is open, neither in the log nor in the replay; or up to the present,
    and then the passage that was made here has the belief and the detector that the live loop should have had.
    """

    def __init__(
        self, passage: Passage, change: Change, events: EventLog, card: ModelCard, config: RepairConfig
    ) -> None:
        """`passage` begins a warm-up before the change."""
        self.passage, self._change, self._events, self._config = passage, change, events, config
        self._card, self._step = card, card.step
        self._begin = passage.until
        self._before = change.first - card.step
        self._least = change.last + card.context
        self._most = change.last + max(config.reach, card.context)
        self._off: deque[float] = deque(maxlen=max(1, int(config.calm / card.step)))
        self._frames: dict[str, EventFrame] = {}

    def go_on(self, newest: datetime) -> bool:
        """Score a piece, up to the row `newest`; gives whether nothing after it has to be scored again."""
        end = min(self.passage.until + self._config.piece * self._step, newest)
        self.passage.go_on(end, self._keep)
        until = self.passage.until
        if until < self._least or self._open(until):
            return False
        calm = len(self._off) == self._off.maxlen and max(self._off) <= self._config.same
        return calm or until >= self._most

    @property
    def frames(self) -> tuple[EventFrame, ...]:
        """The replay's events, in their latest form."""
        return tuple(self._frames.values())

    @property
    def rows(self) -> Rescored:
        """What was scored again so far."""
        whole = not self.passage.skipped
        return Rescored(self._change.first, self.passage.until, self._step, self._change.came, whole)

    def logged(self) -> tuple[EventFrame, ...]:
        """The log's events from the beginning of the warm-up to the last row."""
        return of_rows(self._events, Span(self._begin, self.passage.until + self._step))

    def _open(self, row: datetime) -> bool:
        """Whether an event is going on after that row."""
        frames = [frame for frame in self.logged() if not frame.withdrawn]
        return any(frame.end is None or frame.end > row for frame in (*frames, *self._frames.values()))

    def _keep(self, scores: ScoreSeries, residual: Residual, frames: tuple[EventFrame, ...]) -> None:
        self._frames |= {frame.id: frame for frame in frames}
        scores, residual = after(scores, residual, self._before)
        if not len(residual.time):
            return
        span = Span(from_datetime64(residual.time[0]), from_datetime64(residual.time[-1]) + self._step)
        self._compare(self._events.scores(span), scores)
        budget = self.passage.false_alarms_per_week
        keep_scored(self._events, self._card, scores, residual, budget_per_week=budget)

    def _compare(self, old: ScoreSeries, new: ScoreSeries) -> None:
        before, now = (dict(zip(s.time.tolist(), s.score.tolist(), strict=True)) for s in (old, new))
        for time in sorted(before.keys() | now.keys()):
            self._off.append(abs(before.get(time, np.inf) - now.get(time, -np.inf)))


def of_rows(events: EventLog, span: Span) -> tuple[EventFrame, ...]:
    """The log's events that overlap a span and were made of scores."""
    return tuple(frame for frame in events.between(span) if frame.kind is not Kind.SILENCE)
