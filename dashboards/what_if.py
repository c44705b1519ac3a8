"""A stored what-if: baseline against scenario, the effect with its band, and what came of it in truth."""

from dashboards import base, links, panels, style, trends
from dashboards.columns import column, hidden, link, scenario_columns, tag_column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, builder, dashboard

THIS = "scenario_id = ${scenario:sqlstring}"
OUTPUTS = f"""
SELECT tag FROM grafana.scenario_band WHERE {THIS}
GROUP BY tag ORDER BY max(abs(effect) / nullif(effect_high - effect_low, 0)) DESC NULLS LAST, tag LIMIT 8
"""
FACTS = """
SELECT coalesce(name, question, moves) AS asked, verdict, moves, start_time, end_time, model_version, created_at, id
FROM grafana.scenario WHERE id = ${scenario:sqlstring}
"""
BASELINE = f"""
SELECT "time", baseline, baseline_low AS "baseline, low", baseline_high AS "baseline, high"
FROM grafana.scenario_band WHERE {THIS} AND tag IN (${{output:sqlstring}}) ORDER BY 1
"""
SCENARIO = f"""
SELECT "time", scenario, scenario_low AS "scenario, low", scenario_high AS "scenario, high"
FROM grafana.scenario_band WHERE {THIS} AND tag IN (${{output:sqlstring}}) ORDER BY 1
"""
TRUTH = """
SELECT h."time", h.value AS measured
FROM grafana.scenario s
CROSS JOIN LATERAL grafana.history(
    ARRAY[${output:sqlstring}]::text[], s.start_time, least(s.end_time, now()),
    $__interval_ms * interval '1 millisecond') h
WHERE s.id = ${scenario:sqlstring} AND s.start_time < now() ORDER BY 1
"""
EFFECT = f"""
SELECT "time", effect, effect_low AS low, effect_high AS high
FROM grafana.scenario_band WHERE {THIS} AND tag IN (${{output:sqlstring}}) ORDER BY 1
"""
EFFECTS = f"""
WITH steps AS MATERIALIZED (
    SELECT tag, unit, "time", effect, effect_low, effect_high FROM grafana.scenario_band WHERE {THIS}
)
SELECT tag, unit, effect AS at_the_end, effect_low AS low, effect_high AS high, largest
FROM (
    SELECT *, row_number() OVER (PARTITION BY tag ORDER BY "time" DESC) AS back,
           first_value(effect) OVER (PARTITION BY tag ORDER BY abs(effect) DESC NULLS LAST) AS largest
    FROM steps
) ranked
WHERE back = 1
ORDER BY abs(effect) / nullif(effect_high - effect_low, 0) DESC NULLS LAST, tag
"""
"""The steps are materialized first: sorted as the view gives them, each row would carry its scenario's JSON."""
STORED = f"""
SELECT created_at AS stored, coalesce(name, question, moves) AS asked, verdict, moves, start_time, end_time,
       model_version, id, {links.SHOWN.format(start="start_time", end="end_time")}
FROM grafana.scenario ORDER BY created_at DESC LIMIT 50
"""


def what_if() -> dashboard.Dashboard:
    """The dashboard `foretell-what-if`."""
    output = base.following("output", "Output", "The eight tags that the scenario changes most.", OUTPUTS)
    made = (
        base.new(
            links.WHAT_IF, "what-if", "A stored scenario: baseline against scenario, and the effect with its band."
        )
        .link(
            base.link_to_console(
                "What-if bench", "/what-if?scenario=${scenario:percentencode}", "This scenario there"
            )
        )
        .with_variable(base.scenario())
        .with_variable(output)
        .annotation(base.moves())
    )
    for panel in (_facts(), _effects(), _stored()):
        made.with_panel(panel)
    made.with_row(builder.Row("$output").id(4).repeat("output").grid_pos(dashboard.GridPos(x=0, y=20, w=24, h=1)))
    for panel in (_curves(), _effect()):
        made.with_panel(panel)
    return made.build()


def _facts() -> PanelBuilder:
    about = "What was asked, how far it can be trusted, and which model answered."
    panel = panels.rows(Head(1, 0, 0, 24, 4, "Scenario", about), FACTS, "No scenario is stored yet: try one out")
    return scenario_columns(panel, [link("Open in the what-if bench", links.scenario_in_console(), new_tab=True)])


def _effects() -> PanelBuilder:
    about = "Scenario minus baseline of each tag at the end with its 90 % interval, and where it was largest."
    panel = panels.rows(Head(2, 0, 4, 12, 16, "Effects", about), EFFECTS, "This scenario has no curves")
    tag_column(panel)
    for name, title in {"at_the_end": "at the end", "low": "from", "high": "to", "largest": "largest"}.items():
        column(panel, name, unit="none", decimals=3, title=title)
    return panel


def _stored() -> PanelBuilder:
    about = "The newest stored scenarios; a click shows that one here, at its time."
    panel = panels.rows(Head(3, 12, 4, 12, 16, "Stored scenarios", about), STORED, "None: try one out in the console")
    hidden(panel, "shown_from", "shown_to")
    return scenario_columns(panel, [link("Show it here, at its time", links.scenario_of_row())])


def _curves() -> PanelBuilder:
    about = "Baseline and scenario with their 90 % bands, and what was measured where that is known."
    head = Head(5, 0, 21, 12, 10, "$output: baseline and scenario", about)
    panel = panels.curves(head, [BASELINE, SCENARIO, TRUTH], "none", "This scenario has no curves")
    panels.band(panel, "baseline", "baseline, low", "baseline, high", style.BASELINE, dashed=True)
    panels.band(panel, "scenario", "scenario, low", "scenario, high", style.SCENARIO, dashed=False)
    panels.dotted(panel, "measured", style.TRUTH)
    return trends.in_unit_of_tag(panel, "output")


def _effect() -> PanelBuilder:
    about = "Scenario minus baseline with its 90 % band: what the moves change."
    head = Head(6, 12, 21, 12, 10, "$output: effect", about)
    panel = panels.curves(head, [EFFECT], "none", "This scenario has no curves")
    panels.band(panel, "effect", "low", "high", style.SCENARIO, dashed=False)
    return trends.in_unit_of_tag(panel, "output")
