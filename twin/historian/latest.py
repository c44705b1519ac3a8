"""The newest sample of every tag, and the lock of its history: who writes samples of a tag holds its row here.

So writers of one tag wait for one another, writers of different tags do not, and what a writer finds out about the
history of its tags stays true until it commits. Rows are locked in the order of their ids: nobody waits in a circle.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from twin.historian.arrays import array, execute, fetch
from twin.historian.incoming import Rows

_LOCK = """
    WITH held AS (
        SELECT tag_id, time, value, quality FROM latest WHERE tag_id = ANY(%s) ORDER BY tag_id FOR NO KEY UPDATE
    )
    SELECT array_agg(tag_id), array_agg(time), array_agg(COALESCE(value, 'NaN')), array_agg(quality) FROM held
"""
_READ = """
    SELECT array_agg(tag_id ORDER BY tag_id), array_agg(time ORDER BY tag_id),
           array_agg(COALESCE(value, 'NaN') ORDER BY tag_id), array_agg(quality ORDER BY tag_id)
    FROM latest WHERE tag_id = ANY(%s)
"""
_MANY = 2_000  # from here on one lock on all tags is cheaper than a lock on each
_INTRODUCE = """
    INSERT INTO latest (tag_id, time, stored_at, quality)
    SELECT tag_id, '-infinity', now(), 0 FROM unnest(%s) AS new (tag_id) ORDER BY tag_id
    ON CONFLICT DO NOTHING
"""
_UPDATE = """
    UPDATE latest
    SET time = newer.time, value = NULLIF(newer.value, 'NaN'), quality = newer.quality, stored_at = now()
    FROM unnest(%s, %s, %s, %s) AS newer (tag_id, time, value, quality)
    WHERE latest.tag_id = newer.tag_id
"""
_KINDS = ("i4", "M8[us]", "f8", "i2")


@dataclass(frozen=True, eq=False, slots=True)
class Newest:
    """The newest sample of some tags.

    Attributes:
        tag: (tag,) ids, ascending.
        time: (tag,) datetime64[us]; NaT for a tag without samples.
        value: (tag,) float64, NaN when it is missing.
        quality: (tag,) int16.
    """

    tag: NDArray[np.int32]
    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.int16]

    def of(self, tags: NDArray[np.int32]) -> "Newest":
        """The same for some of the tags."""
        place = np.searchsorted(self.tag, tags)
        return Newest(tags, self.time[place], self.value[place], self.quality[place])


def lock_latest(connection: psycopg.Connection[Any], tags: NDArray[np.int32]) -> Newest:
    """Hold the histories of these tags until the end of the transaction; `tags` are distinct and ascending.

    A tag that has no sample gets a row that says so; whoever makes it has to store one, or to roll back.
    """
    lock = _LOCK
    if len(tags) > _MANY:
        connection.execute("LOCK TABLE latest IN EXCLUSIVE MODE")
        lock = _READ
    held = fetch(connection, lock, [array(tags)], _KINDS)
    if len(held[0]) < len(tags):
        execute(connection, _INTRODUCE, [array(np.setdiff1d(tags, held[0]))])
        held = fetch(connection, lock, [array(tags)], _KINDS)
    return Newest(*held)


def update_latest(connection: psycopg.Connection[Any], before: Newest, last: Rows) -> None:
    """Keep the last rows of some tags where they are newer than `before`, or replace its sample."""
    same_time = last.time == before.time
    same_value = (last.value == before.value) | (np.isnan(last.value) & np.isnan(before.value))
    newer = np.isnat(before.time) | (last.time > before.time)
    newer |= same_time & ~(same_value & (last.quality == before.quality))
    if newer.any():
        rows = last.take(newer)
        execute(connection, _UPDATE, [array(rows.tag), array(rows.time), array(rows.value), array(rows.quality)])
