"""What what-ifs gave: verdicts as plainly as the curves, the curves, effects, risks and key figures side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from api.console.bench.curves import Future, comparison_chart, lines_of
from api.console.bench.palette import ALONE
from api.console.bench.reasons import reason_in
from api.console.bench.tables import effect_rows, kpi_rows, most_moved, risk_rows, told
from api.console.columns import columns_of
from api.console.parts import SUPPORT_ICON, chart, table
from api.console.taking import chart_tools
from api.console.view import View
from twin.answer import Series
from twin.clock import Span
from twin.operations.hindsight import ForecastError
from twin.scenario import AppliedMove, Support, WhatIf

SHOWN_TAGS = 4
SHOWN_EFFECTS = 8


def draw_outcome(
    view: View, outcome: WhatIf, asked: Sequence[str] = (), history: Mapping[str, Series] | None = None
) -> None:
    """Everything about one scenario; curves of the tags asked about, then of those that move most."""
    future = Future(ALONE, view.words("whatif.scenario"), outcome)
    banner(view, future)
    if outcome.scenario is None:
        return
    tags = [band.tag for band in outcome.scenario.bands]
    shown = [tag for tag in dict.fromkeys([*asked, *most_moved([future])]) if tag in tags][:SHOWN_TAGS]
    truth = {tag: measured(outcome, tag, (history or {}).get(tag), view) for tag in tags}
    begins = [moment for series in truth.values() if series for moment in series.time]
    span = Span(min([outcome.start, *begins]), outcome.end)
    chosen = ui.select(tags, value=shown, label=view.words("whatif.curves"), multiple=True, with_input=True)
    chosen.props(f'use-chips dense outlined aria-label="{view.words("whatif.curves.label")}"').classes("wide")
    curves = ui.element("div").classes("charts")

    def draw() -> None:
        curves.clear()
        with curves:
            for tag in chosen.value:
                figure(view, tag, [future], span, truth[tag])

    chosen.on_value_change(draw)
    draw()
    draw_tables(view, [future], most_moved([future])[:SHOWN_EFFECTS])


def banner(view: View, future: Future, more: Callable[[], None] | None = None) -> None:
    """What the twin thinks of one of its futures, with every reason; what the moves were; `more` may add to it."""
    words, verdict, outcome = view.words, future.outcome.verdict, future.outcome
    with ui.row().classes(f"verdict {verdict.support} {future.mark.style}").props('role="note"'):
        if future.mark.letter:
            letter(future)
        ui.icon(SUPPORT_ICON[verdict.support]).props('aria-hidden="true"')
        with ui.column().classes("tight grow"):
            if future.mark.letter and future.name:
                ui.label(future.name).classes("strong future-name")
            ui.label(words(f"whatif.verdict.{verdict.support}")).classes("strong")
            for reason in verdict.reasons:
                ui.label(reason_in(words, reason))
            for move in outcome.moves:
                ui.label(move_sentence(view, move)).classes("hint")
            if verdict.support is not Support.REFUSED:
                ui.label(words(f"whatif.method.{outcome.method}")).classes("hint")
            ui.label(words("whatif.by_model", model=outcome.model_version)).classes("hint")
            if more is not None:
                more()


def letter(future: Future) -> None:
    """The scenario's letter in its colour and shape."""
    ui.label(future.mark.letter).classes(f"letter {future.mark.style}").props('aria-hidden="true"')


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn: with its bands or without, how high in pixels."""

    bands: bool = True
    height: int = 260


def figure(
    view: View,
    tag: str,
    futures: Sequence[Future],
    span: Span,
    truth: Series | None,
    error: ForecastError | None = None,
    look: Look = Look(),
) -> None:
    """One tag's curves, and how good the forecast would have been where that is known."""
    item = view.plant.tag(tag)
    with ui.column().classes("figure"):
        heading = ui.row().classes("figure-head")
        with heading:
            ui.label(f"{item.description} · {tag}").classes("figure-title")
        options = comparison_chart(tag, futures, view.write, item.limits, span, truth, bands=look.bands)
        drawn = chart(options, look.height).mark(f"scenario {tag}")
        lines = [series for part in lines_of(tag, futures, view.words, truth) for series in part]
        with heading:
            chart_tools(view, drawn, tag, columns_of(lines, view.zone))
        if error is not None:
            ui.label(error_sentence(view, error)).classes("hint hindsight")


def draw_tables(view: View, futures: Sequence[Future], tags: Sequence[str]) -> None:
    """Effects of these tags, key figures, limits; a column per future that was not refused."""
    shown, words, write = told(futures), view.words, view.write
    if not shown:
        return
    columns = [(future.mark.style, f"#{future.mark.letter} {future.name}".strip()) for future in shown]
    ui.label(words("whatif.effects")).classes("strong")
    heads = [("tag", words("whatif.column.tag")), ("what", words("whatif.column.what"))]
    table([*heads, *columns], effect_rows(shown, tags, view.plant, write), label=words("whatif.effects.label"))
    without = ("baseline", f"#{words('whatif.baseline')}")
    if kpis := kpi_rows(shown, write):
        ui.label(words("whatif.kpis")).classes("strong")
        table([heads[1], without, *columns], kpis, label=words("whatif.kpis.label"))
    if risks := risk_rows(shown, write):
        ui.label(words("whatif.risks")).classes("strong")
        limits = [heads[0], ("limit", words("whatif.column.limit")), without, *columns]
        table(limits, risks, label=words("whatif.risks.label"))
    else:
        ui.label(words("whatif.no_risk")).classes("hint")


def move_sentence(view: View, move: AppliedMove) -> str:
    """A move as it entered the forecast."""
    write = view.write
    return view.words(
        "whatif.move",
        what=view.plant.tag(move.tag).description,
        tag=move.tag,
        before=write.quantity(move.before, move.unit),
        after=write.quantity(move.after, move.unit),
        stretch=write.stretch(move.start, move.end),
    )


def error_sentence(view: View, error: ForecastError) -> str:
    """How far the forecast from a past start would have been off."""
    return view.words.counted(
        "whatif.hindsight",
        error.count,
        error=view.write.quantity(error.mean, error.unit, 2),
        inside=view.write.per_cent(error.inside),
    )


def measured(outcome: WhatIf, tag: str, history: Series | None, view: View) -> Series | None:
    """What was measured before the start and, for a scenario in the past, after it; None when there is nothing."""
    before = zip(history.time, history.values, strict=True) if history else ()
    after = zip(outcome.baseline.time if outcome.baseline else (), outcome.actual.get(tag, ()), strict=False)
    rows = [*(row for row in before if row[0] <= outcome.start), *after]
    if all(value is None for _, value in rows):
        return None
    time, values = zip(*rows, strict=True)
    unit = view.plant.tag(tag).unit
    return Series(name=view.words("whatif.measured"), tag=tag, unit=unit, time=time, values=values)
