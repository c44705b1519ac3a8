"""How much an Arrow IPC stream unpacks to, seen before it is unpacked.

A compressed buffer begins with its unpacked length, and a reader unpacks to exactly that. Which buffers there are
stands in the message's flatbuffer: https://arrow.apache.org/docs/format/Columnar.html, Message.fbs of the format.
"""

import struct
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import ipc

_HEADER = 2
_DICTIONARY_DATA = 1
_BUFFERS, _COMPRESSION = 2, 3
_BUFFER = struct.Struct("<qq")


def unpacked_bytes(stream: pa.Buffer) -> int:
    """Bytes of all buffers of the stream once unpacked; raises pyarrow's errors and ValueError when it is none."""
    try:
        return sum(_message(message) for message in _messages(stream))
    except struct.error as error:
        raise ValueError("a message of the stream is cut short") from error


def _messages(stream: pa.Buffer) -> Iterator[ipc.Message]:
    reader = ipc.MessageReader.open_stream(stream)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return
        yield message


def _message(message: ipc.Message) -> int:
    """Bytes that one message unpacks to."""
    if message.type not in {"record batch", "dictionary"}:
        return 0
    data, body = memoryview(message.metadata), memoryview(message.body)
    table = _table(data, _int(data, "<I", 0), _HEADER)
    if message.type == "dictionary":
        table = _table(data, table, _DICTIONARY_DATA)
    if not _field(data, table, _COMPRESSION):
        return len(body)
    vector = _table(data, table, _BUFFERS)
    count = _int(data, "<I", vector)
    if count * _BUFFER.size > len(data):
        raise ValueError("a message of the stream names more buffers than it has")
    return sum(_announced(body, *_BUFFER.unpack_from(data, vector + 4 + i * _BUFFER.size)) for i in range(count))


def _announced(body: memoryview, offset: int, length: int) -> int:
    """Unpacked length of one buffer; -1 in the body says that it is not packed."""
    if length == 0:
        return 0
    stated = _int(body, "<q", offset)
    return length if stated < 0 else stated


def _field(data: memoryview, table: int, number: int) -> int:
    """Where a field of a flatbuffer's table stands; 0 when it is absent."""
    vtable = table - _int(data, "<i", table)
    if 4 + 2 * number >= _int(data, "<H", vtable):
        return 0
    offset = _int(data, "<H", vtable + 4 + 2 * number)
    return table + offset if offset else 0


def _table(data: memoryview, table: int, number: int) -> int:
    """Where the table or vector that a field refers to stands."""
    field = _field(data, table, number)
    if not field:
        raise ValueError("a message of the stream lacks a part")
    return field + _int(data, "<I", field)


def _int(data: memoryview, form: str, offset: int) -> int:
    if offset < 0:
        raise ValueError("a message of the stream points outside itself")
    number: int = struct.unpack_from(form, data, offset)[0]
    return number
