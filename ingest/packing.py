"""Batches as bytes, Arrow's IPC stream: for the spool and for dead letters."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import ipc

from twin.sample import SampleBatch, SnapshotBatch

_TIME = pa.timestamp("us", tz="UTC")
_OPTIONS = ipc.IpcWriteOptions(compression="lz4")
_TAGS = b"tags"


def pack(batch: SampleBatch | SnapshotBatch) -> bytes:
    """The batch as bytes that `unpack` reads."""
    columns = _snapshot_columns(batch) if isinstance(batch, SnapshotBatch) else _sample_columns(batch)
    schema = pa.schema(
        [pa.field(name, column.type) for name, column in columns.items()],
        metadata={_TAGS: json.dumps(batch.tags).encode()},
    )
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, schema, options=_OPTIONS) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(list(columns.values()), schema=schema))
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpack(packed: bytes) -> SampleBatch | SnapshotBatch:
    """The batch that was packed; raises ValueError when these bytes are none."""
    with ipc.open_stream(packed) as reader:
        table = reader.read_next_batch()
        tags = tuple(json.loads(table.schema.metadata[_TAGS]))
    time = table.column("time").to_numpy(zero_copy_only=False).astype("datetime64[us]")
    if "tag" in table.schema.names:
        tag, value, quality = (table.column(name).to_numpy() for name in ("tag", "value", "quality"))
        return SampleBatch(tags, tag, time, value, quality)
    shape = len(time), len(tags)
    value = table.column("value").values.to_numpy().reshape(shape)
    if "quality" not in table.schema.names:
        return SnapshotBatch(tags, time, value)
    return SnapshotBatch(tags, time, value, table.column("quality").values.to_numpy().reshape(shape))


def _sample_columns(batch: SampleBatch) -> dict[str, pa.Array]:
    return {
        "tag": pa.array(batch.tag),
        "time": pa.array(batch.time, _TIME),
        "value": pa.array(batch.value),
        "quality": pa.array(batch.quality),
    }


def _snapshot_columns(batch: SnapshotBatch) -> dict[str, pa.Array]:
    columns = {"time": pa.array(batch.time, _TIME), "value": _rows(batch.value)}
    if batch.quality is not None:
        columns["quality"] = _rows(batch.quality)
    return columns


def _rows(matrix: NDArray[Any]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(matrix).reshape(-1)), matrix.shape[1])
