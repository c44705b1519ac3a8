"""Sparkplug B payloads: protobuf bytes -> metrics (Sparkplug 3.0, chapter 6).

The message class is that of pysparkplug's generated code, looked up in protobuf's own pool. Its decoder is not used:
it gives up a whole payload for one metric of a type it does not know, and refuses negative Int8 and Int16 values
as Eclipse Tahu encodes them.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pysparkplug  # noqa: F401 registers the messages
from google.protobuf import descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from twin.sample import Quality

_PACKAGE = "org.eclipse.tahu.protobuf"
Payload: Any = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(f"{_PACKAGE}.Payload"))
_TYPES: Any = descriptor_pool.Default().FindEnumTypeByName(f"{_PACKAGE}.DataType").values_by_number

_INTEGERS = {
    1: ("Int8", -(2**7), 2**7 - 1),
    2: ("Int16", -(2**15), 2**15 - 1),
    3: ("Int32", -(2**31), 2**31 - 1),
    4: ("Int64", -(2**63), 2**63 - 1),
    5: ("UInt8", 0, 2**8 - 1),
    6: ("UInt16", 0, 2**16 - 1),
    7: ("UInt32", 0, 2**32 - 1),
    8: ("UInt64", 0, 2**64 - 1),
}
_EXACT = 2**53
_FIELDS = {9: "float_value", 10: "double_value", 11: "boolean_value"}
_QUALITIES = {0: Quality.BAD, 192: Quality.GOOD, 500: Quality.BAD}
"""Values of the property Quality: BAD, GOOD, STALE."""
_LATEST_MS = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp() * 1000)


class NotAPayload(Exception):
    """The bytes are no Sparkplug B payload."""


class NotANumber(Exception):
    """A metric holds no number: reason and sentence of the Unreadable that it becomes."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as it came; None where a field was not sent.

    Attributes:
        name, alias: what it calls itself.
        datatype: number of its type, 0 when it was not sent.
        time: microseconds since the epoch.
        transient: its sender asks that it is not kept.
        message: the protobuf message, for its value.
    """

    name: str | None
    alias: int | None
    datatype: int
    time: int | None
    transient: bool
    message: Any


@dataclass(frozen=True, slots=True)
class Decoded:
    """A payload: its sequence number (None: not sent), its time in microseconds, its metrics."""

    seq: int | None
    time: int | None
    metrics: tuple[Metric, ...]


def decode(payload: bytes) -> Decoded:
    """Raises NotAPayload."""
    try:
        message = Payload.FromString(payload)
    except DecodeError as error:
        raise NotAPayload(f"{len(payload)} bytes are no Sparkplug B payload: {error}") from error
    seq = message.seq if message.HasField("seq") and message.seq < 256 else None
    metrics = tuple(
        Metric(
            m.name if m.HasField("name") and m.name else None,
            m.alias if m.HasField("alias") else None,
            m.datatype,
            _time(m),
            m.is_transient,
            m,
        )
        for m in message.metrics
    )
    return Decoded(seq, _time(message), metrics)


def _time(message: Any) -> int | None:  # noqa: ANN401 generated class
    milliseconds: int = message.timestamp
    return milliseconds * 1000 if message.HasField("timestamp") and milliseconds <= _LATEST_MS else None


def number_of(metric: Metric, datatype: int) -> tuple[float, Quality]:
    """Value and quality of a metric of that type; raises NotANumber.

    Null is NaN and bad. An integer beyond 2^53 is refused: float64 does not hold its last digits.
    """
    message = metric.message
    field = message.WhichOneof("value")
    quality = _quality(message)
    if message.is_null or field is None:
        return math.nan, Quality.BAD
    if datatype in _INTEGERS:
        return float(_integer(field, getattr(message, field), datatype)), quality
    if datatype not in _FIELDS:
        raise NotANumber("not a number", f"its type is {type_name(datatype)}, expected an integer, Float or Boolean")
    if field != _FIELDS[datatype]:
        raise _misfit(field, datatype)
    value = float(getattr(message, field))
    return (value, quality) if math.isfinite(value) else (math.nan, Quality.BAD)


def _integer(field: str, raw: int, datatype: int) -> int:
    """Two's complement in 32 or 64 bits, or in the type's own width, as encoders differ."""
    name, low, high = _INTEGERS[datatype]
    widths = {"int_value": 2**32, "long_value": 2**64}
    if field not in widths:
        raise _misfit(field, datatype)
    size = high - low + 1
    for value in (raw, raw - widths[field], raw - size if raw < size else raw):
        if low <= value <= high:
            if abs(value) > _EXACT:
                raise NotANumber("too large for float64", f"{value} is beyond 2^53 = {_EXACT}")
            return value
    raise NotANumber("outside its type", f"{raw} is outside {name}, [{low}, {high}]")


def _misfit(field: str, datatype: int) -> NotANumber:
    return NotANumber("value does not fit its type", f"its type is {type_name(datatype)}, its value is a {field}")


def _quality(message: Any) -> Quality:  # noqa: ANN401 generated class
    """The property Quality; good without one, uncertain when nobody knows what it says."""
    for key, value in zip(message.properties.keys, message.properties.values, strict=False):
        if key == "Quality":
            return _QUALITIES.get(value.int_value or value.long_value, Quality.UNCERTAIN)
    return Quality.GOOD


def type_name(datatype: int) -> str:
    """The type's name in the specification."""
    name: str = _TYPES[datatype].name if datatype in _TYPES else f"number {datatype}, which is none"
    return name


def bd_seq(decoded: Decoded) -> int | None:
    """The number that ties a death to its birth."""
    for metric in decoded.metrics:
        if metric.name == "bdSeq" and metric.message.WhichOneof("value") in ("int_value", "long_value"):
            number: int = getattr(metric.message, metric.message.WhichOneof("value"))
            return number
    return None


def rebirth_command(now_ms: int) -> bytes:
    """The payload of an NCMD that asks a node for its births."""
    payload = Payload(timestamp=now_ms)
    payload.metrics.add(name="Node Control/Rebirth", timestamp=now_ms, datatype=11, boolean_value=True)
    command: bytes = payload.SerializeToString()
    return command
