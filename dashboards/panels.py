"""One function per kind of panel, with the defaults that all panels of that kind share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from dashboards import style
from dashboards.query import SOURCE, PostgresQuery
from dashboards.sdk import (
    Builder,
    Dataquery,
    barchart,
    builder,
    common,
    common_builder,
    dashboard,
    stat,
    statushistory,
    table,
    text,
    text_model,
    timeseries,
)

DISCONNECT_MS = 30 * 60 * 1000.0
"""A gap in the samples of half an hour is a gap in the curve."""
LEAST_INTERVAL = "1m"
MOST_CELLS = 120.0
"""A status history refuses to draw more points than it has pixels."""


@dataclass(frozen=True)
class Head:
    """What every panel has: an id that stays its own for good, a place on the 24-column grid, a title, a sentence."""

    identity: int
    x: int
    y: int
    w: int
    h: int
    title: str
    description: str


class _Headed(Protocol):
    def id(self, id_val: int) -> Self: ...
    def title(self, title: str) -> Self: ...
    def description(self, description: str) -> Self: ...
    def grid_pos(self, grid_pos: dashboard.GridPos) -> Self: ...


class _Queried(_Headed, Protocol):
    def datasource(self, datasource: common.DataSourceRef) -> Self: ...
    def with_target(self, target: Builder[Dataquery]) -> Self: ...
    def no_value(self, no_value: str) -> Self: ...


HeadedT = TypeVar("HeadedT", bound=_Headed)
QueriedT = TypeVar("QueriedT", bound=_Queried)


def number(
    head: Head, sql: str, unit: str, abnormal: float | None = None, decimals: int = 0, empty: str = "no data"
) -> stat.Panel:
    """One value, grey until it reaches `abnormal`."""
    steps = () if abnormal is None else ((abnormal, style.HIGH),)
    panel = _queried(stat.Panel(), head, [PostgresQuery(sql)], empty)
    return (
        panel.unit(unit)
        .decimals(decimals)
        .graph_mode(common.BigValueGraphMode.NONE)
        .thresholds(style.rising(*steps))
        .color_scheme(style.by_threshold())
        .reduce_options(common_builder.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def word(head: Head, sql: str, empty: str = "none") -> stat.Panel:
    """One text."""
    panel = _queried(stat.Panel(), head, [PostgresQuery(sql)], empty)
    return (
        panel.unit("string")
        .graph_mode(common.BigValueGraphMode.NONE)
        .thresholds(style.rising())
        .color_scheme(style.by_threshold())
        .reduce_options(common_builder.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
    )


def curves(
    head: Head, queries: Sequence[str], unit: str, empty: str = "Nothing in this time range"
) -> timeseries.Panel:
    """Lines over time, one query each or several by a column `metric`; a gap in the data is a gap in the line."""
    asked = [PostgresQuery(sql, letter, time_series=True) for letter, sql in zip("ABCDE", queries, strict=False)]
    panel = _queried(timeseries.Panel(), head, asked, empty)
    return (
        panel.unit(unit)
        .interval(LEAST_INTERVAL)
        .line_width(1)
        .fill_opacity(0)
        .show_points(common.VisibilityMode.AUTO)
        .insert_nulls(DISCONNECT_MS)
        .tooltip(_all_in_one())
    )


def bars_over_time(head: Head, sql: str, unit: str, empty: str = "Nothing in this time range") -> timeseries.Panel:
    """Stacked bars over time."""
    return (
        curves(head, [sql], unit, empty)
        .draw_style(common.GraphDrawStyle.BARS)
        .fill_opacity(60)
        .stacking(common_builder.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    )


def threshold_line(panel: timeseries.Panel, value: float) -> timeseries.Panel:
    """A dashed line at `value`, beyond which it is abnormal."""
    return dashed_at(panel, style.rising((value, style.HIGH)))


def dashed_at(panel: timeseries.Panel, thresholds: builder.ThresholdsConfig) -> timeseries.Panel:
    """Dashed lines at the thresholds."""
    dashed = common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
    return panel.thresholds(thresholds).thresholds_style(dashed)


def hourly(panel: timeseries.Panel) -> timeseries.Panel:
    """One point an hour: a gap of three is a gap in the curve."""
    return panel.insert_nulls(3 * 60 * 60 * 1000.0)


def band(panel: timeseries.Panel, mean: str, low: str, high: str, colour: str, *, dashed: bool) -> timeseries.Panel:
    """Fills between the series `low` and `high`; `mean` lies in it, dashed if asked for."""
    line = [_property("color", _colour(colour))]
    if dashed:
        line.append(_property("custom.lineStyle", {"fill": "dash", "dash": [8, 6]}))
    edge = [_property("color", _colour(colour)), _property("custom.lineWidth", 0)]
    filled = [*edge, _property("custom.fillBelowTo", low), _property("custom.fillOpacity", 20)]
    return panel.override_by_name(mean, line).override_by_name(low, edge).override_by_name(high, filled)


def limits(panel: timeseries.Panel) -> timeseries.Panel:
    """Series whose name ends with the word limit are dotted lines from edge to edge."""
    dotted = {"fill": "dot", "dash": [0, 8]}
    return panel.override_by_regexp(
        "/ limit$/",
        [
            _property("color", _colour(style.HIGH)),
            _property("custom.lineStyle", dotted),
            _property("custom.insertNulls", False),
            _property("custom.showPoints", "never"),
        ],
    )


def coloured(panel: timeseries.Panel, series: str, colour: str) -> timeseries.Panel:
    """One series in a colour of its own."""
    return panel.override_by_name(series, [_property("color", _colour(colour))])


def dotted(panel: timeseries.Panel, series: str, colour: str) -> timeseries.Panel:
    """One series as points only."""
    return panel.override_by_name(
        series, [_property("color", _colour(colour)), _property("custom.drawStyle", "points")]
    )


def logarithmic(panel: timeseries.Panel) -> timeseries.Panel:
    """A logarithmic axis."""
    return panel.scale_distribution(
        common_builder.ScaleDistributionConfig().type(common.ScaleDistribution.LOG).log(10)
    )


def cells(head: Head, sql: str, unit: str, empty: str = "Nothing in this time range") -> statushistory.Panel:
    """One row of cells per series, coloured by threshold, with the value in a cell where there is room."""
    panel = _queried(statushistory.Panel(), head, [PostgresQuery(sql, time_series=True)], empty)
    return (
        panel.unit(unit)
        .interval(LEAST_INTERVAL)
        .max_data_points(MOST_CELLS)
        .color_scheme(style.by_threshold())
        .show_value(common.VisibilityMode.AUTO)
        .row_height(0.85)
        .fill_opacity(80)
        .legend(common_builder.VizLegendOptions().show_legend(False).display_mode(common.LegendDisplayMode.LIST))
    )


def bars(head: Head, sql: str, unit: str, empty: str = "none") -> barchart.Panel:
    """Horizontal bars, one per row of the query, in its order; the first column names them."""
    panel = _queried(barchart.Panel(), head, [PostgresQuery(sql)], empty)
    return (
        panel.unit(unit)
        .orientation(common.VizOrientation.HORIZONTAL)
        .show_value(common.VisibilityMode.ALWAYS)
        .color_scheme(style.fixed(style.ORDINARY))
        .fill_opacity(80)
        .legend(common_builder.VizLegendOptions().show_legend(False).display_mode(common.LegendDisplayMode.LIST))
    )


def rows(head: Head, sql: str, empty: str = "none") -> table.Panel:
    """Rows as the query gives them."""
    panel = _queried(table.Panel(), head, [PostgresQuery(sql)], empty)
    return panel.unit("short").cell_height(common.TableCellHeight.SM).show_header(True)


def note(head: Head, markdown: str) -> text.Panel:
    """Words and links; variables in them are filled in."""
    return _headed(text.Panel(), head).mode(text_model.TextMode.MARKDOWN).content(markdown)


def _headed(panel: HeadedT, head: Head) -> HeadedT:
    place = dashboard.GridPos(x=head.x, y=head.y, w=head.w, h=head.h)
    return panel.id(head.identity).title(head.title).description(head.description).grid_pos(place)


def _queried(panel: QueriedT, head: Head, queries: Sequence[PostgresQuery], empty: str) -> QueriedT:
    made = _headed(panel, head).datasource(SOURCE).no_value(empty)
    for query in queries:
        made.with_target(query)
    return made


def _all_in_one() -> common_builder.VizTooltipOptions:
    return common_builder.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.NONE)


def _colour(colour: str) -> dict[str, str]:
    return {"mode": "fixed", "fixedColor": colour}


def _property(identity: str, value: object) -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val=identity, value=value)
