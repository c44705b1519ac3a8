"""Answers about what would be under other moves."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from api.language.run.findings import Findings, Imagined, NothingToUndo
from api.language.wording.facts import Draft, Instant, Length, Name, Place, Worded
from api.language.wording.say.common import (
    around,
    band,
    bare,
    changed,
    looked_at,
    move,
    reasons,
    say_verdict,
    valued,
)
from api.language.wording.say.curves import curves
from api.language.wording.say.limits import say_limit, say_risks
from api.language.wording.say.moved import applied
from twin.query import WhatIfPlan
from twin.scenario import Effect, KpiEffect, Method, Rollout, Support, WhatIf
from twin.world import ModelCard

CHARTED = 3
EFFECTS = 4
BESIDES = 3
PASSING = 3
TELLING_SIGMA = 0.3
HOUR = timedelta(hours=1)


def say_what_if(draft: Draft, findings: Findings, found: Imagined) -> None:
    """The effect on the tags of interest first, then the others, the risks and the verdict."""
    outcome, plan = found.outcome, findings.plan
    draft.over(looked_at(findings).span)
    if isinstance(plan, WhatIfPlan) and plan.order:
        draft.say("whatif.order")
    if outcome.verdict.support is Support.REFUSED:
        draft.say("whatif.refused", moves=_moves(draft, found), reasons=reasons(draft, outcome.verdict))
        return
    focus = _focus(draft, findings, outcome)
    telling = [effect for effect in outcome.effects if abs(effect.sigma) >= TELLING_SIGMA]
    _lead(draft, found, focus or telling)
    if isinstance(plan, WhatIfPlan) and plan.limit and found.limit is not None and outcome.scenario:
        say_limit(draft, plan.limit, found.limit, outcome.scenario, outcome.risks)
    if findings.card is not None:
        _on_the_way(draft, found, focus[:1] or list(outcome.effects), findings.card)
    _rest(draft, findings, found, focus)
    say_risks(draft, outcome.risks)
    say_verdict(draft, outcome.verdict)
    draft.left_out("unchecked.whatif")
    shown = [effect.tag for effect in (focus or list(outcome.effects))[:CHARTED]]
    draft.series = tuple(line for tag in shown for line in curves(draft, outcome, tag))


def say_nothing_to_undo(draft: Draft, findings: Findings, nothing: NothingToUndo) -> None:
    """No move was logged that could be taken back."""
    where = around(draft, "moves.on", nothing.looked.tags, ())
    draft.say("whatif.nothing_undone", around=where, window=looked_at(findings))


def _focus(draft: Draft, findings: Findings, outcome: WhatIf) -> list[Effect]:
    """Effects on the tags asked about, or on those of the assets asked about that answer."""
    by_tag = {effect.tag: effect for effect in outcome.effects}
    asked = [by_tag[tag] for tag in findings.plan.tags if tag in by_tag]
    inside = {tag.name for asset in findings.plan.assets for tag in draft.plant.tags_of(asset)}
    return asked or [item for item in outcome.effects if item.tag in inside and abs(item.sigma) >= TELLING_SIGMA]


def _moves(draft: Draft, found: Imagined) -> Worded:
    """What is done differently: the moves asked about, or a logged one not made."""
    if found.undone is not None and found.undone.move is not None:
        return draft.part("whatif.undone", move=move(draft, found.undone.move, day=True))
    return applied(draft, found.outcome.moves, found.outcome.end)


def _lead(draft: Draft, found: Imagined, effects: Sequence[Effect]) -> None:
    outcome, past = found.outcome, found.past
    moves = _moves(draft, found)
    if not effects:
        key = "whatif.nothing_past" if past else "whatif.nothing"
        draft.say(key, moves=moves, length=_horizon(outcome))
        return
    first, *others = (_effect(draft, outcome, effect, past=past) for effect in effects[:EFFECTS])
    draft.say("whatif.lead", effect=first, moves=moves)
    for effect in others:
        draft.say("whatif.next", effect=effect)


def _effect(draft: Draft, outcome: WhatIf, effect: Effect, *, past: bool) -> Worded:
    """The change with its interval, and the levels over the last hour with and without the moves."""
    tag, unit = effect.tag, effect.unit
    low = bare(f"change of {tag}, 5 %", effect.p05, unit, tag, digits=3)
    high = valued(f"change of {tag}, 95 %", effect.p95, unit, tag, digits=3)
    if effect.p05 <= 0 <= effect.p95:
        return draft.part(
            "whatif.same_past" if past else "whatif.same",
            name=Name(tag, called=True),
            length=_horizon(outcome),
            mean=valued(f"change of {tag}", effect.mean, unit, tag, digits=3),
            share=band(),
            low=low,
            high=high,
        )
    return draft.part(
        "whatif.change_past" if past else "whatif.change",
        name=Name(tag, called=True),
        change=changed(tag, effect.mean, unit, tag),
        length=_horizon(outcome),
        share=band(),
        low=low,
        high=high,
        with_moves=valued(f"scenario of {tag}, last hour", _level(outcome.scenario, tag), unit, tag),
        without=valued(f"baseline of {tag}, last hour", _level(outcome.baseline, tag), unit, tag),
    )


def _level(rollout: Rollout | None, tag: str) -> float:
    """The expected mean over the last hour."""
    if rollout is None:
        raise ValueError("a rollout is missing from a scenario that was not refused")
    step = rollout.time[1] - rollout.time[0] if len(rollout.time) > 1 else HOUR
    return float(np.mean(rollout.band(tag).mean[-max(1, HOUR // step) :]))


def _horizon(outcome: WhatIf) -> Length:
    return Length("horizon", outcome.end - outcome.start)


def _on_the_way(draft: Draft, found: Imagined, effects: Sequence[Effect], card: ModelCard) -> None:
    """The largest differences where they are clearly not those at the end: the plant's controls undo a move."""
    outcome = found.outcome
    if outcome.baseline is None or outcome.scenario is None:
        return
    passing = []
    for effect in effects:
        difference = np.subtract(outcome.scenario.band(effect.tag).mean, outcome.baseline.band(effect.tag).mean)
        row = int(np.argmax(np.abs(difference)))
        largest = float(difference[row])
        sigma = abs(largest) / card.scale[card.tags.index(effect.tag)]
        like_the_end = abs(largest) < 1.5 * abs(effect.mean) and largest * effect.mean >= 0
        if sigma >= TELLING_SIGMA and not like_the_end:
            passing.append((sigma, effect, largest, outcome.scenario.time[row]))
    for _, effect, largest, time in sorted(passing, key=lambda item: -item[0])[:PASSING]:
        draft.say(
            "whatif.way_past" if found.past else "whatif.way",
            tag=Name(effect.tag),
            change=changed(f"{effect.tag} at its largest", largest, effect.unit, effect.tag),
            time=Instant("largest difference", time, day=False),
        )


