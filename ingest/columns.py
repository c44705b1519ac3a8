"""Columns that grow sample by sample, for sources whose messages hold few samples each."""

from dataclasses import dataclass, field

import numpy as np

from twin.sample import SampleBatch


@dataclass(slots=True)
class SampleColumns:
    """Samples on their way into a SampleBatch; times are microseconds since the epoch."""

    position: dict[str, int] = field(default_factory=dict)
    tag: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    quality: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.tag)

    def add(self, tag: str, time: int, value: float, quality: int) -> None:
        """One more sample."""
        self.tag.append(self.position.setdefault(tag, len(self.position)))
        self.time.append(time)
        self.value.append(value)
        self.quality.append(quality)

    def batch(self) -> SampleBatch:
        """All of them, in their order."""
        return SampleBatch(
            tuple(self.position),
            np.array(self.tag, np.int32),
            np.array(self.time, np.int64).view("datetime64[us]"),
            np.array(self.value, np.float64),
            np.array(self.quality, np.int8),
        )
