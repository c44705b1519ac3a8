"""`foretell dashboards`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import grafana
from api.cli.output import Json, print_json

app = typer.Typer(help="Grafana dashboards and alerts: built from code, pushed, compared.", no_args_is_help=True)
app.command("push", epilog=grafana.EPILOG)(grafana.push)
app.command("diff", epilog=grafana.EPILOG)(grafana.diff)
app.command("pull", epilog=grafana.EPILOG)(grafana.pull)
app.command("annotate", epilog=grafana.EPILOG)(grafana.annotate)

EPILOG = """Examples:

foretell dashboards build

foretell dashboards build --out /etc/grafana/provisioning --json

foretell dashboards build --check"""


@app.callback()
def group() -> None:
    """Grafana dashboards and alerts: built from code, pushed to a Grafana, compared with it."""


@app.command("build", epilog=EPILOG)
def build(
    out: Annotated[Path, typer.Option(help="Folder for the provisioning files.")] = Path("dashboards/provisioning"),
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when the files are stale.")] = False,
    as_json: Json = False,
) -> None:
    """Write dashboards, data source and alerts as Grafana's provisioning files."""
    from api.main import build_dashboards, stale_dashboards

    if check:
        stale = [str(path) for path in stale_dashboards(out)]
        print_json({"stale": stale}) if as_json else typer.echo(
            "\n".join(f"stale: {path}" for path in stale), nl=bool(stale)
        )
        raise typer.Exit(1 if stale else 0)
    written = [str(path) for path in build_dashboards(out)]
    print_json({"written": written}) if as_json else typer.echo("\n".join(written))