def _rest(draft: Draft, findings: Findings, found: Imagined, focus: Sequence[Effect]) -> None:
    """Tags that only an operator moves, what else moved, how it was worked out, and what it costs."""
    outcome, tags = found.outcome, findings.plan.tags
    moved = {item.tag for item in outcome.moves}
    for tag in tags:
        if draft.plant.tag(tag).movable and tag not in moved:
            draft.say("whatif.held", tag=Name(tag))
    if focus:
        _besides(draft, outcome, {effect.tag for effect in focus})
    if outcome.method is Method.ABDUCTION:
        draft.say("whatif.kept")
    for kpi in outcome.kpis:
        _kpi(draft, kpi, past=found.past)


def _besides(draft: Draft, outcome: WhatIf, told: set[str]) -> None:
    moving = [
        item
        for item in outcome.effects
        if item.tag not in told and abs(item.sigma) >= TELLING_SIGMA and item.p05 * item.p95 > 0
    ]
    said = [
        draft.part(
            "whatif.besides_one",
            tag=Name(effect.tag),
            change=changed(effect.tag, effect.mean, effect.unit, effect.tag),
        )
        for effect in moving[:BESIDES]
    ]
    if said:
        draft.say("whatif.besides", effects=draft.listed(said))


def _kpi(draft: Draft, kpi: KpiEffect, *, past: bool) -> None:
    if kpi.p05 * kpi.p95 > 0:
        draft.say(
            "whatif.kpi_past" if past else "whatif.kpi",
            kpi=Place(kpi.description),
            change=changed(kpi.name, kpi.effect, kpi.unit),
        )
