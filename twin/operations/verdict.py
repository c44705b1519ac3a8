"""Whether the twin stands behind a rollout, each reason with its numbers.

Everything that can take the support away is measured on one scale, the ratio: below 1 it is ordinary, at 1 support
ends, at 2 the twin refuses. The largest ratio decides. All together give the doubt, total / (1 + total), where the
total is the root of the sum of their squares. Below 1 only what the model does not know of the effect counts: the
other limits are kept or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.clock import Span
from twin.event import EventFrame, Kind, Severity
from twin.operations.numbers import amount_of, hours, plain, unit_of
from twin.operations.rollout import Context
from twin.plant import Plant
from twin.protocols import EventLog
from twin.scenario import Support, Verdict
from twin.world import Imagination, ImaginedEffect, MoveCoverage

REFUSED = 2.0
CAUTION = 1.9
"""The most that is said of what never makes the twin refuse."""

COVERAGE_REFUSED = 0.5
COVERAGE_SUPPORTED = 0.8
ENVELOPE_REFUSED = 0.5
"""Of the trained width. On the demo plant, 13 steps that end 0.2 to 0.5 widths beyond it have a pooled effect R² of
0.89 and 81 % coverage of the 90 % band, against 0.96 and 90 % inside: to be told, not to be refused."""
LARGER_THAN_EVER = 1.5
"""Times the largest step of the log."""
FEWEST_MOVES = 3
NOT_ALONE, NEVER_ALONE = 0.8, 0.98
"""Share of a setpoint's changes that went along with another one's."""
FAR_OUT = 6.0
"""Standard deviations outside of where the plant stood in training at which the twin refuses; at 1 support ends."""

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that counts against a rollout: how much, on the scale of this module, and in words."""

    ratio: float
    reason: str


def judged(findings: Sequence[Finding], card_horizon: str) -> Verdict:
    """The worst finding decides; without one from 1 on the rollout is supported."""
    worst = max((finding.ratio for finding in findings), default=0.0)
    total = float(np.linalg.norm([finding.ratio for finding in findings]))
    doubt = total / (1 + total) if np.isfinite(total) else 1.0
    told = sorted((finding for finding in findings if finding.ratio >= 1), key=lambda finding: -_rank(finding))
    if not told:
        reason = f"moves inside the trained envelope, horizon within the validated {card_horizon}"
        return Verdict(support=Support.SUPPORTED, reasons=(reason,), doubt=doubt)
    support = Support.REFUSED if worst >= REFUSED else Support.EXTRAPOLATING
    return Verdict(support=support, reasons=tuple(finding.reason for finding in told), doubt=doubt)


def before_rollout(
    context: Context, levels: Levels, plant: Plant, events: EventLog, *, moved: Sequence[str] = ()
) -> list[Finding]:
    """What can be said before anything is imagined: context, known levels, coverage by the log, horizon, events.

    `moved` are the tags that the scenario moves; what was really in force needs no permission.
    """
    return [
        *_measured(context),
        *_unknown_levels(context, levels),
        *_envelope(context, levels, plant, moved),
        *_made_before(context, levels, plant, moved),
        *_made_alone(context, moved),
        *_operating_point(context, plant),
        *_horizon(context),
        *_open_events(context, events),
    ]


def after_rollout(context: Context, imagination: Imagination, effect: ImaginedEffect | None = None) -> list[Finding]:
    """What the members of the ensemble say: how far they disagree on a tag, and on the effect of the moves."""
    return [*_disagreement(context, imagination), *(_effect(context, imagination, effect) if effect else ())]


def _disagreement(context: Context, imagination: Imagination) -> Iterator[Finding]:
    """The tag that the members part on most, as root mean square over the horizon in its scale."""
    card = context.model.card
    spread = np.sqrt(np.mean((imagination.disagreement / np.asarray(card.scale)) ** 2, axis=0))
    worst, limit = float(spread.max()), card.disagreement_limit
    if worst > limit:
        yield Finding(
            worst / limit if limit > 0 else np.inf,
            f"the model's members disagree on {card.tags[int(np.argmax(spread))]} by {plain(worst, 2)} sigma, "
            f"ordinary is up to {plain(limit, 2)} sigma",
        )


def _effect(context: Context, imagination: Imagination, effect: ImaginedEffect) -> Iterator[Finding]:
    """What is not known of the effect, against what cannot be known of the level: over all tags and steps."""
    scale = np.asarray(context.model.card.scale)
    unknown, noise = (
        float(np.sqrt(np.mean((part / scale) ** 2))) for part in (effect.disagreement, imagination.noise)
    )
    if unknown > 0:
        yield Finding(
            unknown / noise if noise > 0 else np.inf,
            f"the model's members disagree on the effect by {plain(unknown, 2)} sigma over all tags, "
            f"as much as the plant's own noise ({plain(noise, 2)} sigma)",
        )


def _measured(context: Context) -> Iterator[Finding]:
    missing = COVERAGE_SUPPORTED - context.coverage
    ratio = 1 + missing / (COVERAGE_SUPPORTED - COVERAGE_REFUSED)
    share, before = f"{100 * context.coverage:.0f} %", hours(context.model.card.context)
    if missing > 0:
        yield Finding(ratio, f"only {share} of the values in the {before} before the start were measured")


