"""`foretell events`."""

from typing import Annotated

import typer

from api.cli.client import connect, load_settings
from api.cli.output import Json, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_instant
from twin.operations.events import EventsFound

EPILOG = """Examples:

foretell events

foretell events --start 2026-03-01T22:00 --end 2026-03-02T06:00 --json"""


def events(
    start: Annotated[str | None, typer.Option(help="Begin of the window; default: 24 h before its end.")] = None,
    end: Annotated[str | None, typer.Option(help="End of the window; default: now.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """List what the twin noticed in a window: anomalies, responses to logged moves, the moves themselves."""
    with connect(load_settings()) as api:
        asked = {"start": start, "end": end}
        params = {name: parse_instant(text, api.zone).isoformat() for name, text in asked.items() if text}
        found = api.get("/v1/events", EventsFound, params)
        if as_json:
            print_json(found)
        else:
            Printer(out(), api.zone).events(found)
