"""The plant overview: what is unusual now, where the score went, and what leads there."""

from dashboards import base, links, panels, style
from dashboards.columns import column, event_columns, tag_column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard

OPEN = f"""
SELECT count(*) AS open FROM grafana.event
WHERE open AND {base.UNUSUAL} AND coalesce(shelved_until, '-infinity') <= now() AND asset IN (${{asset:sqlstring}})
"""
UNACKNOWLEDGED = f"{OPEN.rstrip()} AND acknowledged_at IS NULL\n"
BUDGET_USED = """
SELECT (SELECT count(*) FROM grafana.event
        WHERE feedback = 'false_alarm' AND "time" <= $__timeTo()
              AND "time" > $__timeTo()::timestamptz - interval '7 days')
       / (SELECT nullif(budget_per_week, 0) FROM grafana.model_health
          WHERE "time" <= $__timeTo() ORDER BY "time" DESC LIMIT 1) AS used
"""
HIGHEST_SCORE = 'SELECT max(score) AS highest FROM grafana.score WHERE $__timeFilter("time")'
SAMPLE_AGE = "SELECT min(age_s) AS age FROM grafana.silent"
SCORING_LAG = """
SELECT extract(epoch FROM now() - "time") AS lag FROM grafana.score
WHERE "time" <= now() ORDER BY "time" DESC LIMIT 1
"""
ASSET_SCORE = f"""
SELECT "time", asset AS metric, score FROM grafana.asset_score({base.SPAN})
WHERE asset IN (${{asset:sqlstring}}) ORDER BY 1
"""
SCORE = f"""
SELECT {base.BUCKET} AS "time", max(score) AS score
FROM grafana.score WHERE $__timeFilter("time") GROUP BY 1 ORDER BY 1
"""
EVENTS = f"""
SELECT "time" AS start, end_time AS "end", {base.STATE} AS state, severity, kind, asset, first_mover, score,
       coalesce(label || ': ', '') || message AS message, acknowledged_by, feedback, id,
       {links.SHOWN.format(start='"time"', end="end_time")}
FROM grafana.event
WHERE {base.UNUSUAL} AND {base.OVERLAP} AND asset IN (${{asset:sqlstring}})
ORDER BY open DESC, "time" DESC LIMIT 200
"""
RESIDUALS = """
SELECT t.tag, t.asset, scored.sigma, scored.mean AS predicted, t.unit, newest."time" AS scored
FROM (SELECT "time" FROM grafana.score ORDER BY "time" DESC LIMIT 1) newest
CROSS JOIN grafana.tag t
CROSS JOIN LATERAL (
    SELECT p.sigma, p.mean FROM grafana.prediction p WHERE p.tag = t.tag AND p."time" = newest."time" LIMIT 1
) scored
WHERE scored.sigma IS NOT NULL AND t.asset IN (${asset:sqlstring})
ORDER BY abs(scored.sigma) DESC LIMIT 15
"""
ALERTS = """
SELECT received_at AS told, status, name, severity, summary, starts_at AS since, ends_at AS "until"
FROM grafana.alert
WHERE starts_at <= $__timeTo() AND coalesce(ends_at, received_at) >= $__timeFrom()
ORDER BY received_at DESC LIMIT 50
"""


def overview() -> dashboard.Dashboard:
    """The dashboard `foretell-overview`."""
    made = (
        base.new(links.OVERVIEW, "plant overview", "Open events, the score by asset, and whether scoring keeps up.")
        .with_variable(base.asset())
        .annotation(base.event_regions())
        .annotation(base.moves())
    )
    for panel in (
        _open_events(),
        _unacknowledged(),
        _budget_used(),
        _highest_score(),
        _newest_sample(),
        _scoring_lag(),
        _score_by_asset(),
        _score(),
        _events(),
        _largest_residuals(),
        _alerts(),
    ):
        made.with_panel(panel)
    return made.build()


def _open_events() -> PanelBuilder:
    about = "Events that go on now, that no logged move explains and that nobody has shelved."
    return panels.number(Head(1, 0, 0, 4, 4, "Open events", about), OPEN, "short", 1)


def _unacknowledged() -> PanelBuilder:
    about = "Open events that nobody has acknowledged yet."
    return panels.number(Head(10, 4, 0, 4, 4, "Not acknowledged", about), UNACKNOWLEDGED, "short", 1)


def _budget_used() -> PanelBuilder:
    about = "Events of the last seven days that people called false alarms, as a part of those allowed per week."
    head = Head(11, 8, 0, 4, 4, "False-alarm budget used", about)
    return panels.number(head, BUDGET_USED, "percentunit", 1, empty="no model health yet")


def _highest_score() -> PanelBuilder:
    about = "Largest detection score in the time range; 1 is the threshold."
    return panels.number(Head(2, 12, 0, 4, 4, "Highest score", about), HIGHEST_SCORE, "none", 1, decimals=2)


def _newest_sample() -> PanelBuilder:
    about = "Age of the newest sample of any tag."
    return panels.number(Head(3, 16, 0, 4, 4, "Newest sample", about), SAMPLE_AGE, "s", 300)


def _scoring_lag() -> PanelBuilder:
    about = "How far the live loop is behind the present."
    return panels.number(Head(4, 20, 0, 4, 4, "Scoring lag", about), SCORING_LAG, "s", 900)


def _score_by_asset() -> PanelBuilder:
    about = "Largest residual of any tag of an asset, mean of a quarter of an hour, over 3 sigma; from 1 on abnormal."
    head = Head(12, 0, 4, 24, 8, "Score by asset", about)
    panel = panels.cells(head, ASSET_SCORE, "none", "Nothing was scored in this time range")
    return panel.decimals(1).thresholds(style.rising((1, style.MEDIUM), (2, style.HIGH)))


def _score() -> PanelBuilder:
    about = "Worst detection statistic per row, on a logarithmic axis; 1 is the threshold."
    head = Head(5, 0, 12, 24, 7, "Detection score", about)
    panel = panels.curves(head, [SCORE], "none", "Nothing was scored in this time range")
    return panels.logarithmic(panels.threshold_line(panel, 1.0)).color_scheme(style.fixed(style.ORDINARY))


def _events() -> PanelBuilder:
    about = "Unusual events in the time range, open ones first; a click on the sentence leads to the event."
    panel = panels.rows(Head(6, 0, 19, 24, 9, "Events", about), EVENTS, "No unusual event in this time range")
    column(panel, "state", meaning=style.STATE)
    tag_column(panel, "first_mover", "first mover")
    column(panel, "score", unit="none", decimals=2)
    column(panel, "acknowledged_by", title="acknowledged by")
    return event_columns(panel)


def _largest_residuals() -> PanelBuilder:
    about = "One-step residuals of the newest row that was scored, in standard deviations of the prediction."
    panel = panels.rows(Head(8, 0, 28, 12, 9, "Largest residuals now", about), RESIDUALS, "Nothing was scored yet")
    tag_column(panel)
    column(panel, "sigma", unit="none", decimals=1, title="residual in sigma")
    return column(panel, "predicted", unit="none", decimals=2)


def _alerts() -> PanelBuilder:
    about = "What Grafana's alerting told Foretell in the time range, newest first; only if its webhook is set up."
    panel = panels.rows(Head(13, 12, 28, 12, 9, "Alerts", about), ALERTS, "No alert was told in this time range")
    return column(panel, "status", meaning=style.ALERT)
