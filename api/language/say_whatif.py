"""Answers about what would be: counterfactuals, what-ifs, forecasts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from api.language.old_facts import LIMIT_NAMES, Draft, opened, shown_unit
from api.language.plans import ForecastPlan, UndoPlan, WhatIfPlan
from twin.answer import Series, Status
from twin.clock import Span
from twin.operations.bounds import floor
from twin.operations.forecast import Forecast, forecast
from twin.operations.moves import logged_moves
from twin.operations.numbers import hours, plain
from twin.operations.rollout import ready
from twin.operations.whatif import what_if
from twin.protocols import Twin
from twin.scenario import (
    Band,
    Change,
    Effect,
    KpiEffect,
    LimitRisk,
    Method,
    Move,
    Rollout,
    Scenario,
    Support,
    Verdict,
    WhatIf,
)

CHARTED = 3
LISTED = 4
PASSING = 3
TELLING_SIGMA = 0.3
TELLING_RISK = 0.01


def say_what_if(plan: WhatIfPlan, twin: Twin, max_horizon: timedelta) -> Draft:
    """The effect on the tags of interest first, then the others, the risks and the verdict."""
    result = what_if(twin, plan.scenario, max_horizon=max_horizon)
    draft = Draft(twin.plant, "what_if", model_version=result.model_version)
    draft.ran("what_if", result, **plan.scenario.model_dump(mode="json"))
    draft.over(Span(result.start, result.end))
    past = result.start < twin.clock.now() - timedelta(minutes=15)
    if plan.imperative:
        draft.say("Foretell moves nothing in the plant; this is what the move would do.")
    if result.verdict.support is Support.REFUSED:
        return _refused(draft, plan.notes, result.verdict, _moves(draft, result))
    focus = [effect for effect in result.effects if effect.tag in plan.focus]
    _lead(
        draft, result, focus or [effect for effect in result.effects if abs(effect.sigma) >= TELLING_SIGMA], past=past
    )
    _on_the_way(draft, result, focus[:1] or list(result.effects), twin)
    _untouched(draft, plan.focus, result, twin)
    _others(draft, result, plan.focus)
    _method(draft, result)
    _kpis(draft, result.kpis, past=past)
    _risks(draft, result.risks)
    _verdict(draft, result.verdict)
    for effect in (focus or list(result.effects))[:CHARTED]:
        draft.series += _curves(draft, result, effect.tag)
    draft.notes(plan.notes)
    return draft


def say_undo(plan: UndoPlan, twin: Twin, max_horizon: timedelta) -> Draft:
    """What would have been without the last logged move on the tags (or without the last of any)."""
    moved = {tag.handle or tag.name for tag in (twin.plant.tag(name) for name in plan.tags)}
    chosen = [move for move in logged_moves(twin, plan.span) if not moved or move.tag in moved]
    if not chosen:
        draft = Draft(twin.plant, "logged_moves", status=Status.NO_EVENTS)
        about = f" on {', '.join(plan.tags)}" if plan.tags else ""
        draft.say(f"There is nothing to take back: no move{about} was logged, {draft.over(plan.span)}.")
        return draft
    last = chosen[-1]
    scenario = Scenario(
        moves=(Move(tag=last.tag, change=Change.TO, amount=last.before),),
        start=floor(last.time - timedelta(microseconds=1), ready(twin).card.step),
    )
    note = f"taken back: {last.tag} {plain(last.before)} → {plain(last.after)}{shown_unit(last.unit)}"
    return say_what_if(WhatIfPlan(scenario=scenario, focus=plan.focus, notes=(*plan.notes, note)), twin, max_horizon)


def say_forecast(plan: ForecastPlan, twin: Twin, max_horizon: timedelta) -> Draft:
    """Where the tags go if nothing is moved."""
    result = forecast(twin, plan.horizon, max_horizon=max_horizon)
    draft = Draft(twin.plant, "forecast", model_version=result.model_version)
    draft.ran("forecast", result, horizon=plan.horizon.total_seconds())
    draft.over(Span(result.start, result.end))
    if result.rollout is None:
        return _refused(draft, plan.notes, result.verdict, "a forecast")
    shown = [tag for tag in plan.tags if any(band.tag == tag for band in result.rollout.bands)]
    moment = draft.time("end of the horizon", result.end, day=True)
    for tag in shown:
        band = result.rollout.band(tag)
        value = draft.number("forecast", band.mean[-1], band.unit, tag=tag)
        low = draft.bare("forecast, 5 %", band.p05[-1], band.unit, tag=tag)
        high = draft.number("forecast, 95 %", band.p95[-1], band.unit, tag=tag)
        share = draft.number("band", 90, "%")
        expected = f"{draft.name(tag)} is expected at {value} by {moment} if nothing is moved"
        draft.say(f"{expected} ({share} band {low} to {high}).")
        draft.series.append(_line(f"{draft.name(tag)}, forecast", result.rollout.time, band))
    held = [tag for tag in plan.tags if tag not in shown]
    if held:
        draft.say(f"{', '.join(held)} stays where it is: only an operator moves it.")
    _forecast_risks(draft, result, shown, moment)
    _verdict(draft, result.verdict)
    draft.notes(plan.notes)
    return draft


def _moves(draft: Draft, result: WhatIf) -> str:
    said = []
    for move in result.moves:
        before = draft.bare(f"{move.tag} before", move.before, move.unit, tag=move.tag)
        after = draft.bare(f"{move.tag} after", move.after, move.unit, tag=move.tag)
        during = f"from {draft.time('start of the move', move.start)}"
        if move.end < result.end:
            during += f" to {draft.time('end of the move', move.end)}"
        said.append(f"{move.tag} {before} → {after}{shown_unit(move.unit)} {during}")
    return " and ".join(said)


def _refused(draft: Draft, notes: Sequence[str], verdict: Verdict, what: str) -> Draft:
    draft.status = Status.REFUSED
    reasons = "; ".join(draft.quote("reason", reason) for reason in verdict.reasons)
    draft.say(f"I do not stand behind {what}: {reasons}.")
    draft.notes(notes)
    return draft


def _lead(draft: Draft, result: WhatIf, effects: Sequence[Effect], *, past: bool) -> None:
    moves = _moves(draft, result)
    lasting = draft.quote("horizon", hours(result.end - result.start))
    if not effects:
        draft.say(
            f"With {moves}, nothing {'would have been' if past else 'would be'} clearly different after {lasting}."
        )
        return
    said = [_effect(draft, result, effect, past=past) for effect in effects[:LISTED]]
    draft.say(f"{opened(said[0])}, with {moves}.")
    for sentence in said[1:]:
        draft.say(f"{opened(sentence)}.")


def _effect(draft: Draft, result: WhatIf, effect: Effect, *, past: bool) -> str:
    """The change with its interval, and the levels over the last hour with and without the moves."""
    name, unit, tag = draft.name(effect.tag), effect.unit, effect.tag
    low = draft.bare(f"change of {tag}, 5 %", effect.p05, unit, tag=tag, digits=3)
    high = draft.number(f"change of {tag}, 95 %", effect.p95, unit, tag=tag, digits=3)
    interval = f"{draft.number('interval', 90, '%')} interval {low} to {high}"
    last = draft.quote("horizon", hours(result.end - result.start))
    if effect.p05 <= 0 <= effect.p95:
        mean = draft.number(f"change of {tag}", effect.mean, unit, tag=tag, digits=3)
        verb = "would not have changed" if past else "does not change"
        return f"{name} {verb} clearly after {last} ({mean}, {interval})"
    change = draft.change(tag, effect.mean, unit, tag=tag)
    without, with_moves = _levels(draft, result, tag)
    verb = "would have been" if past else "would be"
    return f"{name} {verb} {change} after {last} ({interval}): {with_moves} instead of {without}"


def _levels(draft: Draft, result: WhatIf, tag: str) -> tuple[str, str]:
    """Means over the last hour, without and with the moves."""
    means = []
    for name, rollout in (("baseline", result.baseline), ("scenario", result.scenario)):
        if rollout is None:
            raise ValueError(f"{name} is missing from a scenario that was not refused")
        band = rollout.band(tag)
        value = float(np.mean(band.mean[-_last_hour(rollout) :]))
        means.append(draft.number(f"{name} of {tag}, last hour", value, band.unit, tag=tag))
    return means[0], means[1]


def _last_hour(rollout: Rollout) -> int:
    step = rollout.time[1] - rollout.time[0] if len(rollout.time) > 1 else timedelta(hours=1)
    return max(1, timedelta(hours=1) // step)


def _on_the_way(draft: Draft, result: WhatIf, effects: Sequence[Effect], twin: Twin) -> None:
    """The largest differences where they are clearly not those at the end: the plant's controls undo a move."""
    if result.baseline is None or result.scenario is None:
        return
    card = ready(twin).card
    passing = []
    for effect in effects:
        difference = np.subtract(result.scenario.band(effect.tag).mean, result.baseline.band(effect.tag).mean)
        row = int(np.argmax(np.abs(difference)))
        largest = float(difference[row])
        sigma = abs(largest) / card.scale[card.tags.index(effect.tag)]
        like_the_end = abs(largest) < 1.5 * abs(effect.mean) and largest * effect.mean >= 0
        if sigma >= TELLING_SIGMA and not like_the_end:
            passing.append((sigma, effect, largest, result.scenario.time[row]))
    for _, effect, largest, time in sorted(passing, key=lambda item: -item[0])[:PASSING]:
        moment = draft.time("largest difference", time)
        change = draft.change(f"{effect.tag} at its largest", largest, effect.unit, tag=effect.tag)
        draft.say(f"On the way {effect.tag} is {change}, at {moment}.")


