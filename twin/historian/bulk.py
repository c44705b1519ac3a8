"""Rows into and out of Postgres by binary COPY, packed and unpacked by numpy, all rows at once.

The format is that of https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": per row an int16 count
of fields, per field an int32 length and its bytes, big-endian; length -1 is NULL. With fields of fixed size every
row has the same size, so rows are a numpy structured array.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import Connection, SelectBase, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from twin.historian.arrays import field, fill, unpack

Columns = Mapping[str, NDArray[Any]]

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH = np.datetime64("2000-01-01", "us")


def pack(columns: Columns, null: Collection[str] = ()) -> bytes:
    """Rows of these columns, with NULL in the columns named by `null`.

    A column of two dimensions holds an array in each row, or bytes when its dtype is uint8.
    """
    rows = np.empty(len(next(iter(columns.values()))), _row(columns, null))
    rows["fields"] = len(columns)
    for name, column in columns.items():
        kind = rows.dtype[name] if name not in null else np.dtype("V0")
        rows[f"{name} length"] = -1 if name in null else kind.itemsize
        if name not in null:
            fill(rows[name], column)
    return rows.tobytes()


def copy_in(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[bytes]) -> None:
    """Append packed rows to a table; raises psycopg's errors."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"".join((_HEADER, *rows, _TRAILER)))


def stage(connection: Connection, table: str, columns: Columns) -> None:
    """Put rows into the temporary table arrived_`table`, which is emptied at the end of the transaction."""
    names = ", ".join(columns)
    like = f"SELECT {names} FROM {table}"  # noqa: S608 - names from this room's own code
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE IF NOT EXISTS arrived_{table} ON COMMIT DELETE ROWS AS {like} WITH NO DATA"
    )
    copy_in(connection, f"arrived_{table}", list(columns), [pack(columns)])


def copy_out(
    connection: Connection, query: SelectBase, order: Sequence[str], columns: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """The query's rows by columns, in the order of the columns named by `order`; no field may be NULL.

    `columns` maps the query's columns to numpy dtypes. The server makes one array of each, so that no program
    touches single rows; an array holds at most 1 GB, that is 89 million rows.
    """
    rows = query.subquery()
    by = [rows.c[name] for name in order]
    arrays = select(*(func.array_agg(aggregate_order_by(rows.c[name], *by)) for name in columns))
    statement = arrays.compile(connection.engine, compile_kwargs={"literal_binds": True}).string
    with (
        driver(connection).cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)".encode()) as copy,
    ):
        data = b"".join(copy)
    found, place = {}, len(_HEADER) + 2
    for name, kind in columns.items():
        length = int.from_bytes(data[place : place + 4], signed=True)
        found[name] = unpack(data[place + 4 : place + 4 + max(length, 0)], np.dtype(kind))
        place += 4 + max(length, 0)
    return found


def _row(columns: Columns, null: Collection[str]) -> np.dtype[Any]:
    fields: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, column in columns.items():
        fields.append((f"{name} length", ">i4"))
        if name not in null:
            fields.append((name, field(column)))
    return np.dtype(fields)


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection below, in the same transaction."""
    found = connection.connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError(f"the historian needs psycopg, not {type(found).__module__}")
    return found
