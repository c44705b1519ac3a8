"""Reaching the database, and saying clearly when it is away."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from twin.errors import ConfigurationError, StoreUnavailable
from twin.historian.arrays import register

_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
_SESSION = {
    "timezone": "UTC",
    "jit": "off",  # compiling takes longer than any query here
    # a client that is gone without a word must not keep its locks: 10 s idle, then three probes 5 s apart
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "idle_in_transaction_session_timeout": 60_000,
}
_PROBES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
"""The same from this side, so that a write into a network that is cut ends."""


def open_engine(url: str) -> Engine:
    """An engine for a postgresql:// URL, whatever driver it names; connects on first use.

    Raises ConfigurationError when the URL is none of Postgres.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "the database URL cannot be read: write postgresql://user:password@host:5432/database",
            field="database_url",
        ) from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigurationError(
            f"the historian needs Postgres, not {parsed.drivername}", field="database_url", value=parsed.drivername
        )
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "foretell",
            "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
            **_PROBES,
        },
    )
    event.listen(engine, "connect", lambda connection, _: register(connection))
    return engine


@contextmanager
def store_errors(engine: Engine) -> Iterator[None]:
    """Turn errors of the connection into StoreUnavailable with host and database, never the password."""
    try:
        yield
    except (DBAPIError, PoolTimeout, *_AWAY) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, (*_AWAY, PoolTimeout)):
            raise
        url = engine.url
        where = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}"
        raise StoreUnavailable(f"the historian at {where} is not reachable: {_reason(cause)}") from error


def lost_a_deadlock(error: StoreUnavailable) -> bool:
    """Whether the server broke the transaction off for the sake of another one, so that it can be run again at once.

    The jobs that move chunks of TimescaleDB into the columnstore get in the way of late samples like that.
    """
    cause = error.__cause__
    return isinstance(cause.orig if isinstance(cause, DBAPIError) else cause, psycopg.errors.DeadlockDetected)


def _reason(cause: Exception) -> str:
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
