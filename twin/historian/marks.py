"""What people did with events, in tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from twin.event import LONGEST_SHELVING, EventFrame, EventMark, Kind, MarkAction, Shelving, shelvings_in_force
from twin.historian.tables import EVENT, EVENT_MARK, EVENT_TRAIT

_SHELVES = (MarkAction.SHELVE.value, MarkAction.UNSHELVE.value)


def keep_mark(connection: Connection, mark: EventMark) -> None:
    """Store a mark, once; the database refuses one of an event that is not there."""
    connection.execute(insert_or_skip(EVENT_MARK).values(mark.model_dump()).on_conflict_do_nothing())


def marks_of(connection: Connection, event_ids: Sequence[str]) -> tuple[EventMark, ...]:
    """The marks of these events, oldest first."""
    query = select(EVENT_MARK).where(EVENT_MARK.c.event_id.in_(event_ids))
    rows = connection.execute(query.order_by(EVENT_MARK.c.time, EVENT_MARK.c.id)).mappings()
    return tuple(EventMark.model_validate(dict(row)) for row in rows)


def shelvings_at(connection: Connection, at: datetime) -> tuple[Shelving, ...]:
    """The shelvings in force; one that began earlier than the longest shelving ago is over."""
    query = (
        select(EVENT_MARK, EVENT.c.kind, EVENT.c.first_mover)
        .join_from(EVENT_MARK, EVENT)
        .where(EVENT_MARK.c.action.in_(_SHELVES), EVENT_MARK.c.time >= at - LONGEST_SHELVING, EVENT_MARK.c.time <= at)
    )
    rows = connection.execute(query).mappings()
    marked = ((EventMark.model_validate(dict(row)), Kind(row["kind"]), row["first_mover"]) for row in rows)
    return shelvings_in_force(marked, at)


def keep_traits(connection: Connection, frames: Sequence[EventFrame]) -> None:
    """Store what these events are compared by, instead of what was there."""
    connection.execute(delete(EVENT_TRAIT).where(EVENT_TRAIT.c.event_id.in_([frame.id for frame in frames])))
    rows = [
        {"event_id": frame.id, "tag": tag, "residual": residual, "shift": shift}
        for frame in frames
        for tag, (residual, shift) in frame.traits.items()
    ]
    if rows:
        connection.execute(insert(EVENT_TRAIT), rows)
