"""How samples go into Postgres."""

import numpy as np
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, text

from twin.historian.bulk import Columns, copy_in, pack, stage
from twin.historian.connection import store_errors
from twin.historian.incoming import arrange
from twin.historian.partitions import Partitions
from twin.historian.server import Kind
from twin.historian.store import Store
from twin.protocols import WriteResult
from twin.sample import SampleBatch

_KEEP_NEW = text("""
    INSERT INTO sample (time, tag_id, value, quality)
    SELECT time, tag_id, NULLIF(value, 'NaN'), quality FROM arrived_sample ORDER BY tag_id, time
    ON CONFLICT DO NOTHING
""")


class Writer:
    """Stores the samples of one plant, each batch in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._partitions = Partitions(store.engine, "sample")

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch; see Historian."""
        rows = arrange(self._store.plant, batch)
        if not len(rows.tag):
            return WriteResult(0, 0)
        if self._store.kind is Kind.PLAIN:
            with store_errors(self._store.engine):
                self._partitions.make(rows.time)
        with self._store.connect() as connection:
            ids = np.array(list(self._store.ids.values()), dtype=np.int32)
            written = _insert(
                connection,
                {"time": rows.time, "tag_id": ids[rows.tag], "value": rows.value, "quality": rows.quality},
            )
        return WriteResult(written, len(batch) - written)


def _insert(connection: Connection, columns: Columns) -> int:
    """Insert rows whose key is new, and count them: straight in, by way of a staging table if any key is not new."""
    missing = np.isnan(columns["value"])
    parts = [
        pack({name: column[~missing] for name, column in columns.items()}),
        pack({name: column[missing] for name, column in columns.items()}, null={"value"}),
    ]
    try:
        with connection.begin_nested():
            copy_in(connection, "sample", list(columns), parts)
    except UniqueViolation:
        stage(connection, "sample", columns)
        return connection.execute(_KEEP_NEW).rowcount
    return len(missing)
