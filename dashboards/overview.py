"""The plant overview: what is unusual, how the score went, measured against predicted, and whether data arrive."""

from dashboards import panels
from dashboards.panels import position
from dashboards.query import SOURCE, PostgresQuery
from dashboards.sdk import PanelBuilder, builder, dashboard

UID = "foretell-overview"
EVENT_LINK = "${console}/events/${__data.fields.id}"

OPEN_EVENTS = "SELECT count(*) AS open FROM grafana.event WHERE end_time IS NULL AND explained_by IS NULL"
HIGHEST_SCORE = 'SELECT max(score) AS highest FROM grafana.score WHERE $__timeFilter("time")'
SAMPLE_AGE = """
SELECT extract(epoch FROM now() - max(newest.time)) AS age
FROM grafana.tag t
CROSS JOIN LATERAL (SELECT s.time FROM grafana.sample s WHERE s.tag = t.tag ORDER BY s.time DESC LIMIT 1) newest
"""
SCORING_LAG = 'SELECT extract(epoch FROM now() - max("time")) AS lag FROM grafana.score'
SCORE = """
SELECT $__timeGroup("time",$__interval) AS "time", max(score) AS score
FROM grafana.score WHERE $__timeFilter("time") GROUP BY 1 ORDER BY 1
"""
EVENTS = """
SELECT "time" AS start, end_time AS "end", severity, kind, asset, first_mover, score, message, id
FROM grafana.event
WHERE explained_by IS NULL AND "time" <= $__timeTo() AND coalesce(end_time, now()) >= $__timeFrom()
ORDER BY "time" DESC
"""
MEASURED = """
SELECT $__timeGroup("time",$__interval) AS "time", 'measured, ' || unit AS metric, avg(value) AS value
FROM grafana.sample
WHERE tag IN (${tag:sqlstring}) AND quality = 'good' AND $__timeFilter("time") GROUP BY 1, 2 ORDER BY 1
"""
PREDICTED = """
SELECT "time", mean AS predicted, low, high
FROM grafana.prediction WHERE tag IN (${tag:sqlstring}) AND $__timeFilter("time") ORDER BY 1
"""
RESIDUALS = """
SELECT t.tag, t.asset, newest.sigma, newest.mean AS predicted, t.unit, newest.time AS scored
FROM grafana.tag t
CROSS JOIN LATERAL (
    SELECT p.time, p.sigma, p.mean FROM grafana.prediction p
    WHERE p.tag = t.tag AND p.sigma IS NOT NULL ORDER BY p.time DESC LIMIT 1
) newest
ORDER BY abs(newest.sigma) DESC LIMIT 15
"""
SILENT = """
SELECT t.tag, t.asset, newest.time AS last_sample, extract(epoch FROM now() - newest.time) AS age
FROM grafana.tag t
LEFT JOIN LATERAL (
    SELECT s.time FROM grafana.sample s WHERE s.tag = t.tag ORDER BY s.time DESC LIMIT 1
) newest ON true
WHERE NOT t.movable
ORDER BY age DESC NULLS FIRST LIMIT 15
"""
MOVES = """
SELECT "time", tag || ': ' || before || ' to ' || after || ' ' || unit AS text, tag AS tags
FROM grafana.move WHERE $__timeFilter("time") ORDER BY 1
"""
EVENT_REGIONS = """
SELECT "time", coalesce(end_time, now()) AS timeend, message AS text, severity || ',' || kind AS tags
FROM grafana.event
WHERE explained_by IS NULL AND "time" <= $__timeTo() AND coalesce(end_time, now()) >= $__timeFrom()
"""
TAGS = """
SELECT t.tag
FROM grafana.tag t
LEFT JOIN (SELECT first_mover, max("time") AS latest FROM grafana.event GROUP BY 1) e ON e.first_mover = t.tag
WHERE NOT t.movable
ORDER BY e.latest DESC NULLS LAST, t.tag
"""


def overview() -> dashboard.Dashboard:
    """The dashboard `foretell-overview`."""
    made = (
        builder.Dashboard("Foretell: plant overview")
        .uid(UID)
        .description(
            "Unusual events, detection score, measured against predicted, and the health of the data stream."
        )
        .tags(["foretell"])
        .timezone("browser")
        .time("now-24h", "now")
        .refresh("30s")
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .with_variable(_console())
        .with_variable(_tag())
        .annotation(_annotation("Events", EVENT_REGIONS, panels.ABNORMAL))
        .annotation(_annotation("Operators' moves", MOVES, panels.ORDINARY))
    )
    for panel in (*_numbers(), *_events(), *_stream()):
        made.with_panel(panel)
    return made.build()


def _numbers() -> tuple[PanelBuilder, ...]:
    return (
        panels.number(
            1,
            position(0, 0, 6, 4),
            "Open events",
            "Events that no logged move explains and that go on now.",
            OPEN_EVENTS,
            "short",
            1,
        ),
        panels.number(
            2,
            position(6, 0, 6, 4),
            "Highest score",
            "Largest detection score in the time range; 1 is the threshold.",
            HIGHEST_SCORE,
            "short",
            1,
        ),
        panels.number(
            3, position(12, 0, 6, 4), "Newest sample", "Age of the newest sample of any tag.", SAMPLE_AGE, "s", 300
        ),
        panels.number(
            4,
            position(18, 0, 6, 4),
            "Scoring lag",
            "How far the live loop is behind the present.",
            SCORING_LAG,
            "s",
            900,
        ),
    )


def _events() -> tuple[PanelBuilder, ...]:
    listed = panels.listing(
        6, position(0, 13, 24, 7), "Events", "Events that no logged move explains; the id opens the console.", EVENTS
    )
    return (
        panels.score(
            5,
            position(0, 4, 24, 9),
            "Detection score",
            "Worst detection statistic per row; 1 is the threshold.",
            SCORE,
        ),
        panels.link_column(listed, "id", "Open in the console", EVENT_LINK),
        panels.measured_and_predicted(
            7,
            position(0, 20, 12, 9),
            "$tag",
            "Measured values against what the world model expected a step ahead, with its 90 % band.",
            MEASURED,
            PREDICTED,
        ),
    )


def _stream() -> tuple[PanelBuilder, ...]:
    return (
        panels.listing(
            8,
            position(0, 29, 12, 9),
            "Largest residuals now",
            "The newest one-step residuals, in standard deviations of the prediction.",
            RESIDUALS,
        ),
        panels.listing(
            9,
            position(12, 29, 12, 9),
            "Oldest last samples",
            "Tags by the age of their newest sample; tags logged on change are left out.",
            SILENT,
            "s",
        ),
    )


def _console() -> builder.TextBoxVariable:
    return (
        builder.TextBoxVariable("console")
        .label("Console")
        .description("Address of Foretell's console, for links to events.")
        .default_value("http://127.0.0.1:8600")
    )


def _tag() -> builder.QueryVariable:
    return (
        builder.QueryVariable("tag")
        .label("Tag")
        .description("Tags to draw; those that led the latest events come first.")
        .datasource(SOURCE)
        .query(TAGS)
        .refresh(dashboard.VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(dashboard.VariableSort.DISABLED)
        .multi(True)
    )


def _annotation(name: str, sql: str, colour: str) -> builder.AnnotationQuery:
    return (
        builder.AnnotationQuery()
        .name(name)
        .datasource(SOURCE)
        .enable(True)
        .icon_color(colour)
        .target(PostgresQuery(sql, "Anno"))
    )
