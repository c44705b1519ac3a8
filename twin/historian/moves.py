"""Operator moves, kept by the writer: good samples of a movable tag that differ from its good sample before."""

from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from twin.clock import from_datetime64
from twin.historian.arrays import array, execute, fetch
from twin.historian.incoming import Rows
from twin.historian.latest import Newest
from twin.sample import Quality

_KEEP = """
    INSERT INTO move (tag_id, time, before, after)
    SELECT tag_id, time, before, after FROM unnest(%s, %s, %s, %s) AS m (tag_id, time, before, after)
"""
# each of the four looks at an index from its one end; through the view it would read the whole history
_REACH = """
    SELECT array_agg(COALESCE(earlier.time, t.first)), array_agg(COALESCE(later.time, t.last))
    FROM unnest(%s, %s, %s) AS t (tag_id, first, last)
    LEFT JOIN snapshot_member m ON m.tag_id = t.tag_id
    CROSS JOIN LATERAL (SELECT max(time) AS time FROM (
        (SELECT time FROM sample WHERE tag_id = t.tag_id AND time < t.first
            AND quality = 2 ORDER BY time DESC LIMIT 1)
        UNION ALL
        (SELECT time FROM snapshot WHERE unit_id = m.unit_id AND time < t.first
            AND (quality IS NULL OR get_byte(quality, m.position - 1) = 2) ORDER BY time DESC LIMIT 1)
    ) found) earlier
    CROSS JOIN LATERAL (SELECT min(time) AS time FROM (
        (SELECT time FROM sample WHERE tag_id = t.tag_id AND time > t.last
            AND quality = 2 ORDER BY time LIMIT 1)
        UNION ALL
        (SELECT time FROM snapshot WHERE unit_id = m.unit_id AND time > t.last
            AND (quality IS NULL OR get_byte(quality, m.position - 1) = 2) ORDER BY time LIMIT 1)
    ) found) later
"""
_FORGET = """
    DELETE FROM move m USING unnest(%s, %s, %s) AS t (tag_id, first, last)
    WHERE m.tag_id = t.tag_id AND m.time BETWEEN t.first AND t.last
"""
# OFFSET 0: each tag's samples are found by the tag's own limits
_AGAIN = """
    INSERT INTO move (tag_id, time, before, after)
    SELECT tag_id, time, before, after
    FROM (
        SELECT t.tag_id, r.time, lag(r.value) OVER (PARTITION BY t.tag_id ORDER BY r.time) AS before,
               r.value AS after, t.first
        FROM unnest(%s, %s, %s, %s) AS t (tag_id, earlier, first, later)
        CROSS JOIN LATERAL (
            SELECT time, value FROM reading
            WHERE tag_id = t.tag_id AND quality = 2 AND time BETWEEN t.earlier AND t.later AND time BETWEEN %s AND %s
            OFFSET 0
        ) r
    ) good
    WHERE before <> after AND time >= first
"""


def keep_moves(connection: psycopg.Connection[Any], changed: Rows, before: Newest) -> None:
    """Bring the moves in line with samples of movable tags that were stored.

    `before` holds the newest samples of the tags of `changed` before that.
    """
    first = changed.first
    newest_is_good = np.isnat(before.time) | (before.quality == Quality.GOOD)
    in_order = newest_is_good & (np.isnat(before.time) | (changed.time[first] > before.time))
    every = np.repeat(in_order, changed.size)
    if in_order.any():
        _append(connection, changed.take(every), before.value[in_order])
    if not in_order.all():
        _repair(connection, changed.take(~every))


def repair_moves(
    connection: psycopg.Connection[Any],
    tags: NDArray[np.int32],
    first: NDArray[np.datetime64],
    last: NDArray[np.datetime64],
) -> None:
    """Make the moves of these tags anew, from the first changed sample to the next good one after the last."""
    kinds = ("M8[us]", "M8[us]")
    earlier, later = fetch(connection, _REACH, [array(tags), array(first), array(last)], kinds)
    execute(connection, _FORGET, [array(tags), array(first), array(later)])
    around = [from_datetime64(earlier.min()), from_datetime64(later.max())]
    execute(connection, _AGAIN, [array(tags), array(earlier), array(first), array(later), *around])


def _append(connection: psycopg.Connection[Any], rows: Rows, held: NDArray[np.float64]) -> None:
    """Moves after everything that there was; `held` is each tag's value before, NaN when it has none."""
    before = np.repeat(held, rows.size)
    good = rows.quality == Quality.GOOD
    rows, before = rows.take(good), before[good]
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = rows.tag[1:] == rows.tag[:-1]
    before[follows] = rows.value[:-1][follows[1:]]
    moved = (rows.value != before) & ~np.isnan(before)
    if moved.any():
        rows = rows.take(moved)
        execute(connection, _KEEP, [array(rows.tag), array(rows.time), array(before[moved]), array(rows.value)])


def _repair(connection: psycopg.Connection[Any], rows: Rows) -> None:
    repair_moves(connection, rows.tag[rows.first], rows.time[rows.first], rows.time[rows.last])
