"""`foretell dashboards push`, `diff`, `pull`, `annotate`: a Grafana that one already has."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.client import Api, connect, load_settings
from api.cli.output import Json, err, out, print_json
from api.cli.times import parse_instant
from api.routes.plant import PlantView
from twin.clock import Span
from twin.operations.events import EventsFound

if TYPE_CHECKING:
    from api.main import GrafanaDesk

EPILOG = """Examples:

foretell dashboards push --url https://grafana.example --dry-run

foretell dashboards diff foretell-overview

foretell dashboards pull --out edited

foretell dashboards annotate --start 2026-03-01T22:00

Exit codes: 0 done, 1 failed, 4 something was left alone (push) or differs (diff)."""

DIFFERS = 4
SHOWN = 20
ADDRESS = "Grafana's address; default: FORETELL_GRAFANA_URL."
Url = Annotated[str | None, typer.Option("--url", help=ADDRESS)]
Token = Annotated[str | None, typer.Option(help="A service account's token; better in FORETELL_GRAFANA_TOKEN.")]
Ca = Annotated[Path | None, typer.Option(help="File with the authority of Grafana's certificate.", exists=True)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]


TOLD = {
    "missing": "made",
    "older": "updated",
    "same": "unchanged",
    "edited by hand": "left alone: edited by hand (`pull` fetches it, `push --force` replaces it)",
    "provisioned from a file": "left alone: provisioned from a file",
}
FORCED = {"edited by hand": "replaced, it was edited by hand", "same": "written anew, with its secret"}


def push(
    url: Url = None,
    token: Token = None,
    ca: Ca = None,
    console: Annotated[str | None, typer.Option(help="The console as people reach it.")] = None,
    webhook: Annotated[str | None, typer.Option(help="/v1/alerts/grafana as Grafana reaches it.")] = None,
    *,
    dry_run: DryRun = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also replace dashboards edited by hand, and write secrets anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring dashboards, data source, contact point, policy and alert rules into a Grafana; again changes nothing."""
    desk = _desk(url, token, ca, console_url=console, alert_url=webhook)
    done = []
    for thing in desk.compare() if dry_run else desk.push(force=force):
        changed = desk.changes(thing, force=force)
        told = FORCED.get(thing.state, TOLD[thing.state]) if changed else TOLD[thing.state]
        done.append({"kind": thing.kind, "name": thing.name, "state": thing.state.value, "changed": changed})
        if not as_json:
            out().print(f"{thing.kind} {thing.name}: {'would be ' * dry_run}{told}", markup=False, soft_wrap=True)
    if as_json:
        print_json({"grafana": desk.version, "dry_run": dry_run, "things": done})
    if not desk.alerts_are_sent:
        err().print("No alerts are sent to Foretell: FORETELL_ALERT_SECRET is not set.")
    if any(not thing["changed"] and thing["state"] == "edited by hand" for thing in done):
        raise typer.Exit(DIFFERS)


def diff(
    names: Annotated[list[str] | None, typer.Argument(help="Only these, by uid or name.")] = None,
    url: Url = None,
    token: Token = None,
    ca: Ca = None,
    *,
    as_json: Json = False,
) -> None:
    """Show field by field where a Grafana is not what `push` would make of it; changes nothing."""
    desk = _desk(url, token, ca)
    found = [thing for thing in desk.compare() if not names or thing.name in names]
    if as_json:
        things = [
            {
                "kind": thing.kind,
                "name": thing.name,
                "state": thing.state.value,
                "differences": [
                    {"path": item.path, "there": item.there, "wanted": item.wanted} for item in thing.differences
                ],
            }
            for thing in found
        ]
        print_json({"grafana": desk.version, "things": things})
    else:
        for thing in found:
            out().print(f"{thing.kind} {thing.name}: {thing.state.value}", markup=False, soft_wrap=True)
            _show(thing.differences)
    if any(thing.state in {"missing", "older", "edited by hand"} for thing in found):
        raise typer.Exit(DIFFERS)


def pull(
    uids: Annotated[
        list[str] | None, typer.Argument(help="Dashboards; default: those of ours that were edited by hand.")
    ] = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for their JSON.")] = Path(),
    url: Url = None,
    token: Token = None,
    ca: Ca = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace files that hold something else.")] = False,
    as_json: Json = False,
) -> None:
    """Write dashboards as they are in a Grafana to files, a file each."""
    written = [str(path) for path in _desk(url, token, ca).pull(uids or (), folder, force=force)]
    if as_json:
        print_json({"written": written})
    else:
        out().print("\n".join(written) or "No dashboard was edited by hand.", markup=False, soft_wrap=True)


def annotate(
    start: Annotated[str | None, typer.Option(help="Begin of the window; default: 24 h before its end.")] = None,
    end: Annotated[str | None, typer.Option(help="End of the window; default: now.")] = None,
    url: Url = None,
    token: Token = None,
    ca: Ca = None,
    *,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Bring a window's events into a Grafana as annotations, and follow what became of them."""
    with connect(load_settings()) as api:
        found = _events(api, start, end)
        plant = api.get("/v1/plant", PlantView).name
    span = Span(found.window.start, found.window.end)
    desk = _desk(url, token, ca)
    done = [
        {"event": item.event, "done": item.done.value}
        for item in desk.annotate(plant, span, found.anomalies, dry_run=dry_run)
    ]
    if as_json:
        print_json({"grafana": desk.version, "dry_run": dry_run, "annotations": done})
        return
    for item in done:
        out().print(f"event {item['event']}: {'would be ' * dry_run}{item['done']}", markup=False, soft_wrap=True)
    if not done:
        out().print("No unusual event in this window.")


def _desk(url: str | None, token: str | None, ca: Path | None, **settings: str | None) -> "GrafanaDesk":
    from api.main import grafana_desk

    return grafana_desk(load_settings(grafana_url=url, grafana_token=token, **settings), ca)


def _events(api: Api, start: str | None, end: str | None) -> EventsFound:
    asked = {"start": start, "end": end}
    params = {name: parse_instant(text, api.zone).isoformat() for name, text in asked.items() if text}
    return api.get("/v1/events", EventsFound, params)


def _show(differences: Sequence[object]) -> None:
    for item in differences[:SHOWN]:
        out().print(f"  {item}", markup=False, soft_wrap=True)
    if len(differences) > SHOWN:
        out().print(f"  and {len(differences) - SHOWN} more; --json has all of them")
