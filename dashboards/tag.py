"""Tags over time: measured against predicted, alarm limits, residuals, and where they stand now."""

from dashboards import base, links, panels, style, trends
from dashboards.columns import column, tag_column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard

NOW = """
SELECT t.tag, t.description, t.asset, newest.value, t.unit, newest.quality, heard.last_sample AS measured,
       scored.mean AS predicted, scored.sigma, t.lo_lo, t.lo, t.hi, t.hi_hi
FROM grafana.tag t
JOIN grafana.silent heard ON heard.tag = t.tag
LEFT JOIN (SELECT "time" FROM grafana.score ORDER BY "time" DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
    SELECT s.value, s.quality FROM grafana.sample s WHERE s.tag = t.tag AND s."time" = heard.last_sample LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT p.mean, p.sigma FROM grafana.prediction p WHERE p.tag = t.tag AND p."time" = last."time" LIMIT 1
) scored ON true
WHERE t.tag IN (${tag:sqlstring}) ORDER BY t.tag
"""


def tag() -> dashboard.Dashboard:
    """The dashboard `foretell-tag`."""
    made = (
        base.new(
            links.TAG_TREND, "tag trend", "Measured values over the predicted mean, its 90 % band and the limits."
        )
        .with_variable(base.asset())
        .with_variable(base.tag())
        .annotation(base.event_regions())
        .annotation(base.moves())
    )
    for panel in (_now(), _measured(), _residuals(), _moves()):
        made.with_panel(panel)
    return made.build()


def _now() -> PanelBuilder:
    about = "The newest sample of each chosen tag, what was expected last, and its alarm limits."
    panel = panels.rows(Head(1, 0, 0, 24, 5, "Now", about), NOW, "No tag is chosen")
    tag_column(panel)
    column(panel, "sigma", unit="none", decimals=1, title="residual in sigma")
    column(panel, "quality", meaning=style.QUALITY)
    for name, title in trends.LIMITS.items():
        column(panel, name, unit="none", title=title)
    column(panel, "value", unit="none", decimals=2)
    return column(panel, "predicted", unit="none", decimals=2)


def _measured() -> PanelBuilder:
    about = (
        "Measured values over what the world model expected a step ahead with its 90 % band, and the alarm limits."
    )
    return trends.measured_and_predicted(Head(2, 0, 5, 24, 10, "$tag", about), "tag")


def _residuals() -> PanelBuilder:
    about = "Measured minus predicted, in standard deviations of a one-step prediction."
    return trends.residuals(Head(3, 0, 15, 24, 8, "Residuals", about), "tag")


def _moves() -> PanelBuilder:
    about = "What operators moved in the time range, newest first."
    return trends.moves(Head(4, 0, 23, 24, 7, "Moves", about))
