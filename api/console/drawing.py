"""What charts are drawn with: axes, lines with bands, marked regions, limits; ECharts options as plain dicts.

Colours are the style sheet's variables (the SVG renderer passes them on), so one chart serves the light and
the dark page. Instants are drawn on the plant's clock: every chart keeps the zone's offset at its end, and
names it on the axis.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from api.console.pointing import axis_number, pointed_instant, pointed_number
from api.console.words import Words
from api.console.writing import Writer, unit_sign
from twin.answer import Series
from twin.event import EventFrame, Severity
from twin.plant import Limits

Options = dict[str, Any]
Point = list[float | None]
Rows = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

INK, MUTED, GRID = "var(--ink)", "var(--muted)", "var(--grid)"
BASELINE, SCENARIO, BAR = "var(--baseline)", "var(--scenario)", "var(--bar)"
LINE_COLOURS = (INK, BASELINE, "var(--third)", BAR)
SEVERITY_COLOUR = {Severity.LOW: "var(--low)", Severity.MEDIUM: "var(--medium)", Severity.HIGH: "var(--high)"}
TEXT = {"color": MUTED, "fontSize": 12, "fontFamily": "Roboto, sans-serif"}
CLOCK_LABELS = {"hour": "{HH}:{mm}", "minute": "{HH}:{mm}", "second": "{HH}:{mm}:{ss}"}
DAY_LABELS = {
    "en": {"year": "{yyyy}", "month": "{d} {MMM}", "day": "{ee} {d} {MMM}"},
    "de": {"year": "{yyyy}", "month": "{d}.{M}.", "day": "{d}.{M}."},
}
"""What the axis writes at the start of a year, a month and a day; ECharts has no names of months but English ones."""


class PlantTime:
    """Places instants on a chart's axis: milliseconds on the plant's clock, with the offset in force at `end`."""

    def __init__(self, write: Writer, end: datetime) -> None:
        self._offset = end.astimezone(write.zone).utcoffset() or timedelta(0)
        self.words = write.words
        self.name = write.zone_name(end)

    def __call__(self, moment: datetime) -> float:
        """The axis value of an instant."""
        return (moment.astimezone(UTC) + self._offset).timestamp() * 1000

    def moment(self, value: float) -> datetime:
        """The instant that stands at a value of the axis."""
        return datetime.fromtimestamp(value / 1000, UTC) - self._offset


def frame(description: str, at: PlantTime) -> Options:
    """What all charts over time share; the description, with the zone, is read out by screen readers."""
    return {
        **plain_frame(at.words("events.chart.zone", said=description, zone=at.name)),
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": "var(--surface)",
            "borderColor": GRID,
            "textStyle": {"color": INK, "fontSize": 12},
            ":valueFormatter": pointed_number(at.words),
            "axisPointer": {
                "type": "line",
                "lineStyle": {"color": MUTED},
                "label": {"show": False, ":formatter": pointed_instant(at.words, at.name)},
            },
        },
    }


def plain_frame(description: str) -> Options:
    """What all charts share."""
    return {
        "useUTC": True,
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {**TEXT, "color": INK},
        "aria": {"enabled": True, "label": {"description": f"{description}."}},
        "grid": {"left": 56, "right": 18, "top": 38, "bottom": 44},
    }


def time_axis(at: PlantTime, start: datetime, end: datetime) -> Options:
    """The plant's clock from start to end, named by its zone."""
    return {
        "type": "time",
        "min": at(start),
        "max": at(end),
        "name": at.name,
        "nameLocation": "end",
        "nameGap": 2,
        "nameTextStyle": {"color": MUTED, "align": "right", "verticalAlign": "top", "padding": [24, 0, 0, 0]},
        "axisLabel": {**TEXT, "formatter": {**DAY_LABELS[at.words.language], **CLOCK_LABELS}, "hideOverlap": True},
        "splitNumber": 6,
        "axisLine": {"onZero": False, "lineStyle": {"color": GRID}},
        "axisTick": {"lineStyle": {"color": GRID}},
        "splitLine": {"show": False},
    }


def value_axis(name: str, words: Words) -> Options:
    """Values in their unit, not forced down to zero."""
    return {
        "type": "value",
        "scale": True,
        "name": name,
        "nameTextStyle": {"color": MUTED, "align": "left", "padding": [0, 0, 0, -40]},
        "axisLabel": {**TEXT, ":formatter": axis_number(words)},
        "axisLine": {"show": False},
        "splitLine": {"lineStyle": {"color": GRID}},
    }


def legend(names: Sequence[str]) -> Options:
    """Names of the lines, at the top right."""
    return {
        "data": list(names),
        "right": 12,
        "top": 0,
        "textStyle": {"color": INK},
        "inactiveColor": MUTED,
        "icon": "roundRect",
        "itemWidth": 16,
        "itemHeight": 3,
        "itemGap": 18,
    }


def line(series: Series, at: PlantTime, colour: str, *, dashed: bool = False, width: float = 2) -> Options:
    """A line that stays open where a value is missing."""
    return {
        "type": "line",
        "name": series.name,
        "data": _points(series.time, series.values, at),
        "showSymbol": _lonely(series.values),
        "symbol": "circle",
        "symbolSize": 4,
        "connectNulls": False,
        "lineStyle": {"color": colour, "width": width, "type": "dashed" if dashed else "solid"},
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
    }


