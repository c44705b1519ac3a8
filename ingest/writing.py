"""Writes that single bad samples cannot stop."""

from dataclasses import dataclass, field

import numpy as np
import psycopg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from twin.errors import ForetellError, InvalidInput, StoreUnavailable, UnknownTag
from twin.protocols import Historian, WriteResult
from twin.sample import SampleBatch, SnapshotBatch

_REFUSED = (InvalidInput, DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError)
_TROUBLE = (SQLAlchemyError, psycopg.Error)


@dataclass(eq=False, slots=True)
class Written:
    """What became of a batch: the numbers of what is committed, and what the historian refuses, with why."""

    result: WriteResult = field(default_factory=lambda: WriteResult(0, 0))
    refused: list[tuple[SampleBatch, str]] = field(default_factory=list)

    def add(self, result: WriteResult) -> None:
        """Another part is committed."""
        self.result = WriteResult(
            self.result.written + result.written,
            self.result.duplicates + result.duplicates,
            self.result.corrected + result.corrected,
        )


def write(historian: Historian, batch: SampleBatch | SnapshotBatch) -> Written:
    """Store a batch; when the historian refuses it, all of it but the samples that are to blame.

    One transaction if nothing is refused. Raises StoreUnavailable for whatever else the database says: then some
    of it may be committed, and writing it again is harmless.
    """
    written = Written()
    if len(batch):
        try:
            _write(historian, batch, written)
        except _TROUBLE as error:
            raise StoreUnavailable(f"the historian cannot write: {_said(error)}") from error
    return written


def _write(historian: Historian, batch: SampleBatch | SnapshotBatch, written: Written) -> None:
    try:
        if isinstance(batch, SnapshotBatch):
            written.add(historian.write_snapshots(batch))
        else:
            written.add(historian.write(batch))
    except _REFUSED as error:
        parts = _parts(batch, error)
        if not parts:
            written.refused += [(sample, _said(error)) for sample in [batch] if isinstance(sample, SampleBatch)]
        for part in parts:
            _write(historian, part, written)


def _parts(batch: SampleBatch | SnapshotBatch, error: Exception) -> list[SampleBatch | SnapshotBatch]:
    """Smaller batches, so that those without fault can be stored; none of a batch that is to blame as a whole."""
    if isinstance(batch, SnapshotBatch):
        middle = len(batch.time) // 2
        return [batch.take(slice(middle)), batch.take(slice(middle, None))] if middle else [batch.samples()]
    if isinstance(error, UnknownTag) and error.value in batch.tags:
        return _apart(batch, str(error.value))
    if len(batch) == 1:
        return []
    order = np.argsort(batch.tag, kind="stable")
    middle = len(batch) // 2
    return [batch.take(order[:middle]), batch.take(order[middle:])]


def _apart(batch: SampleBatch, unknown: str) -> list[SampleBatch | SnapshotBatch]:
    """What is of another tag, by itself; nothing when there is no such sample."""
    mine = batch.tag == batch.tags.index(unknown)
    if mine.all():
        return []
    others = _only_used(batch.take(~mine))
    return [others] if not mine.any() else [others, _only_used(batch.take(mine))]


def _only_used(batch: SampleBatch) -> SampleBatch:
    used, tag = np.unique(batch.tag, return_inverse=True)
    return SampleBatch(
        tuple(batch.tags[index] for index in used.tolist()),
        tag.astype(np.int32),
        batch.time,
        batch.value,
        batch.quality,
    )


def _said(error: Exception) -> str:
    if isinstance(error, ForetellError):
        return error.detail
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
