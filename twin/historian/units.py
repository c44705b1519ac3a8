"""Which tags are stored together, one row for all of them at one instant.

From a unit's `since` on every sample of its tags lies in `snapshot`, also one that comes alone; before it they lie in
`sample`. It is newer than everything that the tags had when the unit was made, so no key is ever in both.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from twin.historian.arrays import array, execute, fetch
from twin.historian.incoming import Rows

WIDEST = 128
"""Tags in one unit at most: rows stay below the 2 kB from which on Postgres would store them out of line."""

NARROWEST = 4
"""Fewer tags than this are not worth a unit."""

_LAST = "SELECT COALESCE(max(id), 0) FROM snapshot_unit"
_MEMBERS = """
    SELECT array_agg(m.tag_id ORDER BY m.tag_id), array_agg(m.unit_id ORDER BY m.tag_id),
           array_agg(m.position ORDER BY m.tag_id), array_agg(u.since ORDER BY m.tag_id)
    FROM snapshot_member m JOIN snapshot_unit u ON u.id = m.unit_id
"""
_MAKE = "INSERT INTO snapshot_unit (since) VALUES (%s) RETURNING id"
_JOIN = """
    INSERT INTO snapshot_member (tag_id, unit_id, position)
    SELECT tag_id, %s, position FROM unnest(%s) WITH ORDINALITY AS m (tag_id, position)
"""
_EVER = np.datetime64("-4000-01-01", "us")


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """A unit, and where its tags are in a batch.

    Attributes:
        unit: its id.
        columns: (position,) the batch's column of each of its tags.
    """

    unit: int
    columns: NDArray[np.intp]


class Units:
    """The units of a database, as this process knows them."""

    def __init__(self) -> None:
        self._last = 0
        self.tag = np.empty(0, np.int32)
        self.unit = np.empty(0, np.int32)
        self.position = np.empty(0, np.int32)
        self.since = np.empty(0, "M8[us]")

    def refresh(self, connection: psycopg.Connection[Any]) -> None:
        """Read the units again if there are others; who holds the histories of some tags then knows their units."""
        found = connection.execute(_LAST).fetchone()
        last = int(found[0]) if found else 0
        if last != self._last:
            self.tag, self.unit, self.position, self.since = fetch(
                connection, _MEMBERS, [], ("i4", "i4", "i4", "M8[us]")
            )
            self.since[np.isnat(self.since)] = _EVER
            self._last = last

    def hold(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of the rows belong into `snapshot`."""
        if not len(self.tag):
            return np.zeros(len(rows), dtype=bool)
        tags = rows.tag[rows.first]
        place, member = self._places(tags)
        return np.repeat(member, rows.size) & (rows.time >= np.repeat(self.since[place], rows.size))

    def width(self, unit: int) -> int:
        """How many tags it has."""
        return int((self.unit == unit).sum())

    def of(self, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """The unit of each row, all of which belong to one, and its place in it, from 0."""
        place, _ = self._places(rows.tag)
        return self.unit[place], (self.position[place] - 1).astype(np.intp)

    def blocks(self, tags: NDArray[np.int32]) -> list[Block] | None:
        """The units that these tags, in any order, are all of; None when there is a tag more or less."""
        place, member = self._places(tags)
        if not len(self.tag) or not member.all():
            return None
        units, position = self.unit[place], self.position[place]
        found = []
        for unit in np.unique(units).tolist():
            columns = np.flatnonzero(units == unit)
            if len(columns) != self.width(unit):
                return None
            found.append(Block(unit, columns[np.argsort(position[columns])]))
        return found

    def make(
        self, connection: psycopg.Connection[Any], tags: NDArray[np.int32], newest: NDArray[np.datetime64]
    ) -> None:
        """Make units of those of the tags that are in none; `newest` is the time of each tag's newest sample.

        The caller holds the histories of the tags.
        """
        _, member = self._places(tags)
        loose, before = tags[~member], newest[~member]
        if len(loose) < NARROWEST:
            return
        known = before[~np.isnat(before)]
        since = f"{known.max() + np.timedelta64(1, 'us')}Z" if len(known) else "-infinity"
        for some in np.array_split(loose, -(-len(loose) // WIDEST)):
            row = connection.execute(_MAKE, [since]).fetchone()
            execute(connection, _JOIN, [row[0] if row else None, array(some)])
        self.refresh(connection)

    def _places(self, tags: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each tag stands among the members, and whether it is one."""
        if not len(self.tag):
            return np.zeros(len(tags), np.intp), np.zeros(len(tags), dtype=bool)
        place = np.minimum(np.searchsorted(self.tag, tags), len(self.tag) - 1)
        return place, self.tag[place] == tags
