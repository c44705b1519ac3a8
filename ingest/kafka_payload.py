"""What the messages of a topic hold."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

import numpy as np
from aiokafka import ConsumerRecord
from pydantic import BaseModel, ConfigDict, Field

from ingest.formats.arrow import decode_ipc
from ingest.formats.decoded import NO_SAMPLES, Decoded
from ingest.formats.influx import decode_lines
from ingest.payload_json import JsonPayload, JsonReader, Received
from twin.delivery import Delivery, Unreadable
from twin.errors import ForetellError

_UNPACKED_BYTES = 64 << 20
_US_PER_MS = 1000


class PayloadFormat(StrEnum):
    """How a message's value is written."""

    JSON = "json"
    LINE_PROTOCOL = "line-protocol"
    ARROW = "arrow"


class TimePrecision(StrEnum):
    """What a time of line protocol counts."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MICROSECONDS = "us"
    NANOSECONDS = "ns"


class LineProtocol(BaseModel):
    """The section `lines`: what line protocol leaves open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    precision: TimePrecision = TimePrecision.NANOSECONDS
    address: str | None = Field(
        default=None, description="Template of addresses such as {host}.{measurement}.{field}"
    )


class PayloadReader:
    """Reads messages in one format; one that cannot be read costs the others nothing."""

    def __init__(self, form: PayloadFormat, json: JsonPayload, lines: LineProtocol) -> None:
        self._json = JsonReader(json) if form is PayloadFormat.JSON else None
        self._decode = (
            partial(decode_ipc, limit=_UNPACKED_BYTES)
            if form is PayloadFormat.ARROW
            else partial(decode_lines, precision=lines.precision.value, address=lines.address)
        )

    def read(self, records: Sequence[ConsumerRecord]) -> list[Delivery]:
        """What the messages hold, without receipts; none that is empty."""
        full = [record for record in records if record.value]
        empty = [Unreadable(b"", "empty message", f"{_place(r)}: it holds nothing") for r in records if not r.value]
        read = self._read_json(full) if self._json else [_one_by_one(full, self._decode)]
        deliveries = [Delivery(NO_SAMPLES, tuple(empty)), *read]
        return [delivery for delivery in deliveries if len(delivery.samples) or delivery.unreadable]

    def _read_json(self, records: Sequence[ConsumerRecord]) -> list[Delivery]:
        """The key of a message names the tag of a value that stands alone, its timestamp is its arrival."""
        if self._json is None:
            return []
        readings = self._json.read([_received(record) for record in records])
        if not any(reading.unreadable for reading in readings):
            return [Delivery(reading.samples) for reading in readings]
        places = {record.value: _place(record) for record in records}
        return [
            Delivery(reading.samples, tuple(_placed(item, places.get(item.payload)) for item in reading.unreadable))
            for reading in readings
        ]


def _received(record: ConsumerRecord) -> Received:
    key = None if record.key is None else record.key.decode(errors="replace")
    return Received(record.value, key, record.timestamp * _US_PER_MS)


def _one_by_one(records: Sequence[ConsumerRecord], decode: Callable[[bytes], Decoded]) -> Delivery:
    return Decoded.merged([_message(record, decode) for record in records], "message").delivery()


def _message(record: ConsumerRecord, decode: Callable[[bytes], Decoded]) -> Decoded:
    try:
        decoded = decode(record.value)
    except ForetellError as error:
        unreadable = Unreadable(record.value, "unreadable message", f"{_place(record)}: {error.detail}")
        return Decoded(NO_SAMPLES, (unreadable,), np.empty(0, np.int64), "message")
    wrong = tuple(_placed(item, _place(record)) for item in decoded.unreadable)
    return Decoded(decoded.samples, wrong, decoded.place, decoded.unit)


def _placed(item: Unreadable, place: str | None) -> Unreadable:
    return item if place is None else Unreadable(item.payload, item.reason, f"{place}: {item.detail}")


def _place(record: ConsumerRecord) -> str:
    return f"{record.topic}/{record.partition} offset {record.offset}"
