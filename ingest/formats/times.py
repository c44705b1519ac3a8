"""Times as texts and numbers: many at once, to the microsecond; finer digits are cut off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
EARLIEST, LATEST = np.datetime64("1900-01-01", "us"), np.datetime64("9999-12-31", "us")
PRECISIONS = {"ns": "ns", "n": "ns", "us": "us", "u": "us", "ms": "ms", "s": "s"}
"""Units of times that are numbers, by their names in the write APIs of InfluxDB 1 and 2."""

_NAT = np.datetime64("NaT", "us")
_PER_MICROSECOND = {"ns": Decimal(1000), "us": Decimal(1), "ms": Decimal("1e-3"), "s": Decimal("1e-6")}
UNIX = tuple(f"unix_{unit}" for unit in _PER_MICROSECOND)


class Fold(StrEnum):
    """Which of two instants a local time in the repeated hour of autumn stands for."""

    REFUSE = "refuse"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class TimeReader:
    """Reads texts as instants.

    Attributes:
        format: None for ISO 8601, unix_s|ms|us|ns, or a format of `datetime.strptime`.
        zone: zone of texts that carry none; None: they are refused.
        fold: what a text in the repeated hour means.
    """

    format: str | None = None
    zone: ZoneInfo | None = None
    fold: Fold = Fold.REFUSE

    def read(self, texts: Sequence[str]) -> tuple[NDArray[np.datetime64], dict[str, str]]:
        """datetime64[us] in UTC, NaT where a text is no time, and for each such text what is wrong with it."""
        if self.format is None and self.zone is None:
            try:
                times = pa.array(texts, pa.string()).cast(UTC_MICROSECONDS).to_numpy(zero_copy_only=False)
            except pa.ArrowInvalid:  # one of them is no such time, or of another form of ISO 8601
                pass
            else:
                if not len(times) or (times.min() >= EARLIEST and times.max() <= LATEST):
                    return times.astype("M8[us]"), {}
        return self._one_by_one(texts)

    def _one_by_one(self, texts: Sequence[str]) -> tuple[NDArray[np.datetime64], dict[str, str]]:
        known: dict[str, np.datetime64] = {}
        wrong: dict[str, str] = {}
        for text in dict.fromkeys(texts):
            try:
                known[text] = self._one(text.strip())
            except (ValueError, OverflowError) as error:
                known[text], wrong[text] = _NAT, str(error)
        return np.array([known[text] for text in texts], "M8[us]"), wrong

    def _one(self, text: str) -> np.datetime64:
        if self.format in UNIX:
            return _unix(text, self.format.removeprefix("unix_"))
        try:
            moment = datetime.strptime(text, self.format) if self.format else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError as error:
            raise ValueError(f"{text!r} is no time of the form {self.format or 'ISO 8601'}") from error
        if moment.tzinfo is None:
            moment = self._local(moment, text)
        return bounded(np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us"), text)

    def _local(self, moment: datetime, text: str) -> datetime:
        if self.zone is None:
            raise ValueError(f"{text!r} carries no time zone, and none is stated")
        first, second = (moment.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            return first
        if first.astimezone(UTC) > second.astimezone(UTC):
            raise ValueError(f"{text!r} does not exist in {self.zone}: the clocks went forward")
        if self.fold is Fold.REFUSE:
            raise ValueError(f"{text!r} happened twice in {self.zone}: the clocks went back")
        return first if self.fold is Fold.FIRST else second


def bounded(moment: np.datetime64, text: str) -> np.datetime64:
    """The moment itself; raises ValueError when no plant can have meant it."""
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(f"{text!r} lies outside {EARLIEST.astype('M8[Y]')} to {LATEST.astype('M8[Y]')}")
    return moment


def from_epoch(counts: Sequence[float], unit: str) -> NDArray[np.datetime64]:
    """datetime64[us] from counts of ns, us, ms or s since 1970, fractions too; NaT outside the range of times."""
    multiple, divisor = {"ns": (1, 1000), "us": (1, 1), "ms": (1000, 1), "s": (1_000_000, 1)}[unit]
    given = np.array(counts) if len(counts) else np.empty(0, np.int64)
    if given.dtype != np.int64:
        given = np.array([_microseconds(count, multiple, divisor) for count in counts], np.int64)
        multiple = divisor = 1
    low, high = (int(limit.astype(np.int64)) * divisor // multiple for limit in (EARLIEST, LATEST))
    inside = (given >= low) & (given <= high)
    moments = np.where(inside, given, 0) // divisor * multiple
    return np.where(inside, moments, np.iinfo(np.int64).min).view("M8[us]")


def _microseconds(count: float, multiple: int, divisor: int) -> int:
    if not abs(count) < np.iinfo(np.int64).max:
        return np.iinfo(np.int64).min
    moment = count * multiple // divisor if isinstance(count, int) else round(count * multiple / divisor)
    return max(-np.iinfo(np.int64).max, min(moment, np.iinfo(np.int64).max))


def _unix(text: str, unit: str) -> np.datetime64:
    try:
        count = Decimal(text) / _PER_MICROSECOND[unit]
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no number of {unit} since 1970") from error
    if not count.is_finite() or abs(count) >= np.iinfo(np.int64).max:
        raise ValueError(f"{text!r} {unit} since 1970 lies outside the range of times")
    return bounded(np.datetime64(int(count), "us"), text)
