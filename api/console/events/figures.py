"""Pictures of an event: who carries its score, and its tags measured against predicted."""

from zoneinfo import ZoneInfo

from nicegui import ui

from api.console.charts import contribution_chart, series_chart
from api.console.columns import Columns, columns_of
from api.console.parts import chart
from api.console.taking import chart_tools
from api.console.view import View
from twin.event import EventFrame
from twin.operations.explain import ContributionSeries, Explanation

SHOWN_TAGS = 4


def draw_contributions(view: View, known: Explanation) -> None:
    """Who carries the score, and the largest contributors measured against predicted."""
    with ui.element("div").classes("charts"):
        with ui.column().classes("figure"):
            ui.label(view.words("events.contributions")).classes("figure-title")
            drawn = chart(contribution_chart(known.event.contributions, view.write))
            chart_tools(view, drawn, view.words("events.contributions"), shares(known.event, view.zone))
        for item in known.contributions[:SHOWN_TAGS]:
            measured_against_predicted(view, item, known.event)


def shares(event: EventFrame, zone: ZoneInfo) -> Columns:
    """Every contributor in numbers."""
    return Columns(
        ("tag", "share", "peak [sigma]", f"first seen [{zone}]"),
        tuple(
            (item.tag, item.share, item.peak_sigma, item.first_seen.astimezone(zone)) for item in event.contributions
        ),
    )


def measured_against_predicted(view: View, item: ContributionSeries, event: EventFrame) -> None:
    """One contributor around the event, the event marked."""
    measured = item.measured.model_copy(
        update={"name": view.words("events.chart.measured"), "low": None, "high": None}
    )
    predicted = item.predicted.model_copy(update={"name": view.words("events.chart.predicted")})
    lines = [line for line in (measured, predicted) if line.time]
    with ui.column().classes("figure"):
        ui.link(f"{item.description} · {item.contribution.tag}", f"/tags/{item.contribution.tag}").classes(
            "figure-title"
        )
        if lines:
            drawn = chart(series_chart(lines, view.write, marks=[event]))
            chart_tools(view, drawn, item.contribution.tag, columns_of(lines, view.zone))
        else:
            ui.label(view.words("events.no_values")).classes("hint")
