"""`foretell db`: the schema of the historian."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, print_json

app = typer.Typer(help="Look after the historian's database.", no_args_is_help=True)

EPILOG = """Examples:

foretell db check

FORETELL_DATABASE_URL=postgresql://user:secret@host/foretell foretell db upgrade --json

psql "$(foretell db url)" (while foretell demo or foretell up runs)"""


@contextmanager
def _database() -> Iterator[str]:
    from api.main import database

    with database(load_settings(), err()) as url:
        yield url


@app.command("upgrade", epilog=EPILOG)
def upgrade(*, as_json: Json = False) -> None:
    """Bring the schema to this version of Foretell."""
    from api.main import upgrade as bring_up

    with _database() as url:
        bring_up(url)
    print_json({"ok": True}) if as_json else typer.echo("The schema is that of this version.")


@app.command("check", epilog=EPILOG)
def check(*, as_json: Json = False) -> None:
    """Say whether the database is reachable and its schema is this version's."""
    from api.main import check as look

    with _database() as url:
        look(url)
    text = "The database is reachable; its schema is that of this version."
    print_json({"ok": True}) if as_json else typer.echo(text)


@app.command("url", epilog=EPILOG)
def show_url(*, as_json: Json = False) -> None:
    """Print the database's URL, with its password. Without FORETELL_DATABASE_URL it changes from run to run."""
    with _database() as url:
        plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    print_json({"url": plain}) if as_json else typer.echo(plain)
