"""What has become of an event: whether it goes on, and what people did with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from twin.event import EventFrame, Handling


class State(StrEnum):
    """What an event can be; an open one that was acknowledged is both."""

    OPEN = "open"
    OVER = "over"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    EXPLAINED = "explained"
    WITHDRAWN = "withdrawn"


UNUSUAL = frozenset({State.OPEN, State.OVER, State.ACKNOWLEDGED, State.SHELVED})
"""States of events that no logged move and no late sample explains."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a list, with what people did with it."""

    event: EventFrame
    handling: Handling

    @property
    def states(self) -> frozenset[State]:
        """Everything that it is; a shelved event does not count as open."""
        if self.event.withdrawn:
            return frozenset({State.WITHDRAWN})
        if not self.event.anomalous:
            return frozenset({State.EXPLAINED})
        found = {State.SHELVED} if self.handling.shelved else {State.OPEN if self.event.open else State.OVER}
        return frozenset(found | ({State.ACKNOWLEDGED} if self.handling.acknowledged_at else set()))


def entries(events: Sequence[EventFrame], handled: Mapping[str, Handling]) -> tuple[Entry, ...]:
    """The events with their handling, newest first."""
    newest = sorted(events, key=lambda event: (event.start, event.id), reverse=True)
    return tuple(Entry(event, handled.get(event.id, Handling())) for event in newest)
