"""A circuit breaker: who failed several times in a row is left alone for a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Opens after `failures` in a row, for `seconds`; then one call may try again.

    `clock` gives seconds that never go back.
    """

    failures: int = 3
    seconds: float = 30.0
    clock: Callable[[], float] = time.monotonic
    _failed: int = 0
    _until: float = 0.0

    @property
    def open(self) -> bool:
        """Whether nobody should be asked now."""
        return self._failed >= self.failures and self.clock() < self._until

    def heard(self) -> None:
        """It answered."""
        self._failed = 0

    def missed(self) -> None:
        """It failed."""
        self._failed += 1
        self._until = self.clock() + self.seconds
