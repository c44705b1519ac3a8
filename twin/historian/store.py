"""The database of one plant: transactions in which the numbers of its tags are known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from twin.historian.connection import store_errors
from twin.historian.tags import describe_tags
from twin.plant import Plant


class Store:
    """What reading and writing stand on: one engine, one plant, and the ids of the plant's tags.

    The ids are read, and the tag table brought in line with the plant file, at the first transaction.
    """

    def __init__(self, engine: Engine, plant: Plant) -> None:
        self.engine = engine
        self.plant = plant
        self._ids: dict[str, int] = {}

    @property
    def ids(self) -> Mapping[str, int]:
        """The id of every tag of the plant, in the plant's order; empty before the first transaction."""
        return self._ids

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction, with the ids known; raises StoreUnavailable, and ConfigurationError for another unit."""
        with store_errors(self.engine):
            if not self._ids:
                with self.engine.begin() as connection:
                    ids = describe_tags(connection, self.plant)
                self._ids = {tag.name: ids[tag.name] for tag in self.plant.tags}
            with self.engine.begin() as connection:
                yield connection
