"""Arrow and Parquet tables, long (tag, time, value[, quality]) or wide (time and a column per tag), to samples.

No Python per row. A null is no sample in a wide table and a bad sample in a long one; NaN and infinity are bad.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import ipc, parquet

from ingest.formats.announced import unpacked_bytes
from ingest.formats.decoded import Decoded, check_count, whole_rows
from ingest.formats.times import EARLIEST, LATEST
from ingest.formats.words import quality_of
from twin.errors import InvalidInput, TooLarge
from twin.sample import Quality, SampleBatch

LONG = ("tag", "time", "value")
_MAGIC = b"ARROW1\0\0"
_BLOCK_ROWS = 65_536
_PER_MICROSECOND = {"s": 1_000_000, "ms": 1000, "us": 1}


def decode_ipc(body: bytes, limit: int) -> Decoded:
    """Samples of an Arrow IPC stream or file (a file is a stream between two marks, and read as one).

    Raises InvalidInput for a body that is none, TooLarge when it unpacks to more than `limit` bytes.
    """
    start = len(_MAGIC) if body.startswith(_MAGIC) else 0
    stream = pa.py_buffer(body).slice(start)
    try:
        _check_size(unpacked_bytes(stream), limit)
        with ipc.open_stream(stream) as reader:
            check_columns(reader.schema, "the body")
            blocks, count = [], 0
            for block in reader:
                count += block.num_rows * max(1, block.num_columns - 1)
                check_count(count)
                block.validate(full=True)
                blocks.append(block)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(f"the body is not an Arrow IPC stream or file: {error}", field="body") from error
    return Decoded.merged(list(_numbered(blocks, "the body")), "row")


def decode_parquet(body: bytes, limit: int) -> Decoded:
    """Samples of a Parquet file. Raises like `decode_ipc`."""
    try:
        file = open_parquet(pa.BufferReader(body), "the body")
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        _check_size(sum(group.total_byte_size for group in groups), limit)
        width = len(file.schema_arrow.names)
        check_count(file.metadata.num_rows * (1 if "tag" in file.schema_arrow.names else width - 1))
        blocks = list(file.iter_batches(_BLOCK_ROWS, use_threads=False))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(f"the body is not Parquet: {error}", field="body") from error
    return Decoded.merged(list(_numbered(blocks, "the body")), "row")


def open_parquet(source: pa.NativeFile | str, name: str) -> parquet.ParquetFile:
    """The file, its columns checked; texts are read as dictionaries. Raises InvalidInput, pyarrow's errors."""
    schema = parquet.read_schema(source)
    texts = [field.name for field in schema if _is_text(field.type)]
    if isinstance(source, pa.NativeFile):
        source.seek(0)
    check_columns(schema, name)
    return parquet.ParquetFile(source, read_dictionary=texts)


def check_columns(schema: pa.Schema, name: str) -> None:
    """Raise InvalidInput, which names the column, unless the columns are those of a long or a wide table."""
    check_names(schema.names, name)
    for field in schema:
        if field.name == "time":
            _require(pa.types.is_timestamp(field.type), name, field, "a timestamp with a time zone")
            _require(field.type.tz is not None, name, field, "a timestamp with a time zone")
        elif field.name == "tag" and "tag" in schema.names:
            _require(_is_text(field.type), name, field, "texts")
        elif field.name == "quality" and "tag" in schema.names:
            _require(_is_text(field.type) or pa.types.is_integer(field.type), name, field, "texts or 0 to 2")
        else:
            _require(_is_number(field.type), name, field, "numbers")


