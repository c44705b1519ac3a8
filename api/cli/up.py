"""`foretell up`."""

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import Json, err, print_json
from api.logs import configure

EPILOG = """Examples:

foretell up

FORETELL_API_KEY=… FORETELL_HOST=0.0.0.0 foretell up api

foretell up worker"""


class Role(StrEnum):
    """Which part of Foretell a process plays."""

    ALL = "all"
    API = "api"
    INGEST = "ingest"
    WORKER = "worker"


def up(
    role: Annotated[Role, typer.Argument(help="api, ingest, worker, or all of them in one process.")] = Role.ALL,
    port: Annotated[int | None, typer.Option(help="Port of the API; default: FORETELL_PORT, 8600.")] = None,
    host: Annotated[str | None, typer.Option(help="Address; default: FORETELL_HOST, 127.0.0.1.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Run Foretell on the configured database until Ctrl-C or SIGTERM."""
    from api.main import run

    settings = load_settings(port=port, host=host)
    configure(settings.log_level)
    with run(settings, role.value, err()) as (url, wait):
        print_json({"role": role.value, "url": url}) if as_json else typer.echo(url or f"{role.value} is at work")
        wait()
