"""What was read out of one clause of a question, before it becomes a plan: the slots that a follow-up can change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from twin.errors import ForetellError
from twin.query import Aggregation, AskedMove, Length, Limit, Window

LimitName = Literal["lo", "lolo", "trip_lo", "hi", "hihi", "trip_hi"]


@dataclass(frozen=True, slots=True)
class Slots:
    """Everything said, resolved as far as it can be; a slot that nobody filled is empty.

    Attributes:
        tags: what is asked about, in the order said; without the tags that are moved.
        windows: stretches of the past, in the order said.
        instant: a single instant of the past, inside a window when both are named.
        ahead: a stretch of the future.
        moves: changes asked about; `undone` is a move that was made and is imagined away.
        wordings: place of each filled slot in the clause, by the slot's name.
        unread: content words that no reader used.
        problems: what cannot be meant (unknown or ambiguous tag, unit that does not fit, time ahead); whoever makes
            a plan raises the first that the plan stands on.
    """

    tags: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    instant: datetime | None = None
    ahead: Window | None = None
    aggregation: Aggregation | None = None
    limits: tuple[Limit, ...] = ()
    target: float | None = None
    direction: Literal["raise", "lower", "hold"] | None = None
    handles: tuple[str, ...] = ()
    moves: tuple[AskedMove, ...] = ()
    undone: bool = False
    undone_tags: tuple[str, ...] = ()
    which: int | None = None
    event_id: str | None = None
    severity: Literal["low", "medium", "high"] | None = None
    count_only: bool = False
    horizon: Length | None = None
    text: str = ""
    where: Literal["entries", "answers", "scenarios", "all"] | None = None
    aspect: Literal["meaning", "limits", "range", "unit", "members", "movable"] | None = None
    reason: Literal["other_topic", "write_to_plant", "secrets", "instructions", "unreadable"] | None = None
    past: bool = False
    order: bool = False
    notes: tuple[str, ...] = ()
    wordings: tuple[tuple[str, int, int], ...] = ()
    unread: tuple[str, ...] = ()
    problems: tuple[ForetellError, ...] = ()
