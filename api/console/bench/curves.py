"""The charts of the bench: futures over each other, and the past to choose a start from; ECharts options."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.console.bench.palette import Mark
from api.console.drawing import (
    BASELINE,
    GRID,
    INK,
    MUTED,
    TEXT,
    Options,
    PlantTime,
    frame,
    legend,
    limit_lines,
    line,
    line_with_band,
    spoken,
    time_axis,
    value_axis,
    vertical,
)
from api.console.words import Words
from api.console.writing import Writer, unit_sign
from twin.answer import Series
from twin.clock import Span
from twin.plant import Limits
from twin.scenario import Rollout, Support, WhatIf

LETTER_SIZE = {"circle": 17, "rect": 17, "roundRect": 17, "diamond": 25}
"""So that the letter fits into its shape."""


@dataclass(frozen=True, slots=True)
class Future:
    """An outcome with the mark that it goes by, and its name."""

    mark: Mark
    name: str
    outcome: WhatIf

    @property
    def ground(self) -> tuple[datetime, datetime, str, str]:
        """Futures with the same ground have the same baseline."""
        return self.outcome.start, self.outcome.end, self.outcome.method, self.outcome.model_version


def comparison_chart(
    tag: str,
    futures: Sequence[Future],
    write: Writer,
    limits: Limits,
    span: Span,
    measured: Series | None = None,
    *,
    bands: bool = True,
) -> Options:
    """One tag under every future that was not refused, each with its letter on it, with the baseline and the truth.

    A dashed curve extrapolates. `measured` is drawn over everything, as far as it is known.
    """
    at, words = PlantTime(write, span.end), write.words
    drawn = telling(tag, futures)
    without, with_moves, truth = lines_of(tag, drawn, words, measured, bands=bands)
    lines = [*without, *with_moves, *truth]
    parts = [part for series in without for part in _dotted(line_with_band(series, at, BASELINE))]
    for index, (future, series) in enumerate(zip(drawn, with_moves, strict=True)):
        parts += _future(series, future, at, _places(index, len(drawn), len(series.time)))
    parts += [line(series, at, INK, width=1.5) for series in truth]
    unit = lines[0].unit if lines else "1"
    if parts:
        starts = dict.fromkeys(future.outcome.start for future in futures)
        marks = [vertical(start, at, words("whatif.start_mark")) for start in starts]
        marks += limit_lines(limits, lines, unit, write)
        parts[0]["markLine"] = {"symbol": "none", "silent": True, "data": marks}
    names = [item.name for item in lines]
    said = words("whatif.chart.said", tag=tag, names=", ".join(names), unit=spoken(unit, words))
    return {
        **frame(said, at),
        "legend": legend(names),
        "xAxis": time_axis(at, span.start, span.end),
        "yAxis": value_axis(unit_sign(unit), words),
        "series": parts,
    }


def telling(tag: str, futures: Sequence[Future]) -> list[Future]:
    """Those that were not refused, and whose model tells of the tag."""
    told = ((future, future.outcome.scenario) for future in futures)
    return [future for future, rollout in told if rollout and any(band.tag == tag for band in rollout.bands)]


def lines_of(
    tag: str, futures: Sequence[Future], words: Words, measured: Series | None, *, bands: bool = True
) -> tuple[list[Series], list[Series], list[Series]]:
    """The lines of one tag: every different baseline, every future that tells of it, the truth if there is any."""
    drawn = telling(tag, futures)
    without = [
        rolled(tag, outcome.baseline, name, bands=bands)
        for name, outcome in baselines(drawn, words)
        if outcome.baseline is not None
    ]
    with_moves = [
        rolled(tag, future.outcome.scenario, f"{future.mark.letter} {future.name}".strip(), bands=bands)
        for future in drawn
        if future.outcome.scenario is not None
    ]
    if measured is None or all(value is None for value in measured.values):
        return without, with_moves, []
    plain = {"name": words("whatif.measured"), "low": None, "high": None}
    return without, with_moves, [measured.model_copy(update=plain)]


def past_chart(series: Series, write: Writer, span: Span, chosen: Span | None) -> Options:
    """What a tag did in the past, to be clicked or dragged on; the chosen stretch is shaded."""
    at, words = PlantTime(write, span.end), write.words
    drawn = line(series.model_copy(update={"low": None, "high": None}), at, MUTED, width=1.2)
    if chosen is not None:
        stretch = [{"xAxis": at(max(chosen.start, span.start))}, {"xAxis": at(min(chosen.end, span.end))}]
        drawn["markArea"] = {"silent": True, "itemStyle": {"color": GRID, "opacity": 0.8}, "data": [stretch]}
        marks = [vertical(chosen.start, at, words("whatif.start_mark"))]
        drawn["markLine"] = {"symbol": "none", "silent": True, "data": marks}
    return {
        **frame(words("whatif.past.said", tag=series.tag), at),
        "grid": {"left": 56, "right": 18, "top": 10, "bottom": 26},
        "tooltip": {"show": False},
        "brush": {"xAxisIndex": 0, "brushType": "lineX", "brushMode": "single", "brushStyle": _BRUSH},
        "toolbox": {"show": False},
        "xAxis": {**time_axis(at, span.start, span.end), "name": ""},
        "yAxis": {**value_axis("", words), "splitNumber": 2},
        "series": [{**drawn, "silent": True}],
    }


_BRUSH = {"color": "var(--scenario)", "borderColor": "var(--scenario)", "borderWidth": 1, "opacity": 0.3}


def baselines(futures: Sequence[Future], words: Words) -> list[tuple[str, WhatIf]]:
    """Every different baseline once, with its name: the letters of its futures where there are several."""
    grounds: dict[tuple[datetime, datetime, str, str], list[Future]] = {}
    for future in futures:
        grounds.setdefault(future.ground, []).append(future)
    if len(grounds) == 1:
        return [(words("whatif.baseline"), futures[0].outcome)]
    return [
        (f"{words('whatif.baseline')} {''.join(item.mark.letter for item in same)}", same[0].outcome)
        for same in grounds.values()
    ]


def rolled(tag: str, rollout: Rollout, name: str, *, bands: bool = True) -> Series:
    """The mean of one tag, and its 90 % band."""
    band = rollout.band(tag)
    low, high = (band.p05, band.p95) if bands else (None, None)
    return Series(name=name, tag=tag, unit=band.unit, time=rollout.time, values=band.mean, low=low, high=high)


def _places(index: int, number: int, length: int) -> list[int]:
    """Two rows for a future's letter, so that no two futures have theirs at the same instant."""
    ways = 2 * number + 1
    return [int((index + 1) / ways * (length - 1)), int((number + index + 1) / ways * (length - 1))]


def _future(series: Series, future: Future, at: PlantTime, places: Sequence[int]) -> list[Options]:
    """The curve with its band, and its letter at these rows."""
    dashed = future.outcome.verdict.support is Support.EXTRAPOLATING
    parts = line_with_band(series, at, future.mark.colour, dashed=dashed)
    if not future.mark.letter:
        return parts
    parts[-1]["showSymbol"] = False
    parts[-1]["markPoint"] = {
        "silent": True,
        "symbol": future.mark.symbol,
        "symbolSize": LETTER_SIZE[future.mark.symbol],
        "itemStyle": {"color": future.mark.colour},
        "label": {**TEXT, "formatter": future.mark.letter, "color": "var(--surface)", "fontSize": 11},
        "data": [{"coord": [at(series.time[place]), series.values[place]]} for place in places],
    }
    return parts


def _dotted(parts: list[Options]) -> list[Options]:
    parts[-1]["lineStyle"] = {**parts[-1]["lineStyle"], "type": "dotted"}
    return parts
