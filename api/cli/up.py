"""`foretell up`."""

from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, print_json
from api.cli.signals import until_stopped, wait
from api.logs import configure
from api.roles import Role

EPILOG = """Examples:

foretell up

FORETELL_API_KEY=… FORETELL_HOST=0.0.0.0 foretell up api

foretell up worker"""


def up(
    role: Annotated[Role, typer.Argument(help="api, ingest, worker, or all of them in one process.")] = Role.ALL,
    port: Annotated[
        int | None,
        typer.Option(help="FORETELL_PORT for this run."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address; default: FORETELL_HOST, 127.0.0.1.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Run Foretell on the configured database until Ctrl-C or SIGTERM."""
    from api.up import running

    settings = load_settings(port=port, host=host)
    configure(settings.log_level)
    with until_stopped(), running(settings, role, err()) as run:
        url = f"{run.url}/?key={run.key}" if role.answers and settings.api_key is None else run.url
        print_json({"role": role.value, "url": url}) if as_json else typer.echo(f"{role.value} is up {url}")
        wait()
