"""Whether the twin stands behind a rollout, each reason with its numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span
from twin.event import EventFrame, Kind, Severity
from twin.operations.numbers import amount_of, hours, plain, unit_of
from twin.operations.rollout import Context
from twin.plant import Plant
from twin.protocols import EventLog
from twin.scenario import Support, Verdict
from twin.world import Imagination

COVERAGE_REFUSED = 0.5
COVERAGE_SUPPORTED = 0.8
ENVELOPE_REFUSED = 0.5
"""Of the trained width. On the demo plant, 13 steps that end 0.2 to 0.5 widths beyond it have a pooled effect R² of
0.89 and 81 % coverage of the 90 % band, against 0.96 and 90 % inside: to be told, not to be refused."""
DISAGREEMENT_REFUSED = 2.0

Finding = tuple[Support, str]


def judged(findings: Sequence[Finding], card_horizon: str) -> Verdict:
    """The worst finding decides; without one the rollout is supported."""
    if not findings:
        reason = f"moves inside the trained envelope, horizon within the validated {card_horizon}"
        return Verdict(support=Support.SUPPORTED, reasons=(reason,))
    refused = [reason for support, reason in findings if support is Support.REFUSED]
    others = [reason for support, reason in findings if support is not Support.REFUSED]
    support = Support.REFUSED if refused else Support.EXTRAPOLATING
    return Verdict(support=support, reasons=(*refused, *others))


def before_rollout(
    context: Context, levels: NDArray[np.float64], plant: Plant, events: EventLog, *, moved: Sequence[str] = ()
) -> list[Finding]:
    """What can be said before anything is imagined: context, known levels, envelope, horizon, open events."""
    return [
        *_coverage(context),
        *_unknown_levels(context, levels),
        *_envelope(context, levels, plant, moved),
        *_horizon(context),
        *_open_events(context, events),
    ]


def after_rollout(context: Context, imagination: Imagination) -> list[Finding]:
    """How far the members of the ensemble disagree: the largest over the horizon, in the tags' scale."""
    card = context.model.card
    spread = imagination.disagreement / np.asarray(card.scale)
    row, column = np.unravel_index(int(np.argmax(spread)), spread.shape)
    worst, limit = float(spread[row, column]), card.disagreement_limit
    if worst <= limit:
        return []
    support = Support.REFUSED if worst > DISAGREEMENT_REFUSED * limit else Support.EXTRAPOLATING
    reason = (
        f"the model's members disagree on {card.tags[column]} by {plain(worst, 2)} sigma after "
        f"{hours((int(row) + 1) * card.step)}, ordinary is up to {plain(limit, 2)} sigma"
    )
    return [(support, reason)]


def _coverage(context: Context) -> list[Finding]:
    if context.coverage >= COVERAGE_SUPPORTED:
        return []
    support = Support.REFUSED if context.coverage < COVERAGE_REFUSED else Support.EXTRAPOLATING
    share = f"{100 * context.coverage:.0f} %"
    before = hours(context.model.card.context)
    return [(support, f"only {share} of the values in the {before} before the start were measured")]


def _unknown_levels(context: Context, levels: NDArray[np.float64]) -> list[Finding]:
    unknown = [
        name for name, row in zip(context.model.card.moves, levels.T, strict=True) if not np.isfinite(row).all()
    ]
    return [(Support.REFUSED, f"the level of {', '.join(unknown)} before the start is not known")] if unknown else []


def _envelope(context: Context, levels: NDArray[np.float64], plant: Plant, moved: Sequence[str]) -> list[Finding]:
    """Only tags that the scenario moves: what really was in force needs no permission."""
    card = context.model.card
    found = []
    for envelope in card.envelope:
        if envelope.tag not in moved:
            continue
        column = levels[:, card.moves.index(envelope.tag)]
        low, high = float(np.nanmin(column)), float(np.nanmax(column))
        beyond, value = max((envelope.low - low, low), (high - envelope.high, high))
        if beyond <= 1e-9 * max(1.0, abs(value)):
            continue
        width = envelope.high - envelope.low
        refused = width <= 0 or beyond / width > ENVELOPE_REFUSED
        unit = plant.tag(envelope.tag).unit
        reason = (
            f"{envelope.tag} = {amount_of(value, unit)} is outside the trained range "
            f"[{plain(envelope.low)}, {plain(envelope.high)}]{unit_of(unit)}"
        )
        found.append((Support.REFUSED if refused else Support.EXTRAPOLATING, reason))
    return found


def _horizon(context: Context) -> list[Finding]:
    card = context.model.card
    asked = context.rows * card.step
    if asked <= card.horizon:
        return []
    reason = f"the horizon of {hours(asked)} goes past the {hours(card.horizon)} up to which the model was validated"
    return [(Support.EXTRAPOLATING, reason)]


def _open_events(context: Context, events: EventLog) -> list[Finding]:
    frames = events.between(Span(context.start - context.model.card.step, context.start))
    return [
        (Support.EXTRAPOLATING, f"a process event of high severity is going on at the start: {_named(frame)}")
        for frame in frames
        if frame.anomalous and frame.kind is Kind.PROCESS and frame.severity is Severity.HIGH
    ]


def _named(frame: EventFrame) -> str:
    return f"{frame.id} around {frame.asset}, so the plant does not behave as the model learned it"
