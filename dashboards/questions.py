"""What people ask and how it ends: volume, refusals, grounding failures, latency."""

from dashboards import base, links, panels, style
from dashboards.columns import column, hidden, link
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard, table

IN_RANGE = 'FROM grafana.answer WHERE $__timeFilter("time")'
ASKED = f"SELECT count(*) AS asked {IN_RANGE}"
REFUSED = f"SELECT avg((status IN ('refused', 'not_understood'))::int) AS refused {IN_RANGE}"
WITHHELD = f"SELECT sum(withheld)::float8 / nullif(sum(statements), 0) AS withheld {IN_RANGE}"
SLOW = f"SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_s) AS p95 {IN_RANGE}"
VOLUME = f"""
SELECT {base.BUCKET} AS "time", status AS metric, count(*)::float8 AS asked
{IN_RANGE} GROUP BY 1, 2 ORDER BY 1
"""
LATENCY = f"""
SELECT {base.BUCKET} AS "time", percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_s) AS median,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_s) AS "95 %"
{IN_RANGE} GROUP BY 1 ORDER BY 1
"""
GROUNDING = f"""
SELECT {base.BUCKET} AS "time", sum(statements)::float8 AS checked,
       sum(withheld)::float8 AS withheld
{IN_RANGE} GROUP BY 1 ORDER BY 1
"""
INTENTS = f"""
SELECT coalesce(intent, 'none') AS intent, count(*) AS asked,
       avg((status IN ('refused', 'not_understood'))::int) AS refused,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_s) AS median
{IN_RANGE} GROUP BY 1 ORDER BY 2 DESC
"""
ENGINES = f"""
SELECT engine, count(*) AS asked, avg((status IN ('refused', 'not_understood'))::int) AS refused,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_s) AS median
{IN_RANGE} GROUP BY 1 ORDER BY 2 DESC
"""
NEWEST = f"""
SELECT "time", question, status, intent, engine, latency_s, statements, withheld, id
{IN_RANGE} ORDER BY "time" DESC LIMIT 100
"""
EMPTY = "Nobody asked anything in this time range"


def questions() -> dashboard.Dashboard:
    """The dashboard `foretell-questions`."""
    made = base.new(links.QUESTIONS, "questions", "Volume, refusals, grounding failures and latency.", "now-7d")
    made.annotation(base.versions())
    for panel in (
        _asked(),
        _refused(),
        _withheld(),
        _slow(),
        _volume(),
        _latency(),
        _grounding(),
        _intents(),
        _engines(),
        _newest(),
    ):
        made.with_panel(panel)
    return made.build()


def _asked() -> PanelBuilder:
    return panels.number(Head(1, 0, 0, 6, 4, "Questions", "Questions asked in the time range."), ASKED, "short")


def _refused() -> PanelBuilder:
    about = "Share of questions that were refused or not understood."
    return panels.number(Head(2, 6, 0, 6, 4, "Refused", about), REFUSED, "percentunit", 0.2, decimals=1, empty=EMPTY)


def _withheld() -> PanelBuilder:
    about = "Share of statements that were withheld because the evidence did not bear them out."
    head = Head(3, 12, 0, 6, 4, "Grounding failures", about)
    return panels.number(head, WITHHELD, "percentunit", 0.05, decimals=1, empty=EMPTY)


def _slow() -> PanelBuilder:
    about = "Nineteen answers of twenty were given within this time."
    return panels.number(Head(4, 18, 0, 6, 4, "Latency, 95 %", about), SLOW, "s", 10, decimals=2, empty=EMPTY)


def _volume() -> PanelBuilder:
    about = "Questions by how they ended."
    panel = panels.bars_over_time(Head(5, 0, 4, 24, 8, "Questions by outcome", about), VOLUME, "short", EMPTY)
    for status, (_, colour) in style.STATUS.items():
        panels.coloured(panel, status, colour)
    return panels.coloured(panel, "answered", style.SCENARIO).interval("10m")


def _latency() -> PanelBuilder:
    about = "How long answers took: the median, and within what time nineteen of twenty were given."
    panel = panels.curves(Head(6, 0, 12, 12, 8, "Latency", about), [LATENCY], "s", EMPTY)
    panels.coloured(panel, "95 %", style.ORDINARY)
    return panels.coloured(panel, "median", style.MEASURED).interval("10m")


def _grounding() -> PanelBuilder:
    about = "Statements that were checked against the evidence, and those that were withheld."
    panel = panels.curves(Head(7, 12, 12, 12, 8, "Grounding", about), [GROUNDING], "short", EMPTY)
    panels.coloured(panel, "checked", style.ORDINARY)
    return panels.coloured(panel, "withheld", style.HIGH).interval("10m")


def _intents() -> PanelBuilder:
    about = "What was asked for, how often, and how it ended."
    return _measured(panels.rows(Head(8, 0, 20, 12, 8, "By intent", about), INTENTS, EMPTY))


def _engines() -> PanelBuilder:
    about = "What read the questions: grammar, rules or a language model."
    return _measured(panels.rows(Head(9, 12, 20, 12, 8, "By engine", about), ENGINES, EMPTY))


def _newest() -> PanelBuilder:
    about = "The newest questions; a click asks that one again in the console."
    panel = panels.rows(Head(10, 0, 28, 24, 10, "Newest questions", about), NEWEST, EMPTY)
    again = links.question("", "${__data.fields.question:percentencode}")
    column(panel, "question", to=[link("Ask it again", again, new_tab=True)], width=460)
    column(panel, "status", meaning=style.STATUS)
    column(panel, "latency_s", unit="s", decimals=2, title="latency")
    return hidden(panel, "id")


def _measured(panel: table.Panel) -> table.Panel:
    column(panel, "refused", unit="percentunit", decimals=0)
    return column(panel, "median", unit="s", decimals=2, title="median latency")
