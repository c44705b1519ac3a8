"""The command `foretell` and its subcommands."""

import sys
from importlib.metadata import version

import typer

from api.cli import (
    ask,
    bench,
    dashboards,
    db,
    demo,
    estimate,
    events,
    ingest,
    llm,
    mcp,
    models,
    report,
    train,
    up,
    whatif,
)
from api.cli.output import FAILED, Json, complain, print_json
from api.logs import configure
from twin.errors import ForetellError

INTERRUPTED = 130

EPILOG = "First steps: foretell demo, and in another terminal: foretell ask 'How is the plant?'"

app = typer.Typer(
    name="foretell",
    help="The digital twin of a plant that you can ask.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", epilog=demo.EPILOG)(demo.demo)
app.command("up", epilog=up.EPILOG)(up.up)
app.command("ask", epilog=ask.EPILOG)(ask.ask)
app.command("what-if", epilog=whatif.EPILOG)(whatif.what_if)
app.command("estimate", epilog=estimate.EPILOG)(estimate.estimate)
app.command("report", epilog=report.EPILOG)(report.report)
app.command("mcp", epilog=mcp.EPILOG)(mcp.mcp)
app.command("train", epilog=train.EPILOG)(train.train)
app.add_typer(events.app, name="events")
app.add_typer(models.app, name="models")
app.add_typer(llm.app, name="llm")
app.add_typer(ingest.app, name="ingest")
app.add_typer(dashboards.app, name="dashboards")
app.add_typer(db.app, name="db")
app.add_typer(bench.app, name="bench")


@app.command("version")
def show_version(*, as_json: Json = False) -> None:
    """Print the version of Foretell."""
    number = version("foretell")
    print_json({"version": number}) if as_json else typer.echo(number)


def main() -> None:
    """Run the command; an error of Foretell's own becomes a sentence on stderr and an exit code."""
    configure("WARNING")
    try:
        app()
    except ForetellError as error:
        complain(error, as_json="--json" in sys.argv)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
