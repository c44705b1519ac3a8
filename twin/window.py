"""Windows: history on a regular grid, gaps kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from twin.clock import from_datetime64
from twin.errors import UnknownTag


@dataclass(frozen=True, eq=False, slots=True)
class Window:
    """Values of some tags on a regular grid, in engineering units.

    Row t stands for the half-open interval (time[t] - step, time[t]]: the last good sample in it. A tag
    whose plant-file cadence is "on change" holds its last good value from any earlier time. Everything
    else that has no good sample in its interval is NaN and not valid; nothing is filled in.

    Attributes:
        tags: (tag,) names, the columns.
        time: (time,) datetime64[us], UTC.
        values: (time, tag) float64, NaN where not valid.
        valid: (time, tag) bool.
        step: distance of the rows.
    """

    tags: tuple[str, ...]
    time: NDArray[np.datetime64]
    values: NDArray[np.float64]
    valid: NDArray[np.bool_]
    step: timedelta

    def __len__(self) -> int:
        return len(self.time)

    @property
    def start(self) -> datetime:
        """Beginning of the first row's interval."""
        return from_datetime64(self.time[0]) - self.step

    @property
    def end(self) -> datetime:
        """Time of the last row."""
        return from_datetime64(self.time[-1])

    def column(self, tag: str) -> NDArray[np.float64]:
        """(time,) values of one tag, NaN where not valid."""
        return self.values[:, self._index(tag)]

    def select(self, tags: Sequence[str]) -> Self:
        """The same rows with only these tags, in this order."""
        index = [self._index(tag) for tag in tags]
        return type(self)(tuple(tags), self.time, self.values[:, index], self.valid[:, index], self.step)

    def rows(self, index: slice) -> Self:
        """The same tags with only these rows."""
        return type(self)(self.tags, self.time[index], self.values[index], self.valid[index], self.step)

    def _index(self, tag: str) -> int:
        try:
            return self.tags.index(tag)
        except ValueError as error:
            raise UnknownTag(f"{tag} is not in this window", field="tag", value=tag) from error
