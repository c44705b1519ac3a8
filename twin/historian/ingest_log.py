"""How the sources did, minute by minute: on Postgres, and in memory."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from twin.clock import Span
from twin.historian.connection import store_errors
from twin.historian.tables import INGEST_STATUS
from twin.intake import IngestStatus


class PostgresIngestLog:
    """Keeps the sources' rows in a database whose schema `migrate` has made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_ingest(self, rows: Sequence[IngestStatus]) -> None:
        """Keep rows; see IngestLog."""
        if not rows:
            return
        with store_errors(self._engine), self._engine.begin() as connection:
            connection.execute(insert(INGEST_STATUS).on_conflict_do_nothing(), [asdict(row) for row in rows])

    def ingest(self, span: Span) -> tuple[IngestStatus, ...]:
        """Rows whose stretch ends in [start, end); see IngestLog."""
        time = INGEST_STATUS.c.time
        query = select(INGEST_STATUS).where(time >= span.start, time < span.end)
        with store_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(time, INGEST_STATUS.c.source)).mappings()
            return tuple(IngestStatus(**row) for row in rows)


class MemoryIngestLog:
    """Keeps the sources' rows in a dictionary, for one thread at a time."""

    def __init__(self) -> None:
        self._rows: dict[tuple[float, str], IngestStatus] = {}

    def add_ingest(self, rows: Sequence[IngestStatus]) -> None:
        """Keep rows; see IngestLog."""
        for row in rows:
            self._rows.setdefault((row.time.timestamp(), row.source), row)

    def ingest(self, span: Span) -> tuple[IngestStatus, ...]:
        """Rows whose stretch ends in [start, end); see IngestLog."""
        return tuple(self._rows[key] for key in sorted(self._rows) if self._rows[key].time in span)