def _untouched(draft: Draft, focus: Sequence[str], result: WhatIf, twin: Twin) -> None:
    for tag in focus:
        if twin.plant.tag(tag).movable and tag not in {move.tag for move in result.moves}:
            draft.say(f"{tag} is set by the operator and stays where it is.")


def _others(draft: Draft, result: WhatIf, focus: Sequence[str]) -> None:
    if not focus:
        return
    moving = [e for e in result.effects if e.tag not in focus and abs(e.sigma) >= TELLING_SIGMA and e.p05 * e.p95 > 0]
    said = [
        f"{effect.tag} {draft.change(effect.tag, effect.mean, effect.unit, tag=effect.tag)}" for effect in moving[:3]
    ]
    if said:
        draft.say(f"Most moved besides: {', '.join(said)}.")


def _method(draft: Draft, result: WhatIf) -> None:
    if result.method is Method.ABDUCTION:
        draft.say("Compared with what really happened; the disturbances of that time are kept.")


def _kpis(draft: Draft, kpis: Sequence[KpiEffect], *, past: bool) -> None:
    for kpi in kpis:
        if kpi.p05 * kpi.p95 > 0:
            change = draft.change(kpi.name, kpi.effect, kpi.unit)
            draft.say(f"{kpi.description} {'would have been' if past else 'would be'} {change} on average.")


