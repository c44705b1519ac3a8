"""Arrow and Parquet bodies: what pyarrow writes is read back, and what is damaged is refused."""

from contextlib import suppress
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc, parquet

from ingest.formats.announced import unpacked_bytes
from ingest.formats.arrow import decode_ipc, decode_parquet
from ingest.formats.decoded import Decoded
from twin.errors import InvalidInput, TooLarge
from twin.sample import Quality, SampleBatch, SnapshotBatch

LIMIT = 1 << 20
TEXTS = st.sampled_from(["level", "flow", "T 1", "ü"])
FLOATS = st.one_of(st.none(), st.floats(width=32))
LONG_ROWS = st.lists(
    st.tuples(TEXTS, st.integers(0, 2_000_000_000), FLOATS, st.sampled_from([None, "good", "Uncertain", "bad"])),
    min_size=1,
    max_size=20,
)
COMPRESSIONS = st.sampled_from([None, "lz4", "zstd"])
FORMATS = st.sampled_from(["stream", "file", "parquet"])
TEXT_TYPES = st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])


def write(table: pa.Table, form: str, compression: str | None = None, rows: int = 7) -> bytes:
    sink = pa.BufferOutputStream()
    if form == "parquet":
        parquet.write_table(table, sink, row_group_size=rows, compression=compression or "none")
    else:
        make = ipc.new_stream if form == "stream" else ipc.new_file
        with make(sink, table.schema, options=ipc.IpcWriteOptions(compression=compression)) as writer:
            writer.write_table(table, max_chunksize=rows)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def read(body: bytes, form: str) -> Decoded:
    return decode_parquet(body, LIMIT) if form == "parquet" else decode_ipc(body, LIMIT)


@settings(deadline=None)
@given(LONG_ROWS, FORMATS, COMPRESSIONS, TEXT_TYPES, st.sampled_from(["s", "ms", "us", "ns"]))
def test_a_long_table_is_read_back(
    rows: list[tuple[str, int, float | None, str | None]],
    form: str,
    compression: str | None,
    text: pa.DataType,
    unit: str,
) -> None:
    tags, seconds, values, qualities = zip(*rows, strict=True)
    stamps = pa.array([datetime.fromtimestamp(second, UTC) for second in seconds], pa.timestamp(unit, tz="UTC"))
    value = pa.array(values, pa.float64())
    table = pa.table(
        {
            "tag": pa.array(tags).cast(text),
            "time": stamps,
            "value": value,
            "quality": pa.array(qualities, pa.string()),
        }
    )
    decoded = read(write(table, form, compression), form)
    for sample, (tag, second, number, quality) in zip(decoded.samples, rows, strict=True):
        assert (sample.tag, sample.time.timestamp()) == (tag, second)
        if number is None or not np.isfinite(number):
            assert np.isnan(sample.value)
            assert sample.quality is Quality.BAD
        else:
            assert (sample.value, sample.quality.name.lower()) == (number, (quality or "good").lower())
    assert decoded.place.tolist() == list(range(1, len(rows) + 1))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2_000_000_000), FLOATS, FLOATS), min_size=1, max_size=20), FORMATS, COMPRESSIONS
)
def test_a_wide_table_is_read_back(
    rows: list[tuple[int, float | None, float | None]], form: str, compression: str | None
) -> None:
    seconds, level, flow = zip(*rows, strict=True)
    stamps = pa.array([datetime.fromtimestamp(second, UTC) for second in seconds], pa.timestamp("ms", tz="UTC"))
    table = pa.table({"time": stamps, "level": pa.array(level, pa.float32()), "flow": pa.array(flow, pa.float64())})
    decoded = read(write(table, form, compression), form)
    complete = all(value is not None for row in rows for value in row)
    assert isinstance(decoded.samples, SnapshotBatch if complete else SampleBatch)
    expected = [
        (tag, second, place)
        for place, (second, *values) in enumerate(rows, 1)
        for tag, value in zip(("level", "flow"), values, strict=True)
        if value is not None
    ]
    places = [int(decoded.place_of(i).removeprefix("row ")) for i in range(len(decoded.samples))]
    found = zip(decoded.narrow().samples, places, strict=True)
    assert sorted((sample.tag, sample.time.timestamp(), place) for sample, place in found) == sorted(expected)
    given_values = [value for _, *values in rows for value in values if value is not None]
    kept = decoded.narrow().samples
    assert isinstance(kept, SampleBatch)
    np.testing.assert_array_equal(
        np.sort(kept.value), np.sort([value if np.isfinite(value) else np.nan for value in given_values])
    )


@settings(deadline=None)
@given(st.data(), FORMATS, COMPRESSIONS)
def test_a_damaged_body_is_refused_or_read_never_worse(
    data: st.DataObject, form: str, compression: str | None
) -> None:
    stamps = pa.array(range(20), pa.timestamp("us", tz="UTC"))
    table = pa.table({"tag": pa.array(["a", "b"] * 10).dictionary_encode(), "time": stamps, "value": np.arange(20.0)})
    body = bytearray(write(table, form, compression))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidInput, TooLarge):
        read(bytes(body), form)


def test_a_tag_that_is_no_utf_8_is_refused() -> None:
    offsets, data = pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\x80")
    tag = pa.Array.from_buffers(pa.string(), 1, [None, offsets, data])
    table = pa.table({"tag": tag, "time": pa.array([0], pa.timestamp("us", tz="UTC")), "value": [1.0]})
    with pytest.raises(InvalidInput, match="not UTF-8"):
        read(write(table, "parquet", None), "parquet")


@pytest.mark.parametrize("compression", ["lz4", "zstd"])
@pytest.mark.parametrize("dictionary", [False, True])
def test_what_a_stream_unpacks_to_is_known_beforehand(compression: str, dictionary: bool) -> None:
    tag = pa.array(["a" * 1000, "b" * 1000] * 5000)
    table = pa.table({"tag": tag.dictionary_encode() if dictionary else tag, "value": np.zeros(10_000)})
    plain = write(table, "stream", None, 10_000)
    packed = write(table, "stream", compression, 10_000)
    assert len(packed) < len(plain) / 10
    assert unpacked_bytes(pa.py_buffer(packed)) == pytest.approx(len(plain), rel=0.02)


def test_a_time_out_of_range_is_no_time() -> None:
    stamps = pa.array([0, 2**62, -(2**62), None], pa.timestamp("ms", tz="UTC"))
    decoded = decode_ipc(write(pa.table({"time": stamps, "level": np.ones(4)}), "stream"), LIMIT)
    assert isinstance(decoded.samples, SnapshotBatch)
    assert np.isnat(decoded.samples.time).tolist() == [False, True, True, True]
