"""What late samples do to the events of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.event import EventFrame

_SCORE = 0.05  # a replay has the same score to so much of it, since it begins a day before and not at the first row
_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Rescored:
    """Rows that were scored again.

    Attributes:
        first, last: the rows.
        step: distance of the rows.
        came: when the samples came that made it necessary.
        whole: whether every row that could be scored was scored.
    """

    first: datetime
    last: datetime
    step: timedelta
    came: datetime
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Revision:
    """Events to put into the log, and the log's id of each event of the replay that the log had."""

    frames: tuple[EventFrame, ...]
    same: dict[str, str]


def revise(logged: Sequence[EventFrame], replayed: Sequence[EventFrame], rows: Rescored) -> Revision:
    """The events that appear, change or vanish, marked as backfilled; the others are left alone.

    An event keeps the id that the log has for it, and so what people said about it. One that vanishes is withdrawn:
    it stays in the log, closed, and says why. An event from before the first row keeps its start and detection.
    """
    same = _matched(logged, replayed)
    by_id = {frame.id: frame for frame in logged}
    found = [_revised(by_id.get(same.get(frame.id, "")), frame, rows) for frame in replayed]
    lost = [frame for frame in logged if frame.id not in same.values()] if rows.whole else []
    vanished = [_withdrawn(frame, rows) for frame in lost if rows.first <= frame.detected_at <= rows.last]
    return Revision(tuple(frame for frame in (*found, *vanished) if frame is not None), same)


def _matched(logged: Sequence[EventFrame], replayed: Sequence[EventFrame]) -> dict[str, str]:
    """Ids of the log by ids of the replay: the same id, or the same kind or a common tag at the same time."""
    ids = {frame.id for frame in logged}
    same = {frame.id: frame.id for frame in replayed if frame.id in ids}
    standing = [frame for frame in logged if not frame.withdrawn]
    for alike in (_same_kind, _common_tag):
        for frame in replayed:
            free = (old for old in standing if old.id not in same.values() and alike(old, frame))
            if frame.id not in same and (old := next(free, None)) is not None:
                same[frame.id] = old.id
    return same


def _same_kind(one: EventFrame, other: EventFrame) -> bool:
    return one.kind is other.kind and _at_once(one, other)


def _common_tag(one: EventFrame, other: EventFrame) -> bool:
    leading = {item.tag for item in one.contributions[:3]} & {item.tag for item in other.contributions[:3]}
    return bool(leading) and _at_once(one, other)


def _at_once(one: EventFrame, other: EventFrame) -> bool:
    return (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)


def _revised(old: EventFrame | None, new: EventFrame, rows: Rescored) -> EventFrame | None:
    """The frame as it goes into the log; None when the log may keep what it has."""
    if old is None:
        return None if new.detected_at < rows.first else new.model_copy(update={"backfilled_at": rows.came})
    if old.end is not None and old.end <= rows.first:
        return None
    update: dict[str, object] = {"id": old.id, "backfilled_at": rows.came}
    if old.detected_at < rows.first:
        update |= {"start": old.start, "detected_at": old.detected_at}
    frame = new.model_copy(update=update)
    return frame if _differs(old, frame, rows.step) else None


def _differs(old: EventFrame, new: EventFrame, step: timedelta) -> bool:
    """Whether a person would call it another event than the one that was told."""
    if any(getattr(old, name) != getattr(new, name) for name in ("kind", "severity", "first_mover", "withdrawn")):
        return True
    if old.explained_by != new.explained_by or (old.end is None) != (new.end is None):
        return True
    ends = abs(old.end - new.end) > step if old.end is not None and new.end is not None else False
    moved = ends or abs(old.start - new.start) > step or abs(old.score - new.score) > _SCORE * old.score
    return moved or _shares_differ(old, new)


def _shares_differ(old: EventFrame, new: EventFrame) -> bool:
    before, now = ({item.tag: item.share for item in frame.contributions} for frame in (old, new))
    return any(abs(before.get(tag, 0.0) - now.get(tag, 0.0)) > _SHARE for tag in before.keys() | now.keys())


def _withdrawn(frame: EventFrame, rows: Rescored) -> EventFrame | None:
    if frame.withdrawn:
        return None
    message = f"Withdrawn: samples that came late explain what was taken for an event. It read: {frame.message}"
    return frame.model_copy(
        update={
            "end": frame.end or max(rows.last, frame.start + rows.step),
            "message": message,
            "withdrawn": True,
            "backfilled_at": rows.came,
        }
    )
