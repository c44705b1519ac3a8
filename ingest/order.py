"""Which samples came later than others of their tag."""

import threading

import numpy as np
from numpy.typing import NDArray

from twin.plant import Plant
from twin.sample import SampleBatch, SnapshotBatch

_NEVER = np.iinfo(np.int64).min


class Order:
    """Remembers the newest sample of every tag; safe to use from several threads."""

    def __init__(self, plant: Plant) -> None:
        self._position = {tag.name: i for i, tag in enumerate(plant.tags)}
        self._newest = np.full(len(self._position), _NEVER, np.int64)
        self._lock = threading.Lock()

    def late(self, batch: SampleBatch | SnapshotBatch) -> int:
        """How many samples are older than one of their tag in an earlier batch; remembers the newest."""
        position = np.array([self._position.get(name, 0) for name in batch.tags], dtype=np.intp)
        time = batch.time.astype("datetime64[us]").view(np.int64)
        with self._lock:
            if isinstance(batch, SnapshotBatch):
                return self._rows(position, time)
            return self._samples(position[batch.tag], time)

    def _samples(self, position: NDArray[np.intp], time: NDArray[np.int64]) -> int:
        late = int((time < self._newest[position]).sum())
        np.maximum.at(self._newest, position, time)
        return late

    def _rows(self, position: NDArray[np.intp], time: NDArray[np.int64]) -> int:
        newest = self._newest[position]
        if not len(time):
            return 0
        late = 0 if time.min() >= newest.max(initial=_NEVER) else int((time[:, None] < newest).sum())
        self._newest[position] = np.maximum(newest, time.max())
        return late
