"""Samples that come late, again, or corrected. The caller holds the histories of their tags, see `latest`."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from twin.clock import from_datetime64
from twin.historian.arrays import array, execute, fetch
from twin.historian.incoming import Rows

_FIND = """
    SELECT array_agg(a.place - 1),
           array_agg((s.value, s.quality) IS DISTINCT FROM (NULLIF(a.value, 'NaN'), a.quality))
    FROM unnest(%s, %s, %s, %s) WITH ORDINALITY AS a (tag_id, time, value, quality, place)
    JOIN sample s ON s.tag_id = a.tag_id AND s.time = a.time AND s.time BETWEEN %s AND %s
"""
_REMEMBER = """
    INSERT INTO correction (tag_id, time, value, quality, stored_at, replaced_at)
    SELECT s.tag_id, s.time, s.value, s.quality, s.stored_at, GREATEST(now(), s.stored_at)
    FROM unnest(%s, %s) AS a (tag_id, time)
    JOIN sample s ON s.tag_id = a.tag_id AND s.time = a.time AND s.time BETWEEN %s AND %s
"""
# by conflict and not by UPDATE, because that finds its rows in TimescaleDB's columnstore by their key
_REPLACE = """
    INSERT INTO sample (tag_id, time, value, quality)
    SELECT tag_id, time, NULLIF(value, 'NaN'), quality FROM unnest(%s, %s, %s, %s) AS a (tag_id, time, value, quality)
    ON CONFLICT (tag_id, time) DO UPDATE
    SET value = excluded.value, quality = excluded.quality, stored_at = GREATEST(now(), sample.stored_at)
"""
_BACKFILL = "INSERT INTO backfill (start_time, end_time, tag_ids) VALUES (%s, %s, %s)"


def find(connection: psycopg.Connection[Any], rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the rows are there already, and which of those with another value or quality."""
    place, differs = fetch(connection, _FIND, [*_columns(rows), *_range(rows)], ("i8", "?"))
    there, other = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    there[place], other[place] = True, differs
    return there, other


def correct(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """Replace what is there by these rows, and remember it."""
    execute(connection, _REMEMBER, [array(rows.tag), array(rows.time), *_range(rows)])
    execute(connection, _REPLACE, _columns(rows))


def note_backfill(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """Say that these rows changed the past. Backfills are numbered in the order in which they are committed."""
    connection.execute("LOCK TABLE backfill IN SHARE ROW EXCLUSIVE MODE")
    start, last = _range(rows)
    execute(connection, _BACKFILL, [start, last + timedelta(microseconds=1), array(rows.tag[rows.first])])


def _columns(rows: Rows) -> list[object]:
    return [array(rows.tag), array(rows.time), array(rows.value), array(rows.quality)]


def _range(rows: Rows) -> tuple[datetime, datetime]:
    return from_datetime64(rows.time.min()), from_datetime64(rows.time.max())
