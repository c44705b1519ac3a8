"""What the messages of a topic hold."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

import numpy as np
from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from ingest.formats.decoded import NO_SAMPLES, Decoded
from ingest.formats.influx import decode_lines
from ingest.formats.json_samples import decode_json, decode_ndjson
from twin.delivery import Unreadable
from twin.errors import ForetellError

Decode = Callable[[bytes], Decoded]


class PayloadFormat(StrEnum):
    """How a message's value is written."""

    JSON = "json"
    LINE_PROTOCOL = "line-protocol"


class TimePrecision(StrEnum):
    """What a time counts that is a number."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MICROSECONDS = "us"
    NANOSECONDS = "ns"


def decode(form: PayloadFormat, records: Sequence[ConsumerRecord], precision: TimePrecision | None = None) -> Decoded:
    """Samples of messages, in their order; one that cannot be read costs the others nothing."""
    unit = None if precision is None else precision.value
    one, lines, line = {
        PayloadFormat.JSON: (
            partial(decode_json, precision=unit),
            partial(decode_ndjson, precision=unit),
            _is_json_line,
        ),
        PayloadFormat.LINE_PROTOCOL: (
            partial(decode_lines, precision=unit or "ns"),
            partial(decode_lines, precision=unit or "ns"),
            _has_no_text,
        ),
    }[form]
    together = _together(records, lines) if all(record.value and line(record.value) for record in records) else None
    return together or Decoded.merged([_message(record, one) for record in records], "message")


def _is_json_line(body: bytes) -> bool:
    return b"\n" not in body and b'"samples"' not in body and body[:1] == b"{"


def _has_no_text(body: bytes) -> bool:
    """Only an open text can run on into the next message."""
    return b'"' not in body


def _together(records: Sequence[ConsumerRecord], decode: Decode) -> Decoded | None:
    """All messages as the lines of one body, much faster; None when something in them cannot be read."""
    try:
        decoded = decode(b"\n".join(record.value for record in records))
    except ForetellError:
        return None
    return None if decoded.unreadable else decoded


def _message(record: ConsumerRecord, decode: Decode) -> Decoded:
    place = f"{record.topic}/{record.partition} offset {record.offset}"
    if not record.value:
        return _nothing(Unreadable(b"", "empty message", f"{place}: it holds nothing"))
    try:
        decoded = decode(record.value)
    except ForetellError as error:
        return _nothing(Unreadable(record.value, "unreadable message", f"{place}: {error.detail}"))
    wrong = tuple(Unreadable(item.payload, item.reason, f"{place}: {item.detail}") for item in decoded.unreadable)
    return Decoded(decoded.samples, wrong, decoded.place, decoded.unit)


def _nothing(unreadable: Unreadable) -> Decoded:
    return Decoded(NO_SAMPLES, (unreadable,), np.empty(0, np.int64), "message")
