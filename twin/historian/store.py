"""The database of one plant: transactions in which the numbers of its tags are known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from twin.historian.connection import store_errors
from twin.historian.server import Kind, server_kind
from twin.historian.tags import describe_tags
from twin.plant import Plant


class Store:
    """What reading and writing stand on: one engine, one plant, and the ids of the plant's tags.

    At the first transaction the tag table is brought in line with the plant file.
    """

    def __init__(self, engine: Engine, plant: Plant) -> None:
        self.engine = engine
        self.plant = plant
        self._ids: dict[str, int] = {}
        self._kind = Kind.PLAIN
        self._numbered: tuple[tuple[str, ...], NDArray[np.int32]] = (), np.empty(0, np.int32)

    @property
    def ids(self) -> Mapping[str, int]:
        """The id of every tag of the plant, in the plant's order."""
        self._introduce()
        return self._ids

    @property
    def kind(self) -> Kind:
        """What the server is."""
        self._introduce()
        return self._kind

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction, with the ids known; raises StoreUnavailable, and ConfigurationError for another unit."""
        self._introduce()
        with store_errors(self.engine), self.engine.begin() as connection:
            yield connection

    def numbers(self, tags: tuple[str, ...]) -> NDArray[np.int32]:
        """The ids of these tags; raises UnknownTag. A stream's batches name the same tags again and again."""
        known, numbers = self._numbered
        if known is not tags:
            ids, plant = self.ids, self.plant
            numbers = np.array([ids[plant.tag(name).name] for name in tags], dtype=np.int32)
            self._numbered = tags, numbers
        return numbers

    def _introduce(self) -> None:
        if self._ids:
            return
        with store_errors(self.engine), self.engine.begin() as connection:
            self._kind = server_kind(connection)
            ids = describe_tags(connection, self.plant)
        self._ids = {tag.name: ids[tag.name] for tag in self.plant.tags}
