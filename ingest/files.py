"""Samples from CSV and Parquet files, in long form (tag, time, value[, quality]) or wide (time, a column per tag)."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from twin.delivery import Delivery
from twin.errors import InvalidInput
from twin.sample import Quality, SampleBatch

_TIME = pa.timestamp("us", tz="UTC")
_LONG = ("tag", "time", "value")
_QUALITY = {name: quality for quality in Quality for name in (quality.name.lower(), str(int(quality)))}
_BLOCK_BYTES = 1 << 20
_BLOCK_ROWS = 50_000


def read_samples(path: Path) -> Iterator[SampleBatch]:
    """The file's samples, block by block.

    Times carry a zone or an offset. An empty cell is no sample in a wide file and a sample of bad quality in a
    long one. Raises InvalidInput that names file, column and, for CSV, line.
    """
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix.lower() not in readers:
        raise InvalidInput(f"{path} is neither .csv nor .parquet", field="file", value=str(path))
    if not path.is_file():
        raise InvalidInput(f"{path} is not there", field="file", value=str(path))
    try:
        for table in readers[path.suffix.lower()](path):
            yield _long(path, table) if "tag" in table.column_names else _wide(table)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path}: {error}", field="file", value=str(path)) from error


class FileSource:
    """A file as a source: it gives its samples once and ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return f"file:{self._path.name}"

    @property
    def connected(self) -> bool:
        """Always: a file is there or refused."""
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        batches = read_samples(self._path)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            yield Delivery(batch)

    async def acknowledge(self, delivery: Delivery) -> None:
        """The file stays as it is."""


def _read_csv(path: Path) -> Iterator[pa.RecordBatch]:
    columns = _check_columns(path, _header(path))
    types = {name: pa.string() if name in ("tag", "quality") else pa.float64() for name in columns}
    reader = arrow_csv.open_csv(
        path,
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types | {"time": _TIME}, null_values=["", "nan", "NaN", "null"], strings_can_be_null=True
        ),
    )
    yield from reader


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return next(csv.reader(lines), [])


def _read_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    file = parquet.ParquetFile(path)
    columns = _check_columns(path, file.schema_arrow.names)
    time = file.schema_arrow.field("time").type
    if not pa.types.is_timestamp(time) or time.tz is None:
        raise InvalidInput(f"{path}: column time is {time}, expected a timestamp with a time zone", field="time")
    for block in file.iter_batches(_BLOCK_ROWS):
        yield pa.RecordBatch.from_arrays([_cast(path, block, name) for name in columns], names=list(columns))


def _cast(path: Path, block: pa.RecordBatch, name: str) -> pa.Array:
    target = _TIME if name == "time" else pa.string() if name in ("tag", "quality") else pa.float64()
    try:
        return pc.cast(block.column(name), target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InvalidInput(f"{path}: column {name}: {error}", field=name) from error


def _check_columns(path: Path, columns: list[str]) -> list[str]:
    """The columns, when they are those of a long or a wide file."""
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{path}:1: column {twice} is there twice", field=twice)
    if "time" not in columns or len(columns) < 2:
        raise InvalidInput(
            f"{path}:1: the columns are {', '.join(columns) or 'none'}, expected tag,time,value[,quality] "
            "or time and a column per tag",
            field="columns",
        )
    missing = [name for name in _LONG if name not in columns]
    further = set(columns) - {*_LONG, "quality"}
    if "tag" in columns and (missing or further):
        named = f"{missing[0]} is missing" if missing else f"{min(further)} is not one of them"
        raise InvalidInput(f"{path}:1: expected the columns tag,time,value[,quality]; {named}", field="columns")
    return columns


def _times(column: pa.Array) -> NDArray[np.datetime64]:
    times: NDArray[np.datetime64] = column.to_numpy(zero_copy_only=False).astype("datetime64[us]")
    return times


def _long(path: Path, table: pa.RecordBatch) -> SampleBatch:
    tags = table.column("tag").fill_null("").dictionary_encode()
    value = table.column("value").to_numpy(zero_copy_only=False).astype(np.float64)
    stated = table.column("quality") if "quality" in table.column_names else None
    quality = np.full(len(value), Quality.GOOD, np.int8) if stated is None else _qualities(path, stated)
    return SampleBatch(
        tuple(tags.dictionary.to_pylist()),
        tags.indices.to_numpy().astype(np.int32),
        _times(table.column("time")),
        np.where(np.isfinite(value), value, np.nan),
        np.where(np.isfinite(value), quality, Quality.BAD).astype(np.int8),
    )


def _qualities(path: Path, column: pa.Array) -> NDArray[np.int8]:
    words = column.fill_null("good").dictionary_encode()
    codes = []
    for word in words.dictionary.to_pylist():
        if word.strip().lower() not in _QUALITY:
            raise InvalidInput(
                f"{path}: column quality: {word!r} is not good, uncertain or bad", field="quality", value=word
            )
        codes.append(_QUALITY[word.strip().lower()])
    qualities: NDArray[np.int8] = np.array(codes, dtype=np.int8)[words.indices.to_numpy()]
    return qualities


def _wide(table: pa.RecordBatch) -> SampleBatch:
    tags = tuple(name for name in table.column_names if name != "time")
    time = _times(table.column("time"))
    values = np.stack([table.column(tag).to_numpy(zero_copy_only=False).astype(np.float64) for tag in tags], axis=1)
    row, tag = np.nonzero(~np.isnan(values))
    value = values[row, tag]
    quality = np.where(np.isfinite(value), Quality.GOOD, Quality.BAD).astype(np.int8)
    return SampleBatch(tags, tag.astype(np.int32), time[row], np.where(np.isfinite(value), value, np.nan), quality)
