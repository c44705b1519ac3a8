"""Pictures of an event: who carries its score, and its tags measured against predicted."""

from nicegui import ui

from api.console.charts import contribution_chart, series_chart
from api.console.parts import chart
from api.console.view import View
from twin.event import EventFrame
from twin.operations.explain import ContributionSeries, Explanation

SHOWN_TAGS = 4


def draw_contributions(view: View, known: Explanation) -> None:
    """Who carries the score, and the largest contributors measured against predicted."""
    with ui.element("div").classes("charts"):
        with ui.column().classes("figure"):
            ui.label(view.words("events.contributions")).classes("figure-title")
            chart(contribution_chart(known.event.contributions, view.words))
        for item in known.contributions[:SHOWN_TAGS]:
            measured_against_predicted(view, item, known.event)


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
            chart(series_chart(lines, view.write, marks=[event]))
        else:
            ui.label(view.words("events.no_values")).classes("hint")
