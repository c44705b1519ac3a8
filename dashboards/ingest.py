"""Whether data arrive: rate, lag by source, rejects, what waits and what is spooled, and tags that fell silent."""

from dashboards import base, links, panels, style
from dashboards.columns import column, tag_column
from dashboards.panels import Head
from dashboards.sdk import PanelBuilder, dashboard

NEWEST = """
SELECT {what}
FROM (
    SELECT DISTINCT ON (source) * FROM grafana.ingest
    WHERE "time" <= $__timeTo() AND "time" > $__timeTo()::timestamptz - interval '10 minutes'
    ORDER BY source, "time" DESC
) newest
"""
BY_SOURCE = f"""
SELECT {base.BUCKET} AS "time", source AS metric, {{what}}
FROM grafana.ingest WHERE $__timeFilter("time") GROUP BY 1, 2 ORDER BY 1
"""
DEAD = "SELECT count(*) AS dead FROM grafana.silent WHERE dead AND asset IN (${asset:sqlstring})"
SILENT = """
SELECT dead, tag, asset, role, last_sample, age_s, allowed_s FROM grafana.silent
WHERE asset IN (${asset:sqlstring})
ORDER BY dead DESC, age_s / nullif(allowed_s, 0) DESC NULLS LAST, age_s DESC NULLS FIRST LIMIT 50
"""
SOURCES = """
SELECT DISTINCT ON (source) source, connected, "time", lag_s, read_per_s, accepted_per_s, rejected_per_s, waiting,
       spooled, spooled_bytes
FROM grafana.ingest WHERE "time" <= $__timeTo() AND "time" > $__timeTo()::timestamptz - interval '1 day'
ORDER BY source, "time" DESC
"""
EMPTY = "Nothing was ingested in this time range"


def ingest() -> dashboard.Dashboard:
    """The dashboard `foretell-ingest`."""
    made = (
        base.new(links.INGEST, "ingest", "Rate, lag by source, rejects, spool and dead tags.", "now-6h")
        .with_variable(base.asset())
        .annotation(base.silences())
    )
    for panel in (
        _rate_now(),
        _lag_now(),
        _rejected_now(),
        _waiting_now(),
        _spooled_now(),
        _dead_now(),
        _rate(),
        _lag(),
        _rejected(),
        _waiting(),
        _spooled(),
        _connected(),
        _sources(),
        _silent(),
    ):
        made.with_panel(panel)
    return made.build()


def _rate_now() -> PanelBuilder:
    about = "Samples accepted per second, all sources together, in the newest minute."
    sql = NEWEST.format(what="sum(accepted_per_s) AS rate")
    return panels.number(Head(1, 0, 0, 4, 4, "Accepted", about), sql, "suffix:samples/s", decimals=1)


def _lag_now() -> PanelBuilder:
    about = "Largest lag of any source: how old its newest sample was when it was stored."
    sql = NEWEST.format(what="max(lag_s) AS lag")
    return panels.number(Head(2, 4, 0, 4, 4, "Largest lag", about), sql, "s", 300)


def _rejected_now() -> PanelBuilder:
    about = "Samples rejected per second, all sources together, in the newest minute."
    sql = NEWEST.format(what="sum(rejected_per_s) AS rejected")
    return panels.number(Head(3, 8, 0, 4, 4, "Rejected", about), sql, "suffix:samples/s", 0.001, decimals=2)


def _waiting_now() -> PanelBuilder:
    about = "Samples read and not stored yet."
    sql = NEWEST.format(what="sum(waiting)::float8 AS waiting")
    return panels.number(Head(4, 12, 0, 4, 4, "Waiting", about), sql, "short", 100_000)


def _spooled_now() -> PanelBuilder:
    about = "What lies on disk because the store was away, and comes in when it is back."
    sql = NEWEST.format(what="max(spooled_bytes)::float8 AS spooled")
    return panels.number(Head(5, 16, 0, 4, 4, "Spooled", about), sql, "bytes", 1)


def _dead_now() -> PanelBuilder:
    about = "Tags that have been silent for longer than they may be."
    return panels.number(Head(6, 20, 0, 4, 4, "Dead tags", about), DEAD, "short", 1)


def _rate() -> PanelBuilder:
    about = "Samples accepted per second, by source."
    sql = BY_SOURCE.format(what="avg(accepted_per_s) AS rate")
    return panels.curves(Head(7, 0, 4, 12, 8, "Accepted by source", about), [sql], "suffix:samples/s", EMPTY)


def _lag() -> PanelBuilder:
    about = "How old the newest sample of each source was when it was stored; dashed: 5 minutes."
    sql = BY_SOURCE.format(what="max(lag_s) AS lag")
    panel = panels.curves(Head(8, 12, 4, 12, 8, "Lag by source", about), [sql], "s", EMPTY)
    return panels.threshold_line(panel, 300)


def _rejected() -> PanelBuilder:
    about = "Samples rejected per second, by source; the reasons are in the ingest log and its dead letters."
    sql = BY_SOURCE.format(what="avg(rejected_per_s) AS rejected")
    return panels.curves(Head(9, 0, 12, 8, 7, "Rejected by source", about), [sql], "suffix:samples/s", EMPTY)


def _waiting() -> PanelBuilder:
    about = "Samples read and not stored yet, by source."
    sql = BY_SOURCE.format(what="max(waiting)::float8 AS waiting")
    return panels.curves(Head(10, 8, 12, 8, 7, "Waiting by source", about), [sql], "short", EMPTY)


def _spooled() -> PanelBuilder:
    about = "Bytes on disk because the store was away."
    sql = BY_SOURCE.format(what="max(spooled_bytes)::float8 AS spooled")
    return panels.curves(Head(11, 16, 12, 8, 7, "Spool", about), [sql], "bytes", EMPTY)


def _connected() -> PanelBuilder:
    about = "Whether each source was connected."
    sql = BY_SOURCE.format(what="min(connected::int) AS connected")
    panel = panels.cells(Head(12, 0, 19, 24, 5, "Connection by source", about), sql, "none", EMPTY)
    return panel.mappings(style.words(style.CONNECTED)).thresholds(style.rising())


def _sources() -> PanelBuilder:
    about = "Each source as its newest minute was, in the day before the end of the time range."
    panel = panels.rows(Head(13, 0, 24, 24, 6, "Sources", about), SOURCES, EMPTY)
    column(panel, "connected", meaning=style.ALIVE)
    column(panel, "lag_s", unit="s", title="lag")
    column(panel, "spooled_bytes", unit="bytes", title="spooled, bytes")
    for name in ("read", "accepted", "rejected"):
        column(panel, f"{name}_per_s", unit="suffix:samples/s", decimals=2, title=name)
    return panel


def _silent() -> PanelBuilder:
    about = "Tags by the age of their newest sample against what is allowed; dead ones first."
    panel = panels.rows(Head(14, 0, 30, 24, 9, "Silent tags", about), SILENT, "Every tag was heard")
    column(panel, "dead", meaning=style.DEAD, title="state")
    column(panel, "last_sample", title="last sample")
    column(panel, "age_s", unit="s", title="age")
    column(panel, "allowed_s", unit="s", title="allowed")
    return tag_column(panel)
