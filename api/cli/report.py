"""`foretell report`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import connect, load_settings
from api.cli.output import Json, err, print_json
from api.report.document import Format
from twin.operations.shift_report import ShiftReport

EPILOG = """Examples:

foretell report

foretell report --shift night --day 2026-03-01 --format pdf --out night.pdf"""


def report(
    shift: Annotated[str | None, typer.Option(help="Name of the shift; default: the one completed last.")] = None,
    day: Annotated[str | None, typer.Option(help="Day on which it began: YYYY-MM-DD.")] = None,
    form: Annotated[Format, typer.Option("--format", help="md, html or pdf.")] = Format.MARKDOWN,
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Report a shift: events and why, moves, limits passed, what was written down."""
    asked = {name: value for name, value in (("shift", shift), ("day", day)) if value is not None}
    with connect(load_settings()) as api:
        if as_json:
            print_json(api.get("/v1/reports/shift", ShiftReport, asked))
            return
        document = api.download(f"/v1/reports/shift/{form.value}", asked)
    if out is None:
        sys.stdout.buffer.write(document)
    else:
        out.write_bytes(document)
        err().print(f"Written: {out}", markup=False)
