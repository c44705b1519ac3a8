"""The historian on Postgres; its tables are hypertables when the server has TimescaleDB."""

from sqlalchemy import Engine

from twin.historian.reading import Reader
from twin.historian.store import Store
from twin.historian.writing import Writer
from twin.plant import Plant
from twin.protocols import WriteResult
from twin.sample import SampleBatch, SnapshotBatch


class PostgresHistorian(Reader):
    """Keeps the samples of one plant in a database whose schema `migrate` has made.

    Samples of a tag that the plant file no longer has stay in the database, out of reach.
    """

    def __init__(self, engine: Engine, plant: Plant) -> None:
        store = Store(engine, plant)
        super().__init__(store)
        self._writer = Writer(store)

    def write(self, batch: SampleBatch) -> WriteResult:
        """Store a batch in one transaction; see Historian."""
        return self._writer.write(batch)

    def write_snapshots(self, batch: SnapshotBatch) -> WriteResult:
        """Store whole units at one instant; see Historian."""
        return self._writer.write_snapshots(batch)
