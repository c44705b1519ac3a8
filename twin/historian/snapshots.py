"""Whole units at one instant, one row each. The caller holds the histories of their tags, see `latest`.

A row holds a float8 of each tag, which is exact. `quality` has a byte per tag and is NULL when all are good; 3 marks
a place whose sample never came. `changed_at` is there when some samples came or were corrected after the row was
stored, and says when each of them was.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import Connection

from twin.clock import from_datetime64
from twin.historian.arrays import BYTES, array, execute, fetch
from twin.historian.bulk import Columns, copy_in, driver, pack, stage
from twin.historian.incoming import Rows
from twin.historian.units import Units
from twin.sample import Quality

NEVER_CAME = 3

_HOLD = "SELECT id FROM snapshot_unit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_READ = """
    SELECT array_agg(time ORDER BY time), array_agg(value ORDER BY time),
           string_agg(COALESCE(quality, %(good)s), '' ORDER BY time),
           array_agg(COALESCE(changed_at, array_fill(stored_at, ARRAY[%(width)s])) ORDER BY time), ARRAY[now()]
    FROM snapshot WHERE unit_id = %(unit)s AND time = ANY(%(time)s) AND time BETWEEN %(start)s AND %(end)s
"""
_REPLACE = """
    INSERT INTO snapshot (time, unit_id, value, quality, changed_at)
    SELECT time, unit_id, value, quality, changed_at FROM arrived_snapshot WHERE unit_id = %s
    ON CONFLICT (unit_id, time)
    DO UPDATE SET value = excluded.value, quality = excluded.quality, changed_at = excluded.changed_at
"""
_REMEMBER = """
    INSERT INTO correction (tag_id, time, value, quality, stored_at, replaced_at)
    SELECT tag_id, time, NULLIF(value, 'NaN'), quality, stored_at, GREATEST(now(), stored_at)
    FROM unnest(%s, %s, %s, %s, %s) AS c (tag_id, time, value, quality, stored_at)
"""


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """Rows of one unit.

    Attributes:
        time: (row,) ascending.
        value: (row, position) float64, NaN where it is missing.
        quality: (row, position) uint8, `Quality` or NEVER_CAME.
        changed_at: (row, position) when each sample was stored.
    """

    time: NDArray[np.datetime64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]
    changed_at: NDArray[np.datetime64]


def copy_snapshots(
    connection: Connection,
    unit: int,
    time: NDArray[np.datetime64],
    value: NDArray[np.float64],
    quality: NDArray[np.uint8] | None,
) -> None:
    """Append rows that are new; `quality` None: all good."""
    none = np.empty((len(time), 0), np.uint8)
    good = None if quality is None else (quality == Quality.GOOD).all(axis=1)
    if quality is None or good is None or good.all():
        parts = [pack(_columns(unit, time, value, none), {"quality"})]
    else:
        parts = [
            pack(_columns(unit, time[good], value[good], none[good]), {"quality"}),
            pack(_columns(unit, time[~good], value[~good], quality[~good])),
        ]
    copy_in(connection, "snapshot", ["time", "unit_id", "value", "quality"], parts)


def merge_snapshots(connection: Connection, units: Units, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Store single samples in the rows of their units; gives which ones were new, and which ones corrected."""
    new, corrected = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    unit_of, position = units.of(rows)
    numbers = np.unique(unit_of)
    execute(driver(connection), _HOLD, [array(numbers)])
    for unit in numbers.tolist():
        some = np.flatnonzero(unit_of == unit)
        fate = _merge(connection, unit, units.width(unit), rows, some, position[some])
        new[some], corrected[some] = fate
    return new, corrected


def _merge(
    connection: Connection, unit: int, width: int, rows: Rows, some: NDArray[np.intp], position: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    value, quality = rows.value[some], rows.quality[some].astype(np.uint8)
    time, line = np.unique(rows.time[some], return_inverse=True)
    there, grid, now = _read(driver(connection), unit, width, time)
    old_value, old_quality = grid.value[line, position], grid.quality[line, position]
    new = old_quality == NEVER_CAME
    same_value = (old_value == value) | (np.isnan(old_value) & np.isnan(value))
    corrected = ~new & ~(same_value & (old_quality == quality))
    if corrected.any():
        stored = grid.changed_at[line, position]
        old = rows.tag[some], rows.time[some], old_value, old_quality.astype(np.int16)
        execute(driver(connection), _REMEMBER, [array(column[corrected]) for column in (*old, stored)])
    changed = new | corrected
    cells = line[changed], position[changed]
    grid.value[cells], grid.quality[cells] = value[changed], quality[changed]
    grid.changed_at[cells] = np.maximum(now, grid.changed_at[cells])
    touched = np.zeros(len(time), dtype=bool)
    touched[line[changed]] = True
    if (fresh := touched & ~there).any():
        copy_snapshots(connection, unit, time[fresh], grid.value[fresh], grid.quality[fresh])
    if (again := touched & there).any():
        _replace(connection, unit, grid, again)
    return new, corrected


def _read(
    connection: psycopg.Connection[Any], unit: int, width: int, time: NDArray[np.datetime64]
) -> tuple[NDArray[np.bool_], Grid, np.datetime64]:
    """Which of these times have a row; the rows, with places that are empty; the transaction's time."""
    empty = np.full((len(time), width), NEVER_CAME, np.uint8)
    parameters = {
        "good": bytes([Quality.GOOD] * width),
        "width": width,
        "unit": unit,
        "time": array(time),
        "start": from_datetime64(time[0]),
        "end": from_datetime64(time[-1]),
    }
    found, value, quality, changed_at, now = fetch(
        connection, _READ, parameters, ("M8[us]", "f8", BYTES, "M8[us]", "M8[us]")
    )
    there = np.isin(time, found)
    shape = (len(time), width)
    grid = Grid(time, np.full(shape, np.nan), empty, np.full(shape, now[0], "M8[us]"))
    grid.value[there], grid.quality[there] = value.reshape(-1, width), quality.reshape(-1, width)
    grid.changed_at[there] = changed_at.reshape(-1, width)
    return there, grid, now[0]


def _replace(connection: Connection, unit: int, grid: Grid, again: NDArray[np.bool_]) -> None:
    columns = _columns(unit, grid.time[again], grid.value[again], grid.quality[again])
    stage(connection, "snapshot", {**columns, "changed_at": grid.changed_at[again]})
    execute(driver(connection), _REPLACE, [unit])


def _columns(
    unit: int, time: NDArray[np.datetime64], value: NDArray[np.float64], quality: NDArray[np.uint8]
) -> Columns:
    return {"time": time, "unit_id": np.full(len(time), unit, np.int32), "value": value, "quality": quality}
