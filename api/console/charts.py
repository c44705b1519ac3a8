"""The console's charts, made from the twin's own values: pure functions that give ECharts options."""

from collections.abc import Sequence

import numpy as np

from api.console.drawing import (
    BAR,
    BASELINE,
    GRID,
    INK,
    LINE_COLOURS,
    MUTED,
    SCENARIO,
    TEXT,
    Options,
    PlantTime,
    event_areas,
    event_colour,
    frame,
    legend,
    limit_lines,
    line_with_band,
    plain_frame,
    rounded,
    slider,
    spoken,
    thinned,
    time_axis,
    value_axis,
)
from api.console.pointing import labelled_number
from api.console.writing import Writer, unit_sign
from twin.answer import Series
from twin.clock import Span, from_datetime64
from twin.event import Contribution, EventFrame, Severity
from twin.plant import Tag
from twin.protocols import ScoreSeries
from twin.scenario import LoggedMove

SCORE_FLOOR = 0.1
STRETCHES = 120
"""Of a line in an answer's chart, which cannot be zoomed, each drawn by two rows; its file has all of them."""
EVENTS, MOVES = "events", "moves"
"""Names of the strip's series: they are not shown."""
MOVE_ROW, EVENT_ROW = 0, 1
POINT = 7
"""Size of the point under the pointer, which can be clicked."""
SEVERITY_SYMBOL = {Severity.LOW: "circle", Severity.MEDIUM: "triangle", Severity.HIGH: "diamond"}
STRIP = {"type": "scatter", "xAxisIndex": 1, "yAxisIndex": 1, "tooltip": {"trigger": "item", "formatter": "{b}"}}


def series_chart(series: Sequence[Series], write: Writer, marks: Sequence[EventFrame] = ()) -> Options:
    """One tag's lines, for example measured and predicted; bands where low and high are given, gaps left open."""
    times = [moment for item in series for moment in item.time]
    at, words = PlantTime(write, max(times)), write.words
    names = [item.name for item in series]
    colours = [
        LINE_COLOURS[index % len(LINE_COLOURS)] if item.low is None else SCENARIO for index, item in enumerate(series)
    ]
    drawn = [
        part
        for item, colour in zip(series, colours, strict=True)
        for part in line_with_band(thinned(item, STRETCHES), at, colour)
    ]
    drawn[0]["markArea"] = {**event_areas(marks, at, max(times), labelled=False), "silent": True}
    first = series[0]
    said = words("events.chart.series", tag=first.tag, names=", ".join(names), unit=spoken(first.unit, words))
    return {
        **frame(said, at),
        "legend": legend(names),
        "xAxis": time_axis(at, min(times), max(times)),
        "yAxis": value_axis(unit_sign(first.unit), words),
        "series": drawn,
    }


def timeline_chart(
    scores: ScoreSeries, events: Sequence[EventFrame], moves: Sequence[LoggedMove], span: Span, write: Writer
) -> Options:
    """The detection score with its threshold, events as marked regions, and a strip of events and logged moves.

    Points of the strip carry `event` in their data: the id to open. Marked regions are named by that id.
    """
    at, words = PlantTime(write, span.end), write.words
    length = write.duration(span.end - span.start)
    axis = time_axis(at, span.start, span.end)
    score = {**value_axis(words("events.chart.score_axis"), words), "type": "log", "min": SCORE_FLOOR}
    rows = [words("events.chart.moves"), words("events.chart.events")]
    left = _room(rows)
    return {
        **frame(words.counted("events.chart.timeline", len(events), length=length), at),
        "grid": [
            {"left": left, "right": 18, "top": 46, "height": 180},
            {"left": left, "right": 18, "top": 254, "height": 56},
        ],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "xAxis": [{**axis, "axisLabel": {"show": False}, "name": ""}, {**axis, "gridIndex": 1}],
        "yAxis": [score, _strip_axis(rows)],
        "series": [
            {**_score_line(scores, at), "markArea": event_areas(events, at, span.end, labelled=True)},
            {**STRIP, "name": EVENTS, "data": _event_points(events, at, span), "symbolSize": 14},
            {**STRIP, "name": MOVES, "data": _move_points(moves, at, write), "symbolSize": 9, "symbol": "arrow"},
        ],
    }


