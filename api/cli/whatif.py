"""`foretell what-if`."""

from typing import Annotated

import typer

from api.cli.client import connect, load_settings
from api.cli.output import NO_ANSWER, Json, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_duration, parse_instant
from twin.scenario import Support, WhatIf

EPILOG = """Examples:

foretell what-if --move "sp.reactor_pressure=+40 kPa" --horizon 8h

foretell what-if --move "bias.a_feed=x0.9" --start 02:00 --horizon 4h --json

foretell what-if --move "sp.reactor_level=70 %" --move "sp.reactor_pressure=-20 kPa" """


def what_if(
    move: Annotated[list[str], typer.Option(help="TAG=+40 kPa, TAG=2745 kPa, TAG=-10 %, TAG=x0.9; repeatable.")],
    horizon: Annotated[str, typer.Option(help="How far to look: 8h, 90min.")] = "8h",
    start: Annotated[
        str | None, typer.Option(help="A past instant makes it a counterfactual: ISO 8601, or HH:MM of the plant.")
    ] = None,
    samples: Annotated[int, typer.Option(help="Futures drawn for the bands.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    *,
    as_json: Json = False,
) -> None:
    """Compare the plant under moves with the plant without them. Exit code 3: the twin refuses the scenario."""
    length = parse_duration(horizon).total_seconds()
    with connect(load_settings()) as api:
        moment = None if start is None else parse_instant(start, api.zone).isoformat()
        request = {"moves": move, "horizon": length, "start": moment, "samples": samples, "seed": seed}
        result = api.post("/v1/what-if", WhatIf, request)
        if as_json:
            print_json(result)
        else:
            Printer(out(), api.zone).what_if(result)
    if result.verdict.support is Support.REFUSED:
        raise typer.Exit(NO_ANSWER)
