"""`foretell ingest`: files in, and the way in looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import Api, connected, load_settings, local
from api.cli.output import FAILED, Json, err, out, print_json
from api.progress import Stages
from api.roles import Role
from api.routes.ingest import DeadLetterPage, IngestStatus, Purged, ReplayResult, SourceStatus
from api.routes.samples import Accepted
from twin.errors import ConfigurationError

app = typer.Typer(help="Bring samples in, and see how they come in.", no_args_is_help=True)
letters = typer.Typer(help="What was refused: list it, try it again, delete it.", no_args_is_help=True)
app.add_typer(letters, name="dead-letters")

IMPORT_EPILOG = """Examples:

foretell ingest import march.csv

foretell ingest import *.parquet --json

A file has the columns tag,time,value[,quality], or time and one column per tag."""


@app.command("import", epilog=IMPORT_EPILOG)
def import_files(
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
        print_json({path: result.model_dump(mode="json") for path, result in results.items()})
    else:
        for name, result in results.items():
            out().print(_said(name, result), markup=False)
    if any(result.rejected for result in results.values()):
        raise typer.Exit(FAILED)


@app.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="ingest.yaml; default: FORETELL_INGEST_FILE.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say what is wrong in ingest.yaml, with file, line and field; connects to nothing."""
    from api.main import read_ingest, read_plant

    settings = load_settings(ingest_file=file)
    if settings.ingest_file is None:
        raise ConfigurationError("name ingest.yaml, or set FORETELL_INGEST_FILE", field="FORETELL_INGEST_FILE")
    config = read_ingest(settings, read_plant(settings))
    sources = {source.name: len(source.tags) for source in config.sources}
    if as_json:
        print_json({"ok": True, "sources": sources})
        return
    for name, tags in sources.items():
        out().print(f"{name}: {f'{tags} addresses mapped' if tags else 'addresses are tag names'}", markup=False)


@app.command("browse")
def browse(
    url: Annotated[str, typer.Argument(help="opc.tcp://host:4840, with security none.")],
    *,
    as_json: Json = False,
) -> None:
    """Print the variables of an OPC UA server as a `tags` section for ingest.yaml."""
    from api.main import browse_opc_ua

    section = browse_opc_ua(load_settings(), url)
    print_json({"section": section}) if as_json else typer.echo(section)


@app.command("status")
def status(*, as_json: Json = False) -> None:
    """Rate, lag and rejects of each source, the depth of the spool, dead letters, silent tags."""
    with _ingest() as api:
        found = api.get("/v1/ingest", IngestStatus)
    if as_json:
        print_json(found)
        return
    for source in found.sources:
        out().print(_source(source), markup=False, soft_wrap=True)
    spool, dead = found.spool, found.dead_letters
    out().print(f"Spool: {spool.samples} samples, {spool.bytes / 1e6:.1f} of {spool.limit_bytes / 1e6:.0f} MB")
    out().print(f"Dead letters: {_listed(dead.by_reason)}; given up: {_listed(dead.given_up)}", markup=False)
    for silent in found.silent:
        out().print(silent.message, markup=False)


@letters.command("list")
def list_letters(
    after: Annotated[int, typer.Option(help="Only letters with a higher number.")] = 0,
    *,
    as_json: Json = False,
) -> None:
    """What was refused, and why."""
    with _ingest() as api:
        page = api.get("/v1/ingest/dead-letters", DeadLetterPage, {"after": str(after)})
    if as_json:
        print_json(page)
        return
    for letter in page.letters:
        head = f"{letter.number}  {letter.last_at:%Y-%m-%d %H:%M:%S}  {letter.source}  {letter.reason}"
        out().print(f"{head}  {letter.samples} x {letter.times}: {letter.detail}", markup=False, soft_wrap=True)


@letters.command("replay")
def replay(*, as_json: Json = False) -> None:
    """Try all again, after plant file, mapping or clock were corrected. Exit code 1: some were refused again."""
    with _ingest() as api:
        result = api.post("/v1/ingest/dead-letters/replay", ReplayResult, {})
    if as_json:
        print_json(result)
    else:
        said = f"{result.stored} stored, {result.duplicates} there already, {_listed(result.refused)} refused again"
        out().print(f"{said}, {result.unreadable} payloads unreadable", markup=False)
    if result.refused or result.unreadable:
        raise typer.Exit(FAILED)


@letters.command("purge")
def purge(
    source: Annotated[str | None, typer.Option(help="Only those of this source.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Delete them for good."""
    with _ingest() as api:
        result = api.delete("/v1/ingest/dead-letters", Purged, {} if source is None else {"source": source})
    print_json(result) if as_json else typer.echo(f"{result.letters} dead letters deleted")


@contextmanager
def _ingest() -> Iterator[Api]:
    """The process that ingests: that of FORETELL_URL, or the one that runs on this data folder."""
    settings = load_settings()
    run = local(settings, Role.INGEST) or local(settings, Role.ALL)
    if run is None:
        raise ConfigurationError(
            f"nothing ingests on {settings.data_dir}: start `foretell up`, or set FORETELL_URL",
            field="FORETELL_DATA_DIR",
            value=str(settings.data_dir),
        )
    with connected(run) as api:
        yield api


def _source(source: SourceStatus) -> str:
    state = {True: "connected", False: "not connected", None: "no stream"}[source.connected]
    error = f" ({source.last_error})" if source.last_error and not source.connected else ""
    skew = f"{_seconds(source.skew_s)}{', beyond its limit' if source.skewed else ''}"
    return (
        f"{source.name}: {state}{error}, {source.rate:.1f} samples/s, lag {_seconds(source.lag_s)}, skew {skew}\n"
        f"  {source.accepted} stored, {source.duplicates} there already, {source.corrected} corrected, "
        f"{source.late} late, {source.thinned} thinned, {source.dropped} dropped\n"
        f"  rejected: {_listed(source.rejected)}; waiting: {source.waiting}; spooled: {source.spooled}"
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in numbers.items()) or "0"


def _said(name: str, result: Accepted) -> str:
    reasons = "".join(f", {number} rejected ({reason})" for reason, number in result.rejected.items())
    corrected = f" ({result.corrected} corrected)" if result.corrected else ""
    return f"{name}: {result.accepted} accepted{corrected}, {result.duplicates} there already{reasons}"
