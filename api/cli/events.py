"""`foretell events`."""

import getpass
from typing import Annotated, Any

import typer

from api.cli.client import connect, load_settings
from api.cli.output import Json, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_instant
from api.routes.events import FeedbackKept
from api.routes.thresholds import Thresholds
from twin.event import Handling, MarkAction
from twin.lifecycle import ThresholdChange
from twin.operations.events import EventsFound

app = typer.Typer(help="What the twin noticed, and what people say about it.", invoke_without_command=True)

EPILOG = """Examples:

foretell events

foretell events --start 2026-03-01T22:00 --end 2026-03-02T06:00 --json

foretell events judge 202603020412Z-1a2b3c4d false_alarm --comment 'planned test'

foretell events shelve 202603020412Z-1a2b3c4d --until 2026-03-04T06:00 --why 'in maintenance'

foretell events thresholds"""

Who = Annotated[str | None, typer.Option(help="Who says it; default: the user of this command line.")]


@app.callback(epilog=EPILOG)
def events(
    context: typer.Context,
    start: Annotated[str | None, typer.Option(help="Begin of the window; default: 24 h before its end.")] = None,
    end: Annotated[str | None, typer.Option(help="End of the window; default: now.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """List what the twin noticed in a window: anomalies, responses to logged moves, the moves themselves."""
    if context.invoked_subcommand is not None:
        return
    with connect(load_settings()) as api:
        asked = {"start": start, "end": end}
        params = {name: parse_instant(text, api.zone).isoformat() for name, text in asked.items() if text}
        found = api.get("/v1/events", EventsFound, params)
        if as_json:
            print_json(found)
        else:
            Printer(out(), api.zone).events(found)


@app.command("judge", epilog=EPILOG)
def judge(
    event: Annotated[str, typer.Argument(help="The event's id.")],
    label: Annotated[str, typer.Argument(help="true, false_alarm or known.")],
    comment: Annotated[str, typer.Option(help="Why.")] = "",
    who: Who = None,
    *,
    as_json: Json = False,
) -> None:
    """Say whether an event was true, a false alarm, or known. A false alarm raises thresholds, for a while."""
    body = {"label": label, "comment": comment, "author": who or getpass.getuser()}
    with connect(load_settings()) as api:
        kept = api.post(f"/v1/events/{event}/feedback", FeedbackKept, body)
    if as_json:
        print_json(kept)
        return
    out().print(f"{kept.event_id}: {kept.label}, by {kept.author}", markup=False)
    for change in kept.thresholds:
        out().print(f"  {_told(change)}", markup=False)


EventArgument = Annotated[str, typer.Argument(help="The event's id.")]


@app.command("acknowledge", epilog=EPILOG)
def acknowledge(
    event: EventArgument,
    comment: Annotated[str, typer.Option(help="What is known of it.")] = "",
    who: Who = None,
    *,
    as_json: Json = False,
) -> None:
    """Say that somebody has seen an event."""
    _mark(event, {"action": MarkAction.ACKNOWLEDGE, "text": comment}, who, as_json=as_json)


@app.command("shelve", epilog=EPILOG)
def shelve(
    event: EventArgument,
    until: Annotated[str, typer.Option(help="End of it, within 7 days; without zone on the plant's clock.")],
    why: Annotated[str, typer.Option(help="Why.")] = "",
    who: Who = None,
    *,
    as_json: Json = False,
) -> None:
    """Shelve an event's source, its kind and first mover: its events do not count as open, and are not alerted."""
    _mark(event, {"action": MarkAction.SHELVE, "text": why}, who, until=until, as_json=as_json)


@app.command("unshelve", epilog=EPILOG)
def unshelve(event: EventArgument, who: Who = None, *, as_json: Json = False) -> None:
    """End the shelving of an event's source."""
    _mark(event, {"action": MarkAction.UNSHELVE}, who, as_json=as_json)


@app.command("label", epilog=EPILOG)
def label(
    event: EventArgument,
    name: Annotated[str, typer.Argument(help="What to call it, 1 to 120 characters.")],
    who: Who = None,
    *,
    as_json: Json = False,
) -> None:
    """Give an event a name that people know it by."""
    _mark(event, {"action": MarkAction.LABEL, "text": name}, who, as_json=as_json)


def _mark(event: str, body: dict[str, Any], who: str | None, *, until: str | None = None, as_json: bool) -> None:
    with connect(load_settings()) as api:
        zone = api.zone
        end = parse_instant(until, zone).isoformat() if until else None
        given = {**body, "author": who or getpass.getuser(), "until": end}
        stands = api.post(f"/v1/events/{event}/marks", Handling, given)
    if as_json:
        print_json(stands)
        return
    told = [f"named {stands.label!r}"] if stands.label else []
    if stands.acknowledged_at:
        known = stands.acknowledged_at.astimezone(zone)
        told.append(f"acknowledged {known:%Y-%m-%d %H:%M %Z} by {stands.acknowledged_by or 'somebody'}")
    if stands.shelved_until:
        told.append(f"shelved until {stands.shelved_until.astimezone(zone):%Y-%m-%d %H:%M %Z} by {stands.shelved_by}")
    out().print(f"{event}: {', '.join(told) or 'nothing was done with it'}", markup=False, soft_wrap=True)


@app.command("thresholds", epilog=EPILOG)
def thresholds(*, as_json: Json = False) -> None:
    """List every threshold that a judgement has moved: who, when, for which event, from where to where."""
    with connect(load_settings()) as api:
        found = api.get("/v1/events/thresholds", Thresholds)
    if as_json:
        print_json(found)
        return
    for change in found.changes:
        undone = f", undone {change.undone_at:%Y-%m-%d %H:%M} by {change.undone_by}" if change.undone_at else ""
        made = f"{change.id}  {change.time:%Y-%m-%d %H:%M}  {change.who or '-'}  {change.event_id}"
        moved = f"{change.statistic}: {change.old:.4g} -> {change.new:.4g}"
        out().print(f"{made}  {moved}{undone}", markup=False, soft_wrap=True)
    if not found.changes:
        out().print("No judgement has moved a threshold.")


@app.command("undo", epilog=EPILOG)
def undo(
    change: Annotated[str, typer.Argument(help="The change's id, as `events thresholds` gives it.")],
    who: Who = None,
    *,
    as_json: Json = False,
) -> None:
    """Undo a threshold change; it stays on record."""
    with connect(load_settings()) as api:
        undone = api.post(f"/v1/events/thresholds/{change}/undo", ThresholdChange, {"who": who or getpass.getuser()})
    print_json(undone) if as_json else out().print(_told(undone), markup=False)


def _told(change: ThresholdChange) -> str:
    way = "back to the budget's" if change.undone_at is not None else f"{change.old:.4g} -> {change.new:.4g}"
    return f"{change.statistic}: threshold {way} ({change.id})"
