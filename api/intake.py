"""What the routes and metrics of the way in need of the pipeline."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from api.bodies import Intake
from twin.intake import Counters, DeadLetter, Replayed
from twin.sample import SampleBatch, SnapshotBatch


class DeadLetters(Protocol):
    """What was refused and is kept."""

    def page(self, after: int = 0, limit: int = 100) -> Sequence[DeadLetter]:
        """Letters with a higher number than `after`, oldest first."""
        ...

    def __iter__(self) -> Iterator[DeadLetter]: ...

    def counts(self) -> Mapping[str, int]:
        """Samples and payloads that are kept, by reason."""
        ...

    def given_up(self) -> Mapping[str, int]:
        """The same of those that are kept no longer."""
        ...

    def purge(self, *, source: str | None = None) -> int:
        """Delete all, or those of a source; gives how many."""
        ...


class Limits(Protocol):
    """What the pipeline was told."""

    @property
    def spool_limit(self) -> int:
        """Bytes."""
        ...


class Pipeline(Protocol):
    """Validates samples and stores them."""

    @property
    def config(self) -> Limits:
        """Its limits."""
        ...

    @property
    def counters(self) -> Counters:
        """The counts now."""
        ...

    @property
    def dead_letters(self) -> DeadLetters:
        """What was refused; raises ConfigurationError in a process that has no folder for it."""
        ...

    def accept(self, batch: SampleBatch | SnapshotBatch) -> Intake:
        """Store what is sound; it is committed on return."""
        ...

    def replay(self, letters: Sequence[DeadLetter]) -> Replayed:
        """Try dead letters again."""
        ...
