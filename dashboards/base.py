"""What all dashboards share: range and crosshair, links to one another, variables and annotations."""

from dashboards import style
from dashboards.query import SOURCE, PostgresQuery
from dashboards.sdk import builder, dashboard

TAG = "foretell"
"""Every dashboard of ours carries it; by it they find one another."""
CONSOLE = "http://127.0.0.1:8600"
ALL = "$__all"

SPAN = "$__timeFrom()::timestamptz, $__timeTo()::timestamptz, $__interval_ms * interval '1 millisecond'"
"""The time range and the width of a bucket, as the functions of the schema grafana take them."""
BUCKET = "date_bin($__interval_ms * interval '1 millisecond', \"time\", '1970-01-01Z')"
"""The beginning of the bucket of a row; several times as fast as $__timeGroup, which reckons in numeric."""
OVERLAP = '"time" <= $__timeTo() AND coalesce(end_time, now()) >= $__timeFrom()'
"""Any part of an event lies in the time range, also of one that began before it."""
UNUSUAL = "NOT withdrawn AND explained_by IS NULL"
STATE = """CASE WHEN NOT open THEN 'over' WHEN shelved_until > now() THEN 'shelved'
            WHEN acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END"""

ASSETS = "SELECT DISTINCT asset FROM grafana.tag WHERE asset IS NOT NULL ORDER BY 1"
TAGS = """
SELECT t.tag
FROM grafana.tag t
LEFT JOIN (
    SELECT first_mover, max("time") AS latest
    FROM (SELECT first_mover, "time" FROM grafana.event ORDER BY "time" DESC LIMIT 200) newest GROUP BY 1
) e ON e.first_mover = t.tag
WHERE NOT t.movable AND t.asset IN (${asset:sqlstring})
ORDER BY e.latest DESC NULLS LAST, t.tag
"""
EVENTS = f"""
SELECT id AS __value, to_char("time" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || message AS __text
FROM grafana.event WHERE {UNUSUAL} ORDER BY "time" DESC LIMIT 200
"""
SCENARIOS = """
SELECT id AS __value,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || coalesce(name, question, moves)
           AS __text
FROM grafana.scenario WHERE verdict <> 'refused' ORDER BY created_at DESC LIMIT 200
"""
EVENT_REGIONS = f"""
SELECT "time", coalesce(end_time, now()) AS timeend, message AS text, severity || ',' || kind AS tags
FROM grafana.event
WHERE {UNUSUAL} AND {OVERLAP}
ORDER BY "time" DESC LIMIT 500
"""
MOVES = """
SELECT "time", tag || ': ' || before || ' to ' || after || ' ' || coalesce(unit, '') AS text, tag AS tags
FROM grafana.move WHERE $__timeFilter("time") ORDER BY "time" DESC LIMIT 500
"""


SILENCES = f"""
SELECT "time", coalesce(end_time, now()) AS timeend, message AS text, severity AS tags
FROM grafana.event
WHERE kind = 'silence' AND NOT withdrawn AND {OVERLAP}
ORDER BY "time" DESC LIMIT 500
"""
VERSIONS = """
SELECT "time", 'model ' || model_version AS text, 'version' AS tags
FROM (
    SELECT "time", model_version, lag(model_version) OVER (ORDER BY "time") AS before
    FROM (
        SELECT DISTINCT ON ("time") "time", model_version FROM grafana.model_health
        WHERE "time" <= $__timeTo() AND "time" >= $__timeFrom()::timestamptz - interval '1 day'
        ORDER BY "time", rows DESC
    ) hours
) changes
WHERE model_version <> before AND $__timeFilter("time") ORDER BY 1
"""


