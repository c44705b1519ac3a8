"""Files as a source: a list of them, or those that come to lie in a folder; gone on with where they were left."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import structlog
from pydantic import Field, model_validator

from ingest.file_positions import Position, Positions, digest_of, place_in
from ingest.file_reader import Block, Place, header_of, is_samples, read_blocks
from ingest.formats.decoded import NO_SAMPLES
from ingest.formats.delimited import PLAIN
from ingest.formats.dialect import Dialect
from ingest.source_config import SourceConfig, SourceContext
from twin.delivery import Delivery, Unreadable
from twin.duration import Duration
from twin.errors import InvalidInput, UnitMismatch
from twin.plant import Plant
from twin.sample import SampleBatch, SnapshotBatch
from twin.units import convert

log = structlog.get_logger(__name__)

_CENTURY = timedelta(days=36_525)


class FilesConfig(SourceConfig):
    """CSV and Parquet files: a list, which is read once, or a folder, which is watched."""

    kind: Literal["files"] = "files"
    files: tuple[Path, ...] = Field(default=(), description="Files that are read once")
    folder: Path | None = Field(default=None, description="Or a folder that is looked through again and again")
    pattern: str = Field(default="*", description="Which of the folder's files; **/*.csv goes into its folders too")
    poll: Duration = Field(default=timedelta(seconds=10), description="How often the folder is looked through")
    settle: Duration = Field(default=timedelta(seconds=5), description="How long a file must be as it is to be read")
    dialect: Dialect = Field(default=PLAIN, description="How delimited files are written")
    max_age: Duration = Field(default=_CENTURY, description="Samples older than this become dead letters")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.files) == (self.folder is not None):
            raise ValueError("either files or folder")
        return self

    def build(self, context: SourceContext) -> "FileSource":
        """The source; nothing is opened yet."""
        return FileSource(self, context)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it is now."""

    path: Path
    size: int
    mtime_ns: int


class FileSource:
    """Gives every file's samples once; what was not acknowledged comes again after a restart.

    A file that as a whole cannot be read becomes an Unreadable, and is tried again when it has changed. A text that
    grew goes on behind its last line; another file of the same name, or one that was written anew, is read from its
    start.
    """

    def __init__(self, config: FilesConfig, context: SourceContext) -> None:
        self._config = config
        self._plant: Plant = context.plant
        self._state = context.state
        self._positions: Positions | None = None
        self._read: dict[Path, _Seen] = {}
        self._there = True

    @property
    def name(self) -> str:
        """For logs and metrics."""
        return self._config.name

    @property
    def connected(self) -> bool:
        """Whether the folder is there."""
        return self._positions is not None and self._there

    async def __aenter__(self) -> Self:
        for path in self._config.files:
            if not path.is_file() or not is_samples(path):
                raise InvalidInput(
                    f"{path} is not there or no .csv, .txt, .tsv or .parquet", field="files", value=str(path)
                )
        self._positions = await asyncio.to_thread(Positions, self._state)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._positions is not None:
            self._positions.close()
            self._positions = None

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while True:
            for seen in await asyncio.to_thread(self._waiting):
                async for delivery in self._deliveries(seen):
                    yield delivery
                self._read[seen.path] = seen
            if self._config.folder is None:
                return
            await asyncio.sleep(self._config.poll.total_seconds())

    async def acknowledge(self, delivery: Delivery) -> None:
        """Keep how far the delivery's file is safe."""
        if isinstance(delivery.receipt, tuple):
            await asyncio.to_thread(self._keep, *delivery.receipt)

    def _keep(self, seen: _Seen, place: Place) -> None:
        if self._positions is None:
            raise RuntimeError("the source is not open")
        try:
            digest = digest_of(seen.path, seen.size, place)
        except OSError as error:  # moved away meanwhile: if it comes back it is read again, which is harmless
            log.warning("file gone", source=self.name, file=str(seen.path), reason=str(error))
        else:
            self._positions.put(seen.path, Position(seen.size, seen.mtime_ns, digest, place))

    async def _deliveries(self, seen: _Seen) -> AsyncIterator[Delivery]:
        blocks = self._blocks(seen)
        while True:
            try:
                block = await asyncio.to_thread(next, blocks, None)
            except (InvalidInput, OSError) as error:
                yield self._unreadable(seen, error)
                return
            if block is None:
                return
            if len(block.decoded.samples) or block.decoded.unreadable:
                yield block.decoded.delivery((seen, block.after))

    def _blocks(self, seen: _Seen) -> Iterator[Block]:
        known = None if self._positions is None else self._positions.get(seen.path)
        start = place_in(seen.path, seen.size, seen.mtime_ns, known)
        self._check_units(seen.path)
        yield from read_blocks(seen.path, self._config.dialect, start, seen.size)

    def _unreadable(self, seen: _Seen, error: Exception) -> Delivery:
        detail = str(error)
        log.warning("file not read", source=self.name, file=str(seen.path), reason=detail)
        return Delivery(NO_SAMPLES, (Unreadable(str(seen.path).encode(), "unreadable file", detail),))

    def _check_units(self, path: Path) -> None:
        """Raise UnitMismatch when the file states a unit that the source's `tags` does not."""
        header = header_of(path, self._config.dialect)
        if header is None or header.units is None or header.long:
            return
        for column, unit in zip(header.names, header.units, strict=True):
            if column not in ("", "time") and unit:
                self._check_unit(path, column, unit)

    def _check_unit(self, path: Path, column: str, unit: str) -> None:
        mapping = self._config.tags.get(column)
        name = column if mapping is None else mapping.tag
        if name not in self._plant:
            return
        tag = self._plant.tag(name)
        expected = tag.unit if mapping is None or mapping.unit is None else mapping.unit
        same = unit == expected or all(convert(v, unit, tag) == convert(v, expected, tag) for v in (0.0, 1.0))
        if not same:
            raise UnitMismatch(
                f"{path}: column {column} is in {unit}, expected {expected}: state its unit in `tags`",
                field=column,
                value=unit,
                limit=expected,
                unit=expected,
            )

    def _waiting(self) -> list[_Seen]:
        """Files that are not yet read as they are now, in the order of their names."""
        found = [seen for path in self._candidates() if (seen := _look(path)) and self._read.get(path) != seen]
        if self._config.folder is None:
            return found
        latest = time.time_ns() - int(self._config.settle.total_seconds() * 1e9)
        return [seen for seen in found if seen.mtime_ns <= latest]

    def _candidates(self) -> list[Path]:
        folder = self._config.folder
        if folder is None:
            return list(self._config.files)
        self._there = folder.is_dir()
        return sorted(path for path in folder.glob(self._config.pattern) if path.is_file() and is_samples(path))


def read_samples(path: Path, dialect: Dialect = PLAIN) -> Iterator[SampleBatch]:
    """The file's samples, block by block.

    Raises InvalidInput, which names file, line or row, and column, at the first that cannot be read.
    """
    for block in read_blocks(path, dialect):
        if block.decoded.unreadable:
            raise InvalidInput(block.decoded.unreadable[0].detail, field="file", value=str(path))
        samples = block.decoded.samples
        yield samples.samples() if isinstance(samples, SnapshotBatch) else samples


def _look(path: Path) -> _Seen | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return _Seen(path, stat.st_size, stat.st_mtime_ns)
