"""Whether the model still fits the plant: likelihood, coverage, drift, versions, and what people say."""

from dashboards import base, links, panels, style
from dashboards.columns import column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard

NEWEST = 'SELECT {what} FROM grafana.model_health WHERE $__timeFilter("time") ORDER BY "time" DESC LIMIT 1'
COVERAGE = """
SELECT sum(coverage * rows) / nullif(sum(rows), 0) AS coverage FROM grafana.model_health WHERE $__timeFilter("time")
"""
BUDGET = """
SELECT budget_per_week FROM grafana.model_health WHERE "time" <= $__timeTo() ORDER BY "time" DESC LIMIT 1
"""
PER_HOUR = """
SELECT "time", model_version AS metric, {what}
FROM grafana.model_health WHERE $__timeFilter("time") ORDER BY 1
"""
DRIFT = """
SELECT "time", max(drifted::int) AS drift FROM grafana.model_health WHERE $__timeFilter("time") GROUP BY 1 ORDER BY 1
"""
VERSIONS = """
SELECT model_version, min("time") AS first, max("time") AS last, sum(rows) AS rows,
       sum(nll * rows) / nullif(sum(rows), 0) AS nll, sum(coverage * rows) / nullif(sum(rows), 0) AS coverage,
       avg(drifted::int) AS drifted
FROM grafana.model_health WHERE $__timeFilter("time") GROUP BY 1 ORDER BY 3 DESC
"""
JUDGED = """
SELECT date_trunc('week', "time") AS "time",
       count(*) FILTER (WHERE feedback = 'true') AS "it was so",
       count(*) FILTER (WHERE feedback = 'known') AS known,
       count(*) FILTER (WHERE feedback = 'false_alarm') AS "false alarm",
       count(*) FILTER (WHERE feedback IS NULL) AS "not judged"
FROM grafana.event
WHERE NOT withdrawn AND explained_by IS NULL AND "time" <= $__timeTo()
      AND "time" >= date_trunc('week', $__timeFrom()::timestamptz)
GROUP BY 1 ORDER BY 1
"""
EMPTY = "No model health in this time range: the worker writes a row per hour"


def model() -> dashboard.Dashboard:
    """The dashboard `foretell-model`."""
    made = base.new(
        links.MODEL, "model health", "Likelihood, coverage against 90 %, drift, version changes.", "now-7d"
    ).annotation(base.versions())
    for panel in (
        _version(),
        _coverage(),
        _likelihood(),
        _drift(),
        _budget(),
        _likelihood_by_hour(),
        _coverage_by_hour(),
        _drift_by_hour(),
        _rows_by_hour(),
        _judged(),
        _versions(),
    ):
        made.with_panel(panel)
    return made.build()


def _version() -> PanelBuilder:
    about = "The version that scored last."
    return panels.word(Head(1, 0, 0, 8, 4, "Model version", about), NEWEST.format(what="model_version"), empty=EMPTY)


def _coverage() -> PanelBuilder:
    about = "Share of measured values inside the one-step 90 % band over the time range; 0.85 to 0.95 is ordinary."
    panel = panels.number(Head(2, 8, 0, 4, 4, "Coverage", about), COVERAGE, "percentunit", decimals=1)
    return panel.thresholds(style.within(0.85, 0.95))


def _likelihood() -> PanelBuilder:
    about = "Negative log likelihood of a value one step ahead, in units of its ordinary variation; lower is better."
    head = Head(3, 12, 0, 4, 4, "NLL", about)
    return panels.number(head, NEWEST.format(what="nll"), "none", decimals=2)


def _drift() -> PanelBuilder:
    about = "Whether the plant has moved away from what the model was trained on."
    sql = NEWEST.format(what="drifted::int AS drift")
    return panels.number(Head(4, 16, 0, 4, 4, "Drift", about), sql, "none").mappings(style.words(style.DRIFT))


def _budget() -> PanelBuilder:
    about = "False alarms that are allowed per week; thresholds are chosen for it."
    return panels.number(Head(5, 20, 0, 4, 4, "False alarms allowed", about), BUDGET, "suffix:per week", decimals=1)


def _likelihood_by_hour() -> PanelBuilder:
    about = "Negative log likelihood of a value one step ahead, mean of each hour; lower is better."
    sql = PER_HOUR.format(what="nll")
    return panels.hourly(panels.curves(Head(6, 0, 4, 12, 8, "NLL by hour", about), [sql], "none", EMPTY))


def _coverage_by_hour() -> PanelBuilder:
    about = "Share of measured values inside the one-step 90 % band, by hour; dashed lines at 85 and 95 %."
    head = Head(7, 12, 4, 12, 8, "Coverage by hour", about)
    panel = panels.hourly(panels.curves(head, [PER_HOUR.format(what="coverage")], "percentunit", EMPTY))
    return panels.dashed_at(panel, style.within(0.85, 0.95)).axis_soft_min(0.5).axis_soft_max(1.0)


def _drift_by_hour() -> PanelBuilder:
    about = "Hours in which the plant was away from what the model was trained on."
    panel = panels.cells(Head(8, 0, 12, 24, 4, "Drift by hour", about), DRIFT, "none", EMPTY)
    return panel.interval("1h").mappings(style.words(style.DRIFT)).thresholds(style.rising((1, style.MEDIUM)))


def _rows_by_hour() -> PanelBuilder:
    about = "Rows of the model's grid that were scored in each hour; none where scoring stood still."
    sql = PER_HOUR.format(what="rows")
    return panels.bars_over_time(Head(9, 0, 16, 12, 7, "Scored rows by hour", about), sql, "short", EMPTY)


def _judged() -> PanelBuilder:
    about = "Unusual events of each week and what people said of them."
    head = Head(10, 12, 16, 12, 7, "Events by week and judgement", about)
    panel = panels.bars_over_time(head, JUDGED, "short", "No unusual event in this time range")
    panels.coloured(panel, "it was so", style.SCENARIO)
    panels.coloured(panel, "known", style.SERIES[5])
    panels.coloured(panel, "false alarm", style.HIGH)
    return panels.coloured(panel, "not judged", style.ORDINARY)


def _versions() -> PanelBuilder:
    about = "Each version that scored in the time range, with its means; newest first."
    panel = panels.rows(Head(11, 0, 23, 24, 6, "Versions", about), VERSIONS, EMPTY)
    column(panel, "model_version", title="model")
    column(panel, "nll", unit="none", decimals=3)
    column(panel, "coverage", unit="percentunit", decimals=1)
    return column(panel, "drifted", unit="percentunit", decimals=0, title="hours in drift")
