"""How far a server's variables are safe: kept over a restart."""

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from pydantic import BaseModel, ValidationError

from twin.errors import ConfigurationError

_WRITE_EVERY_S = 1.0


class _File(BaseModel):
    begun: dict[str, int] = {}
    positions: dict[str, int] = {}
    backfilled: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is safe once a delivery and all before it are: times in microseconds since the epoch, UTC.

    Attributes:
        positions: source time up to which nothing is missing, by address.
        backfilled: start of a backfill that is complete, by address.
    """

    positions: Mapping[str, int] = field(default_factory=dict)
    backfilled: Mapping[str, int] = field(default_factory=dict)


class Positions:
    """The source time up to which every variable is safe. The file is at most a second behind."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError when the file cannot be read."""
        self._path = path
        self._file = _read(path)
        self._changed = False
        self._written = 0.0

    def position(self, address: str) -> int:
        """Microseconds since the epoch; before a variable's first sample when it was first subscribed."""
        return self._file.positions.get(address, self._file.begun[address])

    def begin(self, addresses: Iterable[str], at: int) -> None:
        """Variables that are new start here; written at once."""
        new = {address: at for address in addresses if address not in self._file.begun}
        if new:
            self._file.begun.update(new)
            self._changed = True
            self.write()

    def backfill_needed(self, addresses: Iterable[str], since: int) -> list[str]:
        """Those whose history was not yet read from that time on."""
        done = self._file.backfilled
        return [address for address in addresses if done.get(address, since + 1) > since]

    def move(self, receipt: Receipt) -> None:
        """Forward only."""
        for address, time_us in receipt.positions.items():
            if time_us > self._file.positions.get(address, time_us - 1):
                self._file.positions[address] = time_us
                self._changed = True
        if receipt.backfilled:
            self._file.backfilled.update(receipt.backfilled)
            self._changed = True

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return self._changed and time.monotonic() - self._written >= _WRITE_EVERY_S

    def write(self) -> None:
        """All or nothing, on the disk when it returns."""
        if not self._changed:
            return
        self._changed, self._written = False, time.monotonic()
        content = orjson.dumps(self._file.model_dump())
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f"{self._path.name}.tmp")
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)


def _read(path: Path) -> _File:
    if not path.is_file():
        return _File()
    try:
        return _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ConfigurationError(
            f"{path} does not hold the positions of an OPC UA source; without it the source starts at the present",
            field="state",
            value=str(path),
        ) from error