def _risks(draft: Draft, risks: Sequence[LimitRisk]) -> None:
    changed = [risk for risk in risks if abs(risk.scenario - risk.baseline) > TELLING_RISK]
    for risk in sorted(changed, key=lambda risk: -abs(risk.scenario - risk.baseline))[:LISTED]:
        with_moves = draft.percent("risk with the moves", risk.scenario, tag=risk.tag)
        without = draft.percent("risk without", risk.baseline, tag=risk.tag)
        limit = draft.number(risk.limit, risk.value, risk.unit, tag=risk.tag)
        what = f"{risk.tag} passes its {LIMIT_NAMES[risk.limit]} of {limit}"
        draft.say(f"Chance that {what}: {with_moves} instead of {without}.")
    if not changed:
        draft.say("The chance of passing a limit does not change.")


def _forecast_risks(draft: Draft, result: Forecast, shown: Sequence[str], moment: str) -> None:
    risks = [risk for risk in result.risks if risk.scenario > TELLING_RISK and (not shown or risk.tag in shown)]
    for risk in sorted(risks, key=lambda risk: -risk.scenario)[:LISTED]:
        chance = draft.percent("risk", risk.scenario, tag=risk.tag)
        limit = draft.number(risk.limit, risk.value, risk.unit, tag=risk.tag)
        draft.say(f"Chance that {risk.tag} passes its {LIMIT_NAMES[risk.limit]} of {limit}: {chance}.")
    if not risks:
        about = "they" if len(shown) > 1 else "it" if shown else "any tag"
        draft.say(f"It is not expected that {about} passes a limit by {moment}.")


def _verdict(draft: Draft, verdict: Verdict) -> None:
    reasons = "; ".join(draft.quote("reason", reason) for reason in verdict.reasons)
    word = {Support.SUPPORTED: "Supported", Support.EXTRAPOLATING: "With caution, this extrapolates"}[verdict.support]
    draft.say(f"{word}: {reasons}.")


def _curves(draft: Draft, result: WhatIf, tag: str) -> list[Series]:
    if result.baseline is None or result.scenario is None:
        return []
    name = draft.name(tag)
    lines = [
        _line(f"{name}, without the moves", result.baseline.time, result.baseline.band(tag)),
        _line(f"{name}, with the moves", result.scenario.time, result.scenario.band(tag)),
    ]
    if any(value is not None for value in result.actual.get(tag, ())):
        unit = draft.plant.tag(tag).unit
        lines.append(
            Series(name=f"{name}, measured", tag=tag, unit=unit, time=result.baseline.time, values=result.actual[tag])
        )
    return lines


def _line(name: str, time: tuple[datetime, ...], band: Band) -> Series:
    return Series(name=name, tag=band.tag, unit=band.unit, time=time, values=band.mean, low=band.p05, high=band.p95)
