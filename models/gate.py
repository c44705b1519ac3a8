"""The gate between champion and challenger: both on recent data that neither was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from models.recency import settled
from models.rollouts import RolloutConfig, pooled, rolled
from twin.errors import InvalidInput
from twin.lifecycle import GateDecision, ModelScore
from twin.protocols import Detector, WorldModel
from twin.window import Window


@dataclass(frozen=True, slots=True)
class GateConfig:
    """When a challenger is not worse.

    Attributes:
        pooled: its error over all tags, as a multiple of the champion's, at most.
        by_tag: the same of any single tag, which says more about the few hours than about the model;
        by_tag_least: and so much more in the champion's scale, at least, before a tag counts as worse.
        false_alarms: how many more anomalies it may raise; one may be chance.
        rollouts: fewer decide nothing.
        warm_up: what detectors see before the span they are judged on.
        rollout: how the data is cut.
    """

    pooled: float = 1.02
    by_tag: float = 1.25
    by_tag_least: float = 0.05
    false_alarms: int = 1
    rollouts: int = 5
    warm_up: timedelta = timedelta(hours=24)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)


@dataclass(frozen=True, slots=True)
class Contender:
    """A world model with the detector that was calibrated for it."""

    model: WorldModel
    detector: Detector


def judge(
    champion: Contender,
    challenger: Contender,
    windows: Sequence[Window],
    since: datetime,
    now: datetime,
    config: GateConfig | None = None,
) -> GateDecision:
    """Who is better from `since` on.

    Args:
        champion: the one that answers.
        challenger: the one that would.
        windows: normal operation on the models' step, without open and confirmed events; may begin before `since`,
            for context and warm-up.
        since: end of what either was trained on.
        now: time of the decision.
        config: when a challenger is not worse.

    Raises:
        InvalidInput: when there is too little data since then.
    """
    config = config or GateConfig()
    context = max(champion.model.card.context, challenger.model.card.context)
    scores, counts = [], []
    for contender in (champion, challenger):
        score, count = _score(contender, champion.model, windows, since, context, config)
        scores.append(score)
        counts.append(count)
    if min(counts) < config.rollouts:
        raise InvalidInput(
            f"{min(counts)} rollouts fit into the normal operation since {since.isoformat()}, which neither model "
            f"was trained on; {config.rollouts} are needed. Train with some of the newest hours held back",
            field="hold",
            value=min(counts),
            limit=config.rollouts,
        )
    reasons = _reasons(scores[0], scores[1], config)
    compared = sum(int((window.time > np.datetime64(since.replace(tzinfo=None), "us")).sum()) for window in windows)
    return GateDecision(
        time=now,
        start=since,
        end=max(window.end for window in windows),
        hours=compared * champion.model.card.step / timedelta(hours=1),
        rollouts=min(counts),
        champion=scores[0],
        challenger=scores[1],
        passed=not reasons,
        reasons=reasons,
    )


def _score(
    contender: Contender,
    champion: WorldModel,
    windows: Sequence[Window],
    since: datetime,
    context: timedelta,
    config: GateConfig,
) -> tuple[ModelScore, int]:
    card = contender.model.card
    errors = tuple(rolled(contender.model, windows, since, context, config.rollout))
    scales = dict(zip(champion.card.tags, champion.card.scale, strict=True))
    overall, by_tag = pooled(errors, np.array([scales[tag] for tag in card.tags]))
    told = {tag: float(error) for tag, error in zip(card.tags, by_tag, strict=True) if np.isfinite(error)}
    alarms = _false_alarms(contender, windows, since)
    return ModelScore(version=card.version, nrmse=overall, by_tag=told, false_alarms=alarms), len(errors)


def _false_alarms(contender: Contender, windows: Sequence[Window], since: datetime) -> int:
    """Anomalies that a fresh detector raises after `since`: nothing abnormal is left in the windows."""
    found: dict[str, bool] = {}
    for window, residual in settled(contender.model, windows):
        _, frames = contender.detector.anew().watch(window, residual)
        found |= {frame.id: frame.anomalous for frame in frames if frame.detected_at > since}
    return sum(found.values())


def _reasons(champion: ModelScore, challenger: ModelScore, config: GateConfig) -> tuple[str, ...]:
    reasons = []
    if not challenger.nrmse <= champion.nrmse * config.pooled:
        reasons.append(
            f"rollout error {challenger.nrmse:.3f} against {champion.nrmse:.3f}, at most {config.pooled:g} times that"
        )
    for tag, error in champion.by_tag.items():
        own = challenger.by_tag.get(tag, float("inf"))
        if own > error * config.by_tag and own - error > config.by_tag_least:
            reasons.append(
                f"{tag}: rollout error {own:.3f} against {error:.3f}, at most {config.by_tag:g} times that"
            )
    if challenger.false_alarms > champion.false_alarms + config.false_alarms:
        reasons.append(
            f"{challenger.false_alarms} false alarms against {champion.false_alarms}, at most "
            f"{config.false_alarms} more"
        )
    return tuple(reasons)