def new(uid: str, title: str, description: str, start: str = "now-24h") -> builder.Dashboard:
    """An empty dashboard from `start` until now, with the links to the others and the variable `console`."""
    return (
        builder.Dashboard(f"Foretell: {title}")
        .uid(uid)
        .description(description)
        .tags([TAG])
        .timezone("browser")
        .time(start, "now")
        .refresh("1m")
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .link(_siblings())
        .link(_to_console("Console", "${console}/", "Foretell's own page"))
        .with_variable(_console())
    )


def link_to_console(title: str, path: str, tooltip: str) -> builder.DashboardLink:
    """A link at the top of the dashboard to a page of the console."""
    return _to_console(title, "${console}" + path, tooltip)


def asset() -> builder.QueryVariable:
    """Which assets; all of them at first."""
    return (
        _query("asset", "Asset", "Assets to show.", ASSETS)
        .multi(True)
        .include_all(True)
        .current(dashboard.VariableOption(text=["All"], value=[ALL]))
    )


def tag() -> builder.QueryVariable:
    """Which tags; needs the variable `asset`."""
    return _query("tag", "Tag", "Tags to draw; those that led the latest events come first.", TAGS).multi(True)


def event() -> builder.QueryVariable:
    """Which event; the newest at first."""
    return _query("event", "Event", "The event that is looked at; the newest 200 are listed.", EVENTS)


def scenario() -> builder.QueryVariable:
    """Which stored scenario; the newest at first."""
    return _query(
        "scenario", "Scenario", "The stored scenario that is looked at; the newest 200 are listed.", SCENARIOS
    )


def following(name: str, label: str, description: str, sql: str) -> builder.QueryVariable:
    """A variable that nobody sees: all that `sql` gives for what the others have chosen; panels repeat by it."""
    return (
        _query(name, label, description, sql)
        .hide(dashboard.VariableHide.HIDE_VARIABLE)
        .multi(True)
        .include_all(True)
        .current(dashboard.VariableOption(text=["All"], value=[ALL]))
    )


def event_regions() -> builder.AnnotationQuery:
    """Unusual events as regions."""
    return annotation("Events", EVENT_REGIONS, style.HIGH)


def moves() -> builder.AnnotationQuery:
    """Operators' moves as marks."""
    return annotation("Operators' moves", MOVES, style.ORDINARY)


def silences() -> builder.AnnotationQuery:
    """Events of silence as regions."""
    return annotation("Silences", SILENCES, style.HIGH)


def versions() -> builder.AnnotationQuery:
    """Changes of the model's version as marks."""
    return annotation("Model versions", VERSIONS, style.SCENARIO)


def annotation(name: str, sql: str, colour: str) -> builder.AnnotationQuery:
    """Marks over every curve of the dashboard; needs the columns time and text, and for regions timeend."""
    return (
        builder.AnnotationQuery()
        .name(name)
        .datasource(SOURCE)
        .enable(True)
        .icon_color(colour)
        .target(PostgresQuery(sql, "Anno"))
    )


def _siblings() -> builder.DashboardLink:
    return (
        builder.DashboardLink("Foretell")
        .type(dashboard.DashboardLinkType.DASHBOARDS)
        .icon("external link")
        .tooltip("The other dashboards, at the same time range")
        .tags([TAG])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(True)
    )


def _to_console(title: str, url: str, tooltip: str) -> builder.DashboardLink:
    return (
        builder.DashboardLink(title)
        .type(dashboard.DashboardLinkType.LINK)
        .icon("external link")
        .tooltip(tooltip)
        .url(url)
        .target_blank(True)
    )


def _console() -> builder.TextBoxVariable:
    return (
        builder.TextBoxVariable("console")
        .label("Console")
        .description("Address of Foretell's console, for links to it.")
        .default_value(CONSOLE)
    )


def _query(name: str, label: str, description: str, sql: str) -> builder.QueryVariable:
    return (
        builder.QueryVariable(name)
        .label(label)
        .description(description)
        .datasource(SOURCE)
        .query(sql)
        .refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(dashboard.VariableSort.DISABLED)
    )
