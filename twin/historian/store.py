"""The database of one plant: transactions in which the numbers of its tags are known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

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

    def _introduce(self) -> None:
        if self._ids:
            return
        with store_errors(self.engine), self.engine.begin() as connection:
            self._kind = server_kind(connection)
            ids = describe_tags(connection, self.plant)
        self._ids = {tag.name: ids[tag.name] for tag in self.plant.tags}
