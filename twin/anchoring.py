"""Events and logged moves that time is told by: what a sentence asks for, and the role that finds it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from twin.clock import Span
from twin.event import Severity
from twin.query import Basis


@dataclass(frozen=True, slots=True)
class EventAsked:
    """An event frame as a text names it up to `stop`.

    Attributes:
        which: 1 the first, 2 the second, -1 the last; None: "the event".
        count: 2 for "the last two events".
        tags, assets: it concerns one of them; both empty: any.
        severity: at least so severe.
    """

    stop: int
    said: str
    which: int | None = None
    count: int = 1
    event_id: str | None = None
    tags: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class MoveAsked:
    """A logged move as a text names it up to `stop`.

    Attributes:
        which: as in `EventAsked`; None means the last, too.
        tags: the movable tags it may be of; empty: any.
        direction: None: either.
        to: the level it led to, in the tag's unit.
    """

    stop: int
    said: str
    which: int | None = None
    tags: tuple[str, ...] = ()
    direction: Literal["up", "down"] | None = None
    to: float | None = None


Asked = EventAsked | MoveAsked


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event frame or a logged move that was found.

    Attributes:
        name: the event's id, or tag@instant of the move.
        end: the event's end, the present while it is open; a move's own instant.
    """

    name: str
    basis: Basis
    start: datetime
    end: datetime


class Anchors(Protocol):
    """Finds events and logged moves. Only `resolve` looks into the twin."""

    def event(self, text: str, place: int) -> EventAsked | None:
        """The event that the text names from `place` on, if it names one there."""
        ...

    def move(self, text: str, place: int) -> MoveAsked | None:
        """The logged move that the text names from `place` on, as noun or as sentence, if it names one there.

        Raises AmbiguousTag, UnknownTag.
        """
        ...

    def resolve(self, asked: Asked, within: Span | None) -> tuple[Anchor, ...]:
        """What is asked for, oldest first, inside a window or else in the last 72 hours.

        Raises NothingThere, AmbiguousTime (with the times that fit as candidates), NotFound for an event's id.
        """
        ...
