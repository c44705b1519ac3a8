"""What every log of the sources keeps to."""

import dataclasses
from datetime import UTC, datetime, timedelta

from twin.clock import Span
from twin.intake import IngestStatus

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(minute: int, source: str, **fields: object) -> IngestStatus:
    first = IngestStatus(NOON + timedelta(minutes=minute), source, 60.0, True, 0.4, 100, 90, 10, 5, 0, 0)
    return dataclasses.replace(first, **fields)


def test_rows_come_back_by_time_and_source_from_the_start_to_before_the_end(ingest_log):
    away = row(1, "opcua", connected=None, lag_s=None, spooled=7, spooled_bytes=700)
    kept = [row(0, "mqtt"), away, row(2, "mqtt"), row(1, "mqtt")]
    ingest_log.add_ingest(kept)
    ingest_log.add_ingest([])
    assert ingest_log.ingest(Span(NOON, NOON + timedelta(minutes=2))) == (kept[0], kept[3], away)


def test_the_same_row_again_changes_nothing(ingest_log):
    ingest_log.add_ingest([row(0, "mqtt")])
    ingest_log.add_ingest([row(0, "mqtt", read=5)])
    assert ingest_log.ingest(Span(NOON, NOON + timedelta(minutes=2))) == (row(0, "mqtt"),)
