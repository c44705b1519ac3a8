"""Prepared samples made safe: in the historian, or on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from ingest.counters import Tally
from ingest.dead_letters import DeadLetters
from ingest.order import Order
from ingest.packing import unpack
from ingest.preparing import Batch, Prepared, runs
from ingest.spool import Spool, Spooled
from ingest.validation import Reason
from ingest.writing import Written, write
from twin.clock import Clock
from twin.errors import StoreUnavailable
from twin.intake import Refused
from twin.protocols import Historian

log = structlog.get_logger()

_DAMAGED = "spool damaged"


@dataclass(frozen=True, slots=True)
class Store:
    """Where samples become safe; without a state folder there is neither spool nor dead letters."""

    historian: Historian
    spool: Spool | None
    dead_letters: DeadLetters | None
    order: Order
    clock: Clock


class Securing:
    """What one source delivers, made safe."""

    def __init__(self, source: str, store: Store, tally: Tally) -> None:
        self._name = source
        self._store = store
        self._tally = tally

    @property
    def spooled(self) -> bool:
        """Whether something of the source waits in the spool."""
        return self._store.spool is not None and self._store.spool.waits(self._name)

    def secure(self, prepared: Prepared) -> bool:
        """Refused parts to the dead letters, the others to the historian, or to the spool while it is away.

        False when the historian refused something. What is done is taken out of
        `prepared`, so that it is not done twice. Raises StoreUnavailable or SpoolUnavailable: then call it again.
        """
        self._keep(prepared.refused)
        spool, sound = self._store.spool, True
        try:
            while prepared.batches and not (spool and spool.waits(self._name)):
                sound &= self._write(prepared.batches[0], prepared)
                prepared.batches.pop(0)
        except StoreUnavailable as error:
            if spool is None:
                raise
            self.failed(error.detail)
            log.warning("samples go to the spool", source=self._name, reason=error.detail)
        if spool and prepared.batches:
            spool.append(self._name, prepared.batches)
            for batch in prepared.batches:
                self._saw(batch)
            prepared.batches.clear()
        self._keep(prepared.refused)
        return sound

    def _write(self, batch: Batch, prepared: Prepared) -> bool:
        with self._retried():
            written = write(self._store.historian, batch)
        self._count(written)
        self._saw(batch)
        for refused in self._refused(written):
            prepared.refuse(refused)
        return not written.refused

    @contextmanager
    def _retried(self) -> Iterator[None]:
        try:
            yield
        except StoreUnavailable:
            self._tally.add(retries=1)
            raise

    def _count(self, written: Written) -> None:
        result = written.result
        self._tally.add(
            accepted=result.written + result.corrected, duplicates=result.duplicates, corrected=result.corrected
        )
        self._tally.wrote(self._store.clock.now())

    def _saw(self, batch: Batch) -> None:
        """It is safe now."""
        if len(batch):
            self._tally.add(late=self._store.order.late(batch))
            self._tally.saw(batch.time.max())

    def _refused(self, written: Written) -> list[Refused]:
        return [
            Refused(self._name, Reason.REFUSED.value, said, samples, translated=True)
            for samples, said in written.refused
        ]

    def _keep(self, refused: list[Refused]) -> None:
        if self._store.dead_letters is not None:
            self._store.dead_letters.add(refused)
        refused.clear()

    def drain(self, samples: int) -> None:
        """Store about so many of the samples that wait longest in the spool; raises as `secure`."""
        spool = self._store.spool
        if spool is None:
            return
        head = spool.head(self._name, samples)
        refused: list[Refused] = []
        batches = [batch for spooled in head if (batch := self._unpack(spooled, refused)) is not None]
        for batch in runs(batches):
            with self._retried():
                written = write(self._store.historian, batch)
            self._count(written)
            refused += self._refused(written)
        for one in refused:
            self._tally.reject({one.reason: len(one)})
        self._keep(refused)
        spool.forget(self._name, head)

    def _unpack(self, spooled: Spooled, refused: list[Refused]) -> Batch | None:
        try:
            return unpack(spooled.packed)
        except (ValueError, KeyError, OSError) as error:
            detail = f"batch {spooled.number} of {spooled.samples} samples cannot be read: {error}"
            refused.append(Refused(self._name, _DAMAGED, detail, payload=spooled.packed))
            return None

    def failed(self, error: str) -> None:
        """Something went wrong."""
        self._tally.failed(error, self._store.clock.now())
