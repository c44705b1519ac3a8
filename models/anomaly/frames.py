"""Event frames: what a person is told about an event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.anomaly.event import LEADING, Event
from models.anomaly.fingerprint import fingerprint
from models.anomaly.moves import PastMove
from models.anomaly.propagation import propagation
from twin.clock import from_datetime64
from twin.event import Contribution, EventFrame, Kind, Severity
from twin.plant import Plant
from twin.scenario import LoggedMove

_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class SeverityConfig:
    """When an event matters; scores are multiples of the detection threshold.

    Attributes:
        medium: score from which an event is medium.
        high: score from which a process event is high, once it has lasted.
        lasted: rows at twice the threshold that make an event lasting.
    """

    medium: float = 1.5
    high: float = 3.0
    lasted: int = 5


def severity(event: Event, config: SeverityConfig) -> Severity:
    """Low, medium or high.

    A response to a logged move is low. A faulty transmitter is medium from the medium score on and never high: the
    plant itself is well. A process event is medium from the medium score on and high from the high score on when it
    lasted; a contributor beyond an alarm or trip limit makes a lasting medium event high.
    """
    if event.move is not None or event.peak < config.medium:
        return Severity.LOW
    lasting = event.strong >= config.lasted
    if event.sensor is None and lasting and (event.peak >= config.high or event.beyond):
        return Severity.HIGH
    return Severity.MEDIUM


def build_frame(
    event: Event,
    plant: Plant,
    tags: tuple[str, ...],
    version: str,
    config: SeverityConfig,
    ordinary: NDArray[np.float64] | None = None,
) -> EventFrame:
    """The frame of an event as it stands; `ordinary` (tag,) are the state's ordinary variations, where known."""
    contributions = _contributions(event, tags)
    leading = contributions[0].tag
    first_mover = min(contributions, key=lambda c: (c.first_seen, -c.share)).tag
    return EventFrame(
        id=event.id,
        kind=_kind(event),
        severity=severity(event, config),
        start=from_datetime64(event.dating.start),
        end=None if event.end is None else from_datetime64(event.end),
        detected_at=from_datetime64(event.detected),
        score=event.peak,
        contributions=contributions,
        first_mover=first_mover,
        asset=plant.tag(leading).asset,
        explained_by=None if event.move is None else _logged(event.move, plant),
        model_version=version,
        message=_message(event, plant, tags),
        suspected_move=None if event.unlogged is None else _logged(event.unlogged, plant),
        propagation=propagation(contributions, first_mover, plant),
        fingerprint=fingerprint(event.finding, event.dating, tags, ordinary),
    )


def _kind(event: Event) -> Kind:
    if event.sensor is not None:
        return Kind.SENSOR
    if event.settled:
        return Kind.NEW_REGIME
    return Kind.PROCESS if event.unlogged is None else Kind.UNLOGGED_MOVE


def _contributions(event: Event, tags: tuple[str, ...]) -> tuple[Contribution, ...]:
    """Leading contributors, largest share first; a faulty transmitter's own tag before all others."""
    finding, dating = event.finding, event.dating
    order = _order(finding.shares, event.sensor)
    return tuple(
        Contribution(
            tag=tags[tag],
            share=min(float(finding.shares[tag]), 1.0),
            peak_sigma=float(finding.sigma[tag]),
            first_seen=from_datetime64(dating.first_seen[tag]),
        )
        for tag in order
    )


def _order(shares: NDArray[np.float64], sensor: int | None) -> list[int]:
    order = [int(tag) for tag in np.argsort(-shares, kind="stable")[:LEADING]]
    kept = [tag for tag in order if shares[tag] >= _LEAST_SHARE and tag != sensor]
    if sensor is not None:
        return [sensor, *kept[: LEADING - 1]]
    return kept or order[:1]


def _message(event: Event, plant: Plant, tags: tuple[str, ...]) -> str:
    if event.sensor is not None:
        return _transmitter_message(event, plant, tags[event.sensor])
    if event.settled:
        return _regime_message(event, plant, tags)
    if event.unlogged is not None:
        return _unlogged_message(event.unlogged, plant)
    leading = _order(event.finding.shares, None)[0]
    tag, change = plant.tag(tags[leading]), float(event.dating.change[leading])
    sigma = float(event.finding.sigma[leading])
    side, moves = ("above", "risen") if sigma > 0 else ("below", "fallen")
    moved = f"; it has {moves} by {amount(abs(change), tag.unit)}" if change * sigma > 0 else ""
    reason = "no logged move explains this" if event.move is None else f"explained by {_move_text(event.move, plant)}"
    return f"{tag.description} went {side} what the model expected{moved}; {reason}."


def _transmitter_message(event: Event, plant: Plant, name: str) -> str:
    tag = plant.tag(name)
    if event.frozen:
        return f"{tag.description}: the transmitter has repeated the same value for {event.frozen:.0f} min."
    side = "above" if event.finding.bias > 0 else "below"
    size = amount(abs(event.finding.bias), tag.unit)
    return f"{tag.description}: the transmitter reads about {size} {side} what the rest of the plant implies."


def _regime_message(event: Event, plant: Plant, tags: tuple[str, ...]) -> str:
    leading = _order(event.finding.shares, None)[0]
    tag, sigma = plant.tag(tags[leading]), float(event.finding.sigma[leading])
    side = "above" if sigma > 0 else "below"
    return (
        f"The plant runs by its laws, but where the training log did not cover it: {tag.description} is "
        f"{abs(sigma):.1f} times its ordinary variation {side} its ordinary level."
    )


def _unlogged_message(move: PastMove, plant: Plant) -> str:
    tag, change = plant.tag(move.tag), move.after - move.before
    up = "up" if change > 0 else "down"
    size = amount(abs(change), tag.unit)
    return f"The plant responds as if {move.tag} had been moved {up} by about {size}, but no such move was logged."


def _move_text(move: PastMove, plant: Plant) -> str:
    tag = plant.tag(move.tag)
    what = "setpoint change" if tag.role == "setpoint" else "change of"
    return f"{what} {move.tag} from {amount(move.before, tag.unit)} to {amount(move.after, tag.unit)}"


def amount(value: float, unit: str) -> str:
    """A number to three digits with its unit; a ratio has none."""
    return f"{value:.3g}" if unit in {"1", "ratio"} else f"{value:.3g} {unit}"


def _logged(move: PastMove, plant: Plant) -> LoggedMove:
    unit = plant.tag(move.tag).unit
    return LoggedMove(tag=move.tag, time=from_datetime64(move.time), before=move.before, after=move.after, unit=unit)
