"""What a what-if gave: the verdict as plainly as the curves, baseline against scenario, effects, risks."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from api.console.charts import scenario_chart
from api.console.drawing import LIMIT_NAMES
from api.console.parts import chart, table, verdict_banner
from api.console.view import View
from api.console.wording import per_cent, quantity, signed, stretch
from api.console.words import Words
from api.console.writing import Writer
from twin.answer import Series
from twin.operations.numbers import hours
from twin.plant import Plant
from twin.scenario import AppliedMove, Effect, KpiEffect, LimitRisk, Method, WhatIf

SHOWN_TAGS = 4
SHOWN_EFFECTS = 8
TELLING_RISK = 0.01


def draw_outcome(
    view: View, outcome: WhatIf, asked: Sequence[str] = (), history: Mapping[str, Series] | None = None
) -> None:
    """Everything about one scenario; curves of the tags asked about, then of those that move most."""
    plant = view.plant
    verdict_banner(view, outcome.verdict)
    for move in outcome.moves:
        ui.label(move_sentence(move, plant)).classes("hint")
    if outcome.method is Method.ABDUCTION:
        ui.label("The baseline is what was measured; the disturbances that happened are kept.").classes("hint")
    if outcome.baseline is None or outcome.scenario is None:
        return
    tags = [band.tag for band in outcome.scenario.bands]
    telling = [effect.tag for effect in outcome.effects]
    shown = [tag for tag in dict.fromkeys([*asked, *telling]) if tag in tags][:SHOWN_TAGS]
    chosen = ui.select(tags, value=shown, label="Curves", multiple=True, with_input=True)
    chosen.props('use-chips dense outlined aria-label="Tags to draw"').classes("wide")
    curves = ui.element("div").classes("charts")

    def draw() -> None:
        curves.clear()
        with curves:
            for tag in chosen.value:
                _figure(tag, outcome, plant, (history or {}).get(tag))

    chosen.on_value_change(draw)
    draw()
    _effects(outcome, plant)
    _kpis(outcome)
    _risks(outcome)


def move_sentence(move: AppliedMove, plant: Plant) -> str:
    """A move as it entered the forecast."""
    change = f"{quantity(move.before, move.unit)} → {quantity(move.after, move.unit)}"
    return (
        f"{plant.tag(move.tag).description} ({move.tag}): {change}, {stretch(move.start, move.end, plant.time_zone)}"
    )


def effect_row(effect: Effect, plant: Plant) -> dict[str, str]:
    """One line of the effects table."""
    return {
        "tag": effect.tag,
        "what": plant.tag(effect.tag).description,
        "effect": signed(effect.mean, effect.unit),
        "interval": f"{signed(effect.p05, None)} … {signed(effect.p95, effect.unit)}",
        "sigma": f"{signed(effect.sigma, None, 2)} σ",
    }


def kpi_row(kpi: KpiEffect) -> dict[str, str]:
    """One line of the key figures table."""
    return {
        "what": kpi.description or kpi.name,
        "baseline": quantity(kpi.baseline, kpi.unit),
        "scenario": quantity(kpi.scenario, kpi.unit),
        "effect": signed(kpi.effect, kpi.unit),
        "interval": f"{signed(kpi.p05, None)} … {signed(kpi.p95, kpi.unit)}",
    }


def risk_row(risk: LimitRisk) -> dict[str, str]:
    """One line of the risks table."""
    return {
        "tag": risk.tag,
        "limit": f"{LIMIT_NAMES[risk.limit]} {quantity(risk.value, risk.unit)}",
        "baseline": per_cent(risk.baseline),
        "scenario": per_cent(risk.scenario),
        "within": hours(half) if (half := risk.scenario_hazard and risk.scenario_hazard.p50) else "",
    }


def _figure(tag: str, outcome: WhatIf, plant: Plant, history: Series | None) -> None:
    item = plant.tag(tag)
    with ui.column().classes("figure"):
        ui.label(f"{item.description} · {tag}").classes("figure-title")
        write = Writer(Words(), plant.time_zone)
        chart(scenario_chart(tag, outcome, write, item.limits, history)).mark(f"scenario {tag}")


def _effects(outcome: WhatIf, plant: Plant) -> None:
    ui.label("Effect against the baseline, averaged over the last hour of the horizon").classes("strong")
    table(
        [("tag", "Tag"), ("what", "What"), ("effect", "#Effect"), ("interval", "#90 % interval"), ("sigma", "#In σ")],
        [effect_row(effect, plant) for effect in outcome.effects[:SHOWN_EFFECTS]],
        label="Effects",
    )


def _kpis(outcome: WhatIf) -> None:
    if outcome.kpis:
        ui.label("Key figures, averaged over the horizon").classes("strong")
        columns = [("what", "What"), ("baseline", "#Baseline"), ("scenario", "#Scenario")]
        columns += [("effect", "#Effect"), ("interval", "#90 % interval")]
        table(columns, [kpi_row(kpi) for kpi in outcome.kpis], label="Key figures")


def _risks(outcome: WhatIf) -> None:
    telling = [risk for risk in outcome.risks if max(risk.baseline, risk.scenario) >= TELLING_RISK]
    if not telling:
        ui.label("No limit is likely to be passed.").classes("hint")
        return
    ui.label("Chance of passing a limit within the horizon").classes("strong")
    table(
        [
            ("tag", "Tag"),
            ("limit", "Limit"),
            ("baseline", "#Baseline"),
            ("scenario", "#Scenario"),
            ("within", "#In half of all futures within"),
        ],
        [risk_row(risk) for risk in telling],
        label="Limit risks",
    )
