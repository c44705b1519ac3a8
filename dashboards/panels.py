"""Panels over the historian's views, each a function that gives a builder; common defaults live here."""

from dashboards.query import SOURCE, PostgresQuery
from dashboards.sdk import builder, common, common_builder, dashboard, stat, table, timeseries

ORDINARY, ABNORMAL, MEASURED, PREDICTED = "#8793a3", "#c44200", "#1f60c4", "#5db3e8"
DISCONNECT_MS = 30 * 60 * 1000.0


def position(x: int, y: int, w: int, h: int) -> dashboard.GridPos:
    """A place on the 24-column grid."""
    return dashboard.GridPos(x=x, y=y, w=w, h=h)


def number(
    identity: int, place: dashboard.GridPos, title: str, description: str, sql: str, unit: str, abnormal: float
) -> stat.Panel:
    """One value, grey until it reaches `abnormal`."""
    return (
        stat.Panel()
        .id(identity)
        .title(title)
        .description(description)
        .grid_pos(place)
        .datasource(SOURCE)
        .with_target(PostgresQuery(sql))
        .unit(unit)
        .decimals(0 if unit in {"short", "s"} else 2)
        .thresholds(_from(abnormal))
        .color_scheme(builder.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
        .no_value("no data")
        .reduce_options(common_builder.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def score(identity: int, place: dashboard.GridPos, title: str, description: str, sql: str) -> timeseries.Panel:
    """Scores on a logarithmic axis, with the threshold 1 as a line."""
    return (
        _lines(identity, place, title, description, [sql])
        .unit("short")
        .thresholds(_from(1.0))
        .thresholds_style(common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED))
        .scale_distribution(common_builder.ScaleDistributionConfig().type(common.ScaleDistribution.LOG).log(10))
        .color_scheme(_fixed(ORDINARY))
    )


def measured_and_predicted(
    identity: int, place: dashboard.GridPos, title: str, description: str, measured: str, predicted: str
) -> timeseries.Panel:
    """Measured values over the predicted mean and its band, once per chosen tag."""
    return (
        _lines(identity, place, title, description, [measured, predicted])
        .unit("short")
        .repeat("tag")
        .repeat_direction("h")
        .max_per_row(2)
        .color_scheme(_fixed(MEASURED))
        .override_by_name("predicted", [_property("color", _colour(PREDICTED))])
        .override_by_regexp(
            "^(low|high)$", [_property("color", _colour(PREDICTED)), _property("custom.lineWidth", 0)]
        )
        .override_by_name("high", [_property("custom.fillBelowTo", "low"), _property("custom.fillOpacity", 20)])
    )


def listing(
    identity: int, place: dashboard.GridPos, title: str, description: str, sql: str, unit: str = "short"
) -> table.Panel:
    """Rows as the query gives them."""
    return (
        table.Panel()
        .id(identity)
        .title(title)
        .description(description)
        .grid_pos(place)
        .datasource(SOURCE)
        .with_target(PostgresQuery(sql))
        .unit(unit)
        .no_value("none")
    )


def link_column(panel: table.Panel, column: str, title: str, url: str) -> table.Panel:
    """A column whose cells open `url`."""
    link = {"title": title, "url": url, "targetBlank": True}
    return panel.override_by_name(column, [_property("links", [link])])


def _lines(
    identity: int, place: dashboard.GridPos, title: str, description: str, queries: list[str]
) -> timeseries.Panel:
    panel = (
        timeseries.Panel()
        .id(identity)
        .title(title)
        .description(description)
        .grid_pos(place)
        .datasource(SOURCE)
        .interval("1m")
        .line_width(1)
        .fill_opacity(0)
        .show_points(common.VisibilityMode.AUTO)
        .insert_nulls(DISCONNECT_MS)
    )
    for letter, sql in zip("ABCD", queries, strict=False):
        panel.with_target(PostgresQuery(sql, letter, time_series=True))
    return panel


def _from(abnormal: float) -> builder.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=ORDINARY), dashboard.Threshold(value=abnormal, color=ABNORMAL)]
    return builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)


def _fixed(colour: str) -> builder.FieldColor:
    return builder.FieldColor().mode(dashboard.FieldColorModeId.FIXED).fixed_color(colour)


def _colour(colour: str) -> dict[str, str]:
    return {"mode": "fixed", "fixedColor": colour}


def _property(identity: str, value: object) -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val=identity, value=value)
