"""OPC UA data values as samples: number, quality, time."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import orjson
from asyncua import ua

from twin.delivery import Unreadable
from twin.sample import Quality, SampleBatch

_SEVERITY = (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.BAD)
_NUMERIC = frozenset(ua.VariantType(code) for code in range(ua.VariantType.Boolean, ua.VariantType.Double + 1))
_EXACT = 2**53
_NO_TIME = ua.get_win_epoch()


class Unusable(ValueError):
    """A value that is no sample, with a reason that is the same for all of a kind and a sentence for this one."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def quality(status: int) -> Quality:
    """Quality by the two severity bits of a status code (OPC 10000-4, 7.39); the reserved severity 11 is bad."""
    return _SEVERITY[status >> 30 & 3]


def overflowed(status: int) -> bool:
    """Whether the server's queue lost values before this one: info type DataValue with the overflow bit set."""
    return status & 0xC00 == 0x400 and status & 0x80 != 0


def number(variant: ua.Variant | None) -> float:
    """A scalar number or boolean as float64, NaN for no value; raises Unusable for anything else."""
    if variant is None or variant.VariantType is ua.VariantType.Null:
        return math.nan
    if variant.is_array:
        raise Unusable("an array", f"the value is an array of {variant.VariantType.name}, expected one number")
    if variant.VariantType not in _NUMERIC:
        raise Unusable("not a number", f"the value is a {variant.VariantType.name}, expected a number or a boolean")
    value = variant.Value
    if isinstance(value, int) and not -_EXACT <= value <= _EXACT:
        raise Unusable("integer too large", f"the value is {value}, exact are integers from -2^53 to 2^53")
    return float(value)


def time_of(value: ua.DataValue, *, server_time: bool) -> datetime:
    """The source timestamp, naive UTC; with `server_time` the server's where there is none; raises Unusable."""
    for time in (value.SourceTimestamp, value.ServerTimestamp if server_time else None):
        if time is not None and (time := time.replace(tzinfo=None)) > _NO_TIME.replace(tzinfo=None):
            return time
    raise Unusable("no source time", "the value carries no source timestamp; server_time: true takes the server's")


class Columns:
    """Makes samples of the values of some addresses."""

    def __init__(self, addresses: Sequence[str], *, server_time: bool) -> None:
        self._addresses = tuple(addresses)
        self._index = {address: index for index, address in enumerate(self._addresses)}
        self._server_time = server_time

    def of(self, values: Iterable[tuple[str, ua.DataValue]]) -> tuple[SampleBatch, tuple[Unreadable, ...]]:
        """(address, value) pairs as samples in their order, and those that are none.

        A bad status keeps the value that came with it, as bad; no value at all is NaN and bad.
        """
        tag, times, numbers, qualities = [], [], [], []
        unreadable = []
        for address, value in values:
            status = value.StatusCode.value if value.StatusCode is not None else 0
            try:
                row = number(value.Value), time_of(value, server_time=self._server_time)
            except Unusable as error:
                unreadable.append(_unreadable(address, value, error))
                continue
            finite = math.isfinite(row[0])
            tag.append(self._index[address])
            numbers.append(row[0] if finite else math.nan)
            times.append(row[1])
            qualities.append(_SEVERITY[status >> 30 & 3] if finite else Quality.BAD)
        batch = SampleBatch(
            self._addresses,
            np.array(tag, dtype=np.int32),
            np.array(times, dtype="datetime64[us]"),
            np.array(numbers, dtype=np.float64),
            np.array(qualities, dtype=np.int8),
        )
        return batch, tuple(unreadable)


def _unreadable(address: str, value: ua.DataValue, error: Unusable) -> Unreadable:
    came = {
        "node": address,
        "value": str(value.Value.Value) if value.Value is not None else None,
        "type": value.Value.VariantType.name if value.Value is not None else None,
        "status": value.StatusCode.name if value.StatusCode is not None else None,
        "source_time": value.SourceTimestamp,
    }
    return Unreadable(orjson.dumps(came), error.reason, f"{address}: {error.detail}")
