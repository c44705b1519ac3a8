"""What the timeline and its list show: scores, events and what people did with them, and logged moves."""

from dataclasses import dataclass

from api.console.events.states import Entry, State, entries
from twin.clock import Span
from twin.operations.events import find_events
from twin.protocols import ScoreSeries, Twin
from twin.scenario import LoggedMove


@dataclass(frozen=True, eq=False, slots=True)
class Recent:
    """A stretch of time as the twin saw it; events newest first."""

    span: Span
    entries: tuple[Entry, ...]
    moves: tuple[LoggedMove, ...]
    scores: ScoreSeries

    @property
    def looked(self) -> bool:
        """Whether the twin scored any of it; without that, no events do not mean that nothing was unusual."""
        return len(self.scores.time) > 0

    def being(self, *states: State) -> tuple[Entry, ...]:
        """Events in any of these states."""
        return tuple(entry for entry in self.entries if entry.states & set(states))


def look(twin: Twin, span: Span) -> Recent:
    """Everything about a stretch, cut at the present; raises OutsideData, OutsideRetention, StoreUnavailable."""
    found = find_events(twin, span)
    events = (*found.anomalies, *found.explained, *found.withdrawn)
    return Recent(span, entries(events, found.handling), found.moves, twin.events.scores(span))
