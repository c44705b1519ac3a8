"""How the columns of a table are shown, and where a click on them leads."""

from collections.abc import Sequence

from dashboards import links, style
from dashboards.sdk import dashboard, table


def column(
    panel: table.Panel,
    name: str,
    *,
    title: str | None = None,
    unit: str | None = None,
    decimals: int | None = None,
    meaning: style.Meaning | None = None,
    to: Sequence[dict[str, object]] = (),
    width: int | None = None,
) -> table.Panel:
    """One column; with `meaning` its values are said in words, in their colours; `to` is where its cells lead."""
    properties = [
        _property(identity, value)
        for identity, value in (
            ("displayName", title),
            ("unit", unit),
            ("decimals", decimals),
            ("custom.width", width),
            ("mappings", style.words(meaning) if meaning else None),
            ("custom.cellOptions", {"type": "color-text"} if meaning else None),
            ("links", list(to) or None),
        )
        if value is not None
    ]
    return panel.override_by_name(name, properties)


def hidden(panel: table.Panel, *names: str) -> table.Panel:
    """Columns that links need and nobody wants to read."""
    for name in names:
        panel.override_by_name(name, [_property("custom.hideFrom.viz", True)])
    return panel


def link(title: str, url: str, *, new_tab: bool = False) -> dict[str, object]:
    """A link of a cell."""
    return {"title": title, "url": url, "targetBlank": new_tab}


def tag_column(panel: table.Panel, name: str = "tag", title: str | None = None) -> table.Panel:
    """A column of tags, which lead to their trend and to the console."""
    trend = link("Tag trend", links.tag_of_row(name))
    return column(
        panel, name, title=title, to=[trend, link("Open in the console", links.tag_in_console(name), new_tab=True)]
    )


def event_columns(panel: table.Panel) -> table.Panel:
    """The columns by which events are told; the sentence leads to the event, to the console and to the chat."""
    question = links.question("what was the cause of event ", "${__data.fields.id}", "?")
    to = [
        link("Event and root cause", links.event_of_row()),
        link("Open in the console", links.event_in_console(), new_tab=True),
        link("Ask about it", question, new_tab=True),
    ]
    column(panel, "message", title="what happened", to=to, width=460)
    column(panel, "severity", meaning=style.SEVERITY)
    column(panel, "feedback", meaning=style.FEEDBACK, title="people say")
    return hidden(panel, "id", "shown_from", "shown_to")


def scenario_columns(panel: table.Panel, to: Sequence[dict[str, object]]) -> table.Panel:
    """The columns by which stored scenarios are told; what was asked leads to `to`."""
    column(panel, "asked", to=to, width=380)
    column(panel, "verdict", meaning=style.VERDICT)
    column(panel, "start_time", title="from")
    column(panel, "end_time", title="to")
    column(panel, "model_version", title="model")
    return hidden(panel, "id")


def _property(identity: str, value: object) -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val=identity, value=value)
