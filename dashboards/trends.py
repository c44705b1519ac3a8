"""Curves of tags: measured over predicted with limits, in the tag's own unit, and residuals of several in one."""

from dashboards import base, panels, style
from dashboards.columns import column, tag_column
from dashboards.panels import Head
from dashboards.query import PostgresQuery
from dashboards.sdk import dashboard, table, timeseries

UNIT_QUERY = "unit"
"""refId of the query that names the unit of a panel's values."""
LIMITS = {"lo_lo": "low low limit", "lo": "low limit", "hi": "high limit", "hi_hi": "high high limit"}

_MEASURED = """
SELECT "time", value AS measured FROM grafana.history(ARRAY[${{{name}:sqlstring}}]::text[], {span}) ORDER BY 1
"""
_PREDICTED = """
SELECT "time", mean AS predicted, low, high
FROM grafana.expected(ARRAY[${{{name}:sqlstring}}]::text[], {span}) ORDER BY 1
"""
_LIMITS = """
SELECT edge.moment AS "time", alarm.name AS metric, alarm.value
FROM grafana.tag t
CROSS JOIN LATERAL (VALUES {limits}) alarm (name, value)
CROSS JOIN (VALUES ($__timeFrom()::timestamptz), ($__timeTo()::timestamptz)) edge (moment)
WHERE t.tag IN (${{{name}:sqlstring}}) AND alarm.value IS NOT NULL ORDER BY 1
"""
_UNIT = "SELECT 'suffix:' || unit AS unit FROM grafana.tag WHERE tag IN (${{{name}:sqlstring}}) AND unit <> ''"
_RESIDUALS = """
SELECT h."time", h.tag AS metric, (h.value - e.mean) / nullif((e.high - e.low) / 3.29, 0) AS sigma
FROM grafana.history(ARRAY[${{{name}:sqlstring}}]::text[], {span}) h
JOIN grafana.expected(ARRAY[${{{name}:sqlstring}}]::text[], {span}) e ON e."time" = h."time" AND e.tag = h.tag
ORDER BY 1
"""

MOVES = """
SELECT "time", tag, before, after, unit FROM grafana.move
WHERE $__timeFilter("time") ORDER BY "time" DESC LIMIT 200
"""


def measured_and_predicted(head: Head, variable: str) -> timeseries.Panel:
    """A tag's measured values, what was expected of it with its 90 % band, its limits; one panel per chosen tag."""
    alarms = ", ".join(f"('{title}', t.{name})" for name, title in LIMITS.items())
    measured, predicted = (sql.format(name=variable, span=base.SPAN) for sql in (_MEASURED, _PREDICTED))
    limits = _LIMITS.format(name=variable, limits=alarms)
    panel = panels.curves(head, [measured, predicted, limits], "none", "No samples in this time range")
    panels.coloured(panel, "measured", style.MEASURED)
    panels.band(panel, "predicted", "low", "high", style.PREDICTED, dashed=True)
    panels.limits(panel)
    in_unit_of_tag(panel, variable)
    return panel.repeat(variable).repeat_direction("h").max_per_row(2)


def in_unit_of_tag(panel: timeseries.Panel, variable: str) -> timeseries.Panel:
    """The panel's unit is that of the tag; `variable` must stand for one tag, as it does where panels repeat."""
    options = {"configRefId": UNIT_QUERY, "mappings": [{"fieldName": "unit", "handlerKey": "unit"}]}
    return panel.with_target(PostgresQuery(_UNIT.format(name=variable), UNIT_QUERY)).with_transformation(
        dashboard.DataTransformerConfig(id_val="configFromData", options=options)
    )


def residuals(head: Head, variable: str) -> timeseries.Panel:
    """Measured minus predicted of several tags, in standard deviations of a one-step prediction."""
    panel = panels.curves(
        head, [_RESIDUALS.format(name=variable, span=base.SPAN)], "none", "Nothing was scored in this time range"
    )
    return panel.decimals(1).axis_label("sigma").axis_centered_zero(True)


def moves(head: Head) -> table.Panel:
    """What operators moved in the time range."""
    panel = panels.rows(head, MOVES, "No move in this time range")
    tag_column(panel)
    column(panel, "before", unit="none", decimals=2)
    return column(panel, "after", unit="none", decimals=2)