def tag_chart(
    measured: Series,
    predicted: Series,
    tag: Tag,
    events: Sequence[EventFrame],
    moves: Sequence[LoggedMove],
    span: Span,
    write: Writer,
) -> Options:
    """One tag over a stretch: measured against predicted with its band, limits in reach, events, logged moves; zooms.

    Regions are named by the id of their event. A point of the measured line carries its instant and value.
    """
    at, words = PlantTime(write, span.end), write.words
    lines = [line for line in (measured, predicted) if line.time]
    drawn = [part for line in lines for part in line_with_band(line, at, INK if line is measured else SCENARIO)]
    for part in drawn:
        if part["name"] == measured.name:
            part |= {"symbolSize": POINT, "emphasis": {"scale": 1.6}, "z": 4}
    if not drawn:
        drawn = [{"type": "line", "name": measured.name, "data": []}]
    drawn[0]["markArea"] = event_areas(events, at, span.end, labelled=False)
    drawn[0]["markLine"] = {"symbol": "none", "silent": True, "data": limit_lines(tag.limits, lines, tag.unit, write)}
    names, rows = [line.name for line in lines], [words("events.chart.moves")]
    left = _room(rows)
    axis = time_axis(at, span.start, span.end)
    said = words("events.chart.series", tag=tag.name, names=", ".join(names), unit=spoken(tag.unit, words))
    return {
        **frame(said, at),
        "legend": legend(names),
        "grid": [
            {"left": left, "right": 18, "top": 38, "height": 230},
            {"left": left, "right": 18, "top": 282, "height": 24},
        ],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "dataZoom": [
            {"type": "inside", "xAxisIndex": [0, 1], "filterMode": "none", "zoomOnMouseWheel": "ctrl"},
            {**slider(), "xAxisIndex": [0, 1]},
        ],
        "xAxis": [{**axis, "axisLabel": {"show": False}, "name": ""}, {**axis, "gridIndex": 1}],
        "yAxis": [value_axis(unit_sign(tag.unit), words), _strip_axis(rows)],
        "series": [
            *drawn,
            {**STRIP, "name": MOVES, "data": _move_points(moves, at, write), "symbolSize": 9, "symbol": "arrow"},
        ],
    }


def contribution_chart(contributions: Sequence[Contribution], write: Writer, limit: int = 8) -> Options:
    """The largest contributors, the largest on top, as parts of the event's score."""
    shown, words = contributions[:limit], write.words
    shares = ", ".join(f"{item.tag} {write.per_cent(item.share)}" for item in shown)
    share = value_axis(words("events.chart.share_axis"), words)
    return {
        **plain_frame(words("events.chart.contributions", shares=shares)),
        "grid": {"left": 8, "right": 56, "top": 8, "bottom": 24, "containLabel": True},
        "tooltip": {"show": False},
        "xAxis": {**share, "nameLocation": "middle", "nameGap": 24, "min": 0},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [item.tag for item in shown],
            "axisLabel": {**TEXT, "color": INK},
            "axisTick": {"show": False},
            "axisLine": {"lineStyle": {"color": GRID}},
        },
        "series": [
            {
                "type": "bar",
                "data": [float(f"{100 * item.share:.3g}") for item in shown],
                "barMaxWidth": 16,
                "itemStyle": {"color": BAR},
                "label": {"show": True, "position": "right", ":formatter": labelled_number(words, "%"), "color": INK},
                "emphasis": {"disabled": True},
            }
        ],
    }


def _score_line(scores: ScoreSeries, at: PlantTime) -> Options:
    scored = np.isfinite(scores.score)
    return {
        "type": "line",
        "name": at.words("events.chart.score"),
        "data": [
            [at(from_datetime64(moment)), rounded(max(float(score), SCORE_FLOOR))]
            for moment, score in zip(scores.time[scored], scores.score[scored], strict=True)
        ],
        "symbol": "none",
        "lineStyle": {"color": BASELINE, "width": 1.2},
        "itemStyle": {"color": BASELINE},
        "emphasis": {"disabled": True},
        "markLine": {
            "symbol": "none",
            "silent": True,
            "data": [{"yAxis": 1, "name": at.words("events.chart.threshold")}],
            "lineStyle": {"color": MUTED, "type": "dashed"},
            "label": {"formatter": "{b}", "position": "insideStartTop", "color": MUTED},
        },
    }


def _room(labels: Sequence[str]) -> int:
    """Pixels left of both parts of a chart, so that the strip's labels move neither of them."""
    return max(64, 16 + 7 * max(map(len, labels)))


def _strip_axis(rows: Sequence[str]) -> Options:
    return {
        "gridIndex": 1,
        "type": "category",
        "data": list(rows),
        "axisLabel": TEXT,
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "splitLine": {"show": True, "lineStyle": {"color": GRID}},
    }


def _event_points(events: Sequence[EventFrame], at: PlantTime, span: Span) -> list[Options]:
    return [
        {
            "name": f"{at.words(f'events.severity.{event.severity}')}: {event.first_mover}",
            "value": [at(max(event.start, span.start)), EVENT_ROW],
            "event": event.id,
            "symbol": SEVERITY_SYMBOL[event.severity],
            "itemStyle": {"color": event_colour(event)},
        }
        for event in events
    ]


def _move_points(moves: Sequence[LoggedMove], at: PlantTime, write: Writer) -> list[Options]:
    return [
        {
            "name": f"{move.tag}: {write.quantity(move.before, move.unit)} → {write.quantity(move.after, move.unit)}",
            "value": [at(move.time), MOVE_ROW],
            "itemStyle": {"color": MUTED},
        }
        for move in moves
    ]
