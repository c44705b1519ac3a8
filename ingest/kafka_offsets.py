"""Which messages of which partitions are stored, and so which offsets may be committed."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a delivery was read from.

    Attributes:
        assignment: number of the assignment of partitions that it was read under.
        after: for each partition the offset after its last message in the delivery.
    """

    assignment: int
    after: Mapping[TopicPartition, int]


class Offsets:
    """Offsets up to which everything is stored, under the assignment that is in force.

    After a rebalance the next owner of a partition, perhaps ourselves, starts from what was committed; what was read
    before it and acknowledged after it is read again, which is harmless, and never committed.
    """

    def __init__(self) -> None:
        self.assignment = 0
        self._stored: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}

    def acknowledge(self, receipt: Receipt) -> bool:
        """Everything up to the receipt is stored; False when its partitions were given up since."""
        if receipt.assignment != self.assignment:
            return False
        for partition, after in receipt.after.items():
            self._stored[partition] = max(after, self._stored.get(partition, 0))
        return True

    def due(self) -> dict[TopicPartition, int]:
        """What is stored and not committed yet."""
        return {
            partition: after for partition, after in self._stored.items() if after != self._committed.get(partition)
        }

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        """The broker keeps these."""
        self._committed.update(offsets)

    def revoked(self) -> None:
        """All partitions were given up: a new assignment follows."""
        self.assignment += 1
        self._stored.clear()
        self._committed.clear()
