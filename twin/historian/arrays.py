"""Columns as Postgres arrays, packed and unpacked by numpy: one parameter or one field for any number of rows.

The binary form is that of array_send in the Postgres source, src/backend/utils/adt/arrayfuncs.c: number of
dimensions, whether there are NULLs, type of the items, size and first index of the dimension; then per item an int32
length and its bytes, big-endian.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format

_EPOCH = np.datetime64("2000-01-01", "us")
_HEADER = np.dtype([("dimensions", ">i4"), ("nulls", ">i4"), ("type", ">u4"), ("size", ">i4"), ("first", ">i4")])


Parameters = Sequence[object] | Mapping[str, object]

BYTES = "bytes"
"""In place of a dtype: the field is bytea."""


class _Packed(bytes):
    """An array in Postgres' binary form; `item` and `oid` are the types' numbers in pg_type."""

    item: ClassVar[int]
    oid: ClassVar[int]


class _Int2s(_Packed):
    item, oid = 21, 1005


class _Int4s(_Packed):
    item, oid = 23, 1007


class _Float8s(_Packed):
    item, oid = 701, 1022


class _Instants(_Packed):
    item, oid = 1184, 1185


_CLASSES: dict[str, type[_Packed]] = {"i2": _Int2s, "i4": _Int4s, "f8": _Float8s, "M8": _Instants}


class _PackedDumper(Dumper):
    format = Format.BINARY

    def __init__(self, cls: type[_Packed], context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self.oid = cls.oid

    def dump(self, obj: _Packed) -> bytes:
        return obj


def wire(kind: np.dtype[Any]) -> str:
    """The numpy dtype of one value as Postgres sends it."""
    return ">i8" if kind.kind == "M" else kind.newbyteorder(">").str


def array(column: NDArray[Any]) -> bytes:
    """A query parameter: int2[], int4[], float8[] or timestamptz[] by the column's dtype."""
    kind = _class(column)
    if not len(column):
        return kind(np.array([0, 0, kind.item], ">i4").tobytes())
    packed = np.zeros((), field(column[None]))
    fill(packed, column)
    return kind(packed.tobytes())


def field(column: NDArray[Any]) -> np.dtype[Any]:
    """How one row of a column lies in a binary COPY: one value, the bytes of a row of uint8, or an array."""
    if column.ndim == 1:
        return np.dtype(wire(column.dtype))
    if column.dtype == np.uint8:
        return np.dtype((np.uint8, column.shape[1]))
    return np.dtype([("head", _HEADER), ("items", _items(column.dtype), column.shape[1])])


def fill(packed: NDArray[Any], column: NDArray[Any]) -> None:
    """Put a column's values into memory that `field` describes."""
    if packed.dtype.names is None:
        packed[...] = _sent(column)
        return
    packed["head"] = (1, 0, _class(column).item, column.shape[-1], 1)
    packed["items"]["length"] = column.dtype.itemsize
    packed["items"]["item"] = _sent(column)


def unpack(data: bytes, kind: np.dtype[Any]) -> NDArray[Any]:
    """The values of a field that holds one array without NULLs, row by row; minus infinity becomes NaT."""
    dimensions = int.from_bytes(data[:4])
    if not dimensions:
        return np.empty(0, kind)
    items = np.frombuffer(data, _items(kind), offset=12 + 8 * dimensions)["item"]
    return items.astype("i8").view("m8[us]") + _EPOCH if kind.kind == "M" else items.astype(kind)


def _class(column: NDArray[Any]) -> type[_Packed]:
    return _CLASSES[f"{column.dtype.kind}{column.dtype.itemsize}"]


def _items(kind: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype([("length", ">i4"), ("item", wire(kind))])


def _sent(column: NDArray[Any]) -> NDArray[Any]:
    return column - _EPOCH if column.dtype.kind == "M" else column


def register(connection: psycopg.Connection[Any]) -> None:
    """Let a connection send what `array` gives."""
    for kind in _CLASSES.values():
        connection.adapters.register_dumper(kind, _PackedDumper)


def fetch(
    connection: psycopg.Connection[Any], query: LiteralString, parameters: Parameters, kinds: Sequence[str]
) -> tuple[NDArray[Any], ...]:
    """The fields of the one row that a query gives, each an array of that dtype, or bytes; NULL is an empty one."""
    with connection.cursor(binary=True) as cursor:
        cursor.execute(query, parameters, prepare=False)
        result = cursor.pgresult
        if result is None or result.ntuples != 1:
            raise TypeError("the query must give one row of arrays")
        fields = [result.get_value(0, place) or b"" for place in range(len(kinds))]
    return tuple(
        np.frombuffer(data, np.uint8) if kind == BYTES else unpack(data, np.dtype(kind))
        for data, kind in zip(fields, kinds, strict=True)
    )


def execute(connection: psycopg.Connection[Any], query: LiteralString, parameters: Parameters) -> None:
    """Run a statement whose parameters are arrays.

    It is planned for these very arrays, as in `fetch`: the server leaves out partitions that they do not reach.
    """
    connection.execute(query, parameters, prepare=False)
