"""What is kept in step with the samples, in the transaction that stores them: latest, moves, backfills, rollups."""

from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from twin.historian.incoming import Rows, Whole
from twin.historian.latest import Newest, update_latest
from twin.historian.moves import keep_moves
from twin.historian.past import note_backfill
from twin.historian.rollups import mark_dirty


class Books:
    """Takes note of what was stored; `movable` are the ids of the tags whose changes are moves."""

    def __init__(self, movable: NDArray[np.int32]) -> None:
        self._movable = movable

    def enter(
        self, connection: psycopg.Connection[Any], rows: Rows, changed: NDArray[np.bool_], before: Newest
    ) -> None:
        """`changed` of these rows are new or corrected; `before` is the newest of their tags until then."""
        if not changed.any():
            return
        update_latest(connection, before, rows.take(rows.last))
        altered = rows if changed.all() else rows.take(changed)
        mark_dirty(connection, altered.tag[altered.first], altered.time)
        moved = altered.take(np.isin(altered.tag, self._movable))
        if len(moved):
            keep_moves(connection, moved, before.of(moved.tag[moved.first]))
        past = changed & (rows.time <= np.repeat(before.time, rows.size))
        if past.any():
            note_backfill(connection, rows.take(past))

    def enter_whole(self, connection: psycopg.Connection[Any], whole: Whole, before: Newest) -> None:
        """The same for rows that are all new and newer than everything before."""
        update_latest(connection, before, whole.take(slice(-1, None)).rows())
        mark_dirty(connection, whole.tag, whole.time)
        movable = np.flatnonzero(np.isin(whole.tag, self._movable))
        if len(movable):
            moved = _steps(whole.columns(movable)).rows()
            keep_moves(connection, moved, before.of(moved.tag[moved.first]))


def _steps(whole: Whole) -> Whole:
    """Without the rows that repeat the one before: no move is in them."""
    steps = np.ones(len(whole.time), dtype=bool)
    steps[1:] = (whole.value[1:] != whole.value[:-1]).any(axis=1)
    if whole.quality is not None:
        steps[1:] |= (whole.quality[1:] != whole.quality[:-1]).any(axis=1)
    return whole.take(steps)
