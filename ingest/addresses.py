"""From a source's own addresses and units to the plant's tags."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.source_config import TagMapping
from twin.plant import Plant
from twin.sample import SampleBatch, SnapshotBatch
from twin.units import factor_and_offset

_REMEMBERED = 64


@dataclass(frozen=True, eq=False, slots=True)
class _Translation:
    """What becomes of one tuple of addresses; factor is None when no value changes."""

    tags: tuple[str, ...]
    factor: NDArray[np.float64] | None
    offset: NDArray[np.float64]


class Addresses:
    """Translates one source's deliveries; an address that is not mapped stays as it is.

    Raises UnknownTag or UnitMismatch for a mapping that does not fit the plant.
    """

    def __init__(self, plant: Plant, mapping: Mapping[str, TagMapping]) -> None:
        self._names = {address: plant.tag(entry.tag).name for address, entry in mapping.items()}
        self._units = {
            address: factor_and_offset(entry.unit, plant.tag(entry.tag))
            for address, entry in mapping.items()
            if entry.unit is not None
        }
        self._known: dict[tuple[str, ...], _Translation] = {}

    def samples(self, batch: SampleBatch) -> SampleBatch:
        """The batch with tag names and values in their units."""
        if not self._names:
            return batch
        to = self._translation(batch.tags)
        if to.factor is None:
            return replace(batch, tags=to.tags)
        return replace(batch, tags=to.tags, value=batch.value * to.factor[batch.tag] + to.offset[batch.tag])

    def snapshots(self, batch: SnapshotBatch) -> SnapshotBatch:
        """The same for whole units."""
        if not self._names:
            return batch
        to = self._translation(batch.tags)
        value = batch.value if to.factor is None else batch.value * to.factor + to.offset
        return replace(batch, tags=to.tags, value=value)

    def _translation(self, addresses: tuple[str, ...]) -> _Translation:
        known = self._known.get(addresses)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[addresses] = self._translate(addresses)
        return known

    def _translate(self, addresses: tuple[str, ...]) -> _Translation:
        units = np.array([self._units.get(address, (1.0, 0.0)) for address in addresses]).reshape(-1, 2)
        factor, offset = units[:, 0].copy(), units[:, 1].copy()
        changes = bool((factor != 1.0).any() or offset.any())
        names = tuple(self._names.get(address, address) for address in addresses)
        return _Translation(names, factor if changes else None, offset)
