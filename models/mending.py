"""The live loop's second hand: finds what late samples have changed, and has it scored again piece by piece."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from models.anomaly.known import Known
from models.anomaly.logged import with_logged_move
from models.anomaly.revision import revise
from models.arrivals import Arrivals, Change, changed_rows, heard_in, joined
from models.passage import Passage
from models.repair import Repair, RepairConfig
from twin.clock import Span
from twin.errors import StoreUnavailable
from twin.event import EventFrame
from twin.plant import Plant
from twin.protocols import Bookmark, EventLog, Historian
from twin.world import ModelCard

READER = "live loop"
"""Name of the live loop's bookmark."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Takeover:
    """A passage that has come up to the present by way of a repair, and the log's events that it knows."""

    passage: Passage
    known: Known


class Mending:
    """Works in rounds: what has changed since the last one is joined, scored again, and the bookmark is moved."""

    def __init__(
        self,
        plant: Plant,
        historian: Historian,
        events: EventLog,
        card: ModelCard,
        passage: Callable[[datetime], Passage],
        config: RepairConfig,
    ) -> None:
        """`passage` gives one that begins a warm-up before a row."""
        self._plant, self._historian, self._events, self._card = plant, historian, events, card
        self._passage, self._config = passage, config
        self._tags = (*card.tags, *card.moves)
        self._mark = Bookmark(0, _LONG_AGO)
        self._arrivals: Arrivals | None = None
        self._late: list[tuple[Span, Sequence[str], datetime]] = []
        self._stretches: deque[Change] = deque()
        self._repair: Repair | None = None
        self._next = _LONG_AGO
        self.busy = False
        """Whether a round is under way."""
        self.repaired = 0
        """Stretches scored again since the start."""

    @property
    def repairing(self) -> datetime | None:
        """The row up to which the stretch at hand is scored again."""
        return None if self._repair is None else self._repair.passage.until

    def begin(self, now: datetime, scored: Span | None) -> None:
        """Take up the bookmark; `scored` are the newest rows of the log, None when there are none.

        Without any, all that was ever late is scored now for the first time. Moves that came late and in order while
        no loop ran, for rows scored before that, are not seen: the log does not say which moves its rows knew.
        """
        mark = self._events.bookmark(READER)
        if scored is None:
            known = self._historian.backfills(0)
            mark = Bookmark(known[-1].number if known else 0, now)
        self._mark = mark or Bookmark(0, now)
        heard = {} if scored is None else heard_in(self._events, self._card.tags, scored)
        self._arrivals = Arrivals(self._historian, self._tags, heard)
        self._late, self._repair, self.busy = [], None, False
        self._stretches.clear()

    def listen(self, scored: datetime, now: datetime) -> None:
        """Note the samples that have come for rows up to `scored`; to be called before newer rows are scored."""
        if self._arrivals is not None:
            self._late += [(span, (tag,), now) for span, tag in self._arrivals.late(scored)]

    def hurry(self) -> None:
        """Begin the next round at once."""
        self._next = _LONG_AGO

    def go_on(self, scored: datetime, newest: datetime, now: datetime) -> Takeover | None:
        """Score one piece again; gives the passage that the loop has to go on with, if any.

        `scored` is the last row whose samples are not read any more, `newest` the last row that was gone through.
        Raises StoreUnavailable.
        """
        if not self.busy:
            if now < self._next:
                return None
            self._collect(scored, now)
        if self._repair is None and self._stretches:
            change = self._stretches[0]
            self._repair = Repair(self._passage(change.first), change, self._events, self._card, self._config)
        taken = self._piece(self._repair, newest) if self._repair is not None else None
        if not self._stretches:
            self._events.keep_bookmark(READER, self._mark)
            self._next, self.busy = now + self._config.every, False
        return taken

    def _collect(self, scored: datetime, now: datetime) -> None:
        """The stretches of a new round."""
        backfills = self._historian.backfills(self._mark.backfill)
        known = [(backfill.span, backfill.tags, backfill.stored_at) for backfill in backfills]
        changes = [self._change(span, tags, came, scored) for span, tags, came in (*known, *self._late)]
        stretches = joined([change for change in changes if change is not None], self._card.context)
        self._stretches = deque(stretches)
        self._mark = Bookmark(backfills[-1].number if backfills else self._mark.backfill, now)
        self._late, self.busy = [], True

    def _change(self, span: Span, tags: Sequence[str], came: datetime, scored: datetime) -> Change | None:
        mine = [tag for tag in tags if tag in self._tags]
        rows = changed_rows(self._historian, self._plant, mine, span, self._card.step, scored) if mine else None
        return None if rows is None else Change(*rows, came)

    def _piece(self, repair: Repair, newest: datetime) -> Takeover | None:
        taken = None
        try:
            done = repair.go_on(newest)
            if not done and repair.passage.until < newest:
                return None
            taken = self._conclude(repair, handed=not done)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("late samples not taken up", first=str(repair.rows.first), last=str(repair.rows.last))
        self._repair = None
        self._stretches.popleft()
        self.repaired += 1
        return taken

    def _conclude(self, repair: Repair, *, handed: bool) -> Takeover | None:
        """Put the events right; a repair that has come up to the present is handed to the loop."""
        logged = repair.logged()
        replayed = [with_logged_move(frame, self._historian, self._card.step) for frame in repair.frames]
        revision = revise(logged, replayed, repair.rows)
        log.info("late samples taken up", first=str(repair.rows.first), events=len(revision.frames))
        if not handed:
            self._events.put(revision.frames)
            return None
        frames: dict[str, EventFrame] = {frame.id: frame for frame in (*logged, *revision.frames)}
        same = {**{frame.id: frame.id for frame in revision.frames}, **revision.same}
        known = Known(list(frames.values()), repair.passage.until, same)
        self._events.put([*revision.frames, *known.close_others(repair.passage.until)])
        return Takeover(repair.passage, known)
