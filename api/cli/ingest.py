"""`foretell ingest`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import FAILED, Json, err, out, print_json
from api.progress import Stages
from api.routes.samples import Accepted

EPILOG = """Examples:

foretell ingest march.csv

foretell ingest *.parquet --json

A file has the columns tag,time,value[,quality], or time and one column per tag."""


def ingest(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet files.")],
    *,
    as_json: Json = False,
) -> None:
    """Import samples from files; importing a file again changes nothing. Exit code 1: samples were rejected."""
    from api.main import furnished, ingest_file

    results: dict[str, Accepted] = {}
    stages = Stages(err())
    with furnished(load_settings(), err(), with_model=False) as house:
        for path in files:
            with stages.stage(str(path)):
                results[str(path)] = ingest_file(house.pipeline, path)
    if as_json:
        print_json({path: result.model_dump() for path, result in results.items()})
    else:
        for name, result in results.items():
            out().print(_said(name, result), markup=False)
    if any(result.rejected for result in results.values()):
        raise typer.Exit(FAILED)


def _said(name: str, result: Accepted) -> str:
    reasons = "".join(f", {number} rejected ({reason})" for reason, number in result.rejected.items())
    return f"{name}: {result.accepted} accepted, {result.duplicates} there already{reasons}"
