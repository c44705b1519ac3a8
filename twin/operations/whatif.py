"""What if: the same past imagined twice, without and with the moves."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from twin.operations.abduction import counterfactual
from twin.operations.hazard import risks
from twin.operations.kpi import kpi_effects
from twin.operations.levels import held, logged, overlay
from twin.operations.numbers import hours
from twin.operations.rollout import Context, context, difference, effects, measured, rolled
from twin.operations.verdict import after_rollout, before_rollout, judged
from twin.protocols import Twin
from twin.scenario import AppliedMove, Method, Scenario, Support, Verdict, WhatIf
from twin.window import Window


def what_if(twin: Twin, scenario: Scenario, *, max_horizon: timedelta, samples: int = 64, seed: int = 0) -> WhatIf:
    """Two rollouts from one belief with the same random numbers, their difference, the risks and the verdict.

    The baseline holds the present levels. From a past start it is what really happened, with the moves that were
    logged and the disturbances that came, and the scenario keeps the disturbances: see `counterfactual`.
    The scenario is the baseline with the asked moves laid over it. Start and moves are taken to the model's step,
    the horizon up to it. Raises InvalidInput and its kinds for moves, start and horizon; ModelNotReady.
    """
    ground = context(twin, scenario.start, scenario.horizon, max_horizon)
    card = ground.model.card
    baseline = baseline_levels(twin, ground)
    levels, moves = overlay(twin.plant, scenario.moves, card.moves, baseline, ground.present, ground.start, card.step)
    findings = before_rollout(ground, levels, twin.plant, twin.events, moved=[move.tag for move in moves])
    verdict = judged(findings, hours(card.horizon))
    if verdict.support is Support.REFUSED:
        return _refused(ground, moves, verdict)
    after = measured(twin, card.tags, ground.start, ground.rows, card.step)
    method = Method.FORECAST if after is None or not after.valid.any() else Method.ABDUCTION
    if after is not None and method is Method.ABDUCTION:
        both = counterfactual(ground.model, ground.belief, after, baseline, levels, samples=samples, seed=seed)
    else:
        both = ground.model.compare(ground.belief, baseline, levels, samples=samples, seed=seed)
    verdict = judged([*findings, *after_rollout(ground, both.scenario, both.effect)], hours(card.horizon))
    if verdict.support is Support.REFUSED:
        return _refused(ground, moves, verdict)
    return WhatIf(
        start=ground.start,
        end=ground.start + ground.rows * card.step,
        moves=moves,
        method=method,
        baseline=rolled(both.baseline, twin.plant),
        scenario=rolled(both.scenario, twin.plant),
        difference=difference(both, twin.plant),
        actual={} if after is None else _actual(after, ground.rows),
        effects=effects(both.effect, card, twin.plant),
        risks=risks(both.baseline, both.scenario, twin.plant, card.step),
        kpis=kpi_effects(both, twin.plant, card.moves, baseline, levels),
        verdict=verdict,
        band_factors=card.band_factors,
        model_version=card.version,
    )


def baseline_levels(twin: Twin, ground: Context) -> NDArray[np.float64]:
    """(rows, move) levels without any asked move: present ones held, logged ones where the past knows them."""
    card = ground.model.card
    present = held(ground.window, card.moves, ground.rows)
    return logged(twin, card.moves, present, ground.start, card.step)


def _refused(ground: Context, moves: tuple[AppliedMove, ...], verdict: Verdict) -> WhatIf:
    return WhatIf(
        start=ground.start,
        end=ground.start + ground.rows * ground.model.card.step,
        moves=moves,
        baseline=None,
        scenario=None,
        effects=(),
        risks=(),
        verdict=verdict,
        model_version=ground.model.card.version,
    )


def _actual(after: Window, rows: int) -> dict[str, tuple[float | None, ...]]:
    padded = np.full((rows, len(after.tags)), np.nan)
    padded[: len(after)] = after.values
    return {
        tag: tuple(float(value) if np.isfinite(value) else None for value in padded[:, i])
        for i, tag in enumerate(after.tags)
    }
