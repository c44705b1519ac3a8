"""What kind of server the historian runs on."""

from enum import Enum, auto

from sqlalchemy import Connection, text

from twin.errors import ConfigurationError

_OLDEST = (2, 19, 1)
_EXTENSION = text("""
    SELECT extversion AS version, current_setting('timescaledb.license', true) AS license
    FROM pg_extension WHERE extname = 'timescaledb'
""")


class Kind(Enum):
    """Plain Postgres, with native partitions, or TimescaleDB, with hypertables."""

    PLAIN = auto()
    TIMESCALE = auto()


def server_kind(connection: Connection) -> Kind:
    """The kind of the database's server.

    Raises ConfigurationError for a TimescaleDB before 2.19.1, which loses rows on a conflict in the columnstore
    (https://github.com/timescale/timescaledb/issues/7672), and for its Apache edition, which has no columnstore.
    """
    found = connection.execute(_EXTENSION).one_or_none()
    if found is None:
        return Kind.PLAIN
    if _numbers(found.version) < _OLDEST:
        raise ConfigurationError(
            f"the server has TimescaleDB {found.version}, which can lose rows when a sample is corrected: "
            f"the historian needs {'.'.join(map(str, _OLDEST))} or newer",
            field="database_url",
            value=found.version,
            limit=".".join(map(str, _OLDEST)),
        )
    if found.license == "apache":
        raise ConfigurationError(
            "the server runs TimescaleDB under the licence apache, without columnstore and continuous aggregates: "
            "set timescaledb.license = 'timescale', or use a database without the extension",
            field="database_url",
            value=found.license,
            limit="timescale",
        )
    return Kind.TIMESCALE


def _numbers(version: str) -> tuple[int, ...]:
    """2.23.0-dev is (2, 23, 0)."""
    return tuple(int(part) for part in version.split("-")[0].split("."))