def check_names(names: Sequence[str], name: str) -> None:
    """Raise InvalidInput unless these are the columns of a long or a wide table."""
    twice = next((column for column in names if names.count(column) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{name}: column {twice} is there twice", field=twice)
    if "time" not in names or len(names) < 2:
        raise InvalidInput(
            f"{name}: the columns are {', '.join(names) or 'none'}, expected tag,time,value[,quality] "
            "or time and a column per tag",
            field="columns",
        )
    missing = [column for column in LONG if column not in names]
    further = set(names) - {*LONG, "quality"}
    if "tag" in names and (missing or further):
        named = f"{missing[0]} is missing" if missing else f"{min(further)} is not one of them"
        raise InvalidInput(f"{name}: expected the columns tag,time,value[,quality]; {named}", field="columns")


def decode_block(block: pa.RecordBatch, first_row: int, name: str) -> Decoded:
    """Samples of a record batch whose columns were checked; `first_row` is the number of its first row."""
    time = _times(block.column("time"))
    if "tag" in block.schema.names:
        rows = np.arange(first_row, first_row + len(time))
        return Decoded(_long(block, time, name), (), rows, "row")
    tags = tuple(column for column in block.schema.names if column != "time")
    value = np.empty((len(time), len(tags)))
    present = np.ones(value.shape, bool)
    for i, tag in enumerate(tags):
        column = block.column(tag)
        value[:, i] = _floats(column)
        if column.null_count:
            present[:, i] = column.is_valid().to_numpy(zero_copy_only=False)
    samples, rows = whole_rows(tags, time, value, present)
    return Decoded(samples, (), rows + first_row, "row")


def _numbered(blocks: Sequence[pa.RecordBatch], name: str) -> Iterator[Decoded]:
    row = 1
    for block in blocks:
        yield decode_block(block, row, name)
        row += block.num_rows


def _long(block: pa.RecordBatch, time: NDArray[np.datetime64], name: str) -> SampleBatch:
    tags, tag = _codes(block.column("tag"), "")
    value = _floats(block.column("value"))
    quality = np.full(len(value), Quality.GOOD, np.int8)
    if "quality" in block.schema.names:
        words, index = _codes(block.column("quality"), "good")
        quality = np.array([_known_quality(word, name) for word in words] or [0], np.int8)[index]
    finite = np.isfinite(value)
    return SampleBatch(
        tags,
        tag.astype(np.int32),
        time,
        np.where(finite, value, np.nan),
        np.where(finite, quality, Quality.BAD).astype(np.int8),
    )


def _codes(column: pa.Array, absent: str) -> tuple[tuple[str, ...], NDArray[np.integer]]:
    """Distinct texts, and for each row which one; `absent` stands for null."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    try:
        texts = tuple(absent if word is None else str(word) for word in encoded.dictionary.to_pylist())
    except UnicodeDecodeError as error:
        raise InvalidInput(f"a text is not UTF-8: {error}", field="body") from error
    if encoded.null_count == 0:
        return texts, encoded.indices.to_numpy()
    return (*texts, absent), encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)


def _known_quality(word: str, name: str) -> int:
    quality = quality_of(word)
    if quality is None:
        detail = f"{name}: column quality: {word!r} is not good, uncertain or bad"
        raise InvalidInput(detail, field="quality", value=word)
    return quality


def _floats(column: pa.Array) -> NDArray[np.float64]:
    """Null becomes NaN."""
    if not pa.types.is_float64(column.type):
        column = pc.cast(column, pa.float64(), safe=False)
    floats: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return floats


def _times(column: pa.Array) -> NDArray[np.datetime64]:
    """Microseconds in UTC, NaT for null and for what lies outside the range of times; nanoseconds are cut off."""
    counts = column.cast(pa.int64()).fill_null(np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)
    multiple = _PER_MICROSECOND.get(column.type.unit, 1)
    counts = counts // 1000 if column.type.unit == "ns" else counts
    low, high = (int(limit.astype(np.int64)) // multiple for limit in (EARLIEST, LATEST))
    inside = (counts >= low) & (counts <= high)
    if inside.all() and multiple == 1:
        return np.asarray(counts, np.int64).view("M8[us]")
    return np.where(inside, np.where(inside, counts, 0) * multiple, np.iinfo(np.int64).min).view("M8[us]")


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return any(test(kind) for test in tests)


def _require(fits: bool, name: str, field: pa.Field, expected: str) -> None:
    if not fits:
        raise InvalidInput(
            f"{name}: column {field.name} is {field.type}, expected {expected}",
            field=field.name,
            value=str(field.type),
        )


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(
            f"the body unpacks to {size} bytes, more than {limit}: send it in parts",
            field="body",
            value=size,
            limit=limit,
            unit="bytes",
        )
