"""Files of samples, block by block from any position on: delimited text, gzipped or not, and Parquet."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from ingest.formats.arrow import decode_block as decode_rows
from ingest.formats.arrow import open_parquet
from ingest.formats.decoded import Decoded
from ingest.formats.delimited import BLOCK_BYTES, PLAIN, Header, read_header
from ingest.formats.delimited import decode_block as decode_lines
from ingest.formats.dialect import Dialect
from twin.errors import InvalidInput

TEXT, PARQUET, GZIP = (".csv", ".txt", ".tsv"), ".parquet", ".gz"
_BLOCK_ROWS = 50_000
_LONGEST_LINE = 16 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file was read.

    Attributes:
        offset: bytes of the (unpacked) text, or rows of a Parquet file; 0 before the first block.
        line: lines of the text before it.
    """

    offset: int = 0
    line: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """A part of a file, and how far the file is read with it."""

    decoded: Decoded
    after: Place


def is_samples(path: Path) -> bool:
    """Whether the name ends like that of a file which can be read."""
    return _kind(path) is not None


def grows(path: Path) -> bool:
    """Whether lines may be appended to such a file: what was read of it stays as it is."""
    return path.suffix.lower() in TEXT


def read_blocks(
    path: Path, dialect: Dialect = PLAIN, start: Place = Place(), size: int | None = None
) -> Iterator[Block]:
    """The file's blocks from a place on; a line that cannot be read costs the others nothing.

    Of a text that grows only the first `size` bytes are read.

    Raises InvalidInput, which names the file, for one that is not there or as a whole cannot be read.
    """
    kind = _kind(path)
    if kind is None:
        expected = f"{', '.join((*TEXT, PARQUET))}, or one of the former with {GZIP}"
        raise InvalidInput(f"{path} is neither {expected}", field="file", value=str(path))
    if not path.is_file():
        raise InvalidInput(f"{path} is not there", field="file", value=str(path))
    read = _parquet(path, start) if kind == PARQUET else _text(path, dialect, start, size)
    try:
        yield from read
    except (pa.ArrowException, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(f"{path}: {error}", field="file", value=str(path)) from error


def header_of(path: Path, dialect: Dialect = PLAIN) -> Header | None:
    """The columns of a text; None for Parquet. Raises InvalidInput."""
    if _kind(path) == PARQUET:
        return None
    with _opened(path) as file:
        return read_header(file.read(BLOCK_BYTES), dialect, str(path))[0]


def _kind(path: Path) -> str | None:
    """The ending that says what is inside."""
    inner = path.with_suffix("") if path.suffix.lower() == GZIP else path
    ending = inner.suffix.lower()
    return ending if ending in TEXT or (ending == PARQUET and inner == path) else None


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix.lower() == GZIP else path.open("rb")


def _text(path: Path, dialect: Dialect, start: Place, size: int | None) -> Iterator[Block]:
    with _opened(path) as file:
        header, first = read_header(file.read(BLOCK_BYTES), dialect, str(path))
        place = start if start.offset else Place(first, header.lines)
        file.seek(place.offset)
        left = size - place.offset if size is not None and grows(path) else sys.maxsize
        for block in _line_blocks(file, path, left):
            decoded = decode_lines(block, place.line + 1, header, dialect, str(path))
            place = Place(place.offset + len(block), place.line + block.count(b"\n"))
            yield Block(decoded, place)


def _line_blocks(file: IO[bytes], path: Path, left: int) -> Iterator[bytes]:
    """Whole lines of the next `left` bytes, about BLOCK_BYTES at once; the last one need not be ended."""
    rest = b""
    while chunk := file.read(min(BLOCK_BYTES, max(left, 0))):
        left -= len(chunk)
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if end:
            yield block[:end]
        rest = block[end:]
        if len(rest) > _LONGEST_LINE:
            raise InvalidInput(
                f"{path}: a line has more than {_LONGEST_LINE} bytes",
                field="file",
                value=str(path),
                limit=_LONGEST_LINE,
                unit="bytes",
            )
    if rest:
        yield rest


def _parquet(path: Path, start: Place) -> Iterator[Block]:
    file = open_parquet(str(path), str(path))
    row = 0
    for group in range(file.metadata.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if row + rows <= start.offset:
            row += rows
            continue
        for batch in file.iter_batches(_BLOCK_ROWS, row_groups=[group], use_threads=False):
            known = min(max(start.offset - row, 0), batch.num_rows)
            row += batch.num_rows
            if known < batch.num_rows:
                fresh = batch.slice(known)
                yield Block(decode_rows(fresh, row - fresh.num_rows + 1, str(path)), Place(row))
