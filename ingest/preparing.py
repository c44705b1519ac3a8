"""Deliveries made ready for a write: translated, judged, thinned, and what is refused put aside."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ingest.addresses import Addresses
from ingest.buffer import Arrived
from ingest.deadband import Deadband
from ingest.validation import Checked, Fault, Validator, rejection
from twin.delivery import Delivery
from twin.intake import Refused
from twin.sample import SampleBatch, SnapshotBatch

Batch = SampleBatch | SnapshotBatch


@dataclass(eq=False, slots=True)
class Prepared:
    """Deliveries that are acknowledged together, and what is still to be done for that.

    Attributes:
        arrived: the deliveries, in their order.
        batches: what is to be stored.
        refused: what is to be kept as dead letters.
        samples: how many the deliveries hold.
        counts, rejected: for the source's tally, once all of it is safe.
    """

    arrived: Sequence[Arrived]
    batches: list[Batch] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    samples: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def refuse(self, refused: Refused) -> None:
        """Put something aside."""
        self.refused.append(refused)
        self.rejected[refused.reason] += len(refused)


class Preparation:
    """What is done to every delivery of one source."""

    def __init__(self, source: str, addresses: Addresses, validator: Validator, max_age: timedelta | None) -> None:
        self.source = source
        self._addresses = addresses
        self._validator = validator
        self._max_age = max_age

    def prepare(self, arrived: Sequence[Arrived], deadband: Deadband | None = None) -> Prepared:
        """Everything of these deliveries, in their order."""
        prepared = Prepared(arrived)
        for one in arrived:
            prepared.samples += len(one.delivery.samples)
            for part in one.delivery.unreadable:
                prepared.refuse(Refused.unreadable(self.source, part))
        for raw, ends in _joined([one.delivery for one in arrived]):
            checked = self.check(raw, self._max_age)
            self._put_aside(prepared, raw, ends, checked)
            prepared.counts.update(not_finite=checked.not_finite, outside_range=checked.outside_range)
            batch = checked.batch if deadband is None else thin(deadband, checked.batch, prepared.counts)
            if len(batch):
                prepared.batches.append(batch)
        return prepared

    def check(self, raw: Batch, max_age: timedelta | None) -> Checked:
        """Translated and judged."""
        if isinstance(raw, SnapshotBatch):
            return self._validator.check_snapshots(self._addresses.snapshots(raw), max_age)
        return self._validator.check(self._addresses.samples(raw), max_age)

    def refused(self, raw: Batch, checked: Checked, fault: Fault) -> Refused:
        """The samples of a fault as the source delivered them."""
        samples = raw.samples() if isinstance(raw, SnapshotBatch) else raw
        given = checked.given
        if isinstance(given, SnapshotBatch):
            raise TypeError("faulty snapshots are given as samples")
        first = str(rejection(given, int(fault.index[0]), fault.reason, fault.limit))
        more = f", and {len(fault.index) - 1} more" if len(fault.index) > 1 else ""
        return Refused(self.source, fault.reason.value, first + more, samples.take(fault.index))

    def _put_aside(self, prepared: Prepared, raw: Batch, ends: list[int], checked: Checked) -> None:
        """Faulty samples, those of each delivery by themselves: so a delivery that comes again gives the same."""
        for fault in checked.faults:
            places = (
                np.split(fault.index, np.searchsorted(fault.index, ends[:-1])) if len(ends) > 1 else [fault.index]
            )
            for index in places:
                if len(index):
                    prepared.refuse(self.refused(raw, checked, Fault(fault.reason, index, fault.limit)))


def thin(deadband: Deadband, batch: Batch, counts: Counter[str]) -> Batch:
    """What the deadband lets pass; snapshots of which a tag is thinned become single samples."""
    if not deadband.concerns(batch.tags):
        return batch
    samples = batch.samples() if isinstance(batch, SnapshotBatch) else batch
    before = deadband.held
    passed = deadband.thin(samples)
    counts["thinned"] += len(samples) + before - len(passed) - deadband.held
    return passed


def _joined(deliveries: Sequence[Delivery]) -> Iterator[tuple[Batch, list[int]]]:
    """Neighbours of one form as one batch, with the places in it where each delivery ends."""
    for _, group in groupby((delivery.samples for delivery in deliveries if len(delivery.samples)), _form):
        batches = list(group)
        ends = np.cumsum([len(batch) for batch in batches]).tolist()
        yield join(batches), ends


def _form(batch: Batch) -> object:
    return (batch.tags, batch.quality is None) if isinstance(batch, SnapshotBatch) else None


def join(batches: Sequence[Batch]) -> Batch:
    """One batch from several of one form."""
    first = batches[0]
    if len(batches) == 1:
        return first
    if not isinstance(first, SnapshotBatch):
        return SampleBatch.concat([batch for batch in batches if isinstance(batch, SampleBatch)])
    snapshots = [batch for batch in batches if isinstance(batch, SnapshotBatch)]
    return SnapshotBatch(
        first.tags,
        np.concatenate([batch.time for batch in snapshots]),
        np.concatenate([batch.value for batch in snapshots]),
        None if first.quality is None else np.concatenate([_quality(batch) for batch in snapshots]),
    )


def runs(batches: Sequence[Batch]) -> Iterator[Batch]:
    """The batches in their order, neighbours of one form joined."""
    for _, group in groupby((batch for batch in batches if len(batch)), _form):
        yield join(list(group))


def _quality(batch: SnapshotBatch) -> NDArray[np.int8]:
    if batch.quality is None:
        raise TypeError("snapshots of one form have qualities, all or none")
    return batch.quality
