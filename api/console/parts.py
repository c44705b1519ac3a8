"""Small parts that several panels draw: charts, verdicts, severities, moves, tables."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import events as ui_events
from nicegui import ui

from api.console.view import View
from twin.event import EventFrame, Severity
from twin.scenario import LoggedMove, Support, Verdict

SEVERITY_SIGN = {Severity.LOW: "●", Severity.MEDIUM: "▲", Severity.HIGH: "◆"}
SUPPORT_ICON = {Support.SUPPORTED: "verified", Support.EXTRAPOLATING: "warning", Support.REFUSED: "block"}


def chart(options: dict[str, Any], height: int = 260) -> ui.echart:
    """A chart as wide as its place; `height` in pixels."""
    return ui.echart(options, renderer="svg").classes("chart").style(f"height: {height}px")


def section(title: str, hint: str = "") -> tuple[ui.row, ui.element]:
    """A part of the page: its heading row and its body, to be used as contexts."""
    body = ui.element("section").classes("card").props(f'aria-label="{title}"')
    with body, ui.row().classes("heading") as heading:
        ui.label(title).classes("title").props('role="heading" aria-level="2"')
        if hint:
            ui.label(hint).classes("hint")
    return heading, body


def verdict_banner(view: View, verdict: Verdict) -> None:
    """What the twin itself thinks of its forecast, with every reason."""
    with ui.row().classes(f"verdict {verdict.support}").props('role="note"'):
        ui.icon(SUPPORT_ICON[verdict.support]).props('aria-hidden="true"')
        with ui.column().classes("tight"):
            ui.label(view.words(f"frame.verdict.{verdict.support}")).classes("strong")
            for reason in verdict.reasons:
                ui.label(reason)


def severity_badge(view: View, severity: Severity) -> None:
    """Severity as sign, word and colour."""
    ui.label(f"{SEVERITY_SIGN[severity]} {view.words(f'events.severity.{severity}')}").classes(f"badge {severity}")


def event_card(view: View, event: EventFrame, on_open: Callable[[str], Awaitable[None]]) -> None:
    """An event in a list: a button that opens it."""
    card = ui.element("button").classes(f"event {event.severity if event.anomalous else 'explained'}")
    card.props(f'type="button" data-event="{event.id}"').on("click", lambda: on_open(event.id))
    with card:
        with ui.row().classes("event-head"):
            if event.anomalous:
                severity_badge(view, event.severity)
            ui.label(f"{event.kind} · {event.asset}").classes("hint")
            ui.label(view.write.stretch(event.start, event.end)).classes("hint end")
        ui.label(event.message).classes("event-text")
        if event.backfilled_at is not None and not event.withdrawn:
            ui.label(view.words("frame.backfilled", instant=view.write.instant(event.backfilled_at))).classes("hint")


def moves_list(view: View, moves: Sequence[LoggedMove]) -> None:
    """Logged moves, one a line."""
    write = view.write
    for move in moves:
        with ui.row().classes("move"):
            ui.label(write.instant(move.time)).classes("mono")
            ui.label(move.tag).classes("strong")
            ui.label(f"{write.quantity(move.before, move.unit)} → {write.quantity(move.after, move.unit)}")


def table(columns: Sequence[tuple[str, str]], rows: Sequence[dict[str, Any]], *, label: str) -> None:
    """A plain table; columns are (field, heading), numbers aligned right where the heading says so with `#`."""
    ui.table(
        columns=[
            {
                "name": field,
                "field": field,
                "label": heading.lstrip("#"),
                "align": "right" if heading.startswith("#") else "left",
            }
            for field, heading in columns
        ],
        rows=list(rows),
    ).props(f'flat dense wrap-cells hide-pagination aria-label="{label}"').classes("table")


def opened(argument: ui_events.GenericEventArguments) -> str | None:
    """The id of the event that was clicked in the timeline, if any."""
    data = argument.args.get("data")
    if isinstance(data, dict) and "event" in data:
        return str(data["event"])
    return str(argument.args["name"]) if argument.args.get("componentType") == "markArea" else None
