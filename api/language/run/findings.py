"""What the twin's operations found for one plan, before anything is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twin.answer import Series, Status, ToolCall
from twin.clock import Span
from twin.event import EventFrame
from twin.operations.advise import Advice
from twin.operations.beyond import Beyond, Extremes
from twin.operations.compare import EventsCompared, TagsCompared, WindowsCompared
from twin.operations.describe import LatestValue, TagSummary
from twin.operations.events import EventsFound
from twin.operations.explain import Explanation
from twin.operations.forecast import Forecast
from twin.operations.records import RecordsFound
from twin.operations.status import PlantStatus
from twin.operations.trend import Trend
from twin.operations.undo import Undone
from twin.plant import Plant
from twin.query import Plan
from twin.scenario import LoggedMove, WhatIf
from twin.world import ModelCard


@dataclass(frozen=True, slots=True)
class EventsSeen:
    """Events of a window, those that are asked about.

    Attributes:
        found: everything that happened in it.
        anomalies, explained, withdrawn: of these only what concerns the tags and the severity asked for.
    """

    found: EventsFound
    anomalies: tuple[EventFrame, ...]
    explained: tuple[EventFrame, ...]
    withdrawn: tuple[EventFrame, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One event and why."""

    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Unexplained:
    """There is no such event: what the tags asked about did, what was moved, and how much was looked at."""

    summaries: tuple[TagSummary, ...]
    moves: tuple[LoggedMove, ...]
    scored: float


@dataclass(frozen=True, slots=True)
class Described:
    """Statistics of each tag; by its name its newest value, when it was highest, and how long beyond the limit.

    `limit` is the value asked about, of the first tag.
    """

    summaries: tuple[TagSummary, ...]
    newest: Mapping[str, LatestValue]
    extremes: Mapping[str, Extremes]
    beyond: Beyond | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Trended:
    """The trend of each tag."""

    trends: tuple[Trend, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing against another."""

    outcome: WindowsCompared | TagsCompared | EventsCompared


@dataclass(frozen=True, slots=True)
class Moved:
    """The operators' moves; `known` is False while the historian is empty."""

    moves: tuple[LoggedMove, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """No move was made that could be imagined away."""

    looked: Undone


@dataclass(frozen=True, slots=True)
class Imagined:
    """A scenario's outcome; `undone` is the move that it imagines away, `limit` the value asked about."""

    outcome: WhatIf
    past: bool
    limit: float | None = None
    undone: Undone | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast."""

    outcome: Forecast
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Advised:
    """What to move."""

    advice: Advice


@dataclass(frozen=True, slots=True)
class Recorded:
    """What people wrote down, asked or tried."""

    found: RecordsFound


@dataclass(frozen=True, slots=True)
class Standing:
    """The plant now, and the newest values."""

    status: PlantStatus
    newest: tuple[LatestValue, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Newest values of the tags that are asked about."""

    newest: Mapping[str, LatestValue]


Result = (
    EventsSeen
    | Explained
    | Unexplained
    | Described
    | Trended
    | Compared
    | Moved
    | NothingToUndo
    | Imagined
    | Foreseen
    | Advised
    | Recorded
    | Standing
    | Told
    | None
)


@dataclass(frozen=True, eq=False, slots=True)
class Findings:
    """Everything that an answer to one plan is made of.

    Attributes:
        result: what was found, by intent.
        raw: the operations' own results by their names, as they are shipped.
        window: what was looked at, cut at the present.
    """

    plan: Plan
    plant: Plant
    now: datetime
    result: Result
    status: Status
    tools: tuple[ToolCall, ...]
    raw: Mapping[str, Any]
    window: Span | None
    series: tuple[Series, ...]
    model_version: str | None
    card: ModelCard | None
