"""The database schema, brought up to date step by step (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from twin.errors import SchemaMismatch
from twin.historian.connection import store_errors

_MIGRATION_LOCK = 0x466F726574656C  # any number that no other program locks: "Foretel" in ASCII


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date, or to an older revision; does nothing when it is.

    Several processes may call it at once: one migrates, the others wait for it. Raises SchemaMismatch when the
    database is newer than this Foretell, StoreUnavailable when it is away.
    """
    with store_errors(engine), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        refuse_newer(_current(connection))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def check_schema(engine: Engine) -> None:
    """Raise SchemaMismatch, naming both revisions, unless the schema is the one this Foretell was written for."""
    with store_errors(engine), engine.connect() as connection:
        refuse_newer(_current(connection))
        current, head = _current(connection), _head()
        if current != head:
            raise SchemaMismatch(
                f"the database schema is at revision {current or 'none'}, this Foretell needs {head}: migrate it",
                field="database_url",
                value=current,
                limit=head,
            )


def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at; None when it has no schema."""
    with store_errors(engine), engine.connect() as connection:
        return _current(connection)


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaMismatch for a revision that this Foretell does not know."""
    if revision is None:
        return
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise SchemaMismatch(
            f"the database schema is at revision {revision}, newer than {_head()}, the last one that this Foretell "
            "knows: upgrade Foretell",
            field="database_url",
            value=revision,
            limit=_head(),
        ) from error


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str:
    head = _scripts().get_current_head()
    if head is None:
        raise RuntimeError("this Foretell was packaged without its migrations")
    return head


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
