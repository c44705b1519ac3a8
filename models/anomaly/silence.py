"""Silence is an event: tags that have stopped speaking, by asset, opened once and closed once."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from models.anomaly.hearing import Gap, Hearing, Silent, longest_gap
from models.anomaly.silence_frames import RULE, grown, opened, with_gaps
from twin.clock import Clock, Span
from twin.errors import StoreUnavailable
from twin.event import EventFrame, Kind
from twin.plant import Plant
from twin.protocols import Bookmark, EventLog, Historian

_MICROSECOND = timedelta(microseconds=1)
_KEPT = timedelta(minutes=1)
_LOOK_BACK = timedelta(days=7)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SilenceConfig:
    """When silent tags are one event.

    Attributes:
        whole: part of the watched tags that must be silent, while no other speaks, for the whole plant to be so.
        hold: when nothing speaks at all, how many times the shortest silence allowed is waited until so many are.
        news: a tag is taken for one that does not come back with the others after so many cadences.
    """

    whole: float = 0.5
    hold: float = 2.0
    news: int = 2


class SilenceWatch:
    """Looks at the newest sample of every tag; needs no world model.

    Tags of one asset that stop together are one event, a plant that stops is one event. The event ends with the first
    new sample; a tag that does not come back with the others is an event of its own then. What late samples fill of a
    silence is no silence: the event is shortened or withdrawn, and says so.
    """

    def __init__(
        self, plant: Plant, historian: Historian, events: EventLog, clock: Clock, config: SilenceConfig | None = None
    ) -> None:
        self._plant, self._historian, self._events, self._clock = plant, historian, events, clock
        self._config = config or SilenceConfig()
        self._hearing = Hearing(plant, historian)
        self._top = next(asset.name for asset in plant.assets if asset.parent is None)
        self._open: dict[str, EventFrame] | None = None
        self._back: dict[str, tuple[datetime, datetime | None]] = {}
        self._looked: datetime | None = None
        self._mark = Bookmark(0, datetime.min.replace(tzinfo=UTC))
        self._number = 0

    def run(self, stop: threading.Event, poll_s: float = 5.0) -> None:
        """Look again and again until `stop` is set; when the store is away, wait and try again."""
        while not stop.is_set():
            try:
                self.look()
            except StoreUnavailable as error:
                log.warning("store away, silence is not watched", detail=error.detail, retry_s=poll_s)
                self._open, self._looked = None, None
            stop.wait(poll_s)

    def look(self) -> None:
        """Open, change and close events by what is silent now. Raises StoreUnavailable."""
        now = self._clock.now()
        first = self._open is None
        frames = self._frames(now) if self._open is None else self._open
        silent = self._hearing.silent(now)
        changed = [
            *(self._missed(self._mark.moment, now) if first else ()),
            *self._closed(frames, silent, now),
            *self._opened(frames, silent, now),
            *self._filled(now),
        ]
        self._events.put(changed)
        frames.update({frame.id: frame for frame in changed})
        self._open = {name: frame for name, frame in frames.items() if frame.open}
        self._looked = now
        if self._number != self._mark.backfill or now - self._mark.moment >= _KEPT:
            self._mark = Bookmark(self._number, now)
            self._events.keep_bookmark(RULE, self._mark)

    def _frames(self, now: datetime) -> dict[str, EventFrame]:
        """The silences that the log has open."""
        mark = self._events.bookmark(RULE)
        if mark is None:
            backfills = self._historian.backfills(0)
            mark = Bookmark(backfills[-1].number if backfills else 0, now)
        self._mark, self._number = mark, mark.backfill
        frames = self._events.between(Span(now, now + _MICROSECOND))
        return {frame.id: frame for frame in frames if frame.kind is Kind.SILENCE and frame.open}

    # -- tags that speak again

    def _closed(self, frames: dict[str, EventFrame], silent: dict[str, Silent], now: datetime) -> list[EventFrame]:
        closed = []
        for frame in frames.values():
            away = [item.tag for item in frame.contributions if item.tag in silent]
            if len(away) == len(frame.contributions):
                self._back.pop(frame.id, None)
                continue
            back, silent_until = self._back.setdefault(frame.id, (now, self._looked))
            if all(now - back > self._grace(tag) for tag in away):
                closed.append(self._close(frame, silent_until, now))
                del self._back[frame.id]
        return closed

    def _grace(self, tag: str) -> timedelta:
        cadence = self._plant.tag(tag).cadence
        limit = self._hearing.limits[tag]
        return limit if cadence is None else min(limit, self._config.news * cadence)

    def _close(self, frame: EventFrame, silent_until: datetime | None, now: datetime) -> EventFrame:
        """The frame as the historian has it now; samples from before a look that did not find them came late."""
        gaps = self._gaps(frame, now)
        whole = [gap.start for gap in gaps] == [item.first_seen for item in frame.contributions]
        ends = [gap.end for gap in gaps if gap.end is not None]
        end = (min if whole else max)(ends, default=now)
        late = not whole or (silent_until is not None and end < silent_until - self._plant.step)
        return with_gaps(frame, gaps, end, self._plant, self._hearing.limits, now if late else None)

    def _gaps(self, frame: EventFrame, end: datetime) -> list[Gap]:
        """What the historian has of the frame's silences."""
        found = [
            longest_gap(self._historian, item.tag, self._hearing.limits[item.tag], Span(item.first_seen, end))
            for item in frame.contributions
            if item.tag in self._hearing.limits and item.first_seen < end
        ]
        return [gap for gap in found if gap is not None]

    def _filled(self, now: datetime) -> list[EventFrame]:
        """Silences of the past that late samples fill."""
        backfills = self._historian.backfills(self._number)
        touched: dict[str, EventFrame] = {}
        for backfill in backfills:
            for frame in self._events.between(backfill.span):
                ended = frame.kind is Kind.SILENCE and frame.end is not None and not frame.withdrawn
                if ended and any(item.tag in backfill.tags for item in frame.contributions):
                    touched[frame.id] = frame
        self._number = backfills[-1].number if backfills else self._number
        revised = [self._revised(frame, now) for frame in touched.values()]
        return [frame for frame in revised if frame is not None]

    def _revised(self, frame: EventFrame, now: datetime) -> EventFrame | None:
        if frame.end is None:
            return None
        gaps = self._gaps(frame, frame.end)
        untouched = [gap.start for gap in gaps] == [item.first_seen for item in frame.contributions]
        if untouched and all(gap.end in (None, frame.end) for gap in gaps):
            return None
        end = max((gap.end or frame.end for gap in gaps), default=frame.end)
        return with_gaps(frame, gaps, end, self._plant, self._hearing.limits, now)

    # -- tags that have fallen silent

    def _opened(self, frames: dict[str, EventFrame], silent: dict[str, Silent], now: datetime) -> list[EventFrame]:
        told = {item.tag for frame in frames.values() for item in frame.contributions}
        new = sorted((item for tag, item in silent.items() if tag not in told), key=lambda item: item.since)
        joined: dict[str, list[Silent]] = {}
        for item in new:
            frame = next((frame for frame in frames.values() if self._belongs(item, frame)), None)
            if frame is not None:
                joined.setdefault(frame.id, []).append(item)
        more = [grown(frames[name], items, self._plant, self._hearing.limits, now) for name, items in joined.items()]
        alone = [item for item in new if not any(item in items for items in joined.values())]
        heard = len(self._hearing.newest)
        groups = self._groups(alone, len(silent), now)
        return [*more, *(opened(asset, items, heard, self._plant, now) for asset, items in groups)]

    def _belongs(self, item: Silent, frame: EventFrame) -> bool:
        """Whether a tag stopped together with those of a silence that is going on."""
        if frame.id in self._back or frame.asset not in (self._top, self._plant.tag(item.tag).asset):
            return False
        return self._at_once(item, [(other.tag, other.first_seen) for other in frame.contributions])

    def _at_once(self, item: Silent, others: Sequence[tuple[str, datetime]]) -> bool:
        """Whether one moment can have silenced them all: it lies after every last sample, by less than a limit."""
        last = max(since for _, since in others)
        limits = [self._hearing.limits.get(tag, item.limit) for tag, _ in others]
        return last - item.limit <= item.since <= last + max(min(limits), self._plant.step)

    def _groups(self, new: Sequence[Silent], silent: int, now: datetime) -> list[tuple[str, list[Silent]]]:
        """(asset, tags) of the events to open; none yet when the whole plant may be falling silent."""
        if not new:
            return []
        shortest = min(self._hearing.limits[tag] for tag in self._hearing.newest)
        hush = now - max(self._hearing.newest.values())
        if hush > shortest and silent >= self._config.whole * len(self._hearing.newest):
            return [(self._top, list(new))]
        if shortest < hush <= self._config.hold * shortest:
            return []
        return self._by_asset(new)

    def _by_asset(self, new: Sequence[Silent]) -> list[tuple[str, list[Silent]]]:
        """(asset, tags) of those that stopped together."""
        groups: list[tuple[str, list[Silent]]] = []
        for item in new:
            asset = self._plant.tag(item.tag).asset
            mine = (g for name, g in groups if name == asset)
            group = next((g for g in mine if self._at_once(item, [(other.tag, other.since) for other in g])), None)
            if group is None:
                groups.append((asset, [item]))
            else:
                group.append(item)
        return groups

    # -- silences of a time in which no watch ran

    def _missed(self, looked: datetime, now: datetime) -> list[EventFrame]:
        """The longest silence of each tag that began and ended since an earlier watch looked."""
        limits = self._hearing.limits
        looked = max(looked, now - _LOOK_BACK)
        if not self._hearing.newest or now - looked <= min(limits[tag] for tag in self._hearing.newest):
            return []
        spans = {tag: Span(looked - limits[tag], now) for tag in self._hearing.newest}
        found = {tag: longest_gap(self._historian, tag, limits[tag], span) for tag, span in spans.items()}
        gaps = {tag: gap for tag, gap in found.items() if gap and gap.end and gap.start > spans[tag].start}
        items = sorted(
            (Silent(tag, gap.start, limits[tag], bad=False) for tag, gap in gaps.items()), key=lambda item: item.since
        )
        groups = self._by_asset(items)
        if len(items) >= self._config.whole * len(spans) and len(groups) > 1 and self._one_moment(items):
            groups = [(self._top, items)]
        return [self._past(asset, [gaps[item.tag] for item in group], group, now) for asset, group in groups]

    def _one_moment(self, items: Sequence[Silent]) -> bool:
        told = [(item.tag, item.since) for item in items]
        return all(self._at_once(item, told) for item in items)

    def _past(self, asset: str, gaps: Sequence[Gap], items: Sequence[Silent], now: datetime) -> EventFrame:
        frame = opened(asset, items, len(self._hearing.newest), self._plant, now)
        end = min(gap.end for gap in gaps if gap.end is not None)
        return with_gaps(frame, gaps, end, self._plant, self._hearing.limits, None)