def line_with_band(series: Series, at: PlantTime, colour: str, *, dashed: bool = False) -> list[Options]:
    """The line, and under it its band (if it has one) as a stacked pair that neither legend nor tooltip shows."""
    drawn = line(series, at, colour, dashed=dashed)
    if series.low is None or series.high is None:
        return [drawn]
    drawn["data"] = [
        [at(moment), *map(rounded, row)]
        for moment, *row in zip(series.time, series.values, series.low, series.high, strict=True)
    ]
    drawn["dimensions"] = ["time", *(at.words(f"events.chart.{side}") for side in ("mean", "low", "high"))]
    drawn["encode"] = {"x": 0, "y": 1, "tooltip": [1, 2, 3]}
    return [*_band(series, series.low, series.high, at, colour), drawn]


def thinned(series: Series, stretches: int) -> Series:
    """Of each stretch the rows of its lowest and its highest value; one with a gap is left whole."""
    if len(series.time) <= 2 * stretches:
        return series
    values = np.array(series.values, dtype=float)
    kept = [row for stretch in np.array_split(np.arange(len(values)), stretches) for row in _telling(stretch, values)]
    sides = {name: getattr(series, name) for name in ("time", "values", "low", "high")}
    return series.model_copy(update={name: side and tuple(side[row] for row in kept) for name, side in sides.items()})


def event_colour(event: EventFrame) -> str:
    """Its severity's; grey for what a logged move or late samples explain."""
    return SEVERITY_COLOUR[event.severity] if event.anomalous else BAR


def event_areas(events: Sequence[EventFrame], at: PlantTime, open_end: datetime, *, labelled: bool) -> Options:
    """Regions from each event's start to its end, or to `open_end` while it is open; named by the event's id.

    Labels of neighbours stand at two heights, so that they can be told apart.
    """
    return {
        "data": [
            [
                {
                    "name": event.id,
                    "xAxis": at(event.start),
                    "itemStyle": {
                        "color": event_colour(event),
                        "opacity": 0.22,
                        "borderColor": event_colour(event),
                        "borderWidth": 2,
                    },
                    "label": {"formatter": event.first_mover, "show": labelled, "distance": 4 + 13 * (index % 2)},
                },
                {"xAxis": at(event.end or open_end)},
            ]
            for index, event in enumerate(events)
        ],
        "label": {"color": INK, "position": "top", "fontSize": 11},
    }


def limit_lines(limits: Limits, lines: Sequence[Series], unit: str, write: Writer) -> list[Options]:
    """Limits no farther from the curves than the curves' own spread, so that they do not flatten them."""
    drawn = [side for item in lines for side in (item.values, item.low or (), item.high or ())]
    values = [value for side in drawn for value in side if value is not None]
    if not values:
        return []
    low, high = min(values), max(values)
    reach = high - low
    near = [(name, value) for name, value in limits.items() if low - reach <= value <= high + reach]
    return [
        {
            "yAxis": value,
            "name": f"{limit_name(name, write.words)} {write.quantity(value, unit)}",
            "lineStyle": {"color": SEVERITY_COLOUR[Severity.HIGH], "type": "dotted", "width": 1.5},
            "label": {"color": SEVERITY_COLOUR[Severity.HIGH], "position": "insideEndTop", "formatter": "{b}"},
        }
        for name, value in near
    ]


def vertical(moment: datetime, at: PlantTime, name: str) -> Options:
    """A thin named line at an instant."""
    return {
        "xAxis": at(moment),
        "name": name,
        "lineStyle": {"color": MUTED, "type": "solid", "width": 1},
        "label": {"color": MUTED, "position": "insideEndTop", "formatter": "{b}"},
    }


def slider() -> Options:
    """A bar under the chart that chooses the part of the time that is shown."""
    return {
        "type": "slider",
        "filterMode": "none",
        "bottom": 6,
        "height": 18,
        "borderColor": GRID,
        "fillerColor": "transparent",
        "handleStyle": {"color": BASELINE},
        "moveHandleStyle": {"color": BASELINE},
        "dataBackground": {"lineStyle": {"color": BASELINE}, "areaStyle": {"color": GRID}},
        "textStyle": TEXT,
        "showDetail": False,
    }


def rounded(value: float | None) -> float | None:
    """Six significant digits for the pointer; None for NaN."""
    return None if value is None or math.isnan(value) else float(f"{value:.6g}")


def spoken(unit: str, words: Words) -> str:
    """The unit in a description."""
    return unit_sign(unit) or words("events.chart.no_unit")


def limit_name(name: str, words: Words) -> str:
    """What the field calls a limit."""
    return words(f"events.limit.{name}")


def _band(
    series: Series, low: Sequence[float | None], high: Sequence[float | None], at: PlantTime, colour: str
) -> list[Options]:
    height = [None if a is None or b is None else b - a for a, b in zip(low, high, strict=True)]
    shared = {
        "type": "line",
        "stack": f"band of {series.name}",
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"width": 0, "opacity": 0},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
    }
    edge = {**shared, "name": f"{series.name} low", "data": _points(series.time, low, at)}
    area = {**shared, "name": f"{series.name} band", "data": _points(series.time, height, at)}
    return [edge, {**area, "areaStyle": {"color": colour, "opacity": 0.16}}]


def _telling(rows: Rows, values: Values) -> Sequence[int]:
    here = values[rows]
    kept: list[int] = (rows if np.isnan(here).any() else np.unique(rows[[here.argmin(), here.argmax()]])).tolist()
    return kept


def _points(time: Sequence[datetime], values: Sequence[float | None], at: PlantTime) -> list[Point]:
    return [[at(moment), rounded(value)] for moment, value in zip(time, values, strict=True)]


def _lonely(values: Sequence[float | None]) -> bool:
    """Whether no two neighbours are there, so that a line alone would show nothing (analysers)."""
    return not any(a is not None and b is not None for a, b in pairwise(values))
