"""How samples go into Postgres: new ones by binary COPY, everything that depends on them in the same transaction."""

from functools import cached_property
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import Connection

from twin.historian.bulk import copy_in, driver, pack
from twin.historian.connection import store_errors
from twin.historian.incoming import Rows, arrange
from twin.historian.latest import Newest, lock_latest, update_latest
from twin.historian.moves import keep_moves
from twin.historian.partitions import Partitions, stretches
from twin.historian.past import correct, find, note_backfill
from twin.historian.rollups import mark_dirty
from twin.historian.server import Kind
from twin.historian.store import Store
from twin.protocols import WriteResult
from twin.sample import SampleBatch

_UNLIMITED = "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0"


class Writer:
    """Stores the samples of one plant, each batch in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._partitions = Partitions(store.engine, "sample")

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch; see Historian.

        A batch of more than 400 days is stored in several transactions, because a server cannot lock any number of
        partitions at once.
        """
        rows = arrange(self._store.numbers(batch.tags), batch)
        new = corrected = 0
        for some in stretches(rows.time):
            written = self._write(rows.take(some))
            new, corrected = new + written.written, corrected + written.corrected
        return WriteResult(new, len(batch) - new - corrected, corrected)

    def _write(self, rows: Rows) -> WriteResult:
        try:
            return self._transaction(rows, trusting=True)
        except (UniqueViolation, CheckViolation):  # samples newer than `latest` says, or a partition was dropped
            self._partitions.forget()
            return self._transaction(rows, trusting=False)

    def _transaction(self, rows: Rows, *, trusting: bool) -> WriteResult:
        if self._store.kind is Kind.PLAIN:
            with store_errors(self._store.engine):
                self._partitions.make(rows.time)
        with self._store.connect() as connection:
            return self._keep(connection, rows, trusting=trusting)

    def _keep(self, connection: Connection, rows: Rows, *, trusting: bool) -> WriteResult:
        before = lock_latest(driver(connection), rows.tag[rows.first])
        late = rows.time <= np.repeat(before.time, rows.size) if trusting else np.ones(len(rows), dtype=bool)
        new, corrected = self._insert(connection, rows, late)
        self._keep_books(driver(connection), rows, before, new | corrected, late)
        return WriteResult(int(new.sum()), int((~new & ~corrected).sum()), int(corrected.sum()))

    def _insert(
        self, connection: Connection, rows: Rows, late: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Store what is new or other than what is there; gives which rows were which."""
        new, corrected = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        if late.any():
            there, other = find(driver(connection), rows.take(late))
            new[late], corrected[late] = ~there, other
            if self._store.kind is Kind.TIMESCALE:
                connection.exec_driver_sql(_UNLIMITED)
        if new.any():
            _copy(connection, rows if new.all() else rows.take(new))
        if corrected.any():
            correct(driver(connection), rows.take(corrected))
        return new, corrected

    def _keep_books(
        self,
        connection: psycopg.Connection[Any],
        rows: Rows,
        before: Newest,
        changed: NDArray[np.bool_],
        late: NDArray[np.bool_],
    ) -> None:
        if not changed.any():
            return
        update_latest(connection, before, rows.take(rows.last))
        mark_dirty(connection, rows.tag[rows.first], rows.time[changed])
        moved = rows.take(changed & np.isin(rows.tag, self._movable))
        if len(moved):
            keep_moves(connection, moved, before.of(moved.tag[moved.first]))
        past = changed & late & (rows.time <= np.repeat(before.time, rows.size))
        if past.any():
            note_backfill(connection, rows.take(past))

    @cached_property
    def _movable(self) -> NDArray[np.int32]:
        return np.array([self._store.ids[tag.name] for tag in self._store.plant.movable], dtype=np.int32)


def _copy(connection: Connection, rows: Rows) -> None:
    columns = {"time": rows.time, "value": rows.value, "tag_id": rows.tag, "quality": rows.quality}
    missing = np.isnan(rows.value)
    if not missing.any():
        parts = [pack(columns)]
    else:
        parts = [
            pack({name: column[~missing] for name, column in columns.items()}),
            pack({name: column[missing] for name, column in columns.items()}, null={"value"}),
        ]
    copy_in(connection, "sample", list(columns), parts)
