"""`foretell db`: the schema of the historian, its backup and its way back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, print_json
from api.progress import Stages

app = typer.Typer(help="Look after the historian's database.", no_args_is_help=True)

EPILOG = """Examples:

foretell db check

FORETELL_DATABASE_URL=postgresql://user:secret@host/foretell foretell db upgrade --json

foretell db backup plant.foretell

FORETELL_DATABASE_URL=postgresql://user:secret@host/empty foretell db restore plant.foretell

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


@app.command("backup", epilog=EPILOG)
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")], *, as_json: Json = False) -> None:
    """Write everything that the historian holds into one file; writers go on meanwhile."""
    from api.main import back_up

    with _database() as url, Stages(err()).stage("Backup") as report:
        rows = back_up(url, file, report)
    size = file.stat().st_size
    text = f"{file} holds {rows:,} rows in {size / 1e6:,.1f} MB."
    print_json({"file": str(file), "rows": rows, "bytes": size}) if as_json else typer.echo(text)


@app.command("restore", epilog=EPILOG)
def restore(file: Annotated[Path, typer.Argument(help="A backup.")], *, as_json: Json = False) -> None:
    """Put a backup into an empty database, on any kind of server."""
    from api.main import restore as put_back

    with _database() as url, Stages(err()).stage("Restore") as report:
        rows = put_back(url, file, report)
    print_json({"file": str(file), "rows": rows}) if as_json else typer.echo(f"{rows:,} rows are back.")
