"""What a shift leaves to the next one: events and why, what was moved and written, which limits were passed."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from twin.clock import Span
from twin.errors import EmptyWindow, OutsideRetention
from twin.event import EventFrame
from twin.journal import LogEntry
from twin.operations.bounds import past
from twin.operations.describe import LimitPassed, TagSummary, describe_tag
from twin.operations.events import EventsFound, find_events
from twin.operations.explain import Explanation, explain_event
from twin.operations.status import PlantStatus, plant_status
from twin.plant import Tag, TagRole
from twin.protocols import Twin

EXPLAINED = 5


class TagOfShift(BaseModel):
    """A tag in the shift, and its mean in the shift before."""

    model_config = ConfigDict(frozen=True)

    summary: TagSummary
    before: float | None = Field(description="Mean of the shift before; null: it holds no good value")

    @property
    def change(self) -> float | None:
        """Mean minus the mean of the shift before, in the tag's unit."""
        mean = self.summary.mean
        return None if mean is None or self.before is None else mean - self.before


class Passing(BaseModel):
    """A limit that a tag went beyond."""

    model_config = ConfigDict(frozen=True)

    tag: str
    unit: str
    limit: LimitPassed


class ShiftReport(BaseModel):
    """One shift of the plant."""

    model_config = ConfigDict(frozen=True)

    plant: str
    shift: str
    found: EventsFound
    explanations: tuple[Explanation, ...] = Field(description="Of the gravest events, at most five, oldest first")
    status: PlantStatus | None = Field(description="At the shift's end; null for a shift that is long over")
    tags: tuple[TagOfShift, ...] = Field(description="Controlled variables, in the plant file's order")
    passed: tuple[Passing, ...]
    silent: tuple[str, ...] = Field(description="Measured tags without a good value in the shift")
    entries: tuple[LogEntry, ...] = Field(description="What people wrote down, oldest first")
    unchecked: tuple[str, ...] = Field(description="What the report could not look at, a sentence each")
    model_version: str | None

    @property
    def span(self) -> Span:
        """The shift."""
        return Span(self.found.window.start, self.found.window.end)


def shift_report(twin: Twin, shift: str, span: Span) -> ShiftReport:
    """The report of one shift, which may still be running. Raises OutsideData, OutsideRetention, StoreUnavailable."""
    span = past(twin, span)
    found = find_events(twin, span)
    summaries = [describe_tag(twin, tag.name, span) for tag in twin.plant.tags if _watched(tag)]
    before = _before(twin, span)
    controlled = [item for item in summaries if twin.plant.tag(item.tag).handle is not None]
    return ShiftReport(
        plant=twin.plant.name,
        shift=shift,
        found=found,
        explanations=tuple(explain_event(twin, event.id) for event in gravest(found.anomalies)),
        status=plant_status(twin) if span.end >= twin.clock.now() else None,
        tags=tuple(TagOfShift(summary=item, before=_mean(twin, item.tag, before)) for item in controlled),
        passed=tuple(
            Passing(tag=item.tag, unit=item.unit, limit=limit) for item in summaries for limit in item.passed
        ),
        silent=tuple(item.tag for item in summaries if not item.count),
        entries=twin.journal.entries(span) if twin.journal else (),
        unchecked=tuple(_unchecked(twin, found)),
        model_version=twin.model.card.version if twin.model else None,
    )


def gravest(events: Sequence[EventFrame], most: int = EXPLAINED) -> tuple[EventFrame, ...]:
    """The gravest events, oldest first."""
    ranked = sorted(events, key=lambda event: (-event.severity.rank, -event.score))[:most]
    return tuple(sorted(ranked, key=lambda event: event.start))


def _watched(tag: Tag) -> bool:
    return tag.role in {TagRole.MEASURED, TagRole.ANALYSER}


def _before(twin: Twin, span: Span) -> Span:
    """As long a stretch right before it."""
    return Span(span.start - (span.end - span.start), span.start)


def _mean(twin: Twin, tag: str, span: Span) -> float | None:
    try:
        return describe_tag(twin, tag, span).mean
    except (OutsideRetention, EmptyWindow):
        return None


def _unchecked(twin: Twin, found: EventsFound) -> list[str]:
    missing = []
    if not found.scored_rows:
        missing.append("Nothing of the shift was scored: unusual events in it are not known.")
    elif found.scored < 1:
        missing.append(f"Only {found.scored:.0%} of the shift was scored for unusual events.")
    if twin.journal is None:
        missing.append("There is no shift log here.")
    return missing
