"""`foretell estimate`."""

from typing import Annotated

import typer

from api.cli.client import connect, load_settings
from api.cli.output import Json, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_instant
from twin.operations.estimate import Estimate

EPILOG = """Examples:

foretell estimate reactor_pressure

foretell estimate separator_level --since 02:30 --json"""


def estimate(
    tag: Annotated[str, typer.Argument(help="The tag that is missing, bad or not believed.")],
    at: Annotated[str | None, typer.Option(help="Instant: ISO 8601, or HH:MM of the plant; default: now.")] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Leave out its values after this; default: after its last good one, or an hour."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what a tag should show by all the others, with a band: a virtual sensor."""
    with connect(load_settings()) as api:
        asked = {"at": at, "since": since}
        params = {name: parse_instant(text, api.zone).isoformat() for name, text in asked.items() if text}
        found = api.get(f"/v1/tags/{tag}/estimate", Estimate, params)
        if as_json:
            print_json(found)
        else:
            Printer(out(), api.zone).estimate(found)
