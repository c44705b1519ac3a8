"""How samples go into Postgres: new ones by binary COPY, everything that depends on them in the same transaction."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import Connection

from twin.errors import StoreUnavailable
from twin.historian.books import Books
from twin.historian.bulk import driver
from twin.historian.connection import lost_a_deadlock, store_errors
from twin.historian.incoming import Rows, Whole, arrange, arrange_whole
from twin.historian.latest import Newest, lock_latest
from twin.historian.narrow import insert_samples
from twin.historian.partitions import Partitions, stretches
from twin.historian.server import Kind
from twin.historian.snapshots import copy_snapshots, merge_snapshots
from twin.historian.store import Store
from twin.historian.units import Units
from twin.protocols import WriteResult
from twin.sample import SampleBatch, SnapshotBatch

# the columnstore's limit on rows that one statement unpacks is there for people, not for late samples
_UNLIMITED = "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0"
_ATTEMPTS = 4

Fate = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Which rows were new, and which ones corrected what was there."""


class Writer:
    """Stores the samples of one plant, each batch in one transaction.

    A batch of more than 400 days takes several, because a server cannot lock any number of partitions at once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._samples = Partitions(store.engine, "sample")
        self._snapshots = Partitions(store.engine, "snapshot")
        self._units = Units()

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch; see Historian."""
        rows = arrange(self._store.numbers(batch.tags), batch)
        return self._write(rows, len(batch))

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        """Store whole units; see Historian."""
        numbers = self._store.numbers(batch.tags)
        if len(np.unique(numbers)) < len(numbers) or not len(batch):
            return self.write(batch.samples())
        return self._write(arrange_whole(numbers, batch), len(batch))

    def _write(self, arrived: Rows | Whole, number: int) -> WriteResult:
        new = corrected = 0
        for some in stretches(arrived.time):
            added, replaced = self._attempt(arrived.take(some))
            new, corrected = new + added, corrected + replaced
        return WriteResult(new, number - new - corrected, corrected)

    def _attempt(self, arrived: Rows | Whole) -> tuple[int, int]:
        trusting = True
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._transaction(arrived, trusting=trusting)
            except (UniqueViolation, CheckViolation):  # samples newer than `latest` says, or a partition is not there
                trusting = False
                self._samples.forget()
                self._snapshots.forget()
            except StoreUnavailable as error:
                if not lost_a_deadlock(error):
                    raise
        return self._transaction(arrived, trusting=trusting)

    def _transaction(self, arrived: Rows | Whole, *, trusting: bool) -> tuple[int, int]:
        """How many samples were new, and how many corrected others."""
        if self._store.kind is Kind.PLAIN:
            with store_errors(self._store.engine):
                self._make_partitions(arrived, everywhere=not trusting)
        with self._store.connect() as connection:
            if isinstance(arrived, Whole):
                return self._keep_whole(connection, arrived, trusting=trusting)
            return self._keep(connection, arrived, trusting=trusting)

    def _make_partitions(self, arrived: Rows | Whole, *, everywhere: bool) -> None:
        whole = isinstance(arrived, Whole) or bool(self._units.hold(arrived).all())
        if everywhere or not whole:
            self._samples.make(arrived.time)
        if everywhere or whole:
            self._snapshots.make(arrived.time)

    def _keep(self, connection: Connection, rows: Rows, *, trusting: bool) -> tuple[int, int]:
        before = lock_latest(driver(connection), rows.tag[rows.first])
        self._units.refresh(driver(connection))
        late = rows.time <= np.repeat(before.time, rows.size) if trusting else np.ones(len(rows), dtype=bool)
        if late.any() and self._store.kind is Kind.TIMESCALE:
            connection.exec_driver_sql(_UNLIMITED)
        new, corrected = self._store_rows(connection, rows, late)
        self._books.enter(driver(connection), rows, new | corrected, before)
        return int(new.sum()), int(corrected.sum())

    def _store_rows(self, connection: Connection, rows: Rows, late: NDArray[np.bool_]) -> Fate:
        held = self._units.hold(rows)
        if not held.any():
            return insert_samples(connection, rows, late)
        new, corrected = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        new[held], corrected[held] = merge_snapshots(connection, self._units, rows.take(held))
        if not held.all():
            new[~held], corrected[~held] = insert_samples(connection, rows.take(~held), late[~held])
        return new, corrected

    def _keep_whole(self, connection: Connection, whole: Whole, *, trusting: bool) -> tuple[int, int]:
        before = lock_latest(driver(connection), whole.tag)
        self._units.refresh(driver(connection))
        if not (trusting and self._copy_whole(connection, whole, before)):
            return self._keep(connection, whole.rows(), trusting=trusting)
        self._books.enter_whole(driver(connection), whole, before)
        return len(whole), 0

    def _copy_whole(self, connection: Connection, whole: Whole, before: Newest) -> bool:
        """Append rows, if they are newer than everything before and their tags are whole units, or become some."""
        known = before.time[~np.isnat(before.time)]
        if len(known) and whole.time[-1] <= known.max():
            return False
        self._units.make(driver(connection), whole.tag, before.time)
        blocks = self._units.blocks(whole.tag)
        if blocks is None or (len(known) and whole.time[0] <= known.max()):
            return False
        for block in blocks:
            part = whole.columns(block.columns)
            copy_snapshots(connection, block.unit, part.time, part.value, part.quality)
        return True

    @cached_property
    def _books(self) -> Books:
        return Books(np.array([self._store.ids[tag.name] for tag in self._store.plant.movable], dtype=np.int32))
