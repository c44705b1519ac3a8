"""What a scorer says about a row, whichever way it scores."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.anomaly.moves import PastMove
from twin.window import Window
from twin.world import Residual


@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """Who is behind a row's score.

    Attributes:
        shares: (tag,) part of the score, not negative, summing to 1.
        sigma: (tag,) smoothed innovations, in sigma of normal operation.
        pattern: (tag,) the innovations that one more row of this event would bring, for finding its onset.
        sensor: column of the transmitter that is taken for faulty, if one is.
        bias: that bias in the tag's engineering unit.
        move: the logged move whose response explains the score, if there is one.
    """

    shares: NDArray[np.float64]
    sigma: NDArray[np.float64]
    pattern: NDArray[np.float64]
    sensor: int | None = None
    bias: float = 0.0
    move: PastMove | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """A transmitter (its column) that may be faulty, and the time scale on which it looks so."""

    tag: int
    scale: int


class Reading(Protocol):
    """A row's statistics."""

    @property
    def values(self) -> NDArray[np.float64]:
        """(statistic,) what no logged move and no faulty transmitter accounts for; NaN when nothing was measured."""
        ...

    @property
    def raw(self) -> NDArray[np.float64]:
        """(statistic,) the same with logged moves counted."""
        ...

    def sensor(self, tag: int) -> NDArray[np.float64]:
        """(statistic,) the part of each statistic that a bias of this transmitter accounts for."""
        ...

    def suspects(self, thresholds: NDArray[np.float64]) -> tuple[Suspect, ...]:
        """Transmitters whose bias alone passes its threshold and explains most of what a scale shows."""
        ...

    def finding(
        self, thresholds: NDArray[np.float64], *, with_moves: bool = False, suspect: int | None = None
    ) -> Finding:
        """Who is behind the statistic that is highest above its threshold.

        `with_moves` looks at `raw`; `suspect` takes that transmitter's fault for granted.
        """
        ...


class Row(Protocol):
    """A scored row."""

    @property
    def time(self) -> np.datetime64:
        """datetime64[us], UTC."""
        ...

    @property
    def fresh(self) -> NDArray[np.float64]:
        """(tag,) innovations without drift, in sigma of normal operation; NaN without news."""
        ...

    @property
    def values(self) -> NDArray[np.float64]:
        """(tag,) what was measured, engineering units."""
        ...

    @property
    def levels(self) -> NDArray[np.float64]:
        """(move,) levels as logged, NaN where they are not known; empty for a scorer that knows no moves."""
        ...

    @property
    def moves(self) -> tuple[PastMove, ...]:
        """Logged moves that still count."""
        ...

    def read(self, faulty: Collection[int] = ()) -> Reading:
        """The reading, not counting what biases of these transmitters account for."""
        ...


class Scorer(Protocol):
    """Turns rows into statistics; keeps its own state from call to call."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The observed tags, its columns."""
        ...

    @property
    def statistics(self) -> tuple[str, ...]:
        """Names of its statistics, the scales of one kind after those of another, the shortest first."""
        ...

    @property
    def scales(self) -> int:
        """Number of time scales of each kind of statistic."""
        ...

    def advance(self, window: Window, residual: Residual) -> Iterator[Row]:
        """The rows of a window, one after the other."""
        ...

    def forget(self) -> None:
        """Start the slow means again: what they remember is over."""
        ...
