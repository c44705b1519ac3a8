"""Small parts that several panels draw: charts, sections, moves, tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nicegui import events as ui_events
from nicegui import ui

from api.console.view import View
from twin.event import Severity
from twin.scenario import LoggedMove, Support

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


def moves_list(view: View, moves: Sequence[LoggedMove]) -> None:
    """Logged moves, one a line."""
    write = view.write
    for move in moves:
        with ui.row().classes("move"):
            ui.label(write.instant(move.time)).classes("mono")
            ui.label(move.tag).classes("strong")
            ui.label(f"{write.quantity(move.before, move.unit)} → {write.quantity(move.after, move.unit)}")


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, str]], *, label: str) -> None:
    """A plain table; columns are (field, heading), numbers aligned right where the heading says so with `#`."""
    sides = [("right" if heading.startswith("#") else "left") for _, heading in columns]
    heads = [_cell("th", heading.lstrip("#"), side) for (_, heading), side in zip(columns, sides, strict=True)]
    lines = [
        [_cell("td", row.get(field, ""), side) for (field, _), side in zip(columns, sides, strict=True)]
        for row in rows
    ]
    drawn = Markup('<table class="table" aria-label="{}"><thead>{}</thead><tbody>{}</tbody></table>').format(
        label, _row(heads), Markup("").join(map(_row, lines))
    )
    ui.html(drawn, sanitize=False).classes("table-room").props('tabindex="0"')


def _row(cells: Sequence[Markup]) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _cell(kind: str, text: str, side: str) -> Markup:
    scope = Markup(' scope="col"') if kind == "th" else ""
    return Markup('<{0}{1} class="{2}">{3}</{0}>').format(kind, scope, side, text)


def opened(argument: ui_events.GenericEventArguments) -> str | None:
    """The id of the event that was clicked in the timeline, if any."""
    data = argument.args.get("data")
    if isinstance(data, dict) and "event" in data:
        return str(data["event"])
    return str(argument.args["name"]) if argument.args.get("componentType") == "markArea" else None