def _unknown_levels(context: Context, levels: Levels) -> Iterator[Finding]:
    unknown = [
        name for name, row in zip(context.model.card.moves, levels.T, strict=True) if not np.isfinite(row).all()
    ]
    if unknown:
        yield Finding(np.inf, f"the level of {', '.join(unknown)} before the start is not known")


def _envelope(context: Context, levels: Levels, plant: Plant, moved: Sequence[str]) -> Iterator[Finding]:
    card = context.model.card
    for envelope in card.envelope:
        if envelope.tag not in moved:
            continue
        column = levels[:, card.moves.index(envelope.tag)]
        low, high = float(np.nanmin(column)), float(np.nanmax(column))
        beyond, value = max((envelope.low - low, low), (high - envelope.high, high))
        if beyond <= 1e-9 * max(1.0, abs(value)):
            continue
        width = envelope.high - envelope.low
        unit = plant.tag(envelope.tag).unit
        yield Finding(
            1 + beyond / width / ENVELOPE_REFUSED if width > 0 else np.inf,
            f"{envelope.tag} = {amount_of(value, unit)} is outside the trained range "
            f"[{plain(envelope.low)}, {plain(envelope.high)}]{unit_of(unit)}",
        )


def _made_before(context: Context, levels: Levels, plant: Plant, moved: Sequence[str]) -> Iterator[Finding]:
    """Whether the log made such moves often enough, and as large."""
    for name, covered in _covered(context, moved).items():
        unit = plant.tag(name).unit
        if covered.moves < FEWEST_MOVES:
            yield Finding(
                2 - 0.75 * covered.moves / (FEWEST_MOVES - 1),
                f"the training log moves {name} {_times(covered.moves)}",
            )
        column = context.model.card.moves.index(name)
        path = np.concatenate([[context.present[column]], levels[:, column]])
        step = float(np.nan_to_num(np.abs(np.diff(path))).max())
        if 0 < covered.largest * LARGER_THAN_EVER < step:
            yield Finding(
                min(CAUTION, step / covered.largest / LARGER_THAN_EVER),
                f"{name} moves by {amount_of(step, unit)} at once, the largest step of the training log is "
                f"{amount_of(covered.largest, unit)}",
            )


def _made_alone(context: Context, moved: Sequence[str]) -> Iterator[Finding]:
    """Whether the log can tell the effect of a move from that of another one that always went along with it."""
    for name, covered in _covered(context, moved).items():
        if covered.companion is None or covered.companion in moved or covered.explained < NOT_ALONE:
            continue
        never = covered.explained >= NEVER_ALONE
        share = "always" if never else f"{100 * covered.explained:.0f} %"
        yield Finding(
            REFUSED if never else covered.explained / NOT_ALONE,
            f"the effect of {name} alone is not identified: in the training log it moved together with "
            f"{covered.companion} ({share})",
        )


def _operating_point(context: Context, plant: Plant) -> Iterator[Finding]:
    """The tag that stands farthest outside of where it stood in training, over the last hour before the start."""
    card = context.model.card
    found = []
    for envelope in card.operation:
        mean = context.last_hour(envelope.tag)
        away = max(envelope.low - mean, mean - envelope.high) / card.scale[card.tags.index(envelope.tag)]
        if away > 1:
            found.append((away, envelope, mean))
    if not found:
        return
    away, envelope, mean = max(found, key=lambda item: item[0])
    unit = plant.tag(envelope.tag).unit
    yield Finding(
        1 + (away - 1) / (FAR_OUT - 1),
        f"{envelope.tag} stands at {amount_of(mean, unit)}, in training it was in "
        f"[{plain(envelope.low)}, {plain(envelope.high)}]{unit_of(unit)}",
    )


def _horizon(context: Context) -> Iterator[Finding]:
    card = context.model.card
    asked = context.rows * card.step
    if asked > card.horizon:
        validated = f"the {hours(card.horizon)} up to which the model was validated"
        ratio = asked / card.horizon if card.horizon else np.inf
        yield Finding(min(CAUTION, ratio), f"the horizon of {hours(asked)} goes past {validated}")


def _open_events(context: Context, events: EventLog) -> Iterator[Finding]:
    for frame in events.between(Span(context.start - context.model.card.step, context.start)):
        if frame.anomalous and frame.kind is Kind.PROCESS and frame.severity is Severity.HIGH:
            yield Finding(1.5, f"a process event of high severity is going on at the start: {_named(frame)}")


def _covered(context: Context, moved: Sequence[str]) -> Mapping[str, MoveCoverage]:
    return {item.tag: item for item in context.model.card.coverage if item.tag in moved}


def _rank(finding: Finding) -> int:
    """Reasons to refuse come before reasons for caution, otherwise in the order found."""
    return int(finding.ratio >= REFUSED)


def _times(count: int) -> str:
    return ("not once", "once", "twice")[count] if count < FEWEST_MOVES else f"{count} times"


def _named(frame: EventFrame) -> str:
    return f"{frame.id} around {frame.asset}, so the plant does not behave as the model learned it"
